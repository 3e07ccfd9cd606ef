/** The dialog of the moment. */
import styles from '../../styles/later/dialogs.css?inline';
import { useChat, type Dialog } from '../context';
import { DeleteDialog } from './DeleteDialog';
import { Keys } from './Keys';
import { Picture } from './Picture';

export { styles };

export function View({ dialog }: { dialog: Dialog }) {
  const { dialog: shown } = useChat();
  const close = () => {
    // The browser tells of a closed dialog a moment later; by then another one may have been opened.
    if (shown.peek() === dialog) shown.value = null;
  };
  switch (dialog.kind) {
    case 'keys':
      return <Keys onClose={close} />;
    case 'picture':
      return <Picture url={dialog.url} name={dialog.name} onClose={close} />;
    case 'delete':
      return <DeleteDialog {...dialog} onClose={close} />;
  }
}
