/** Signals in views: what a view shows of one is drawn again when it changes. */
import type { ReadonlySignal } from '@preact/signals-core';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The value of a signal. Of one that comes and goes, or of a part of a large one, make a `computed` first. */
export function useValue<T>(source: ReadonlySignal<T>): T {
  const value = source.peek();
  const drawn = useRef(value);
  drawn.current = value;
  const [, setTimes] = useState(0);
  useLayoutEffect(
    () =>
      // Calls at once, too: it may have changed since this was drawn.
      source.subscribe((now) => {
        if (now !== drawn.current) setTimes((times) => times + 1);
      }),
    [source],
  );
  return value;
}
