/** Keys for messages (LOOK: Keys), fetched when the first of them is pressed. */
import type { ViewContext } from './context';

export type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'altKey'>;

/** The element offers to its page what is wanted here. */
type Host = { setComposerValue(value: { reply: string }): Promise<void> };

/** Goes to the message before or after; `R` quotes the answer that has the focus. */
export function onMessageKey({ key, code, altKey }: Pressed, chat: ViewContext, root: HTMLElement): void {
  if (altKey) move(root, key === 'ArrowUp' ? -1 : 1);
  // On keyboards that have other letters it is where the letter would be.
  else if (/^[\x20-\x7e]$/.test(key) ? key.toLowerCase() === 'r' : code === 'KeyR') reply(chat, root);
}

function move(root: HTMLElement, step: number): void {
  const messages = [...root.querySelectorAll<HTMLElement>('article')];
  const active = activeIn(root);
  const at = messages.findIndex((message) => message.contains(active));
  const next = messages[at === -1 ? messages.length - 1 : at + step];
  next?.focus();
}

/** What is selected of an answer can hardly be chosen by keyboard. */
function reply(chat: ViewContext, root: HTMLElement): void {
  const answer = activeIn(root);
  if (!answer?.matches('.assistant')) return;
  // To be quoted, it must be possible to write.
  if (!root.querySelector('.editor[tabindex="0"]')?.checkVisibility()) return;
  const words = [...answer.querySelectorAll<HTMLElement>('.md')].map((one) => one.innerText);
  const { host } = root.getRootNode() as ShadowRoot;
  void (host as unknown as Host).setComposerValue({ reply: words.join('\n\n') });
  chat.focusComposer();
}

const activeIn = (root: HTMLElement) => (root.getRootNode() as ShadowRoot).activeElement;
