/// <reference path="./env.d.ts" />
/** The lazily loaded interface: joins transport, state, theme and views for one element. */
import { computed, effect, signal } from '@preact/signals-core';
import { h, render } from 'preact';
import type { ChatKitElement, ChatKitSnapshot, ChatKitStore, Ui } from './element';
import { isDeveloped } from './developed';
import { emitterOf } from './events';
import type { Gate } from './transport/hosted';
import { loadLocales, resolveLocale } from './i18n';
import type { ChatKitOptions } from './options';
import type { ThreadItem } from './protocol/generated';
import { createChat, type RunningChat } from './state/commands';
import type { Page } from './state/signals';
import { adoptStyles } from './styles/adopt';
import { Theme } from './theme';
import { Client, type Endpoint } from './transport/client';
import { later } from './transport/later';
import { App } from './views/App';
import type { Frame } from './views/frame/frame';
import tokens from './styles/0-tokens.css?inline';
import base from './styles/1-base.css?inline';
import chatStyles from './styles/2-chat.css?inline';
import markdown from './styles/3-markdown.css?inline';
import print from './styles/4-print.css?inline';

// One sheet for all elements on the page.
const sheet = new CSSStyleSheet();
sheet.replaceSync(tokens + base + chatStyles + markdown + print);

/** Advice for whoever builds the page (docs/frontend/client.md). Nobody else loads it, and nothing waits for it in vain. */
async function advise(host?: ChatKitElement): Promise<void> {
  if (isDeveloped(host))
    await import('./advice/advice').then(
      (module) => module.watch(host),
      () => undefined,
    );
}
void advise();

export async function mount(
  host: ChatKitElement,
  root: ShadowRoot,
  initial: ChatKitOptions,
  lastThreadId: string | null | undefined,
  isWanted: () => boolean,
): Promise<Ui> {
  await advise(host); // what goes wrong first is to be heard, too
  const options = signal(initial);
  const locale = computed(() => options.value.locale ?? navigator.language);
  const emit = emitterOf(host);
  const gate = async () => (await later(() => import('./gate'))).gateOf(emit, host, () => host.options!);
  if (!('url' in initial.api) || document.querySelector('script[data-domain-verify-url]'))
    await (await gate()).open();
  const client = new Client({
    endpoint: () => endpointOf(options.peek(), gate),
    locale: () => resolveLocale(locale.peek()),
    log: (name, data) => {
      emit('chatkit.log', { name, data });
    },
  });
  let server = serverOf(initial);
  const page = pageOf(() => server);
  const chat = createChat({
    client,
    emit,
    clientTool: () => options.peek().onClientTool,
    widgetAction: () => options.peek().widgets?.onAction,
    page,
  });
  const theme = new Theme(host);
  const frame = signal<Frame | null>(null);
  let framing: Promise<Frame> | null = null;
  const framed = () =>
    (framing ??= later(() => import('./views/frame/frame')).then(
      (module) => (frame.value = module.createFrame(host, options, emit)),
      (error: unknown) => {
        framing = null; // the next who needs it tries again
        throw error as Error;
      },
    ));
  const place = async ({ layout }: ChatKitOptions) => {
    if (layout && layout !== 'fill') await framed();
  };
  // Before anything is drawn: what floats must not be seen in the page first.
  await Promise.all([theme.set(initial.theme), place(initial), loadLocales(locale.peek())]);
  if (!isWanted()) throw new Error();
  const [own, ...early] = root.adoptedStyleSheets;
  root.adoptedStyleSheets = [own!, sheet, theme.sheet, ...early];
  const follow = async (href: string) => (await import('./page')).followDeepLink(href, emit);
  render(h(App, { chat, options, locale, emit, follow, frame }), root);
  const wishes = matchMedia('(prefers-contrast: more), (forced-colors: active)');
  const heed = async () => {
    if (wishes.matches) adoptStyles(root, (await import('./styles/later/wishes.css?inline')).default);
  };
  const heedLater = () => void heed().catch(() => undefined);
  wishes.addEventListener('change', heedLater);
  heedLater();
  // Its keyboard may cover the chat.
  if (matchMedia('(pointer: coarse)').matches) framed().catch(() => undefined);

  const threadId = lastThreadId === undefined ? initial.initialThread : lastThreadId;
  if (threadId != null) void chat.commands.openThread(threadId);

  return {
    async call(name, ...given) {
      // At once: some browsers show no keyboard for a focus that comes later, and what runs can be stopped without a line.
      if (name === 'focusComposer') focusIn(root, chat);
      else if (name === 'stop') chat.commands.stop();
      else {
        const { callsOf } = await later(() => import('./page'));
        const calls: Record<string, (...given: never[]) => Promise<void>> = callsOf(chat, options, framed);
        await calls[name]!(...(given as never[]));
      }
    },
    store: storeOf(chat),
    items: () => frozen<readonly ThreadItem[]>(structuredClone(chat.items())),
    setOptions(next) {
      // A copy: a page may change the object that it has, and set it again.
      options.value = { ...next };
      void theme.set(next.theme);
      place(next).catch((error: unknown) => emit('chatkit.error', { error: error as Error }));
      if (server !== (server = serverOf(next))) chat.forget();
      if (next.history?.enabled === false) chat.commands.closeHistory();
    },
    unmount() {
      const last = chat.state.threadId.peek();
      wishes.removeEventListener('change', heedLater);
      chat.stop();
      theme.remove();
      framing?.then((one) => one.remove()).catch(() => undefined);
      root.adoptedStyleSheets = root.adoptedStyleSheets.slice(0, 1); // the element's own
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

/** A hosted server is behind a gate that knows its address and the secret. */
function endpointOf({ api }: ChatKitOptions, gate: () => Promise<Gate>): Endpoint {
  if ('url' in api) return { url: api.url, ...(api.fetch && { fetch: api.fetch }) };
  return {
    url: '/v1/chatkit/conversation',
    fetch: async (path, init) => (await gate()).fetch(path as string, init!),
  };
}

/** A copy that cannot be mistaken for the state itself. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

function focusIn(root: ShadowRoot, { composer }: RunningChat): void {
  const field = root.querySelector<HTMLElement>('.questions :is(input, textarea)') ?? composer;
  field?.focus();
  if (!root.activeElement) throw new Error('focusComposer: there is nothing on screen to write in.');
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
