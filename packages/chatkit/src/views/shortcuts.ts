/** Keys that work anywhere inside the element (LOOK: Keys). The editor has its own. */
import type { ViewContext } from './context';
import { copyTextOf, turnsOf } from './turns';

export function onKey(event: KeyboardEvent, chat: ViewContext, root: HTMLElement): void {
  const command = (event.ctrlKey || event.metaKey) && !event.altKey;
  const key = event.key.toLowerCase();
  // From outside nobody can tell that something is being written: a page would take letters for its own shortcuts.
  if (isTyping(event) && !command && key !== 'escape' && key !== 'tab') event.stopPropagation();
  if (event.defaultPrevented || event.isComposing) return;
  const { state, commands, dialog, options } = chat;
  const onMessage = () =>
    import('./messageKeys').then(({ onMessageKey }) => onMessageKey(event, chat, root), chat.report);
  const handled = () => {
    event.preventDefault();
    event.stopPropagation();
  };
  if (key === 'escape') {
    if (dialog.peek()) return; // the dialog closes itself
    // What lies over the conversation goes first; a second press stops the answer.
    if (state.history.open.peek() && root.clientWidth < 900) commands.closeHistory();
    else if (state.history.open.peek() && (event.target as Element).closest('.history'))
      commands.closeHistory();
    else if (state.phase.peek() !== 'idle' && state.canStop.peek()) commands.stop();
    else return;
    handled();
    chat.focusComposer();
  } else if (command && !event.shiftKey && key === 'k') {
    if (options.peek().history?.enabled === false) return;
    handled();
    void commands.openHistory();
    focusSoon(root, '.search'); // if it was open already
  } else if (command && event.shiftKey && key === 'o') {
    handled();
    void commands.openThread(null).then(() => focusSoon(root, '.editor'));
  } else if (command && event.shiftKey && key === 'c') {
    const last = turnsOf(state.rows.peek()).at(-1);
    if (!last) return;
    handled();
    void navigator.clipboard.writeText(copyTextOf(last.rows)).catch(() => undefined);
  } else if (event.altKey && !command && (key === 'arrowup' || key === 'arrowdown')) {
    handled();
    void onMessage();
  } else if (key === '?' && !isTyping(event)) {
    handled();
    dialog.value = { kind: 'keys' };
  } else if ((key === 'r' || event.code === 'KeyR') && !command && !event.altKey && isAtAnswer(event)) {
    handled();
    void onMessage();
  }
}

const isAtAnswer = (event: Event) => (event.target as Element).matches('.assistant');

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
