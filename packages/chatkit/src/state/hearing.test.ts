/** What a lone tab hears by itself, and what has the rest fetched that knows of tabs and marks (extensions.md §2.7). */
import { signal } from '@preact/signals-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WatchEvent } from '../protocol/generated';
import { Client } from '../transport/client';
import type { watch } from './elsewhere';
import { Hearing } from './hearing';
import { History } from './history';
import { refusal, Script, thread } from './scriptedServer';
import { createSignals, type Page } from './signals';
import type { Home } from './threads';
import type { Watching } from './watching';

const started = (id: string, turn: string): WatchEvent => ({
  type: 'turn.started',
  thread_id: id,
  turn_id: turn,
});
const ended = (id: string, turn: string): WatchEvent => ({
  type: 'turn.ended',
  thread_id: id,
  turn_id: turn,
});
const nothing = '{"running":[],"unread":[]}';

const rest = { stop: vi.fn() };
const learned = vi.fn();
const begun = vi.fn<typeof watch>();
const load = vi.fn<() => Promise<{ watch: typeof watch }>>();
let count = 0;
let shown = { isVisible: true, listeners: new Set<() => void>() };
let kept: string | null = null;
let stream: Script;
let answer: Response | null = null;
let name: string;
let home: Home;
let hearing: Hearing;
/** What the part that is fetched was told of; null while it is not there. */
const fetched = () => begun.mock.calls.at(-1)?.[2] ?? null;
const isHeld = new Set<string>();

beforeEach(() => {
  begun.mockReset().mockReturnValue(rest as unknown as Watching);
  load.mockReset().mockResolvedValue({ watch: begun });
  rest.stop.mockReset();
  learned.mockReset();
  isHeld.clear();
  const locks = {
    async request(key: string, { ifAvailable }: LockOptions, work: (lock: object | null) => unknown) {
      expect(ifAvailable).toBe(true);
      await work(isHeld.has(key) ? null : {});
    },
  };
  vi.stubGlobal('navigator', { locks, onLine: true });
  shown = { isVisible: true, listeners: new Set() };
  kept = null;
  answer = null;
  stream = new Script();
  name = `/chatkit/hearing/${String(count++)}`;
});

afterEach(() => {
  hearing.stop();
  vi.unstubAllGlobals();
});

function begin(open: string | null = null, turn: string | null = null): void {
  const page: Page = {
    server: () => name,
    isVisible: () => shown.isVisible,
    onVisibility(listener) {
      shown.listeners.add(listener);
      return () => shown.listeners.delete(listener);
    },
    recall: () => kept,
    keep: (value) => (kept = value),
  };
  const client = new Client({
    endpoint: () => ({
      url: name,
      fetch: (async (_: string, init: RequestInit) => {
        init.signal?.addEventListener('abort', () => void stream.breakOff().catch(() => undefined));
        return answer ?? stream.response;
      }) as typeof fetch,
    }),
    locale: () => 'en',
    log: () => undefined,
  });
  const signals = { ...createSignals(), threadId: signal(open) };
  home = {
    around: { client },
    history: new History(),
    signals,
    read: new Set(['read']),
    turn: () => (turn === null ? null : { turnId: turn }),
    learnsToResume: learned,
  } as unknown as Home;
  hearing = new Hearing(home, page, load);
}

/** Everything that is on its way has come. */
const calm = () => new Promise((resolve) => setTimeout(resolve, 20));

test('what is done here is nothing new: the turns of this chat, and the title of its thread', async () => {
  begin('thr_1', 'running');
  await stream.say(started('thr_1', 'running') as never);
  expect(kept).toBe('{"running":["thr_1"],"unread":[]}');
  expect(learned).toHaveBeenCalled();
  await stream.ping();
  await stream.say({ type: 'thread.updated', thread: thread('thr_1', { title: 'New' }) });
  expect(home.signals.thread.value?.title).toBe('New');
  expect(kept).toBe('{"running":["thr_1"],"unread":[]}');
  await stream.say(ended('thr_1', 'read') as never);
  await stream.say({ type: 'thread.updated', thread: thread('thr_2', { title: 'Other' }) });
  await stream.say({ type: 'thread.deleted', thread_id: 'thr_2' } as never);
  expect(home.signals.thread.value?.title).toBe('New');
  expect(kept).toBe(nothing);
  expect(fetched()).toBeNull();
});

