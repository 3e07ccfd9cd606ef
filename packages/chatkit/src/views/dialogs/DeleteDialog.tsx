/** Asks once before a conversation is gone. */
import { useText } from '../../i18n';
import { useChat } from '../context';
import { Modal } from './Modal';

type Props = { threadId: string; title: string; onClose: () => void };

export function DeleteDialog({ threadId, title, onClose }: Props) {
  const text = useText();
  const { commands } = useChat();
  return (
    <Modal title={text('history.deleteTitle')} role="alertdialog" onClose={onClose}>
      <p dir="auto">{text('history.deleteText', { title })}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {text('cancel')}
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            onClose();
            void commands.deleteThread(threadId);
          }}
        >
          {text('history.deleteConfirm')}
        </button>
      </div>
    </Modal>
  );
}
