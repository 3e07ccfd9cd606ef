/** A picture. One from elsewhere waits for a click: loading it would tell its host who is reading. */
import { useState } from 'preact/hooks';
import { useLaterWords, useText } from '../i18n';
import { hostOf, loadsFreely } from './pictureLinks';

type Props = { src: string; alt: string };

export function Picture({ src, alt }: Props) {
  const text = useText();
  useLaterWords();
  const [wanted, setWanted] = useState(false);
  if (wanted || loadsFreely(src)) {
    return <img src={src} alt={alt} loading="lazy" referrerpolicy="no-referrer" />;
  }
  const host = hostOf(src);
  if (!host) return <>{alt}</>;
  return (
    <button type="button" class="md-image-blocked" onClick={() => setWanted(true)}>
      {text('image.load', { host })}
      {alt && <span> {alt}</span>}
    </button>
  );
}
