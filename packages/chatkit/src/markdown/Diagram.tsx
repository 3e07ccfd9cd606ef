/** A diagram that the page draws from its description (option `mermaid`); its code until then, when that fails, and on demand. */
import { computed } from '@preact/signals-core';
import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ChatContext } from '../chatContext';
import { IntegrationError } from '../events';
import { useLaterWords, useText } from '../i18n';
import { paths } from '../icons/diagram';
import { IconButton } from '../icons/IconButton';
import styles from '../styles/later/diagram.css?inline';
import { useValue } from '../useValue';
import { copyDrawing, type Drawing } from './drawing';

export { styles };

/** Milliseconds after which the page is told that it gives no answer; one that comes later is still shown. */
const PATIENCE = 30_000;

export function Diagram({ source }: { source: string }) {
  const text = useText();
  useLaterWords();
  const place = useRef<HTMLDivElement>(null);
  const drawing = useDrawing(source, place);
  const [asCode, showCode] = useState(false);
  const isShown = drawing !== null && !asCode;

  useLayoutEffect(() => {
    const box = place.current;
    if (!box || !drawing) return;
    const root = box.shadowRoot ?? box.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [...drawing.sheets];
    drawing.svg.ariaHidden = 'true'; // its box has its name
    root.replaceChildren(drawing.svg);
  }, [drawing]);

  return (
    <>
      {drawing && (
        <IconButton
          class="md-diagram-toggle"
          icon="code"
          paths={paths}
          label={text('diagram.code')}
          aria-pressed={asCode}
          onClick={() => showCode(!asCode)}
        />
      )}
      <div
        ref={place}
        class="md-diagram"
        role="img"
        tabIndex={0} // a keyboard must be able to scroll what a mouse can
        aria-label={drawing?.title ?? text('diagram.name')}
        hidden={!isShown}
      />
      <pre tabIndex={0} hidden={isShown}>
        <code>{source}</code>
      </pre>
    </>
  );
}

/** What the page makes of it, anew when light becomes dark; null as long as there is nothing. */
function useDrawing(source: string, place: { readonly current: HTMLElement | null }): Drawing | null {
  const chat = useContext(ChatContext);
  const canDraw = useValue(useMemo(() => computed(() => Boolean(chat?.options.value.mermaid)), [chat]));
  const scheme = useScheme(place);
  const [drawing, keep] = useState<Drawing | null>(null);
  const told = useRef<string | null>(null);

  useEffect(() => {
    if (!chat || !canDraw) keep(null);
    if (!chat || !canDraw || scheme === null) return;
    let gone = false;
    const tell = (cause: unknown) => {
      if (gone || told.current === source) return;
      told.current = source;
      const words = cause instanceof Error ? cause.message : String(cause);
      chat.report(new IntegrationError(`mermaid: ${words}`, { cause }));
    };
    const late = setTimeout(() => {
      tell(new Error(`no diagram after ${String(PATIENCE / 1000)} seconds`));
    }, PATIENCE);
    const draw = async () => {
      try {
        const svg: unknown = await chat.options.peek().mermaid?.(source);
        if (!gone) keep(copyDrawing(svg));
      } catch (cause) {
        tell(cause);
        if (!gone) keep(null);
      } finally {
        clearTimeout(late);
      }
    };
    void draw();
    return () => {
      gone = true;
      clearTimeout(late);
    };
  }, [chat, canDraw, source, scheme]);
  return drawing;
}

/** Light or dark, as it is shown around a node; null until that is known. */
function useScheme(place: { readonly current: HTMLElement | null }): string | null {
  const [scheme, keep] = useState<string | null>(null);
  useLayoutEffect(() => {
    const root = place.current!.getRootNode();
    const host = root instanceof ShadowRoot ? root.host : document.documentElement;
    const look = () => keep(host.getAttribute('data-scheme') ?? 'light');
    look();
    const watch = new MutationObserver(look);
    watch.observe(host, { attributeFilter: ['data-scheme'] });
    return () => watch.disconnect();
  }, [place]);
  return scheme;
}
