/** The whole interface: header, conversation, composer, the history beside or above them. */
import { computed, signal, type ReadonlySignal } from '@preact/signals-core';
import { useMemo, useRef } from 'preact/hooks';
import { createTranslation, TranslationContext } from '../i18n';
import { IntegrationError, type Emit } from '../events';
import { isLacking } from '../onDemand';
import type { ChatKitOptions } from '../options';
import type { Chat } from '../state/chat';
import { useValue } from '../useValue';
import { Composer } from './composer/Composer';
import { ChatContext, type Dialog, type ViewContext } from './context';
import type { Frame } from './frame/frame';
import { Header } from './header/Header';
import { lazy } from './lazy';
import { Reading } from './reading/Reading';
import { onKey } from './shortcuts';
import { StartScreen } from './start/StartScreen';
import { Thread } from './thread/Thread';

const History = lazy(() => import('./history/History'));
const Notices = lazy(() => import('./thread/Notices'));
const Dialogs = lazy(() => import('./dialogs/Dialogs'));
const Questions = lazy(() => import('./questions/Questions'));

type Props = {
  chat: Chat;
  options: ReadonlySignal<ChatKitOptions>;
  locale: ReadonlySignal<string>;
  emit: Emit;
  /** A link to something of the page's. */
  follow: (href: string) => Promise<void>;
  frame: ReadonlySignal<Frame | null>;
};

export function App({ chat, options, locale, emit, follow, frame }: Props) {
  const root = useRef<HTMLElement>(null);
  const spoken = useMemo(() => signal(''), []);
  const translation = useMemo(
    () =>
      createTranslation(
        locale,
        computed(() => options.value.strings),
      ),
    [locale, options],
  );
  const view = useMemo<ViewContext>(
    () => ({
      ...chat,
      options,
      root,
      frame,
      emit,
      report: (error) => emit('chatkit.error', { error }),
      attempt: async (work) => {
        try {
          await work();
        } catch (cause) {
          const words = cause instanceof Error ? cause.message : String(cause);
          view.report(new IntegrationError(words, { cause }));
        }
      },
      dialog: signal<Dialog | null>(null),
      announce: (words) => {
        // The same words twice would be one announcement.
        spoken.value = spoken.peek() === words ? `${words}\u200B` : words;
      },
      focusComposer: () => root.current?.querySelector<HTMLElement>('.editor')?.focus(),
    }),
    [chat, options, emit, spoken, frame],
  );
  const { state } = chat;
  const text = useValue(translation.text);
  const direction = useValue(translation.direction);
  const lang = useValue(translation.locale);
  const { frameTitle, history } = useValue(options);
  const historyOpen = useValue(state.history.open);
  const hasNotices = useValue(state.notices).length > 0;
  const Frame = useValue(frame)?.View;
  const dialog = useValue(view.dialog);
  const isNew = useValue(state.threadId) === null;
  const isEmpty = useMemo(() => computed(() => !state.rows.value.length && !state.failure.value), [state]);
  const isStart = useValue(isEmpty) && isNew;
  const asking = useMemo(
    () =>
      computed(() => {
        const item = state.rows.value.at(-1)?.item.value;
        const isOpen = item?.type === 'structured_input' && item.status === 'pending';
        return isOpen && (state.thread.value?.status.type ?? 'active') === 'active' ? item : null;
      }),
    [state],
  );
  const questions = useValue(asking);

  return (
    <TranslationContext.Provider value={translation}>
      <ChatContext.Provider value={view}>
        <section
          ref={root}
          class="chat"
          part="chat"
          dir={direction}
          lang={lang}
          aria-label={frameTitle ?? text('frame')}
          onClick={(event) => {
            const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="chatkit-link:"]');
            if (!link) return;
            event.preventDefault();
            void view.attempt(() => follow(link.href));
          }}
          onKeyDown={(event) => onKey(event, view, root.current!, text)}
        >
          {history?.enabled !== false && historyOpen && <History />}
          <div class="main">
            <Header />
            <div class="viewport">
              {isStart ? <StartScreen /> : <Thread key={isNew ? 'new' : 'thread'} />}
            </div>
            <div class="footer column" part="footer">
              {useValue(isLacking) && (
                <p class="state" role="status">
                  <i class="dot" />
                  {text('line.down')}
                </p>
              )}
              {hasNotices && <Notices />}
              {questions && <Questions key={questions.id} item={questions} />}
              <Composer />
            </div>
          </div>
          {dialog && <Dialogs key={dialog} dialog={dialog} />}
          <Reading />
          <Spoken words={spoken} />
        </section>
        {Frame && <Frame />}
      </ChatContext.Provider>
    </TranslationContext.Provider>
  );
}

/** What only screen readers are told. */
function Spoken({ words }: { words: ReadonlySignal<string> }) {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {useValue(words)}
    </div>
  );
}
