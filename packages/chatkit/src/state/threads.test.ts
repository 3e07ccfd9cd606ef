/** Threads that are opened, read again, listed, renamed and deleted (protocol.md §6, §19). */
import { expect, test } from 'vitest';
import {
  answer,
  created,
  draft,
  givenChat,
  givenThread,
  page,
  question,
  refusal,
  Script,
  thread,
  until,
  valuesOf,
} from './scriptedServer';
import { createChat } from './commands';
import { Client } from '../transport/client';

test('a long thread is opened at its end, and older pages follow by cursor (§6)', async () => {
  const items = Array.from({ length: 100 }, (_, index) => answer(`m${index}`, `${index}`));
  const newest = (from: number, to: number) => items.slice(from, to).reverse();
  const given = givenChat(
    Response.json(thread('thr_1', { items: { data: items.slice(0, 20), has_more: true, after: 'm19' } })),
    page(newest(60, 100), true, 'hidden_1'),
    page(newest(20, 61), true, 'm20'),
    page(newest(0, 20)),
  );
  const { commands, state } = given.chat;
  const loads = await valuesOf(state.load, () => commands.openThread('thr_1'));
  expect(loads).toEqual(['idle', 'loading', 'idle']);
  expect(given.heard).toEqual([
    'thread.change {"threadId":"thr_1"}',
    'thread.load.start {"threadId":"thr_1"}',
    'thread.load.end {"threadId":"thr_1"}',
  ]);
  expect(given.screen()).toHaveLength(40);
  expect(given.screen().at(-1)).toBe('AI: 99');
  expect(state.hasOlder.value).toBe(true);

  await commands.loadOlder();
  // The page overlapped by one, and its length says nothing.
  expect(given.screen()).toHaveLength(80);
  await Promise.all([commands.loadOlder(), commands.loadOlder()]);
  expect(given.screen()).toEqual(items.map((_, index) => `AI: ${index}`));
  expect(state.hasOlder.value).toBe(false);
  expect(given.asked.map(({ params }) => params['after'])).toEqual([undefined, undefined, 'hidden_1', 'm20']);
});

test('a thread that cannot be had is a failure with events, and can be tried again', async () => {
  const given = givenChat(refusal(404), Response.json(thread()));
  const { commands, state } = given.chat;
  await expect(commands.openThread('thr_1')).rejects.toMatchObject({ status: 404 });
  expect([state.load.value, state.loadFailure.value?.kind]).toEqual(['failed', 'gone']);
  expect(given.heard.slice(-2)).toEqual(['error HttpError', 'thread.load.end {"threadId":"thr_1"}']);
  await commands.reloadThread();
  expect([state.load.value, state.loadFailure.value]).toEqual(['idle', null]);
});

test('opening what is open does nothing; opening another while one loads drops the first', async () => {
  let first!: (response: Response) => void;
  const given = givenChat(
    new Promise<Response>((resolve) => (first = resolve)),
    Response.json(thread('thr_2', { title: 'Two' })),
  );
  const { commands, state } = given.chat;
  const overtaken = commands.openThread('thr_1');
  const second = commands.openThread('thr_2');
  first(Response.json(thread('thr_1', { title: 'One' })));
  await second;
  await expect(overtaken).rejects.toMatchObject({ name: 'AbortError' });
  expect(state.thread.value?.title).toBe('Two');
  expect(given.errors).toEqual([]);
  const events = (id: string) =>
    ['change', 'load.start', 'load.end'].map((name) => `thread.${name} {"threadId":"${id}"}`);
  expect(given.heard).toEqual([...events('thr_1'), ...events('thr_2')]);
  const before = given.heard.length;
  await commands.openThread('thr_2');
  expect(given.heard).toHaveLength(before);
});

/** A chat whose app has a fetch that cannot be ended; `late` answers its requests. */
function givenLate() {
  const late: ((response: Response) => void)[] = [];
  const errors: Error[] = [];
  const ownFetch = () => new Promise<Response>((resolve) => late.push(resolve));
  const client = new Client({
    endpoint: () => ({ url: '/chatkit', fetch: ownFetch }),
    locale: () => 'en',
    log: () => undefined,
  });
  const emit = (name: string, detail?: object) => {
    if (name === 'chatkit.error') errors.push((detail as { error: Error }).error);
  };
  return { chat: createChat({ client, emit, clientTool: () => undefined }), late, errors };
}

