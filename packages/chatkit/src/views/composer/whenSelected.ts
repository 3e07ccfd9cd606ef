/** Waits for something of a conversation to be selected: until then, nobody needs what deals with selections. */
import { selectedIn } from './editor/dom';

/** Calls as soon as something is being selected; returns what ends the waiting. */
export function whenSelected(chat: HTMLElement, run: () => void): () => void {
  const look = () => {
    const range = selectedIn(chat.getRootNode() as ShadowRoot);
    if (range?.collapsed === false && chat.querySelector('.thread')?.contains(range.startContainer)) run();
  };
  document.addEventListener('selectionchange', look);
  return () => document.removeEventListener('selectionchange', look);
}
