// The panel beside the chat: every change is a setOptions() on the running chat, and stands in the address of the page.
import { groups } from './settings.js';

const settings = groups.flatMap((group) => group.settings);

/** What is set, by path; what is at its standard is not in here. */
function fromAddress() {
  const asked = new URLSearchParams(location.search);
  if (asked.has('theme')) asked.set('theme.colorScheme', asked.get('theme'));
  const values = new Map();
  for (const setting of settings) {
    const text = asked.get(setting.path);
    if (text !== null) put(values, setting, parse(setting, text));
  }
  return values;
}

function parse({ kind }, text) {
  if (kind === 'range') return Number(text);
  return kind === 'switch' ? text === 'true' : text;
}

/** Whatever an address may say: only what the panel could have set. */
function isPossible({ kind, values, least, most }, value) {
  if (kind === 'choice') return values.includes(value);
  if (kind === 'range') return Number.isInteger(value) && value >= least && value <= most;
  return kind !== 'colour' || /^#[0-9a-f]{6}$/i.test(value);
}

function put(values, setting, value) {
  if (value === null || value === setting.standard || !isPossible(setting, value))
    values.delete(setting.path);
  else values.set(setting.path, value);
}

/** What stands in the options for a value of the panel. */
function meaning(setting, value) {
  const way = value === true ? 'on' : value === false ? 'off' : null;
  return way !== null && way in setting ? setting[way] : value;
}

/** Options with what is set in them. */
function withValues(options, values) {
  const result = { ...options };
  const write = (path, value) => {
    const keys = path.split('.');
    const last = keys.pop();
    let place = result;
    for (const key of keys) place = place[key] = { ...place[key] };
    place[last] = value;
  };
  for (const setting of settings) {
    const { path, needs } = setting;
    if (values.has(path) && (!needs || values.has(needs))) write(path, meaning(setting, values.get(path)));
  }
  // Some options come together: one alone is none.
  const { accent, grayscale, surface } = result.theme?.color ?? {};
  if (accent) write('theme.color.accent.level', accent.level ?? 1);
  if (grayscale) {
    write('theme.color.grayscale.hue', grayscale.hue ?? 0);
    write('theme.color.grayscale.tint', grayscale.tint ?? 0);
  }
  if (surface) {
    write('theme.color.surface.background', surface.background ?? surface.foreground);
    write('theme.color.surface.foreground', surface.foreground ?? surface.background);
  }
  return result;
}

function create(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const idOf = (path) => `set-${path.replaceAll('.', '-')}`;

/** A control; `change` gets the new value, null for the standard. */
function control(setting, value, change) {
  const { kind, label, standard } = setting;
  const id = idOf(setting.path);
  const named = (field, ...more) => {
    field.id = id;
    return create(
      'div',
      { className: `setting ${kind}` },
      create('label', { htmlFor: id }, label),
      field,
      ...more,
    );
  };
  if (kind === 'choice') {
    const field = create('select', { onchange: () => change(field.value) });
    setting.values.forEach((one, index) => field.append(new Option(setting.names?.[index] ?? one, one)));
    field.value = value ?? standard;
    return named(field);
  }
  if (kind === 'range') {
    const shown = create('output', { htmlFor: id }, String(value ?? standard));
    const field = create('input', {
      type: 'range',
      min: setting.least,
      max: setting.most,
      value: value ?? standard,
    });
    field.oninput = () => {
      shown.textContent = field.value;
      change(field.valueAsNumber);
    };
    return named(field, shown);
  }
  if (kind === 'switch') {
    const field = create('input', { type: 'checkbox', checked: value ?? standard });
    field.onchange = () => change(field.checked);
    return named(field);
  }
  if (kind === 'text') {
    const field = create('input', { type: 'text', value: value ?? '', autocomplete: 'off' });
    field.oninput = () => change(field.value);
    return named(field);
  }
  const field = create('input', { type: 'color', value: value ?? setting.start });
  const use = create('input', {
    type: 'checkbox',
    checked: value !== undefined,
    ariaLabel: `${label} of your own`,
  });
  field.oninput = () => {
    use.checked = true;
    change(field.value);
  };
  use.onchange = () => change(use.checked ? field.value : null);
  return named(field, use);
}

/** JavaScript for what is set, as it would stand in a page. */
function codeOf(values) {
  const keys = (value) =>
    JSON.stringify(value, null, 2)
      .replace(/^( *)"(\w+)":/gm, '$1$2:')
      .replaceAll(/"((?:[^"\\])*)"/g, "'$1'");
  return `chat.setOptions(${keys(withValues({ api: { url: '/chatkit' } }, values))});`;
}

