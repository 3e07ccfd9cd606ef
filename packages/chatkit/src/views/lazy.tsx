/** Views that are fetched when they are first needed, together with the styles and words that are theirs alone. */
import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { loadLaterWords } from '../i18n';
import { adoptStyles } from '../styles/adopt';
import { useChat } from './context';

export type LazyView<P> = { readonly View: ComponentType<P>; readonly styles: string };

/** Half of the milliseconds until a part that could not be had is asked for again; each time it takes twice as long. */
const AGAIN_MS = 500;

/**
 * Fetches a part, again and again for as long as it cannot be had; returns what ends that.
 *
 * @param use What to do with it.
 * @param report Told of the first failure.
 */
function fetchPart<M>(
  load: () => Promise<M>,
  use: (part: M) => void,
  report: (error: Error) => void,
): () => void {
  let clock: ReturnType<typeof setTimeout>;
  let waitMs = AGAIN_MS;
  let gone = false;
  const go = () => {
    Promise.all([load(), loadLaterWords()]).then(
      ([part]) => gone || use(part),
      (error: unknown) => {
        if (gone) return;
        if (waitMs === AGAIN_MS) report(error as Error);
        clock = setTimeout(go, (waitMs *= 2));
      },
    );
  };
  go();
  return () => {
    gone = true;
    clearTimeout(clock);
  };
}

/** Draws what is `meanwhile` until the view is there. */
export function lazy<P extends object>(
  load: () => Promise<LazyView<P>>,
  meanwhile?: (props: P) => ComponentChildren,
): ComponentType<P> {
  let loaded: LazyView<P> | null = null;
  const keep = async () => (loaded = await load());
  return function Lazy(props: P) {
    const { root } = useChat();
    const view = useLater(!loaded, keep, loaded);
    if (!view || !root.current) return <>{meanwhile?.(props)}</>;
    adoptStyles(root.current, view.styles);
    return <view.View {...props} />;
  };
}

/**
 * A module that is fetched when it is first needed; null until it is there.
 *
 * @param load Always the same function: another one would be called anew.
 * @param loaded It, if it is there already.
 */
export function useLater<M extends { readonly styles: string }>(
  needed: boolean,
  load: () => Promise<M>,
  loaded: M | null = null,
): M | null {
  const { root, report } = useChat();
  const [module, keep] = useState(loaded);
  useEffect(() => {
    if (!needed) return;
    return fetchPart(
      load,
      (one) => {
        if (root.current) adoptStyles(root.current, one.styles);
        keep(one);
      },
      report,
    );
  }, [needed, load, root, report]);
  return module;
}
