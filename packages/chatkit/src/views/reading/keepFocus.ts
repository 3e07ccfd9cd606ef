/**
 * The focus stays in the chat when what had it goes away or cannot be used any more: a notice that is dismissed, a button
 * that tries again. It goes on where a person most likely does.
 */

/** Milliseconds in which a view may know better where the focus belongs. */
const PATIENCE = 100;

/** Where to go on, in the history, above older messages and elsewhere: at the first that can be seen. */
const IN_HISTORY = ['.history .search'];
const IN_OLDER = ['.thread'];
const ELSEWHERE = ['.questions :is(input, textarea)', '.editor[tabindex="0"]', '.thread'];

/** Begins to care for the focus in a chat; returns what ends that. */
export function keepFocus(chat: HTMLElement): () => void {
  const root = chat.getRootNode() as ShadowRoot;
  let last: HTMLElement | null = null;
  let places = ELSEWHERE;
  let clock: ReturnType<typeof setTimeout> | undefined;

  const isUsable = (element: HTMLElement) => element.isConnected && !element.matches(':disabled');
  const isLost = () => document.activeElement === document.body && last !== null && !isUsable(last);
  const find = () => {
    clock = undefined;
    if (!isLost()) return;
    const found = places.flatMap((place) => [...root.querySelectorAll<HTMLElement>(place)]);
    found.find((one) => one.checkVisibility())?.focus();
  };

  const stop = new AbortController();
  const { signal } = stop;
  chat.addEventListener(
    'focusin',
    (event) => {
      const element = event.target as HTMLElement;
      last = element;
      // From a dialog it is back to where that came from.
      if (!element.closest('dialog')) places = placesFor(element);
    },
    { signal },
  );
  chat.addEventListener(
    'focusout',
    () => {
      // Who goes elsewhere has not lost it. Some browsers tell it before the element is gone.
      queueMicrotask(() => {
        if (last && root.activeElement !== last && isUsable(last)) last = null;
      });
    },
    { signal },
  );
  // The browser takes the focus from what is disabled only when it draws next; an answer that streams changes all the time.
  const observer = new MutationObserver(() => {
    if (last && !isUsable(last)) clock ??= setTimeout(find, PATIENCE);
  });
  observer.observe(chat, { subtree: true, childList: true, attributeFilter: ['disabled'] });
  return () => {
    clearTimeout(clock);
    observer.disconnect();
    stop.abort();
  };
}

function placesFor(element: HTMLElement): string[] {
  if (element.closest('.history')) return IN_HISTORY;
  return element.closest('.older') ? IN_OLDER : ELSEWHERE;
}
