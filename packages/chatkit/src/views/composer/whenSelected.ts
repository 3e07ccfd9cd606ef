/** Waits for something of a conversation to be selected: until then, nobody needs what deals with selections. */
import { selectedIn } from './editor/dom';

/** Calls once, as soon as something is being selected, or is; returns what ends the waiting. */
export function whenSelected(chat: HTMLElement, run: () => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const end = () => stop.abort();
  const look = (place: Node | undefined) => {
    if (!place || !chat.querySelector('.thread')?.contains(place)) return;
    end();
    run();
  };
  // By the hand of a person: what is fetched may be there before they are done.
  chat.addEventListener('selectstart', (event) => look(event.target as Node), { signal });
  const onSelection = () => {
    const range = selectedIn(chat.getRootNode() as ShadowRoot);
    if (!range?.collapsed) look(range?.startContainer);
  };
  document.addEventListener('selectionchange', onSelection, { signal });
  return end;
}
