/** How to go on after a failure that the server has told of: not at once, or in another way than by trying again. */
import { useEffect, useState } from 'preact/hooks';
import { useText, type MessageKey } from '../../i18n';
import { Icon } from '../../icons/Icon';
import type { Failure } from '../../state/chat';
import { useChat } from '../context';
import styles from '../../styles/later/way.css?inline';
import type { RowProps } from './TurnState';

export { styles };

/** What the button says, where it does not try again. */
const WAYS: Partial<Record<Failure['kind'], MessageKey>> = {
  conflict: 'failure.reload',
  not_found: 'failure.reload',
  gone: 'header.newChat',
};

/** Seconds after which one may try again, whatever the server says. */
const LONGEST_WAIT = 60;

export function View({ failure, retry }: RowProps) {
  const text = useText();
  const { commands } = useChat();
  // The failure whose time has come: the server may want to be left alone for a while.
  const [ripe, ripen] = useState<Failure | null>(null);
  useEffect(() => {
    const wait = setTimeout(() => ripen(failure), Math.min(failure.retryAfter ?? 0, LONGEST_WAIT) * 1000);
    return () => clearTimeout(wait);
  }, [failure]);
  const isGone = failure.kind === 'gone';
  const go = isGone ? () => void commands.openThread(null) : retry;
  if (!go) return null;
  return (
    <button type="button" class="button" disabled={!!failure.retryAfter && ripe !== failure} onClick={go}>
      <Icon name={isGone ? 'compose' : 'reload'} />
      {text(WAYS[failure.kind] ?? 'retry')}
    </button>
  );
}
