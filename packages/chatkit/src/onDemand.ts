/** Parts that few chats need, fetched with the first that does. */
import { signal, type ReadonlySignal } from '@preact/signals-core';

/**
 * What is fetched, null until it is there; `ask` fetches it. After a failure it is fetched when somebody asks again, or
 * when the browser is back on line: whoever waits for it gets it then.
 */
export type OnDemand<M> = { readonly module: ReadonlySignal<M | null>; readonly ask: () => void };

export function onDemand<M>(load: () => Promise<M>): OnDemand<M> {
  const module = signal<M | null>(null);
  let isAsked = false;
  const ask = () => {
    if (isAsked) return;
    isAsked = true;
    load().then(
      (one) => (module.value = one),
      () => {
        isAsked = false;
        addEventListener('online', ask, { once: true });
      },
    );
  };
  return { module, ask };
}
