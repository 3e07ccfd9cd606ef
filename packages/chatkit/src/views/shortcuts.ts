/** Keys that work anywhere inside the element (LOOK: Keys). The editor has its own. */
import type { TextOf } from '../i18n';
import type { ViewContext } from './context';
import { copyTextOf, turnsOf } from './turns';

export function onKey(event: KeyboardEvent, chat: ViewContext, root: HTMLElement, text: TextOf): void {
  const command = (event.ctrlKey || event.metaKey) && !event.altKey;
  const key = event.key.toLowerCase();
  // From outside nobody can tell that something is being written: a page would take letters for its own shortcuts.
  if (isTyping(event) && !command && key !== 'escape' && key !== 'tab') event.stopPropagation();
  if (event.defaultPrevented || event.isComposing) return;
  const { state, commands, dialog, options } = chat;
  if (key === 'escape') {
    if (dialog.peek()) return; // the dialog closes itself
    // What lies over the conversation goes first; a second press stops the answer.
    const isOver = root.clientWidth < 900 || (event.target as Element).closest('.history');
    if (state.history.open.peek() && isOver) commands.closeHistory();
    else if (state.phase.peek() !== 'idle' && state.canStop.peek()) commands.stop();
    else return;
    chat.focusComposer();
  } else if (command && !event.shiftKey && key === 'k') {
    if (options.peek().history?.enabled === false) return;
    void commands.openHistory();
    focusSoon(root, '.search'); // if it was open already
  } else if (command && event.shiftKey && key === 'o') {
    void commands.openThread(null).then(() => focusSoon(root, '.editor'));
  } else if (command && event.shiftKey && key === 'c') {
    const words = copyTextOf(turnsOf(state.rows.peek()).at(-1)?.rows ?? []);
    if (!words) return;
    navigator.clipboard.writeText(words).then(
      () => chat.announce(text('copied')),
      () => undefined,
    );
  } else if (event.altKey ? /^arrow(up|down)$/.test(key) : !command && isReply(event)) {
    void import('./messageKeys').then(({ onMessageKey }) => onMessageKey(event, chat, root), chat.report);
  } else if (key === '?' && !isTyping(event)) {
    dialog.value = { kind: 'keys' };
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

const isReply = ({ key, code, target }: KeyboardEvent) =>
  (key === 'r' || code === 'KeyR') && (target as Element).matches('.assistant');

function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0] as HTMLElement;
  return target.isContentEditable || target.matches('input, textarea');
}

/** Focus for what the next drawing brings. */
function focusSoon(root: HTMLElement, selector: string): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => root.querySelector<HTMLElement>(selector)?.focus()),
  );
}
