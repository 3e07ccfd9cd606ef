/** Asks once before a conversation is gone, and stays until it is: what fails is said here, and can be tried again. */
import { useState } from 'preact/hooks';
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import type { Failure } from '../../state/chat';
import { failureBeside } from '../../state/failuresBeside';
import { useChat } from '../context';
import { wordsFor } from '../items/TurnState';
import { Modal } from './Modal';

type Props = { threadId: string; title: string; onClose: () => void };

export function DeleteDialog({ threadId, title, onClose }: Props) {
  const text = useText();
  const { commands } = useChat();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await commands.deleteThread(threadId);
      onClose();
    } catch (error) {
      setBusy(false);
      setFailure(failureBeside(error, 'gone'));
    }
  };
  return (
    <Modal title={text('history.deleteTitle')} role="alertdialog" onClose={onClose}>
      <p dir="auto">{text('history.deleteText', { title })}</p>
      {failure && (
        <p class="dialog-failure" role="alert" dir="auto">
          <Icon name="warning" /> {wordsFor(failure, text)}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {text('cancel')}
        </button>
        <button
          type="button"
          class="button danger"
          aria-disabled={busy}
          onClick={() => busy || void remove()}
        >
          {text('history.deleteConfirm')}
        </button>
      </div>
    </Modal>
  );
}
