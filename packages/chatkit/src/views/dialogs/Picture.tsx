/** A picture as large as the chat allows, and a way to keep it. */
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import { Modal } from './Modal';

export function Picture({ url, onClose }: { url: string; onClose: () => void }) {
  const text = useText();
  return (
    <Modal title={text('picture.generated')} onClose={onClose}>
      <img class="picture-full" src={url} alt={text('picture.generated')} referrerpolicy="no-referrer" />
      <form method="dialog" class="dialog-actions">
        <a class="button" href={url} download="picture" target="_blank" rel="noopener noreferrer">
          <Icon name="arrow-down" />
          {text('picture.download')}
        </a>
        <button class="button">{text('close')}</button>
      </form>
    </Modal>
  );
}
