/** One calm sign of what is happening, where the result will appear: waiting, progress, stopped, failed. */
import { useEffect, useState } from 'preact/hooks';
import { useLaterWords, useText, type TextOf } from '../../i18n';
import { Icon } from '../../icons/Icon';
import type { Failure } from '../../state/chat';
import { useValue } from '../../useValue';
import { useChat } from '../context';

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

/** Seconds after which one may try again, whatever the server says. */
const LONGEST_WAIT = 60;

type RowProps = { failure: Failure; retry: (() => void) | null };

export function FailureRow({ failure, retry }: RowProps) {
  const text = useText();
  // The failure whose time has come: the server may want to be left alone for a while.
  const [ripe, ripen] = useState<Failure | null>(null);
  useEffect(() => {
    const wait = setTimeout(() => ripen(failure), Math.min(failure.retryAfter ?? 0, LONGEST_WAIT) * 1000);
    return () => clearTimeout(wait);
  }, [failure]);
  const isOver = useLaterWords();
  return (
    <div class="failure" part="failure" role="alert">
      <Icon name="warning" />
      <p dir="auto" title={failure.detail && text('details', { detail: failure.detail })}>
        {wordsFor(failure, text) || (isOver && text('failure.server'))}
      </p>
      {retry && (
        <button
          type="button"
          class="button"
          disabled={!!failure.retryAfter && ripe !== failure}
          onClick={retry}
        >
          <Icon name="reload" />
          {text(failure.kind === 'conflict' ? 'failure.reload' : 'retry')}
        </button>
      )}
    </div>
  );
}

/** The server's own words if it sent some, else ours. */
export function wordsFor(failure: Failure, text: TextOf): string {
  if (failure.kind === 'custom') return failure.message || text('failure.stream');
  return text(`failure.${failure.kind}`);
}
