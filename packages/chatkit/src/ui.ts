/// <reference path="./env.d.ts" />
/** The lazily loaded interface: joins transport, state, theme and views for one element. */
import { computed, effect, signal } from '@preact/signals-core';
import { h, render } from 'preact';
import type { ChatKitMethods, ChatKitSnapshot, ChatKitStore, SendUserMessageParams, Ui } from './element';
import { emitterOf, IntegrationError } from './events';
import { resolveLocale } from './i18n';
import type { ChatKitOptions } from './options';
import type { UserMessageContent } from './protocol/generated';
import { createChat, type RunningChat } from './state/commands';
import type { Page } from './state/signals';
import { Theme } from './theme';
import { Client, type Endpoint } from './transport/client';
import { App } from './views/App';
import tokens from './styles/0-tokens.css?inline';
import base from './styles/1-base.css?inline';
import chatStyles from './styles/2-chat.css?inline';
import markdown from './styles/3-markdown.css?inline';

// One sheet for all elements on the page.
const sheet = new CSSStyleSheet();
sheet.replaceSync(tokens + base + chatStyles + markdown);

export async function mount(
  host: HTMLElement,
  root: ShadowRoot,
  initial: ChatKitOptions,
  lastThreadId: string | null | undefined,
): Promise<Ui> {
  const options = signal(initial);
  const locale = computed(() => options.value.locale ?? navigator.language);
  const emit = emitterOf(host);
  const client = new Client({
    endpoint: () => endpointOf(options.peek()),
    locale: () => resolveLocale(locale.peek()),
    log: (name, data) => {
      emit('chatkit.log', { name, data });
    },
  });
  const page = pageOf(() => serverOf(options.peek()));
  const chat = createChat({ client, emit, clientTool: () => options.peek().onClientTool, page });
  const theme = new Theme(host);
  await theme.set(initial.theme);
  root.adoptedStyleSheets.push(sheet, theme.sheet);
  const report = (error: Error) => emit('chatkit.error', { error });
  render(h(App, { chat, options, locale, report }), root);

  const threadId = lastThreadId === undefined ? initial.initialThread : lastThreadId;
  if (threadId != null) void chat.commands.openThread(threadId);

  return {
    methods: methodsOf(chat, root, () => options.peek()),
    store: storeOf(chat),
    setOptions(next) {
      const before = options.peek();
      if (next === before) return;
      options.value = next;
      void theme.set(next.theme);
      if (serverOf(before) !== serverOf(next)) chat.forget();
    },
    unmount() {
      const last = chat.state.threadId.peek();
      chat.stop();
      theme.remove();
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet && one !== theme.sheet);
      render(null, root);
      return { threadId: last };
    },
  };
}

/** Two options with the same value here speak to the same server. */
function serverOf({ api }: ChatKitOptions): string {
  return 'url' in api ? api.url : 'hosted';
}

/** What is kept is a convenience: where the browser forbids it, it is not kept. */
function pageOf(server: () => string): Page {
  const key = () => `chatkit ${server()}`;
  return {
    server,
    isVisible: () => document.visibilityState === 'visible',
    onVisibility(listener) {
      document.addEventListener('visibilitychange', listener);
      return () => document.removeEventListener('visibilitychange', listener);
    },
    recall() {
      try {
        return localStorage.getItem(key());
      } catch {
        return null;
      }
    },
    keep(value) {
      try {
        localStorage.setItem(key(), value);
      } catch {
        // Full, or switched off.
      }
    },
  };
}

function endpointOf({ api }: ChatKitOptions): Endpoint {
  if ('url' in api) return { url: api.url, ...(api.fetch && { fetch: api.fetch }) };
  throw new IntegrationError(
    'options.api.getClientSecret: hosted mode is not built yet; set options.api.url',
  );
}

function methodsOf(chat: RunningChat, root: ShadowRoot, options: () => ChatKitOptions): ChatKitMethods {
  const { commands } = chat;
  return {
    async focusComposer() {
      if (chat.composer) chat.composer.focus();
      else root.querySelector<HTMLElement>('[role="textbox"], textarea')?.focus();
    },
    setThreadId: (threadId) => commands.openThread(threadId),
    async sendUserMessage(message) {
      const content = contentOf(message);
      if (message.newThread) await commands.openThread(null);
      await commands.send({
        content,
        attachments: (message.attachments ?? []).map(({ id }) => id),
        ...(message.reply !== undefined && { quotedText: message.reply }),
        ...(message.toolChoice && { toolChoice: message.toolChoice.id }),
        ...(message.model !== undefined && { model: message.model }),
      });
    },
    async setComposerValue({ text, content, reply, ...rest }) {
      const unsupported = Object.keys(rest)[0];
      if (unsupported) throw new IntegrationError(`setComposerValue: ${unsupported} is not supported yet.`);
      if (!chat.composer?.setValue) throw new Error('There is no composer to set a value in.');
      await chat.composer.setValue({
        ...((content || text !== undefined) && {
          content: content ?? [{ type: 'input_text', text: text ?? '' }],
        }),
        ...(reply !== undefined && { quotedText: reply }),
      });
    },
    sendCustomAction: (action, itemId) =>
      chat.sendAction({ type: action.type, payload: action.payload ?? null }, itemId ?? null),
    async stop() {
      commands.stop();
    },
    fetchUpdates: () => chat.refresh(),
    async showHistory() {
      if (options().history?.enabled === false)
        throw new IntegrationError('showHistory: the history is disabled.');
      await commands.openHistory();
    },
    async hideHistory() {
      commands.closeHistory();
    },
  };
}

function contentOf({ text, content, attachments }: SendUserMessageParams): UserMessageContent[] {
  const broken = attachments?.findIndex((one) => typeof one.id !== 'string') ?? -1;
  if (broken !== -1) {
    throw new IntegrationError(
      `sendUserMessage: attachments[${String(broken)}] has no id; upload the file first.`,
    );
  }
  const parts = content ?? (text ? [{ type: 'input_text' as const, text }] : []);
  if (!parts.length && !attachments?.length)
    throw new IntegrationError('sendUserMessage: there is nothing to send.');
  return parts;
}

function storeOf(chat: RunningChat): ChatKitStore {
  const { state } = chat;
  const snapshot = computed((): ChatKitSnapshot => ({
    threadId: state.threadId.value,
    title: state.thread.value?.title ?? null,
    items: state.rows.value.map((row) => row.item.value),
    responding: state.phase.value !== 'idle',
    historyOpen: state.history.open.value,
  }));
  return {
    subscribe: (listener) => {
      // The first value is the present one, which is no news.
      let seen = snapshot.peek();
      return effect(() => {
        if (snapshot.value === seen) return;
        seen = snapshot.value;
        listener();
      });
    },
    getSnapshot: () => snapshot.peek(),
  };
}
