/** What stands where a conversation will be while it is loaded. */
import { useText } from '../../i18n';
import styles from '../../styles/later/skeleton.css?inline';

export { styles };

export function View() {
  const text = useText();
  return (
    <div class="skeleton" role="status" aria-label={text('thread.loading')}>
      <div />
      <div />
      <div />
    </div>
  );
}
