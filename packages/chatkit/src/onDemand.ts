/** Parts that few chats need, fetched with the first that does. */
import { signal, type ReadonlySignal } from '@preact/signals-core';

/** Half of the milliseconds until a part that could not be had is asked for again; each time it takes twice as long. */
const AGAIN_MS = 500;
const LONGEST_MS = 60_000;

/** Something that is wanted could not be had twice: a person is told that it is on its way. */
export const isLacking = signal(false);

/**
 * Fetches a part, again and again for as long as it cannot be had, and at once when the browser is back on line; returns
 * what ends that.
 *
 * @param use What to do with it.
 * @param report Told of the first failure.
 */
export function fetchPart<M>(
  load: () => Promise<M>,
  use: (part: M) => void,
  report?: (error: Error) => void,
): () => void {
  let clock: ReturnType<typeof setTimeout>;
  let waitMs = AGAIN_MS;
  let isOver = false;
  const go = () => {
    clearTimeout(clock);
    load().then(
      (part) => {
        if (isOver) return;
        end();
        use(part);
      },
      (error: unknown) => {
        if (isOver) return;
        if (waitMs > AGAIN_MS) isLacking.value = true;
        else report?.(Object.assign(error as Error, { name: 'NetworkError' })); // else a TypeError
        clock = setTimeout(go, (waitMs = Math.min(LONGEST_MS, waitMs * 2)));
      },
    );
  };
  const end = () => {
    isOver = true;
    isLacking.value = false;
    clearTimeout(clock);
    removeEventListener('online', go);
  };
  addEventListener('online', go);
  go();
  return end;
}

/** What is fetched, null until it is there; `ask` fetches it. */
export type OnDemand<M> = { readonly module: ReadonlySignal<M | null>; readonly ask: () => void };

export function onDemand<M>(load: () => Promise<M>): OnDemand<M> {
  const module = signal<M | null>(null);
  let end: (() => void) | undefined;
  const ask = () => {
    end ??= fetchPart(load, (one) => (module.value = one));
  };
  return { module, ask };
}
