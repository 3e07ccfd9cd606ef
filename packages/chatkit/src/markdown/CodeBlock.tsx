/** A block of code: its language, a copy button, and colours once the fence is closed. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Tokens } from 'marked';
import { adoptStyles } from '../styles/adopt';
import { CopyButton } from './CopyButton';
import type { Piece } from './highlight';
import { withoutMarks } from './marks';

export function CodeBlock({ token, open }: { token: Tokens.Code; open: boolean }) {
  const language =
    withoutMarks(token.lang ?? '')
      .trim()
      .split(/\s+/)[0] ?? '';
  const code = withoutMarks(token.text);
  const closed = !open || /\n *(`{3,}|~{3,}) *\n*$/.test(token.raw);
  const figure = useRef<HTMLElement>(null);
  const [coloured, setColoured] = useState<{ code: string; pieces: readonly Piece[] } | null>(null);

  useEffect(() => {
    if (!closed || !language) return;
    let stale = false;
    const colour = async () => {
      const { highlight, styles } = await import('./highlight');
      const pieces = await highlight(code, language);
      if (!pieces || stale || !figure.current) return;
      adoptStyles(figure.current, styles);
      setColoured({ code, pieces });
    };
    colour().catch(() => undefined); // without colours it is still the code
    return () => {
      stale = true;
    };
  }, [closed, code, language]);

  return (
    <figure ref={figure} class="md-code" dir="ltr">
      <figcaption class="md-code-head">
        <span>{language}</span>
        <CopyButton text={code} labelKey="code.copy" />
      </figcaption>
      {/* A keyboard must be able to scroll what a mouse can. */}
      <pre tabIndex={0}>
        <code>{coloured?.code === code ? draw(coloured.pieces) : code}</code>
      </pre>
    </figure>
  );
}

function draw(pieces: readonly Piece[]): ComponentChildren {
  return pieces.map((piece, index) =>
    typeof piece === 'string' ? (
      piece
    ) : (
      <span key={index} class={piece.class}>
        {draw(piece.children)}
      </span>
    ),
  );
}
