/** One calm sign of what is happening, where the result will appear: waiting, progress, stopped, failed. */
import { useText, type TextOf } from '../../i18n';
import { Icon } from '../../icons/Icon';
import type { Failure } from '../../state/chat';
import { useChat } from '../context';

export function TurnState() {
  const text = useText();
  const { state } = useChat();
  const { phase, progress, failure, stopped } = state;
  if (phase.value !== 'idle') {
    const now = progress.value;
    if (now) {
      return (
        <p class="state" part="progress" role="status">
          {now.icon ? <Icon name={now.icon} /> : <i class="dot" />}
          <span key={now.text} dir="auto">
            {now.text}
          </span>
        </p>
      );
    }
    return phase.value === 'streaming' ? null : (
      <p class="state" part="waiting">
        <i class="dot" />
        <span class="visually-hidden">{text('thread.answering')}</span>
      </p>
    );
  }
  if (failure.value) return <FailureRow {...failure.value} />;
  return stopped.value ? <p class="state">{text('thread.stopped')}</p> : null;
}

type RowProps = { failure: Failure; retry: (() => void) | null };

export function FailureRow({ failure, retry }: RowProps) {
  const text = useText();
  return (
    <div class="failure" part="failure" role="alert">
      <Icon name="warning" />
      <p dir="auto" title={failure.detail && text('details', { detail: failure.detail })}>
        {wordsFor(failure, text)}
      </p>
      {retry && (
        <button type="button" class="button" onClick={retry}>
          <Icon name="reload" />
          {text('retry')}
        </button>
      )}
    </div>
  );
}

/** The server's own words if it sent some, else ours. */
export function wordsFor(failure: Failure, text: TextOf): string {
  return (failure.kind === 'custom' && failure.message) || text(`failure.${failure.kind}`);
}
