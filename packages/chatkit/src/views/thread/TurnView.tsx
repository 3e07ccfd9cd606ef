/** One turn: what was said, what answers it, and what can be done with the answer. */
import { Component } from 'preact';
import { useState } from 'preact/hooks';
import { useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import { CopyButton } from '../../markdown/CopyButton';
import type { ThreadItem } from '../../protocol/generated';
import type { Row } from '../../state/chat';
import { useValue } from '../../useValue';
import { useChat, type ViewContext } from '../context';
import { AssistantMessage } from '../items/AssistantMessage';
import { Feedback } from '../items/Feedback';
import { OtherItem } from '../items/OtherItem';
import { TurnState } from '../items/TurnState';
import { UserMessage } from '../items/UserMessage';
import { copyTextOf, type Turn } from '../turns';

type Props = {
  turn: Turn;
  isLast: boolean;
  /** Beyond what is seen of the conversation's end. */
  isFar: boolean;
};

export function TurnView({ turn, isLast, isFar }: Props) {
  const { state, report } = useChat();
  const idle = useValue(state.phase) === 'idle';
  // What was near the end stays laid out: its size would be a guess for a moment, and what stands below must not move.
  const [isSettled] = useState(isFar);

  return (
    <div class={isLast ? 'turn last' : isSettled ? 'turn settled' : 'turn'}>
      {turn.rows.map((row) => (
        <RowView key={row.key} row={row} report={report} />
      ))}
      {isLast && <TurnState />}
      {(idle || !isLast) && <Actions rows={turn.rows} />}
    </div>
  );
}

type RowProps = { row: Row };
type GuardProps = RowProps & Pick<ViewContext, 'report'>;
/** `bad`: what cannot be drawn; no server should send it. */
type RowState = { bad?: ThreadItem | undefined };

/** A row is drawn again when it is another one, or what it follows has changed. What it cannot draw harms no other. */
class RowView extends Component<GuardProps, RowState> {
  override shouldComponentUpdate({ row }: RowProps, state: RowState): boolean {
    return row !== this.props.row || state !== this.state;
  }

  override componentDidCatch(cause: Error): void {
    this.setState({ bad: this.props.row.item.peek() });
    this.props.report(Object.assign(cause, { name: 'ReplyError' }));
  }

  override render({ row }: GuardProps, { bad }: RowState) {
    return <Item row={row} bad={bad} />;
  }
}

function Item({ row, bad }: RowProps & RowState) {
  const item = useValue(row.item);
  const streaming = useValue(row.streaming);
  if (item === bad) return <OtherItem item={{} as ThreadItem} streaming={streaming} />;
  if (item.type === 'user_message') return <UserMessage item={item} pending={row.pending} />;
  if (item.type === 'assistant_message') return <AssistantMessage item={item} streaming={streaming} />;
  return <OtherItem item={item} streaming={streaming} />;
}

function Actions({ rows }: { rows: readonly Row[] }) {
  const text = useText();
  const { options, state, commands } = useChat();
  const { threadItemActions } = useValue(options);
  const idle = useValue(state.phase) === 'idle';
  const isActive = useValue(state.thread)?.status.type === 'active';
  const answer = rows.findLast((row) => row.item.peek().type !== 'user_message');
  if (!answer) return null;
  const canRetry =
    threadItemActions?.retry === true && isActive && rows[0]?.item.peek().type === 'user_message';
  return (
    <div class="actions" part="actions">
      <CopyButton labelKey="message.copy" text={() => copyTextOf(rows)} disabled={!copyTextOf(rows)} />
      {threadItemActions?.feedback === true && <Feedback itemId={answer.id} />}
      {canRetry && (
        <IconButton
          icon="reload"
          label={text('message.retry')}
          disabled={!idle}
          onClick={() => void commands.retryAfter(answer.id)}
        />
      )}
    </div>
  );
}
