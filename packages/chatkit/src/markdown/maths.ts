/** What knows formulas, fetched with the first text that could have one; until then they are shown as they were written. */
import { signal, type ReadonlySignal } from '@preact/signals-core';
import type * as Maths from './mathsViews';

const fetched = signal<typeof Maths | null>(null);
let isAsked = false;

/** Null until it is there. */
export const maths: ReadonlySignal<typeof Maths | null> = fetched;

/** Fetches it if the text may need it. A failure leaves formulas as text, until the next one asks. */
export function askForMaths(text: string): void {
  if (isAsked || !/\$|\\[([]/.test(text)) return;
  isAsked = true;
  import('./mathsViews').then(
    (module) => (fetched.value = module),
    () => (isAsked = false),
  );
}
