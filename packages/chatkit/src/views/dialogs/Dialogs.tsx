/** The dialog of the moment. */
import styles from '../../styles/later/dialogs.css?inline';
import type { Dialog } from '../context';
import { DeleteDialog } from './DeleteDialog';
import { Keys } from './Keys';

export { styles };

export function View({ dialog }: { dialog: Dialog }) {
  return dialog.kind === 'keys' ? <Keys /> : <DeleteDialog {...dialog} />;
}