test('what was left is not shown when it comes after all, even where the app’s fetch keeps the signal to itself', async () => {
  const { chat, late, errors } = givenLate();
  const { commands, state } = chat;
  const overtaken = commands.openThread('thr_1');
  const second = commands.openThread('thr_2');
  await until(() => late.length === 2);
  late[1]!(Response.json(thread('thr_2', { title: 'Two' })));
  await second;
  const read = chat.refresh();
  await until(() => late.length === 3);
  late[0]!(Response.json(thread('thr_1', { title: 'One' })));
  await expect(overtaken).rejects.toThrow('The thread was left before it was loaded.');
  expect(state.thread.value?.title).toBe('Two');

  await commands.openThread(null);
  late[2]!(Response.json(thread('thr_2', { title: 'Two, again' })));
  await read;
  expect([state.threadId.value, state.thread.value, errors]).toEqual([null, null, []]);
});

test('items of unknown kinds are passed over, in pages as in streams', async () => {
  const future = { ...answer('m2', ''), type: 'hologram' } as unknown as ReturnType<typeof answer>;
  const given = givenChat(
    Response.json(thread('thr_1', { items: { data: [answer('m1', 'One'), future], has_more: false } })),
  );
  await given.chat.commands.openThread('thr_1');
  expect(given.screen()).toEqual(['AI: One']);
});

test('reading again adds, removes and replaces by id, and leaves equal rows alone (§19)', async () => {
  const given = await givenThread();
  const [kept] = given.chat.state.rows.value;
  given.answers.push(
    Response.json(
      thread('thr_1', {
        title: 'New',
        items: { data: [question('m1', 'Hi'), answer('m3', 'Three')], has_more: false },
      }),
    ),
  );
  await given.chat.refresh();
  expect(given.screen()).toEqual(['I: Hi', 'AI: Three']);
  expect(given.chat.state.rows.value[0]).toBe(kept);
  expect(given.chat.state.thread.value?.title).toBe('New');
  expect(given.asked.map(({ type }) => type)).toEqual(['threads.get_by_id']);
});

// --- history -------------------------------------------------------------------------------------

test('the history loads pages by cursor, and follows what happens in the thread (§19)', async () => {
  const script = new Script();
  const given = givenChat(
    page([thread('thr_9'), thread('thr_8')], true, 'thr_8'),
    page([thread('thr_7')]),
    script,
  );
  const { commands, state } = given.chat;
  await commands.openHistory();
  await commands.loadMoreHistory();
  await commands.loadMoreHistory();
  expect(given.asked.map(({ params }) => params)).toEqual([
    { limit: 20, order: 'desc' },
    { limit: 20, order: 'desc', after: 'thr_8' },
  ]);
  void commands.send(draft('Hi'));
  await script.say(created(), { type: 'thread.updated', thread: thread('thr_1', { title: 'Hi there' }) });
  expect(state.history.threads.value?.map(({ id, title }) => [id, title])).toEqual([
    ['thr_1', 'Hi there'],
    ['thr_9', null],
    ['thr_8', null],
    ['thr_7', null],
  ]);
  commands.closeHistory();
  expect(given.heard.filter((one) => one.startsWith('history'))).toEqual(['history.open', 'history.close']);
});

test('a history that cannot be had is a failure, and opening it again tries again', async () => {
  const given = givenChat(refusal(500), page([thread()]));
  const { commands, state } = given.chat;
  await expect(commands.openHistory()).rejects.toMatchObject({ status: 500 });
  expect([state.history.load.value, state.history.failure.value?.kind]).toEqual(['failed', 'server']);
  await commands.openHistory();
  expect([state.history.load.value, state.history.failure.value]).toEqual(['idle', null]);
});

test('renaming and deleting change list and thread; deleting the open one leads to the new-thread view', async () => {
  const given = await givenThread();
  const { commands, state } = given.chat;
  given.answers.push(
    page([thread('thr_1')]),
    Response.json(thread('thr_1', { title: 'Better' })),
    Response.json({}),
  );
  await commands.openHistory();
  await commands.renameThread('thr_1', 'Better');
  expect([state.thread.value?.title, state.history.threads.value?.[0]?.title]).toEqual(['Better', 'Better']);
  await commands.deleteThread('thr_1');
  expect([state.threadId.value, state.history.threads.value, given.screen()]).toEqual([null, [], []]);
  expect(given.heard.at(-1)).toBe('thread.change {"threadId":null}');
});

test('a delete that fails keeps the thread, rejects and is reported', async () => {
  const given = await givenThread();
  given.answers.push(refusal(500));
  await expect(given.chat.commands.deleteThread('thr_1')).rejects.toMatchObject({ status: 500 });
  expect(given.chat.state.threadId.value).toBe('thr_1');
  expect(given.heard).toEqual(['error HttpError']);
  // Deleted by another tab: that is what was wanted.
  given.answers.push(refusal(404));
  await given.chat.commands.deleteThread('thr_1');
  expect(given.chat.state.threadId.value).toBeNull();
});

// --- actions -------------------------------------------------------------------------------------
