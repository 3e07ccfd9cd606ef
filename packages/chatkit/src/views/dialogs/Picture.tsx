/** A picture as large as the chat allows, and a way to keep it. */
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import { Modal } from './Modal';

type Props = { url: string; name: string | undefined; onClose: () => void };

export function Picture({ url, name, onClose }: Props) {
  const text = useText();
  const title = name ?? text('picture.generated');
  return (
    <Modal title={title} onClose={onClose}>
      <img class="picture-full" src={url} alt={title} referrerpolicy="no-referrer" />
      <form method="dialog" class="dialog-actions">
        <a class="button" href={url} download={name ?? 'picture'} target="_blank" rel="noopener noreferrer">
          <Icon name="arrow-down" />
          {text('picture.download')}
        </a>
        <button class="button">{text('close')}</button>
      </form>
    </Modal>
  );
}
