/** The whole interface: header, conversation, composer, the history beside or above them. */
import { signal, useSignal, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { createTranslation, TranslationContext } from '../i18n';
import type { ChatKitOptions } from '../options';
import type { Chat } from '../state/chat';
import { Composer } from './composer/Composer';
import { ChatContext, type Dialog, type ViewContext } from './context';
import { Header } from './header/Header';
import { lazy } from './lazy';
import { onKey } from './shortcuts';
import { StartScreen } from './start/StartScreen';
import { Notices } from './thread/Notices';
import { Thread } from './thread/Thread';

const History = lazy(() => import('./history/History'));
const Dialogs = lazy(() => import('./dialogs/Dialogs'));

type Props = {
  chat: Chat;
  options: ReadonlySignal<ChatKitOptions>;
  locale: ReadonlySignal<string>;
  report: (error: Error) => void;
};

export function App({ chat, options, locale, report }: Props) {
  const root = useRef<HTMLElement>(null);
  const spoken = useSignal('');
  const translation = useMemo(() => createTranslation(locale), [locale]);
  const view = useMemo<ViewContext>(
    () => ({
      ...chat,
      options,
      root,
      report,
      dialog: signal<Dialog | null>(null),
      announce: (words) => {
        // The same words twice would be one announcement.
        spoken.value = spoken.peek() === words ? `${words}\u200B` : words;
      },
      focusComposer: () => root.current?.querySelector<HTMLElement>('.editor')?.focus(),
    }),
    [chat, options, report, spoken],
  );
  const { state } = chat;
  const text = translation.text.value;

  useSignalEffect(() => {
    if (state.phase.value === 'waiting') view.announce(translation.text.peek()('thread.answering'));
  });

  const isStart = state.threadId.value === null && state.rows.value.length === 0 && !state.failure.value;
  const dialog = view.dialog.value;
  const historyShown = options.value.history?.enabled !== false && state.history.open.value;
  return (
    <TranslationContext.Provider value={translation}>
      <ChatContext.Provider value={view}>
        <section
          ref={root}
          class="chat"
          part="chat"
          dir={translation.direction.value}
          lang={translation.locale.value}
          aria-label={options.value.frameTitle ?? text('frame')}
          onKeyDown={(event) => onKey(event, view, root.current!)}
        >
          {historyShown && <History />}
          <div class="main">
            <Header />
            <div class="viewport">
              {isStart ? <StartScreen /> : <Thread key={state.threadId.value === null ? 'new' : 'thread'} />}
            </div>
            <div class="footer column" part="footer">
              <Notices />
              <Composer />
            </div>
          </div>
          {dialog && <Dialogs key={dialog} dialog={dialog} />}
          <div class="visually-hidden" role="status" aria-live="polite">
            {spoken.value}
          </div>
        </section>
      </ChatContext.Provider>
    </TranslationContext.Provider>
  );
}
