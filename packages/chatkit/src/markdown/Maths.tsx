/** A formula: its source until what draws it has been loaded, then MathML. What cannot be drawn stays its source. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { adoptStyles } from '../styles/adopt';
import type * as Drawing from './drawMaths';
import { withoutMarks } from './marks';
import type { MathsToken } from './mathsSyntax';

let drawing: typeof Drawing | null = null;

export function Maths({ token }: { token: MathsToken }) {
  const { display } = token;
  const [raw, tex] = [withoutMarks(token.raw), withoutMarks(token.tex)];
  const place = useRef<HTMLElement>(null);
  const [ready, setReady] = useState(drawing !== null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    if (ready) return;
    let gone = false;
    import('./drawMaths').then(
      (module) => {
        drawing = module;
        if (!gone) setReady(true);
      },
      () => undefined, // it stays the source
    );
    return () => {
      gone = true;
    };
  }, [ready]);

  useLayoutEffect(() => {
    const node = place.current;
    if (!ready || !drawing || !node) return;
    adoptStyles(node, drawing.styles);
    setFailed(!drawing.drawMaths(node, tex, display));
  }, [ready, tex, display]);

  // Two elements, so that the one whose content is drawn by hand is never filled by us.
  return (
    <span class="md-maths" dir="ltr" data-display={display || undefined} tabIndex={display ? 0 : undefined}>
      {(!ready || failed) && <code>{raw.trim()}</code>}
      <span ref={place} hidden={!ready || failed} />
    </span>
  );
}
