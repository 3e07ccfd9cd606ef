/** Views that are fetched when they are first needed, together with the styles and words that are theirs alone. */
import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { loadLaterWords } from '../i18n';
import { fetchPart } from '../onDemand';
import { adoptStyles } from '../styles/adopt';
import { useChat } from './context';

export type LazyView<P> = { readonly View: ComponentType<P>; readonly styles: string };

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
      () => Promise.all([load(), loadLaterWords()]),
      ([one]) => {
        if (root.current) adoptStyles(root.current, one.styles);
        keep(one);
      },
      report,
    );
  }, [needed, load, root, report]);
  return module;
}
