/** One turn: what was said, what answers it, and what can be done with the answer. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import { CopyButton } from '../../markdown/CopyButton';
import type { Row } from '../../state/chat';
import { useChat } from '../context';
import { AssistantMessage } from '../items/AssistantMessage';
import { OtherItem } from '../items/OtherItem';
import { TurnState } from '../items/TurnState';
import { UserMessage } from '../items/UserMessage';
import { copyTextOf, type Turn } from '../turns';

export function TurnView({ turn, isLast }: { turn: Turn; isLast: boolean }) {
  const { state } = useChat();
  const over = !isLast || state.phase.value === 'idle';
  const box = useRef<HTMLDivElement>(null);
  const [settled, settle] = useState(!isLast);

  // A turn that was the last keeps its size when it need not be drawn any more: what stands below must not move.
  useEffect(() => {
    if (isLast || settled) return;
    const drawn = requestAnimationFrame(() => {
      if (!box.current) return;
      box.current.style.setProperty('contain-intrinsic-block-size', `auto ${box.current.offsetHeight}px`);
      settle(true);
    });
    return () => cancelAnimationFrame(drawn);
  }, [isLast, settled]);

  return (
    <div ref={box} class={isLast ? 'turn last' : settled ? 'turn settled' : 'turn'}>
      {turn.rows.map((row) => (
        <RowView key={row.key} row={row} />
      ))}
      {isLast && <TurnState />}
      {over && <Actions rows={turn.rows} />}
    </div>
  );
}

function RowView({ row }: { row: Row }) {
  const item = row.item.value;
  if (item.type === 'user_message') return <UserMessage item={item} pending={row.pending} />;
  if (item.type === 'assistant_message')
    return <AssistantMessage item={item} streaming={row.streaming.value} />;
  return <OtherItem item={item} />;
}

function Actions({ rows }: { rows: readonly Row[] }) {
  const text = useText();
  const { options, state, commands } = useChat();
  const answer = rows.findLast((row) => row.item.value.type !== 'user_message');
  if (!answer) return null;
  const canRetry =
    options.value.threadItemActions?.retry === true && rows[0]?.item.value.type === 'user_message';
  return (
    <div class="actions" part="actions">
      <CopyButton labelKey="message.copy" text={() => copyTextOf(rows)} />
      {canRetry && (
        <button
          type="button"
          class="icon-button"
          aria-label={text('message.retry')}
          title={text('message.retry')}
          disabled={state.phase.value !== 'idle'}
          onClick={() => void commands.retryAfter(answer.id)}
        >
          <Icon name="reload" />
        </button>
      )}
    </div>
  );
}
