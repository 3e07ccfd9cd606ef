/** The conversations: search, grouped by day, opened, renamed, deleted. Beside the thread where there is room. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocale, useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import styles from '../../styles/later/history.css?inline';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { wordsFor } from '../items/TurnState';
import { byDay } from './days';
import { HistoryRow } from './HistoryRow';

/** Pixels from the end of the list at which more is loaded. */
const EARLY = 300;

export { styles };

export function View() {
  const text = useText();
  const locale = useLocale();
  const { state, commands, focusComposer, root, announce } = useChat();
  const threads = useValue(state.history.threads);
  const load = useValue(state.history.load);
  const failure = useValue(state.history.failure);
  const hasMore = useValue(state.history.hasMore);
  const [query, setQuery] = useState('');
  const panel = useRef<HTMLElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const all = threads ?? [];
  const wanted = query.trim().toLocaleLowerCase(locale);
  const shown = wanted
    ? all.filter((thread) => (thread.title ?? '').toLocaleLowerCase(locale).includes(wanted))
    : all;

  // Whoever opened it from inside the chat goes on in its search; a page that shows it takes no focus away.
  useEffect(() => {
    if (root.current?.matches(':focus-within')) search.current?.focus();
  }, [root]);

  const close = () => {
    commands.closeHistory();
    focusComposer();
  };
  const open = (threadId: string) => {
    // Over the thread it has done its work; beside it it stays.
    if (panel.current && getComputedStyle(panel.current).position === 'absolute') commands.closeHistory();
    const isThere = () => {
      if (state.threadId.peek() === threadId)
        announce(state.thread.peek()?.title ?? text('history.untitled'));
    };
    commands.openThread(threadId).then(isThere, () => undefined);
    focusComposer();
  };

  return (
    <>
      <div class="history-scrim" onClick={close} />
      <nav ref={panel} class="history" part="history" aria-label={text('history.title')}>
        <div class="history-head">
          <input
            ref={search}
            class="search"
            type="search"
            dir="auto"
            value={query}
            placeholder={text('history.search')}
            aria-label={text('history.search')}
            onInput={(event) => {
              setQuery(event.currentTarget.value);
            }}
          />
          <IconButton icon="close" label={text('close')} onClick={close} />
        </div>
        <div
          class="history-list"
          tabIndex={-1}
          onScroll={(event) => {
            const list = event.currentTarget;
            const near = list.scrollHeight - list.scrollTop - list.clientHeight < EARLY;
            if (near && hasMore && load === 'idle') void commands.loadMoreHistory();
          }}
        >
          {byDay(shown, locale, new Date()).map((day) => (
            <section key={day.label} aria-label={day.label}>
              <div class="day" aria-hidden="true">
                {day.label}
              </div>
              <ul>
                {day.threads.map((thread) => (
                  <HistoryRow key={thread.id} thread={thread} onOpen={open} />
                ))}
              </ul>
            </section>
          ))}
          <div class="history-note" role="status">
            {note()}
          </div>
        </div>
      </nav>
    </>
  );

  function note() {
    if (load === 'failed') {
      return (
        <>
          <p>
            {text('history.failed')} {failure && wordsFor(failure, text)}
          </p>
          <button
            type="button"
            class="button"
            onClick={() => void (hasMore ? commands.loadMoreHistory() : commands.openHistory())}
          >
            {text('retry')}
          </button>
        </>
      );
    }
    if (load === 'loading') return threads ? null : text('history.loading');
    if (all.length === 0) return text('history.empty');
    if (shown.length === 0) return text('history.noMatch', { query: query });
    if (hasMore) {
      return (
        <button type="button" class="button" onClick={() => void commands.loadMoreHistory()}>
          {text('more')}
        </button>
      );
    }
    return <span class="visually-hidden">{text('history.count', { count: shown.length })}</span>;
  }
}