/**
 * Builds the panel.
 *
 * @param {(options: object) => void} apply Called with complete options at once, and after every change.
 * @param {object} options What the page sets by itself.
 * @returns {() => void} Opens the panel, or closes it.
 */
export function panelFor(options, apply) {
  const values = fromAddress();
  const dialog = document.getElementById('panel');
  const wide = matchMedia('(min-width: 1000px)');
  const code = create('pre', { tabIndex: 0, ariaLabel: 'Options as code' });
  const body = create('div', { className: 'settings' });
  const opener = document.getElementById('open-panel');

  const show = () => {
    const now = withValues(options, values);
    const { dataset } = document.documentElement;
    dataset.layout = now.layout ?? 'fill';
    dataset.panel = dialog.open ? (wide.matches ? 'beside' : 'over') : 'closed';
    // The button of the page stands in where the chat has none.
    opener.hidden = dialog.open || (now.header?.enabled !== false && dataset.layout !== 'floating');
    code.textContent = codeOf(values);
    return now;
  };
  const update = () => {
    apply(show());
    const address = new URLSearchParams([...values].map(([path, value]) => [path, String(value)]));
    history.replaceState(
      null,
      '',
      `${location.pathname}${address.size ? `?${address}` : ''}${location.hash}`,
    );
  };
  /** What does nothing alone cannot be moved alone. */
  const weigh = () => {
    for (const { path, needs } of settings)
      if (needs) body.querySelector(`#${idOf(path)}`).disabled = !values.has(needs);
  };
  const draw = () => {
    body.replaceChildren(
      ...groups.map(({ title, settings: some }) =>
        create(
          'fieldset',
          {},
          create('legend', {}, title),
          ...some.map((setting) =>
            control(setting, values.get(setting.path), (value) => {
              put(values, setting, value);
              weigh();
              update();
            }),
          ),
        ),
      ),
    );
    weigh();
  };

  const close = create('button', { type: 'button', className: 'close', ariaLabel: 'Close the panel' }, '×');
  close.onclick = () => dialog.close();
  const reset = create('button', { type: 'button' }, 'Reset');
  reset.onclick = () => {
    values.clear();
    draw();
    update();
  };
  const copy = create('button', { type: 'button' }, 'Copy options');
  copy.onclick = async () => {
    await navigator.clipboard.writeText(code.textContent);
    copy.textContent = 'Copied';
    setTimeout(() => (copy.textContent = 'Copy options'), 2000);
  };
  draw();
  const head = create('header', {}, create('h2', {}, 'Try the options'), close);
  dialog.replaceChildren(
    head,
    body,
    create('details', {}, create('summary', {}, 'As code'), code),
    create('footer', {}, reset, copy),
  );

  const open = () => {
    if (wide.matches) dialog.show();
    else dialog.showModal();
    show();
  };
  // Escape closes what lies beside the chat, too, as it does what lies over it.
  dialog.onkeydown = (event) => {
    if (event.key === 'Escape' && wide.matches) dialog.close();
  };
  dialog.onclick = (event) => {
    if (event.target === dialog && !wide.matches) dialog.close(); // outside of it
  };
  let before = null;
  dialog.onclose = () => {
    show();
    (before?.isConnected ? before : opener).focus();
  };
  wide.onchange = () => {
    if (!dialog.open) return;
    dialog.close();
    open();
  };
  const toggle = () => {
    if (dialog.open) return dialog.close();
    before = document.activeElement;
    return open();
  };
  opener.onclick = toggle;
  apply(show());
  return toggle;
}
