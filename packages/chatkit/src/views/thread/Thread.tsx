/** The conversation: turns, older pages at the top, a way down to the newest. */
import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import { useChat } from '../context';
import { FailureRow, TurnState } from '../items/TurnState';
import { turnsOf } from '../turns';
import { TurnView } from './TurnView';
import { useScrolling } from './useScrolling';

export function Thread() {
  const text = useText();
  const { state, commands, options, announce } = useChat();
  const turns = turnsOf(state.rows.value);
  const canLoadOlder = state.hasOlder.value && state.older.value === 'idle';
  const { scroller, hasBelow, jumpToEnd } = useScrolling({
    turns,
    follow: options.value.thread?.autoScroll === true,
    loadOlder: canLoadOlder ? () => void commands.loadOlder() : null,
  });

  const wasAnswering = useRef(false);
  useSignalEffect(() => {
    const answering = state.phase.value !== 'idle';
    if (wasAnswering.current && !answering && !state.failure.peek()) {
      const words =
        scroller.current?.querySelector<HTMLElement>('.turn.last article:last-of-type')?.innerText ?? '';
      announce(
        `${text(state.stopped.peek() ? 'thread.stopped' : 'thread.answered')} ${words.slice(0, 2000)}`,
      );
    }
    wasAnswering.current = answering;
  });

  const loading = state.load.value === 'loading' && turns.length === 0;
  return (
    <>
      {/* A keyboard must be able to scroll what a mouse can. */}
      <div
        ref={scroller}
        class="thread"
        part="thread"
        role="log"
        aria-live="off"
        aria-label={text('thread.log')}
        tabIndex={0}
      >
        <div class="column">
          {loading && (
            <div class="skeleton" role="status" aria-label={text('thread.loading')}>
              <div />
              <div />
              <div />
            </div>
          )}
          {state.load.value === 'failed' && state.loadFailure.value && (
            <FailureRow failure={state.loadFailure.value} retry={() => void commands.reloadThread()} />
          )}
          {state.hasOlder.value && (
            <div class="older">
              {state.older.value === 'failed' ? (
                <button type="button" class="button" onClick={() => void commands.loadOlder()}>
                  {text('thread.olderFailed')} {text('retry')}
                </button>
              ) : (
                text('thread.older')
              )}
            </div>
          )}
          {turns.map((turn, index) => (
            <TurnView key={turn.key} turn={turn} isLast={index === turns.length - 1} />
          ))}
          {/* Not even the question got through. */}
          {turns.length === 0 && <TurnState />}
        </div>
      </div>
      {hasBelow.value && (
        <div class="latest">
          <button
            type="button"
            class="icon-button"
            part="latest-button"
            aria-label={text('thread.latest')}
            title={text('thread.latest')}
            onClick={jumpToEnd}
          >
            <Icon name="arrow-down" />
          </button>
        </div>
      )}
    </>
  );
}