test('the first turn of a new thread may be heard before the thread is known', async () => {
  begin(null, 'running');
  await stream.say(started('thr_1', 'running') as never);
  expect(fetched()).toBeNull();
});

test.each<[string, WatchEvent]>([
  ['a turn of another thread', started('thr_2', 'other')],
  ['a turn of this thread that runs elsewhere', started('thr_1', 'other')],
  ['a turn of this chat whose thread was left', ended('thr_2', 'read')],
  ['the end of the thread that is open', { type: 'thread.deleted', thread_id: 'thr_1' }],
])('%s has the rest fetched, which is told of it', async (_, event) => {
  begin('thr_1', 'running');
  await stream.say(started('thr_1', 'running') as never, event as never);
  await vi.waitFor(() => expect(fetched()).toEqual([event]));
  expect(stream.isClosed).toBe(true);
  expect(shown.listeners.size).toBe(0);
  hearing.stop();
  expect(rest.stop).toHaveBeenCalledOnce();
});

test('what ends while the rest is on its way is told of: nobody may have seen it', async () => {
  let arrive: () => void = () => undefined;
  load.mockImplementationOnce(async () => {
    await new Promise<void>((resolve) => (arrive = resolve));
    return { watch: begun };
  });
  begin(null, 'running');
  await stream.say(started('thr_1', 'running') as never);
  hearing.open(); // its thread is left
  await stream.say(ended('thr_1', 'running') as never);
  arrive();
  await vi.waitFor(() => expect(fetched()).toEqual([ended('thr_1', 'running')]));
  expect(kept).toBe('{"running":["thr_1"],"unread":[]}');
});

test.each<[string, () => unknown]>([
  ['another tab that speaks', () => new BroadcastChannel(`chatkit.watch ${name}`).postMessage('hello')],
  ['a page that is hidden', () => shown.listeners.forEach((tell) => tell())],
  ['a line that ends', () => stream.end()],
  ['a line that breaks', () => stream.breakOff()],
  ['whoever asks for it', () => hearing.open()],
])('%s has the rest fetched', async (_, happen) => {
  begin();
  await stream.ping();
  expect(fetched()).toBeNull();
  happen();
  await vi.waitFor(() => expect(fetched()).toEqual([]));
});

test.each<[string, () => void]>([
  ['another tab reads already', () => isHeld.add(`chatkit.watch ${name}`)],
  ['there are marks', () => (kept = '{"running":[],"unread":["thr_1"]}')],
  ['the page is hidden', () => (shown.isVisible = false)],
  ['there are no locks', () => vi.stubGlobal('navigator', { onLine: true })],
  ['the server refuses', () => (answer = refusal(501))],
])('where %s, the rest is fetched at once', async (_, given) => {
  given();
  begin();
  await vi.waitFor(() => expect(fetched()).toEqual([]));
});

test('what could not be fetched is fetched again', async () => {
  load.mockRejectedValueOnce(new Error('not there'));
  vi.useFakeTimers();
  try {
    begin();
    hearing.open();
    await vi.advanceTimersByTimeAsync(7000);
    expect(load).toHaveBeenCalledTimes(1);
    expect(fetched()).toBeNull();
    await vi.advanceTimersByTimeAsync(2000);
    expect(fetched()).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

test('after the end nothing is fetched', async () => {
  begin();
  await stream.ping();
  hearing.open();
  hearing.stop();
  await calm();
  hearing.open();
  await calm();
  expect(stream.isClosed).toBe(true);
  expect(fetched()).toBeNull();
});
