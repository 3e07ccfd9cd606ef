/** Views that are fetched when they are first needed, together with the styles and words that are theirs alone. */
import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { loadLaterWords } from '../i18n';
import { adoptStyles } from '../styles/adopt';
import { useChat } from './context';

export type LazyView<P> = { readonly View: ComponentType<P>; readonly styles: string };

/**
 * Draws what is `meanwhile` until the view is there. A failure is reported, and the next time it is shown it is fetched
 * again.
 */
export function lazy<P extends object>(
  load: () => Promise<LazyView<P>>,
  meanwhile?: (props: P) => ComponentChildren,
): ComponentType<P> {
  let loaded: LazyView<P> | null = null;
  return function Lazy(props: P) {
    const { root, report } = useChat();
    const [view, show] = useState(loaded);
    useEffect(() => {
      let gone = false;
      Promise.all([load(), loadLaterWords()]).then(
        ([one]) => {
          loaded = one;
          if (!gone) show(one);
        },
        (error: unknown) => report(error as Error),
      );
      return () => {
        gone = true;
      };
    }, [report]);
    if (!view || !root.current) return <>{meanwhile?.(props)}</>;
    adoptStyles(root.current, view.styles);
    return <view.View {...props} />;
  };
}

/**
 * A module that is fetched when it is first needed; null until it is there. A failure leaves it at that.
 *
 * @param load Always the same function: another one would be called anew.
 */
export function useLater<M extends { readonly styles: string }>(
  needed: boolean,
  load: () => Promise<M>,
): M | null {
  const { root, report } = useChat();
  const [module, keep] = useState<M | null>(null);
  useEffect(() => {
    if (!needed) return;
    let gone = false;
    Promise.all([load(), loadLaterWords()]).then(
      ([one]) => {
        if (gone) return;
        if (root.current) adoptStyles(root.current, one.styles);
        keep(one);
      },
      (error: unknown) => report(error as Error),
    );
    return () => {
      gone = true;
    };
  }, [needed, load, root, report]);
  return module;
}
