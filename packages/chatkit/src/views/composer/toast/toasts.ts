/** What the composer has to tell for a moment: one thing at a time. */
import { signal, type Signal } from '@preact/signals-core';
import type { Desk } from '../../../state/desk';

/** Lines of words; a new object each time, so that the same words twice are told twice. */
export type Toast = { readonly lines: readonly string[] };

const toasts = new WeakMap<Desk, Signal<Toast | null>>();

/** The toast of a composer. */
export function toastOf(desk: Desk): Signal<Toast | null> {
  let toast = toasts.get(desk);
  if (!toast) toasts.set(desk, (toast = signal<Toast | null>(null)));
  return toast;
}

/** Lines of a toast: it is not a place to read long. */
const MOST = 4;

/** Tells the person; what is still being told stays beside it. */
export function tell(desk: Desk, ...lines: readonly string[]): void {
  const toast = toastOf(desk);
  const all = [...new Set([...(toast.peek()?.lines ?? []), ...lines])];
  toast.value = { lines: all.slice(-MOST) };
}
