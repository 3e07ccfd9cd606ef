/** The conversation: turns, older pages at the top, a way down to the newest. */
import { useMemo } from 'preact/hooks';
import { useText } from '../../i18n';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { FailureRow, TurnState } from '../items/TurnState';
import { lazy } from '../lazy';
import { turnsOf } from '../turns';
import { TurnView } from './TurnView';
import { useScrolling } from './useScrolling';

/** As many turns fill the end of the conversation as far as it is seen, and some more. */
const NEAR = 8;

const Latest = lazy(() => import('./Latest'));
const Older = lazy(() => import('./Older'));
const Skeleton = lazy(() => import('./Skeleton'));

export function Thread() {
  const text = useText();
  const { state, commands, options } = useChat();
  const rows = useValue(state.rows);
  const turns = useMemo(() => turnsOf(rows), [rows]);
  const load = useValue(state.load);
  const loadFailure = useValue(state.loadFailure);
  const hasOlder = useValue(state.hasOlder);
  const older = useValue(state.older);
  const { thread } = useValue(options);
  const { scroller, hasBelow, ...latest } = useScrolling({
    turns,
    follow: thread?.autoScroll === true,
    loadOlder: hasOlder && older === 'idle' ? () => void commands.loadOlder() : null,
  });

  const loading = load === 'loading' && turns.length === 0;
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
          {loading && <Skeleton />}
          {load === 'failed' && loadFailure && (
            <FailureRow failure={loadFailure} retry={() => void commands.reloadThread()} />
          )}
          {hasOlder && <Older />}
          {turns.map((turn, index) => (
            <TurnView
              key={turn.key}
              turn={turn}
              isLast={index === turns.length - 1}
              isFar={index < turns.length - NEAR}
            />
          ))}
          {/* Not even the question got through. */}
          {turns.length === 0 && <TurnState />}
        </div>
      </div>
      {hasBelow && <Latest {...latest} />}
    </>
  );
}
