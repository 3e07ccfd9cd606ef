/** Above a conversation of which there is more: that it is on its way, or why it did not come. */
import { useEffect } from 'preact/hooks';
import { useText } from '../../i18n';
import styles from '../../styles/later/older.css?inline';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { wordsFor } from '../items/TurnState';

export { styles };

export function View() {
  const text = useText();
  const { state, commands, announce } = useChat();
  const failure = useValue(state.loadFailure);
  const isFailed = useValue(state.older) === 'failed' && failure;
  const words = isFailed ? `${text('thread.olderFailed')} ${wordsFor(failure, text)}` : '';
  useEffect(() => {
    if (words) announce(words);
  }, [words, announce]);
  if (!isFailed) return <div class="older">{text('thread.older')}</div>;
  return (
    <div class="older">
      <p dir="auto">{words}</p>
      <button type="button" class="button" onClick={() => void commands.loadOlder()}>
        {text('retry')}
      </button>
    </div>
  );
}
