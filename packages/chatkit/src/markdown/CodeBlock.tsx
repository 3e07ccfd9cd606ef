/** A block of code: its language, a copy button, and once the fence is closed its colours or its diagram. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Tokens } from 'marked';
import { CopyButton } from './CopyButton';
import { withoutMarks } from './marks';

export function CodeBlock({ token, open }: { token: Tokens.Code; open: boolean }) {
  const language =
    withoutMarks(token.lang ?? '')
      .trim()
      .split(/\s+/)[0] ?? '';
  const code = withoutMarks(token.text);
  const closed = !open || /\n *(`{3,}|~{3,}) *\n*$/.test(token.raw);
  const figure = useRef<HTMLElement>(null);
  const [finished, keep] = useState<{ code: string; view: ComponentChildren } | null>(null);

  useEffect(() => {
    if (!closed || !language) return;
    let stale = false;
    const finish = async () => {
      const view = await (await import('./finishedCode')).finish(code, language, figure.current!);
      if (view && !stale) keep({ code, view });
    };
    finish().catch(() => undefined); // without colours it is still the code
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
      {finished?.code === code ? (
        finished.view
      ) : (
        // A keyboard must be able to scroll what a mouse can.
        <pre tabIndex={0}>
          <code>{code}</code>
        </pre>
      )}
    </figure>
  );
}
