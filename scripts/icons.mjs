/**
 * Writes packages/chatkit/src/icons/{interface,history,tools,launcher,diagram,named}.ts and icons/lucide/ from Lucide's
 * drawings (ISC). Needs the package `lucide-static` unpacked somewhere, last 1.62.0 (docs/decisions/0016-lucide.md):
 * node scripts/icons.mjs path/to/lucide-static/icons
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const source = process.argv[2];
if (!source) throw new Error('name the folder with the icons of lucide-static');

/** What the interface itself shows: part of the entry. */
const inInterface = {
  'arrow-down': 'arrow-down', 'arrow-up': 'arrow-up', check: 'check', close: 'x', compose: 'square-pen', copy: 'copy',
  history: 'history', reload: 'rotate-cw', stop: 'square', warning: 'triangle-alert',
}; // prettier-ignore

/** What only the history shows: fetched with it. */
const inHistory = { pencil: 'pencil', trash: 'trash-2' };

/** What only attachments, tools, models and dictation show. */
const inTools = {
  attach: 'paperclip', 'chevron-down': 'chevron-down', file: 'file', mic: 'mic', plus: 'plus', upload: 'upload',
}; // prettier-ignore

/** What only the button of a floating chat shows. */
const inLauncher = { launcher: 'message-circle' };

/** What only diagrams show. */
const inDiagram = { code: 'code' };

/** The names of prompts, tools, commands and widgets, and those of the header (element.md §9, §10): a chunk of their own. */
const named = {
  agent: 'bot', analytics: 'chart-no-axes-column', atom: 'atom', batch: 'layers', bolt: 'zap', 'book-open': 'book-open',
  'book-closed': 'book', 'book-clock': 'book-marked', bug: 'bug', calendar: 'calendar', chart: 'chart-line',
  'check-circle': 'circle-check', 'check-circle-filled': 'circle-check-big', 'chevron-left': 'chevron-left', 'chevron-right': 'chevron-right',
  'circle-question': 'circle-question-mark', clock: 'clock', compass: 'compass', confetti: 'party-popper', cube: 'box',
  desktop: 'monitor', document: 'file-text', dot: 'dot', 'dots-horizontal': 'ellipsis', 'dots-vertical': 'ellipsis-vertical',
  'empty-circle': 'circle', 'external-link': 'external-link', globe: 'globe', keys: 'key-round', lab: 'flask-conical',
  images: 'images', info: 'info', lifesaver: 'life-buoy', lightbulb: 'lightbulb', mail: 'mail', 'map-pin': 'map-pin',
  maps: 'map', mobile: 'smartphone', name: 'id-card', notebook: 'notebook', 'notebook-pencil': 'notebook-pen',
  'page-blank': 'file', phone: 'phone', play: 'play', plus: 'plus', profile: 'circle-user', 'profile-card': 'contact',
  search: 'search', star: 'star', 'star-filled': 'star', sparkle: 'sparkle', 'sparkle-double': 'sparkles', 'square-code': 'square-code',
  'square-image': 'image', 'square-text': 'square-menu', suitcase: 'briefcase', 'settings-slider': 'sliders-horizontal',
  user: 'user', wreath: 'award', write: 'pen-line', 'write-alt': 'pen', 'write-alt2': 'pencil-line',
  'sidebar-left': 'panel-left', 'sidebar-right': 'panel-right', 'sidebar-open-left': 'panel-left-open',
  'sidebar-open-right': 'panel-right-open', 'sidebar-open-left-alt': 'panel-left-dashed',
  'sidebar-open-right-alt': 'panel-right-dashed', 
  'sidebar-collapse-left': 'panel-left-close',
  'sidebar-collapse-right': 'panel-right-close', 'collapse-left': 'arrow-left-to-line',
  'collapse-right': 'arrow-right-to-line', 'open-left': 'arrow-left-from-line', 'open-right': 'arrow-right-from-line',
  'double-chevron-left': 'chevrons-left', 'double-chevron-right': 'chevrons-right', home: 'house', 'home-alt': 'house-plus',
  'back-small': 'chevron-left', 'back-large': 'arrow-left', 'expand-large': 'maximize', 'collapse-large': 'minimize',
  'expand-small': 'maximize-2', 'collapse-small': 'minimize-2', 'chat-temporary': 'message-circle-dashed',
  'settings-cog': 'settings', grid: 'layout-grid', 'dots-horizontal-circle': 'circle-ellipsis',
  menu: 'menu', 'menu-inverted': 'text-align-end', share: 'share',
  'light-mode': 'sun', 'dark-mode': 'moon',
  // not for apps to name: what a later part of the interface shows
  'thumb-up': 'thumbs-up', 'thumb-up-filled': 'thumbs-up', 'thumb-down': 'thumbs-down', 'thumb-down-filled': 'thumbs-down',
}; // prettier-ignore

