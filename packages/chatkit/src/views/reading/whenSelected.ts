/** Waits for something of a conversation to be selected: until then, nobody needs what deals with selections. */
import { selectedIn } from '../composer/editor/dom';

/** Calls once, as soon as something is selected; returns what ends the waiting. */
export function whenSelected(chat: HTMLElement, run: () => void): () => void {
  const look = () => {
    const range = selectedIn(chat.getRootNode() as ShadowRoot);
    if (!range || range.collapsed || !chat.querySelector('.thread')?.contains(range.startContainer)) return;
    end();
    run();
  };
  const end = () => document.removeEventListener('selectionchange', look);
  document.addEventListener('selectionchange', look);
  return end;
}
