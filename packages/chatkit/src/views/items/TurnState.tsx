/** One calm sign of what is happening, where the result will appear: waiting, progress, stopped, failed. */
import { useLaterWords, useText, type TextOf } from '../../i18n';
import { Icon } from '../../icons/Icon';
import type { Failure } from '../../state/chat';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { lazy } from '../lazy';

export function TurnState() {
  const text = useText();
  const { state } = useChat();
  const phase = useValue(state.phase);
  const now = useValue(state.progress);
  const failure = useValue(state.failure);
  const stopped = useValue(state.stopped);
  const line = useValue(state.line);
  if (phase !== 'idle') {
    if (line !== 'up') {
      return (
        <p class="state" part="reconnecting">
          <i class="dot" />
          <span key={line}>{text(`line.${line}`)}</span>
        </p>
      );
    }
    if (now) {
      return (
        <p class="state" part="progress">
          {now.icon ? <Icon name={now.icon} /> : <i class="dot" />}
          <span key={now.text} dir="auto">
            {now.text}
          </span>
        </p>
      );
    }
    return phase === 'streaming' ? null : (
      <p class="state" part="waiting">
        <i class="dot" />
        <span class="visually-hidden">{text('thread.answering')}</span>
      </p>
    );
  }
  if (failure) return <FailureRow {...failure} />;
  return stopped ? <p class="state">{text('thread.stopped')}</p> : null;
}

const LaterWay = lazy(() => import('./Way'), Way);

/** `retry` is null when trying again makes no sense. */
export type RowProps = { failure: Failure; retry: (() => void) | null };

export function FailureRow(props: RowProps) {
  const text = useText();
  const { failure } = props;
  const isOver = useLaterWords();
  // What has details, be they empty, is known from the server, which can send more.
  const Button = failure.detail == null ? Way : LaterWay;
  return (
    <div class={`failure ${failure.kind}`} part="failure" role="alert">
      <Icon name="warning" />
      <p dir="auto" title={failure.detail && text('details', { detail: failure.detail })}>
        {wordsFor(failure, text) || (isOver && text('failure.server'))}
      </p>
      <Button {...props} />
    </div>
  );
}

/** How to go on. */
function Way({ retry }: RowProps) {
  const text = useText();
  return (
    retry && (
      <button type="button" class="button" onClick={retry}>
        <Icon name="reload" />
        {text('retry')}
      </button>
    )
  );
}

/** The server's own words if it sent some, else ours. */
export function wordsFor(failure: Failure, text: TextOf): string {
  if (failure.kind === 'custom') return failure.message || text('failure.stream');
  return text(`failure.${failure.kind}`);
}
