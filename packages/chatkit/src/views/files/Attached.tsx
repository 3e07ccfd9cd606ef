/** The files of a message that was sent: pictures small, to be opened; all else by name and kind. */
import { useState } from 'preact/hooks';
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import { paths } from '../../icons/tools';
import type { Attachment, ImageAttachment } from '../../protocol/generated';
import styles from '../../styles/later/attachments.css?inline';
import { useChat } from '../context';
import { FileName } from './FileName';

export { styles };

export function View({ attachments }: { attachments: readonly Attachment[] }) {
  const text = useText();
  return (
    <ul class="attached" part="attachments" role="list" aria-label={text('attach.list')}>
      {attachments.map((one) => (
        <li key={one.id}>{one.type === 'image' ? <Thumb image={one} /> : <Card file={one} />}</li>
      ))}
    </ul>
  );
}

function Thumb({ image }: { image: ImageAttachment }) {
  const text = useText();
  const { dialog } = useChat();
  const { preview_url: url, name } = image;
  const [failed, setFailed] = useState<string | null>(null);
  if (failed === url || !/^(?:https?:|blob:|data:image\/|[./])/i.test(url)) return <Card file={image} />;
  return (
    <button
      type="button"
      class="attached-picture"
      aria-label={`${name}: ${text('picture.open')}`}
      title={name}
      onClick={() => (dialog.value = { kind: 'picture', url, name })}
    >
      <img src={url} alt={name} referrerpolicy="no-referrer" onError={() => setFailed(url)} />
    </button>
  );
}

function Card({ file: { name, mime_type } }: { file: Attachment }) {
  return (
    <div class="attached-file" part="attachment">
      <span class="attachment-thumb">
        <Icon name="file" paths={paths} />
      </span>
      <div class="attachment-text">
        <FileName name={name} />
        <small class="muted">{kindOf(name, mime_type)}</small>
      </div>
    </div>
  );
}

/** What kind of file it is, as people say it: by its ending, else by its type. */
function kindOf(name: string, type: string): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1];
  return ending ? ending.toUpperCase() : type;
}
