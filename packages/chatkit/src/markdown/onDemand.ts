/** Parts of Markdown that few texts need, fetched with the first that does. */
import { signal, type ReadonlySignal } from '@preact/signals-core';

/** What is fetched, null until it is there; `ask` fetches it. A failure leaves it at that, until somebody asks again. */
export type OnDemand<M> = { readonly module: ReadonlySignal<M | null>; readonly ask: () => void };

export function onDemand<M>(load: () => Promise<M>): OnDemand<M> {
  const module = signal<M | null>(null);
  let isAsked = false;
  return {
    module,
    ask() {
      if (isAsked) return;
      isAsked = true;
      load().then(
        (one) => (module.value = one),
        () => (isAsked = false),
      );
    },
  };
}