const box = (x, y, w, h, r) => pathOf(`<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}" />`);

/** What Lucide has no drawing of its own for, in its manner. */
const ours = () => {
  const frame = box(3, 3, 18, 18, 2);
  const [left, right] = [box(6, 6, 5, 12, 1), box(13, 6, 5, 12, 1)];
  return {
    'sidebar-floating-left': frame + left,
    'sidebar-floating-right': frame + right,
    'sidebar-floating-open-left': `${frame}${left}M14 9l3 3-3 3`,
    'sidebar-floating-open-right': `${frame}${right}M10 15l-3-3 3-3`,
    'dots-vertical-circle': 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M12 17h.01M12 12h.01M12 7h.01',
    hamburger: 'M4 8h16M4 16h16',
  };
};

const attribute = (element, name) => Number(element.match(new RegExp(`\\s${name}="([^"]+)"`))?.[1] ?? 0);
const text = (element, name) => element.match(new RegExp(`\\s${name}="([^"]+)"`))?.[1] ?? '';

/** One path for all shapes of a drawing. */
function pathOf(svg) {
  const shapes = svg.match(/<(path|circle|ellipse|rect|line|polyline|polygon)\s[^>]*>/g) ?? [];
  return shapes
    .map((shape) => {
      const at = (name) => attribute(shape, name);
      switch (shape.match(/^<(\w+)/)[1]) {
        case 'path':
          // Each path begins at the origin: a relative first move, and the lines it implies, must not follow the last one.
          return text(shape, 'd').replace(
            /^m\s*(-?\d*\.?\d+)[\s,]*(-?\d*\.?\d+)\s*([-\d.])?/,
            (_, x, y, next) => `M${x} ${y}${next === undefined ? '' : `l${next}`}`,
          );
        case 'circle': {
          const r = at('r');
          return `M${at('cx') - r} ${at('cy')}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
        }
        case 'ellipse': {
          const [rx, ry] = [at('rx'), at('ry')];
          return `M${at('cx') - rx} ${at('cy')}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0`;
        }
        case 'rect': {
          const [x, y, w, h, r] = [at('x'), at('y'), at('width'), at('height'), at('rx') || at('ry')];
          const arc = (dx, dy) => (r ? `a${r} ${r} 0 0 1 ${dx} ${dy}` : '');
          return `M${x + r} ${y}h${w - 2 * r}${arc(r, r)}v${h - 2 * r}${arc(-r, r)}h${2 * r - w}${arc(-r, -r)}v${2 * r - h}${arc(r, -r)}z`;
        }
        case 'line':
          return `M${at('x1')} ${at('y1')}L${at('x2')} ${at('y2')}`;
        default:
          return `M${text(shape, 'points').trim()}${shape.startsWith('<polygon') ? 'z' : ''}`;
      }
    })
    .join('');
}

function write(file, title, names, own = {}) {
  const drawn = Object.entries(names).map(([name, lucide]) => [
    name,
    pathOf(readFileSync(`${source}/${lucide}.svg`, 'utf8')),
  ]);
  const lines = [...drawn, ...Object.entries(own)].map(([name, d]) => {
    return `  ${/^\w+$/.test(name) ? name : `'${name}'`}: '${d}',`;
  });
  const head = `/** ${title} Lucide's drawings (ISC, see NOTICE), written by scripts/icons.mjs. */\n// prettier-ignore\n`;
  const path = `packages/chatkit/src/icons/${file}`;
  writeFileSync(
    path,
    `${head}export const paths: Readonly<Record<string, string>> = {\n${lines.join('\n')}\n};\n`,
  );
}

/**
 * All of Lucide, names that it has given up among them, in files of 64 by the alphabet: one icon comes with 63 others, some
 * 3 kB. A file has the name of its first icon.
 */
function writeLucide() {
  const names = readdirSync(source)
    .map((name) => name.replace(/\.svg$/, ''))
    .sort();
  const folder = 'packages/chatkit/src/icons/lucide';
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (let start = 0; start < names.length; start += 64) {
    const drawn = names
      .slice(start, start + 64)
      .map((name) => [name, pathOf(readFileSync(`${source}/${name}.svg`, 'utf8'))]);
    writeFileSync(
      `${folder}/lucide-${names[start]}.json`,
      `${JSON.stringify(Object.fromEntries(drawn), null, 2)}\n`,
    );
  }
}

write('interface.ts', 'The icons of the interface itself.', inInterface);
write('history.ts', 'The icons of the history.', inHistory);
write('tools.ts', 'The icons of attachments, tools, models and dictation.', inTools);
write('launcher.ts', 'The icon of a floating chat.', inLauncher);
write('diagram.ts', 'The icon of diagrams.', inDiagram);
write('named.ts', 'The icons that options and widgets name.', named, ours());
writeLucide();
