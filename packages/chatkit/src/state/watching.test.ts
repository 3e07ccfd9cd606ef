/** Threads that change elsewhere: one stream for all tabs of a browser, and what each tab makes of it (extensions.md §2.7). */
import { signal, type Signal } from '@preact/signals-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WatchEvent } from '../protocol/generated';
import { Client } from '../transport/client';
import { History } from './history';
import { ThreadList } from './threadList';
import { page, refusal, Script, thread } from './scriptedServer';
import type { Page } from './signals';
import { Watching } from './watching';

const started = (id: string, turn = `turn of ${id}`): WatchEvent => ({
  type: 'turn.started',
  thread_id: id,
  turn_id: turn,
});
const ended = (id: string, turn = `turn of ${id}`): WatchEvent => ({
  type: 'turn.ended',
  thread_id: id,
  turn_id: turn,
});

type Tab = {
  heard: string[];
  threadId: Signal<string | null>;
  history: History;
  list: ThreadList;
  watching: Watching;
  show(visible: boolean): void;
  /** Ids of what runs, and of what is unread. */
  marks(): string[][];
};

/** One browser: its tabs, its storage, its locks, and the streams that its tabs have asked for. */
class Browser {
  static count = 0;
  readonly streams: Script[] = [];
  readonly replies: Response[] = [];
  readonly #name = `/chatkit/${String(Browser.count++)}`;
  kept: string | null = null;
  readonly tabs: Tab[] = [];

  open(openThread: string | null = null): Tab {
    const shown = { isVisible: true, listeners: new Set<() => void>() };
    const threadId = signal<string | null>(openThread);
    const around: Page = {
      server: () => this.#name,
      isVisible: () => shown.isVisible,
      onVisibility(listener) {
        shown.listeners.add(listener);
        return () => shown.listeners.delete(listener);
      },
      recall: () => this.kept,
      keep: (value) => (this.kept = value),
    };
    const client = new Client({
      endpoint: () => ({
        url: this.#name,
        fetch: (async (_: string, init: RequestInit) => {
          const { signal: aborted } = init;
          const reply = this.replies.shift();
          if (reply) return reply;
          const script = new Script();
          this.streams.push(script);
          aborted?.addEventListener('abort', () => void script.breakOff().catch(() => undefined));
          return script.response;
        }) as typeof fetch,
      }),
      locale: () => 'en',
      log: () => undefined,
    });
    const history = new History();
    const list = new ThreadList({ client, emit: () => undefined, clientTool: () => undefined }, history);
    const heard: string[] = [];
    const watching = new Watching(
      { client, page: around, history, threadId, refresh: () => list.refresh() },
      {
        onHeard: () => undefined,
        onTurn: (id, turn) => heard.push(`turn ${id} ${turn}`),
        onBehind: (id) => heard.push(`behind ${id}`),
        onUpdated: ({ id, title }) => heard.push(`updated ${id} ${title ?? ''}`),
        onDeleted: (id) => heard.push(`deleted ${id}`),
      },
    );
    const tab: Tab = {
      heard,
      threadId,
      history,
      list,
      watching,
      show(visible: boolean) {
        shown.isVisible = visible;
        for (const listener of shown.listeners) listener();
      },
      marks: () => [[...history.running.value], [...history.unread.value]],
    };
    this.tabs.push(tab);
    return tab;
  }

  async stream(index = 0): Promise<Script> {
    await vi.waitFor(() => expect(this.streams.length).toBeGreaterThan(index));
    return this.streams[index]!;
  }
}

/** As browsers have them: one holder for each name, the others wait. */
function locks() {
  const queues = new Map<string, Promise<unknown>>();
  return {
    async request(name: string, { signal: aborted }: { signal: AbortSignal }, work: () => Promise<void>) {
      const before = queues.get(name) ?? Promise.resolve();
      const mine = before.then(() => (aborted.aborted ? undefined : work()));
      queues.set(name, mine);
      await mine;
    },
  };
}

let browser: Browser;

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: locks(), onLine: true });
  browser = new Browser();
});

afterEach(() => {
  for (const tab of browser.tabs) tab.watching.stop();
  vi.unstubAllGlobals();
});

