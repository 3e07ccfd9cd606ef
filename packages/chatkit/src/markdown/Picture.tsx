/**
 * A picture. One from elsewhere waits for a click, since loading it would tell its host who is reading, unless the thread
 * says whose pictures it shows: then those load, and others are links.
 */
import { computed } from '@preact/signals-core';
import { useContext, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ChatContext } from '../chatContext';
import { useLaterWords, useText } from '../i18n';
import { adoptStyles } from '../styles/adopt';
import styles from '../styles/later/picture.css?inline';
import { useValue } from '../useValue';
import { parsed } from './links';
import { loadingOf } from './pictureLinks';

type Props = { src: string; alt: string };

export function Picture({ src, alt }: Props) {
  const text = useText();
  useLaterWords();
  const chat = useContext(ChatContext);
  const domains = useMemo(
    () => computed(() => chat?.state.thread.value?.allowedImageDomains ?? null),
    [chat],
  );
  useLayoutEffect(() => {
    if (chat?.root.current) adoptStyles(chat.root.current, styles);
  }, [chat]);
  const [wanted, want] = useState(false);
  const [failed, fail] = useState('');
  const loading = loadingOf(src, useValue(domains));
  const shown = useRef<HTMLElement>(null);
  const hasFailed = failed === src;
  useLayoutEffect(() => shown.current?.focus({ preventScroll: true }), [wanted, hasFailed]);
  if (loading === 'none') return <>{alt}</>;
  if (loading === 'never') return <Elsewhere src={src} alt={alt} />;
  // What was clicked has gone: focus goes to what came of it.
  const focus = wanted ? { ref: shown as never, tabIndex: -1 } : {};
  if (hasFailed) {
    return (
      <span class="muted" {...focus}>
        {text('picture.failed')} {/^http/.test(parsed(src)!.href) ? <Elsewhere src={src} alt={alt} /> : alt}
      </span>
    );
  }
  if (loading === 'free' || wanted) {
    const name = alt || (wanted ? hostOf(src) : '');
    return (
      <img
        src={src}
        alt={name}
        loading="lazy"
        referrerpolicy="no-referrer"
        onError={() => fail(src)}
        {...focus}
      />
    );
  }
  return (
    <button
      type="button"
      class="button md-image-blocked"
      onClick={(event) => {
        event.preventDefault(); // it may stand in a link
        want(true);
      }}
    >
      {text('image.load', { host: hostOf(src) })}
      {alt && <span class="muted"> {alt}</span>}
    </button>
  );
}

/** A picture that is not shown in this thread: its description, leading to it. */
function Elsewhere({ src, alt }: Props) {
  const place = useRef<HTMLSpanElement>(null);
  const [inLink, setInLink] = useState(true);
  useLayoutEffect(() => setInLink(place.current?.closest('a') != null), []);
  const words = alt || hostOf(src);
  return (
    <span ref={place}>
      {inLink ? (
        words
      ) : (
        <a href={parsed(src)!.href} target="_blank" rel="noopener noreferrer">
          {words}
        </a>
      )}
    </span>
  );
}

const hostOf = (src: string): string => parsed(src)?.host ?? '';
