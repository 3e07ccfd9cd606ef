/** What a person or a page does with a chat, against a scripted server (protocol.md §6–§10, §16, §17, §19). */
import { expect, test, vi } from 'vitest';
import {
  added,
  answer,
  created,
  delta,
  done,
  draft,
  givenChat,
  givenThread,
  mayStop,
  question,
  refusal,
  Script,
  settled,
  thread,
} from './scriptedServer';

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
  [refusal(404), 'bad_reply', true],
  [refusal(409, 'conflict'), 'changed', true],
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

test('a message that is not answered at all for long can be given up, and comes back', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const given = givenChat(new Promise<Response>(() => undefined));
    const { commands, state } = given.chat;
    const sent = commands.send(draft('Hi'));
    const refused = expect(sent).rejects.toThrow('stopped before it began');
    await vi.advanceTimersByTimeAsync(9_000);
    expect(state.canStop.value).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(state.canStop.value).toBe(true);
    commands.stop();
    await refused;
    expect([state.phase.value, given.screen()]).toEqual(['idle', []]);
    expect(given.heard.filter((one) => one.startsWith('error'))).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});
