/** A way down to the newest message. */
import { useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import styles from '../../styles/later/latest.css?inline';

export { styles };

export function View({ onClick }: { onClick: () => void }) {
  const text = useText();
  return (
    <div class="latest">
      <IconButton icon="arrow-down" label={text('thread.latest')} part="latest-button" onClick={onClick} />
    </div>
  );
}
