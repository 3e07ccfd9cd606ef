/** What a person or a page does with a chat, against a scripted server (protocol.md §6–§10, §16, §17, §19). */
import { expect, test, vi } from 'vitest';
import type { ClientToolCallItem } from '../protocol/generated';
import {
  added,
  answer,
  created,
  delta,
  done,
  givenChat,
  mayStop,
  page,
  question,
  refusal,
  Script,
  settled,
  thread,
  valuesOf,
} from './scriptedServer';

const draft = (text: string) => ({ content: [{ type: 'input_text' as const, text }] });

/** A chat with one exchange in an open thread. */
async function givenThread() {
  const given = givenChat(
    Response.json(
      thread('thr_1', { items: { data: [question('m1', 'Hi'), answer('m2', 'Hello')], has_more: false } }),
    ),
  );
  await given.chat.commands.openThread('thr_1');
  given.asked.length = given.heard.length = 0;
  return given;
}

// --- sending -------------------------------------------------------------------------------------

test('the first message creates the thread, and events come in the order of element.md §5', async () => {
  const script = new Script();
  const given = givenChat(script);
  const { chat, asked, heard } = given;
  const sending = chat.commands.send(draft('Hi'));
  expect(chat.state.phase.value).toBe('sending');
  expect(given.screen()).toEqual(['(pending) I: Hi']);
  const { key } = chat.state.rows.value[0]!;

  await script.say(created(), done(question('m1', 'Hi')), mayStop);
  await sending;
  expect(given.screen()).toEqual(['I: Hi']);
  expect(chat.state.rows.value[0]).toMatchObject({ key, id: 'm1' });
  expect(chat.state.phase.value).toBe('waiting');
  expect(chat.state.canStop.value).toBe(true);

  await script.say(added(answer('m2', '')), delta('m2', 'Hello'));
  expect(chat.state.phase.value).toBe('streaming');
  expect(chat.state.rows.value[1]!.streaming.value).toBe(true);
  await script.say(done(answer('m2', 'Hello.')));
  await script.end();
  expect(given.screen()).toEqual(['I: Hi', 'AI: Hello.']);
  expect(chat.state.rows.value[1]!.streaming.value).toBe(false);
  expect(chat.state.phase.value).toBe('idle');
  expect(chat.state.canStop.value).toBe(false);
  expect(asked).toEqual([
    {
      type: 'threads.create',
      params: {
        input: { content: draft('Hi').content, attachments: [], quoted_text: null, inference_options: {} },
      },
    },
  ]);
  expect(heard).toEqual([
    'response.start',
    'thread.change {"threadId":"thr_1"}',
    'message.sent m1',
    'item.done m2',
    'response.end',
  ]);
});

test('a message in a thread carries quote, tool, model and attachments', async () => {
  const given = await givenThread();
  const script = new Script();
  given.answers.push(script);
  const attachment = { type: 'file', id: 'atc_1', name: 'a.txt', mime_type: 'text/plain' } as const;
  const extras = { attachments: [attachment], quotedText: 'Hello', toolChoice: 'planner', model: 'fast' };
  void given.chat.commands.send({ ...draft('And?'), ...extras });
  await settled();
  const row = given.chat.state.rows.value.at(-1)!;
  expect([row.pending, row.item.value]).toMatchObject([true, { attachments: [attachment] }]);
  expect(given.asked[0]).toEqual({
    type: 'threads.add_user_message',
    params: {
      thread_id: 'thr_1',
      input: {
        content: draft('And?').content,
        attachments: ['atc_1'],
        quoted_text: 'Hello',
        inference_options: { tool_choice: { id: 'planner' }, model: 'fast' },
      },
    },
  });
});

test.each([
  [refusal(401), 'unauthorized', true],
  [refusal(403), 'forbidden', false],
  [refusal(404), 'not_found', false],
  [refusal(409, 'thread_busy'), 'busy', true],
  [refusal(413), 'too_large', false],
  [refusal(500), 'server', true],
  [new Response('', { headers: { 'Content-Type': 'text/event-stream' } }), 'bad_reply', true],
  [new Response('<html>', { headers: { 'Content-Type': 'text/html' } }), 'bad_reply', true],
])(
  'a message that is refused leaves the screen, and its promise rejects (%#)',
  async (response, kind, hasRetry) => {
    const given = givenChat(response);
    await expect(given.chat.commands.send(draft('Hi'))).rejects.toBeInstanceOf(Error);
    const { state } = given.chat;
    expect(given.screen()).toEqual([]);
    expect(state.failure.value?.failure.kind).toBe(kind);
    expect(state.failure.value!.retry !== null).toBe(hasRetry);
    expect(state.phase.value).toBe('idle');
    expect(state.accepted.value).toBeNull();
    expect(given.heard.map((one) => one.split(' ')[0])).toEqual(['response.start', 'error', 'response.end']);
  },
);

