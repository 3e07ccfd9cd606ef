/** The dialog of the moment. */
import styles from '../../styles/later/dialogs.css?inline';
import { useChat, type Dialog } from '../context';
import { DeleteDialog } from './DeleteDialog';
import { Keys } from './Keys';

export { styles };

export function View({ dialog }: { dialog: Dialog }) {
  const { dialog: shown } = useChat();
  const close = () => {
    // The browser tells of a closed dialog a moment later; by then another one may have been opened.
    if (shown.peek() === dialog) shown.value = null;
  };
  return dialog.kind === 'keys' ? <Keys onClose={close} /> : <DeleteDialog {...dialog} onClose={close} />;
}
