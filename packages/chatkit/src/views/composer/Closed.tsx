/** What stands in place of the composer in a thread that has been closed: that, and why. */
import { useText } from '../../i18n';
import styles from '../../styles/later/closed-thread.css?inline';

export { styles };

export function View({ reason }: { reason: string | null | undefined }) {
  const text = useText();
  return (
    <p class="closed" part="composer" role="status" dir="auto">
      {reason ? text('composer.closedBecause', { reason }) : text('composer.closed')}
    </p>
  );
}