test('retrying a refused message sends the same draft, and says when it was accepted', async () => {
  const script = new Script();
  const given = givenChat(refusal(500), script);
  const mine = draft('Hi');
  await given.chat.commands.send(mine).catch(() => undefined);
  given.chat.state.failure.value!.retry!();
  await script.say(created(), done(question('m1', 'Hi')));
  expect(given.chat.state.accepted.value).toBe(mine);
  expect(given.chat.state.failure.value).toBeNull();
  expect(given.screen()).toEqual(['I: Hi']);
});

test('nobody can send into a locked thread, a loading one or a running response (§17)', async () => {
  const locked = givenChat(Response.json(thread('thr_1', { status: { type: 'locked' } })));
  await locked.chat.commands.openThread('thr_1');
  await expect(locked.chat.commands.send(draft('Hi'))).rejects.toThrow('locked');

  const loading = givenChat(new Promise<Response>(() => undefined));
  void loading.chat.commands.openThread('thr_1');
  await expect(loading.chat.commands.send(draft('Hi'))).rejects.toThrow('not loaded');

  const running = givenChat(new Script());
  void running.chat.commands.send(draft('Hi'));
  await expect(running.chat.commands.send(draft('Hi'))).rejects.toThrow('running');
  await expect(running.chat.commands.openThread('thr_2')).rejects.toThrow('running');
  expect(running.asked).toHaveLength(1);
});

// --- while it runs -------------------------------------------------------------------------------

test('a stop keeps what was said, drops what said nothing, and is no failure (§8)', async () => {
  const given = await givenThread();
  const script = new Script();
  given.answers.push(script);
  void given.chat.commands.send(draft('More'));
  await script.say(
    done(question('m3', 'More')),
    mayStop,
    added(answer('m4', '')),
    delta('m4', 'Once'),
    added(answer('m5', '')),
  );
  given.chat.commands.stop();
  expect(given.screen()).toEqual(['I: Hi', 'AI: Hello', 'I: More', 'AI: Once']);
  const { state } = given.chat;
  expect(state.rows.value.every((row) => !row.streaming.value)).toBe(true);
  expect([state.phase.value, state.stopped.value, state.failure.value]).toEqual(['idle', true, null]);
  expect(given.heard).toEqual(['response.start', 'message.sent m3', 'response.end']);
  await script.say(delta('m4', ' upon a time')).catch(() => undefined);
  expect(given.screen().at(-1)).toBe('AI: Once');
  expect(script.isClosed).toBe(true);
});

test('a stream that does not allow stopping is not stopped (§8)', async () => {
  const script = new Script();
  const given = givenChat(script);
  void given.chat.commands.send(draft('Hi'));
  await script.say(created(), { type: 'stream_options', stream_options: { allow_cancel: false } });
  given.chat.commands.stop();
  expect(given.chat.state.phase.value).toBe('waiting');
});

test('progress stays until the answer’s next item, and goes with the end (§16)', async () => {
  const script = new Script();
  const given = givenChat(script);
  void given.chat.commands.send(draft('Hi'));
  const { progress } = given.chat.state;
  await script.say(created(), { type: 'progress_update', text: 'Searching', icon: 'search' });
  expect(progress.value).toEqual({ text: 'Searching', icon: 'search' });
  await script.say(added(answer('m2', '')));
  expect(progress.value).toBeNull();
  await script.say({ type: 'progress_update', text: 'Checking' }, done(answer('m2', 'x')));
  await script.say({ type: 'progress_update', text: 'Tidying up' });
  await script.end();
  expect(progress.value).toBeNull();
});

