/** Asks once before a conversation is gone. */
import { useText } from '../../i18n';
import { useChat } from '../context';
import { Modal } from './Modal';

export function DeleteDialog({ threadId, title }: { threadId: string; title: string }) {
  const text = useText();
  const { dialog, commands } = useChat();
  const close = () => {
    dialog.value = null;
  };
  return (
    <Modal title={text('history.deleteTitle')} role="alertdialog" onClose={close}>
      <p dir="auto">{text('history.deleteText', { title })}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={close}>
          {text('cancel')}
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            close();
            void commands.deleteThread(threadId);
          }}
        >
          {text('history.deleteConfirm')}
        </button>
      </div>
    </Modal>
  );
}
