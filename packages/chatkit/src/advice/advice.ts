/**
 * For whoever builds the page: says what is wrong with how the chat is embedded instead of leaving an empty place. Only on
 * the developer's machine, or for elements with the attribute `debug`; nobody else loads this. In English, as the console
 * is.
 */
import { isDeveloped } from '../developed';
import type { ChatKitElement } from '../element';
import { diagnose } from './diagnose';
import { tell } from './panel';

/** So long a page may take to set options. */
const PATIENCE_MS = 3000;
/** Smaller than this nobody can read a line. */
const LEAST = { width: 200, height: 160 };
/** What the log calls an event that could not be used; each deserves a look. */
const WORTH_A_WARNING = /^(stream|widget)\.(malformed|unknown)/;

const watched = new WeakSet<Element>();
let isWatching = false;

/** Looks after every chat on the page, now and later, and after one that is in a shadow root. */
export function watch(host?: ChatKitElement): void {
  if (host) look(host);
  if (isWatching) return;
  isWatching = true;
  const all = () => {
    for (const one of document.querySelectorAll<ChatKitElement>('openai-chatkit')) look(one);
  };
  all();
  new MutationObserver(all).observe(document, { childList: true, subtree: true });
}

function look(host: ChatKitElement): void {
  if (watched.has(host) || !isDeveloped(host)) return;
  watched.add(host);

  host.addEventListener('chatkit.error', ({ detail: { error } }) => {
    const words = diagnose(error, host.options?.api);
    if (words) tell(host, words);
  });
  host.addEventListener('chatkit.log', ({ detail: { name, data } }) => {
    if (WORTH_A_WARNING.test(name)) console.warn(`ChatKit: ${name}`, data ?? '');
  });

  /** Takes back what was said of options: now there are some. */
  let takeBack: () => void = () => undefined;
  const noOptions = () => {
    takeBack = tell(
      host,
      host.fault?.message ??
        'No options have been set. Call setOptions({ api: { url: … } }) on this element.',
    );
  };
  if (host.fault) noOptions(); // refused before this was here
  setTimeout(() => {
    if (host.isConnected && !host.options && !host.fault) noOptions();
  }, PATIENCE_MS);
  host.addEventListener('chatkit.ready', () => takeBack());

  new ResizeObserver(() => {
    const { width, height } = host.getBoundingClientRect();
    // Without a box it was hidden on purpose; a floating chat takes a size of its own.
    const isShown = host.getClientRects().length > 0 && (host.options?.layout ?? 'fill') === 'fill';
    if (!isShown || (width >= LEAST.width && height >= LEAST.height)) return;
    const size = `${String(Math.round(width))} × ${String(Math.round(height))} pixels`;
    tell(
      host,
      `The element is ${size}. It takes the size that your styles give it: say openai-chatkit { height: 600px }, or let ` +
        'it fill a box that has a height. The options layout: "document" and "floating" need none.',
    );
  }).observe(host);
}