test('a lull after a finished item is waiting again, a short one is not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const script = new Script();
    const given = givenChat(script);
    void given.chat.commands.send(draft('Hi'));
    const { phase } = given.chat.state;
    const say = (...events: Parameters<Script['say']>) => {
      const said = script.say(...events);
      return vi.advanceTimersByTimeAsync(1).then(() => said);
    };
    await say(created(), done(question('m1', 'Hi')), done(answer('m2', 'One moment')));
    await vi.advanceTimersByTimeAsync(200);
    expect(phase.value).toBe('streaming');
    await vi.advanceTimersByTimeAsync(200);
    expect(phase.value).toBe('waiting');
    await say(added(answer('m3', '')), delta('m3', 'So'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(phase.value).toBe('streaming');
    given.chat.stop();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('an error event is a failure at once, with the server’s words and its leave to retry (§16)', async () => {
  const script = new Script();
  const given = givenChat(script);
  void given.chat.commands.send(draft('Hi'));
  await script.say(created(), done(question('m1', 'Hi')), {
    type: 'error',
    code: 'custom',
    message: 'Closed today.',
    allow_retry: false,
  });
  const { state } = given.chat;
  expect(state.failure.value).toEqual({ failure: { kind: 'custom', message: 'Closed today.' }, retry: null });
  expect(state.phase.value).toBe('waiting');
  await script.say({ type: 'error', code: 'stream.error', allow_retry: true });
  await script.end();
  expect(state.failure.value?.failure).toEqual({ kind: 'stream', detail: 'stream.error' });
  expect(given.errors).toMatchObject([
    { name: 'StreamError', code: 'custom', allowRetry: false },
    { name: 'StreamError', code: 'stream.error', allowRetry: true },
  ]);

  const again = new Script();
  given.answers.push(again);
  state.failure.value!.retry!();
  await settled();
  expect(given.asked.at(-1)).toEqual({
    type: 'threads.retry_after_item',
    params: { thread_id: 'thr_1', item_id: 'm1' },
  });
});

test.each([
  ['breaks', (script: Script) => script.breakOff()],
  ['ends without the end of its item', (script: Script) => script.end()],
])('an answer that %s keeps its text and offers a retry (§1.4)', async (_, cut) => {
  const script = new Script();
  const given = givenChat(script);
  void given.chat.commands.send(draft('Hi'));
  await script.say(created(), done(question('m1', 'Hi')), added(answer('m2', '')), delta('m2', 'Once upon'));
  await cut(script);
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once upon']);
  expect(given.chat.state.failure.value).toMatchObject({ failure: { kind: 'interrupted' } });
  expect(given.chat.state.failure.value!.retry).not.toBeNull();
  expect(given.errors.map((error) => error.name)).toEqual(['NetworkError']);
});

test('effects and notices reach the page; notices go one by one or with the next message (§16)', async () => {
  const script = new Script();
  const given = givenChat(script);
  void given.chat.commands.send(draft('Hi'));
  await script.say(
    created(),
    { type: 'client_effect', name: 'open', data: { id: 7 } },
    { type: 'notice', level: 'info', message: 'One' },
    { type: 'notice', level: 'danger', message: 'Two', title: 'Careful' },
  );
  const { notices } = given.chat.state;
  given.chat.commands.dismissNotice(notices.value[0]!);
  expect(notices.value).toEqual([{ level: 'danger', message: 'Two', title: 'Careful' }]);
  expect(given.heard).toContain('effect {"name":"open","data":{"id":7}}');
  await script.end();
  given.answers.push(new Script());
  void given.chat.commands.send(draft('Again'));
  expect(notices.value).toEqual([]);
});

test('removed, replaced and hidden items (§4, W-9)', async () => {
  const script = new Script();
  const given = givenChat(script);
  void given.chat.commands.send(draft('Hi'));
  const hidden = {
    id: 'h1',
    thread_id: 'thr_1',
    created_at: '',
    type: 'hidden_context_item' as const,
    content: 'secret',
  };
  await script.say(
    created(),
    done(question('m1', 'Hi')),
    done(answer('m2', 'One')),
    done(answer('m3', 'Two')),
    added(hidden),
  );
  await script.say(
    { type: 'thread.item.replaced', item: answer('m2', 'Uno') },
    { type: 'thread.item.removed', item_id: 'm3' },
  );
  expect(given.screen()).toEqual(['I: Hi', 'AI: Uno']);
  expect(JSON.stringify(given.chat.items())).not.toContain('secret');
});

// --- client tools --------------------------------------------------------------------------------

const call = (id: string, name = 'read_selection'): ClientToolCallItem => ({
  type: 'client_tool_call',
  id,
  thread_id: 'thr_1',
  created_at: '2026-03-01T10:00:00Z',
  status: 'pending',
  call_id: `call_${id}`,
  name,
  arguments: { limit: 5 },
});

test('a client tool call is answered, and the whole chain is one response (§10)', async () => {
  const [first, second, third] = [new Script(), new Script(), new Script()];
  const given = givenChat(first, second, third);
  const calls: unknown[] = [];
  given.clientTool = (asked) => {
    calls.push(asked);
    return calls.length === 1 ? { rows: ['A4'] } : Promise.resolve(undefined as never);
  };
  void given.chat.commands.send(draft('Hi'));
  await first.say(
    created(),
    done(question('m1', 'Hi')),
    { type: 'progress_update', text: 'Looking' },
    done(call('fc_1')),
  );
  await first.end();
  expect(given.chat.state.progress.value?.text).toBe('Looking');
  expect(given.chat.state.phase.value).toBe('waiting');
  await second.say(mayStop, done(call('fc_2')));
  await second.end();
  await third.say(mayStop, done(answer('m2', 'Done')));
  await third.end();
  expect(calls).toEqual([
    { name: 'read_selection', params: { limit: 5 } },
    { name: 'read_selection', params: { limit: 5 } },
  ]);
  expect(given.asked.slice(1)).toEqual([
    { type: 'threads.add_client_tool_output', params: { thread_id: 'thr_1', result: { rows: ['A4'] } } },
    { type: 'threads.add_client_tool_output', params: { thread_id: 'thr_1', result: null } },
  ]);
  expect(given.screen()).toEqual(['I: Hi', 'AI: Done']);
  expect(given.heard.filter((one) => one.startsWith('response'))).toEqual(['response.start', 'response.end']);
});

test.each([
  ['is missing', undefined, 'onClientTool is not set'],
  [
    'throws',
    () => {
      throw new Error('No selection');
    },
    'No selection',
  ],
  ['rejects', () => Promise.reject(new Error('Too slow')), 'Too slow'],
  ['gives what is not JSON', () => ({ big: 1n }) as never, 'BigInt'],
])(
  'a client tool handler that %s answers with its error, and is reported (§10)',
  async (_, handler, words) => {
    const first = new Script();
    const given = givenChat(first, new Script());
    given.clientTool = handler;
    void given.chat.commands.send(draft('Hi'));
    await first.say(created(), done(question('m1', 'Hi')), done(call('fc_1')));
    await first.end();
    expect(given.asked[1]!.params).toEqual({
      thread_id: 'thr_1',
      result: { error: { message: expect.stringContaining(words) as string } },
    });
    expect(given.errors).toHaveLength(1);
  },
);

test('a stop while the page works on a tool call ends the response, and nothing is sent (§8, §10)', async () => {
  const first = new Script();
  const given = givenChat(first);
  let finish!: (result: Record<string, unknown>) => void;
  given.clientTool = () => new Promise((resolve) => (finish = resolve));
  void given.chat.commands.send(draft('Hi'));
  await first.say(created(), done(question('m1', 'Hi')), mayStop, done(call('fc_1')));
  await first.end();
  given.chat.commands.stop();
  finish({});
  await settled();
  expect(given.asked).toHaveLength(1);
  expect(given.chat.state.phase.value).toBe('idle');
});

test('a pending call in a thread that is loaded is not run (§10)', async () => {
  const given = givenChat(
    Response.json(thread('thr_1', { items: { data: [call('fc_1')], has_more: false } })),
  );
  let ran = false;
  given.clientTool = () => ((ran = true), {});
  await given.chat.commands.openThread('thr_1');
  await settled();
  expect(ran).toBe(false);
  expect(given.screen()).toEqual([]);
});

// --- retry ---------------------------------------------------------------------------------------

test('a retry takes the old answer away and asks for the question before it (§9)', async () => {
  const given = await givenThread();
  const script = new Script();
  given.answers.push(script);
  const retried = given.chat.commands.retryAfter('m2');
  await expect.poll(() => given.screen()).toEqual(['I: Hi']);
  await script.say(mayStop, done(answer('m9', 'Hello again')));
  await script.end();
  await retried;
  expect(given.asked[0]!.params).toEqual({ thread_id: 'thr_1', item_id: 'm1' });
  expect(given.screen()).toEqual(['I: Hi', 'AI: Hello again']);
});

test('a retry that is refused puts the old answer back (LOOK, nothing lost)', async () => {
  const given = await givenThread();
  given.answers.push(refusal(503));
  await expect(given.chat.commands.retryAfter('m2')).rejects.toMatchObject({ status: 503 });
  expect(given.screen()).toEqual(['I: Hi', 'AI: Hello']);
  expect(given.chat.state.failure.value?.failure.kind).toBe('unavailable');
});

// --- threads -------------------------------------------------------------------------------------

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
  expect([state.load.value, state.loadFailure.value?.kind]).toEqual(['failed', 'not_found']);
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
  const before = given.heard.length;
  await commands.openThread('thr_2');
  expect(given.heard).toHaveLength(before);
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
});

// --- actions -------------------------------------------------------------------------------------

test('an action runs as a response, and its promise is the end of it (§12)', async () => {
  const given = await givenThread();
  const [good, bad] = [new Script(), new Script()];
  given.answers.push(good, bad);
  const sent = given.chat.sendAction({ type: 'note.send', payload: { to: 'crew' } }, 'w1');
  await good.say(mayStop);
  await good.end();
  await sent;
  expect(given.asked[0]).toEqual({
    type: 'threads.custom_action',
    params: { thread_id: 'thr_1', item_id: 'w1', action: { type: 'note.send', payload: { to: 'crew' } } },
  });
  const failing = given.chat.sendAction({ type: 'x', payload: null }, null);
  const caught = failing.catch((error: unknown) => error);
  await bad.say({ type: 'error', code: 'stream.error', allow_retry: false });
  await bad.end();
  expect(await caught).toMatchObject({ name: 'StreamError' });
  await expect(givenChat().chat.sendAction({ type: 'x', payload: null }, null)).rejects.toThrow(
    'none is open',
  );
});
