/** Views that are fetched when they are first needed, together with the styles and words that are theirs alone. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { loadLaterWords } from '../i18n';
import { adoptStyles } from '../styles/adopt';
import { useChat } from './context';

export type LazyView<P> = { readonly View: ComponentType<P>; readonly styles: string };

/** Draws nothing until the view is there. A failure is reported, and the next time it is shown it is fetched again. */
export function lazy<P extends object>(load: () => Promise<LazyView<P>>): ComponentType<P> {
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
    if (!view || !root.current) return null;
    adoptStyles(root.current, view.styles);
    return <view.View {...props} />;
  };
}
