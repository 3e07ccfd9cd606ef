/** A picture that a model makes: its place at once, what there is of it blurred, then the whole. */
import { useState } from 'preact/hooks';
import { useText } from '../../../i18n';
import { Icon } from '../../../icons/Icon';
import type { GeneratedImageItem } from '../../../protocol/generated';
import { progressOf } from '../../../state/foldOthers';
import { useChat } from '../../context';

type Props = { item: GeneratedImageItem; streaming: boolean };

export function GeneratedImage({ item, streaming }: Props) {
  const text = useText();
  const { dialog } = useChat();
  const [failed, setFailed] = useState<string | null>(null);
  const url = item.image && shownUrl(item.image.url);
  const progress = streaming ? progressOf(item) : null;

  if (!streaming && (!url || failed === url)) {
    return (
      <p class="state">
        <Icon name="warning" />
        <span>{text('picture.failed')}</span>
      </p>
    );
  }
  const picture = url && failed !== url && (
    <img
      src={url}
      alt={text('picture.generated')}
      referrerpolicy="no-referrer"
      onError={() => setFailed(url)}
    />
  );
  return (
    <figure class="picture" part="picture" aria-busy={streaming} data-partial={streaming || undefined}>
      {picture && !streaming ? (
        <button
          type="button"
          class="picture-open"
          aria-label={text('picture.open')}
          onClick={() => (dialog.value = { kind: 'picture', url })}
        >
          {picture}
        </button>
      ) : (
        picture
      )}
      {streaming && (
        <figcaption>
          <i class="dot" />
          <span>{text('picture.making')}</span>
          <progress
            max={1}
            {...(progress !== null && { value: progress })}
            aria-label={text('picture.making')}
          />
        </figcaption>
      )}
    </figure>
  );
}

/** Pictures come from the server, but only as pictures: no other kind of address is loaded. */
function shownUrl(url: string): string | null {
  return /^(?:https?:|blob:|data:image\/|[./])/i.test(url) ? url : null;
}