/** Waits for what has to come through a channel. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

test('one tab watches, and all of them know', async () => {
  const [first, second] = [browser.open(), browser.open()];
  const stream = await browser.stream();
  await stream.say(started('thr_1') as never);
  for (const tab of [first, second]) await eventually(() => expect(tab.marks()).toEqual([['thr_1'], []]));
  await stream.say(
    { type: 'thread.updated', thread: thread('thr_1', { title: 'New' }) },
    ended('thr_1') as never,
  );
  for (const tab of [first, second]) {
    await eventually(() => expect(tab.marks()).toEqual([[], ['thr_1']]));
    expect(tab.heard).toEqual(['updated thr_1 New']);
  }
  await stream.say({ type: 'thread.deleted', thread_id: 'thr_1' } as never);
  for (const tab of [first, second]) {
    await eventually(() => expect(tab.heard.at(-1)).toBe('deleted thr_1'));
    expect(tab.marks()).toEqual([[], []]);
  }
  expect(browser.streams).toHaveLength(1);
});

test('a tab that is opened later knows at once', async () => {
  browser.open();
  await (await browser.stream()).say(started('thr_1') as never);
  const late = browser.open('thr_1');
  await eventually(() => expect(late.marks()).toEqual([['thr_1'], []]));
  await eventually(() => expect(late.heard).toEqual(['behind thr_1']));
});

test('a thread that was begun elsewhere comes into a list that is shown; an old one keeps its place', async () => {
  const tab = browser.open();
  const stream = await browser.stream();
  await stream.ping();
  browser.replies.push(page([thread('thr_2')]));
  await tab.list.read();
  browser.replies.push(page([thread('thr_3'), thread('thr_2')]));
  await stream.say(started('thr_3') as never);
  await eventually(() =>
    expect(tab.history.state.threads.value?.map(({ id }) => id)).toEqual(['thr_3', 'thr_2']),
  );
  tab.history.put({ ...tab.history.state.threads.value![0]!, id: 'old', createdAt: '2020-01-01T10:00:00Z' });
  tab.history.put({ ...tab.history.state.threads.value![0]!, id: 'new', createdAt: '2099-01-01T10:00:00Z' });
  expect(tab.history.state.threads.value!.map(({ id }) => id)).toEqual(['new', 'thr_3', 'thr_2']);
});

test('what somebody sees is read in all tabs, and what nobody sees is unread until it is opened', async () => {
  const [watching, reading] = [browser.open(), browser.open('thr_1')];
  const stream = await browser.stream();
  await stream.say(started('thr_1') as never);
  await stream.say(ended('thr_1') as never);
  await stream.say(started('thr_2') as never, ended('thr_2') as never);
  for (const tab of [watching, reading]) await eventually(() => expect(tab.marks()).toEqual([[], ['thr_2']]));
  expect(reading.heard).toEqual(['behind thr_1', 'turn thr_1 turn of thr_1']);
  reading.threadId.value = 'thr_2';
  for (const tab of [watching, reading]) await eventually(() => expect(tab.marks()).toEqual([[], []]));
});

test('nothing is watched while no tab can be seen; what ended meanwhile is unread, and the open thread read again', async () => {
  const tab = browser.open('thr_1');
  const first = await browser.stream();
  await first.say(started('thr_2') as never);
  await eventually(() => expect(tab.marks()).toEqual([['thr_2'], []]));
  tab.show(false);
  await eventually(() => expect(first.isClosed).toBe(true));
  tab.show(true);
  const second = await browser.stream(1);
  await second.ping();
  await eventually(() => expect(tab.marks()).toEqual([[], ['thr_2']]));
  expect(tab.heard).toEqual(['behind thr_1']);
});

test('another tab takes over when the one that watches is hidden or closed', async () => {
  const [first, second] = [browser.open(), browser.open()];
  await (await browser.stream()).say(started('thr_1') as never);
  first.show(false);
  await (await browser.stream(1)).say(started('thr_1') as never);
  second.watching.stop();
  first.show(true);
  const third = await browser.stream(2);
  await third.say(started('thr_1') as never);
  await third.say(ended('thr_1') as never);
  await eventually(() => expect(first.marks()).toEqual([[], ['thr_1']]));
});

test('marks outlive the browser’s end', async () => {
  const before = browser.open();
  const stream = await browser.stream();
  await stream.say(started('thr_1') as never, started('thr_2') as never);
  await stream.say(ended('thr_1') as never);
  await eventually(() => expect(before.marks()).toEqual([['thr_2'], ['thr_1']]));
  before.watching.stop();
  const after = browser.open();
  expect(after.marks()).toEqual([[], ['thr_1']]);
  await (await browser.stream(1)).ping();
  await eventually(() => expect(after.marks()).toEqual([[], ['thr_1', 'thr_2']]));
});

test('a stream that breaks is asked for again; a server that has none is not (§2.7)', async () => {
  const tab = browser.open();
  const first = await browser.stream();
  await first.say(started('thr_1') as never);
  await first.breakOff();
  await (await browser.stream(1)).say(started('thr_1') as never);
  tab.watching.stop();

  for (const status of [404, 501, 500]) {
    const none = new Browser();
    none.replies.push(refusal(status));
    const quiet = none.open();
    await eventually(() => expect(none.replies).toEqual([]));
    quiet.show(false);
    quiet.show(true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(none.streams).toEqual([]);
    quiet.watching.stop();
  }
});
