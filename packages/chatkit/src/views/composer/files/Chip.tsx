/** A file in the composer: what it is, how far it is, and the way out. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useLocale, useText } from '../../../i18n';
import { Icon } from '../../../icons/Icon';
import { IconButton } from '../../../icons/IconButton';
import { paths } from '../../../icons/tools';
import type { DraftAttachment } from '../../../state/drafts';
import { isWorthUploading } from '../../../state/uploads';
import { useChat } from '../../context';
import { FileName } from '../../files/FileName';
import { reasonOf, sizeInWords } from './words';

type Props = { one: DraftAttachment; onRemove: () => void; onRetry: () => void };

export function Chip({ one, onRemove, onRetry }: Props) {
  const text = useText();
  const locale = useLocale();
  const { file, attachment, state, progress, error } = one;
  const name = attachment?.name ?? file?.name ?? '';
  const canRetry = state === 'failed' && file && isWorthUploading(error ?? '');
  const label = text('attach.uploading', { name });
  const why = (named: string) => (state === 'failed' ? reasonOf(error ?? 'server', named, text) : undefined);
  const reason = why(shortened(name));
  return (
    <li class="attachment" part="attachment" data-state={state}>
      <Thumb one={one} name={name} />
      <div class="attachment-text">
        <FileName name={name} />
        {state === 'uploading' ? (
          <progress max={1} {...(progress !== null && { value: progress })} aria-label={label} />
        ) : (
          <small class={reason ? 'attachment-failed' : 'muted'} title={why(name)}>
            {reason ? (
              <>
                <Icon name="warning" /> {reason}
              </>
            ) : (
              file && sizeInWords(file.size, locale)
            )}
          </small>
        )}
      </div>
      {canRetry && <IconButton icon="reload" label={text('attach.retry', { name })} onClick={onRetry} />}
      <IconButton icon="close" label={text('attach.remove', { name })} onClick={onRemove} />
    </li>
  );
}

/** Enough of a name to know it by, where it stands already. */
function shortened(name: string): string {
  const letters = Array.from(name);
  return letters.length > 16 ? [...letters.slice(0, 6), '…', ...letters.slice(-7)].join('') : name;
}

/** A small picture of a picture, at once from what was chosen; the sign of a file for all else. */
function Thumb({ one: { file, attachment }, name }: { one: DraftAttachment; name: string }) {
  const text = useText();
  const { dialog } = useChat();
  const isPicture = /^image\/(?!svg)/.test(file?.type ?? '');
  const own = useMemo(() => (file && isPicture ? URL.createObjectURL(file) : null), [file, isPicture]);
  useEffect(() => () => own && URL.revokeObjectURL(own), [own]);
  const url = own ?? (attachment?.type === 'image' ? attachment.preview_url : null);
  const [failed, setFailed] = useState<string | null>(null);
  if (!url || failed === url) {
    return (
      <span class="attachment-thumb">
        <Icon name="file" paths={paths} />
      </span>
    );
  }
  return (
    <button
      type="button"
      class="attachment-thumb"
      aria-label={`${name}: ${text('picture.open')}`}
      onClick={() => (dialog.value = { kind: 'picture', url, name })}
    >
      <img src={url} alt="" referrerpolicy="no-referrer" onError={() => setFailed(url)} />
    </button>
  );
}
