/** A response whose line drops (extensions.md §2.2, §2.7). */
import { afterEach, expect, test, vi } from 'vitest';
import {
  added,
  answer,
  answering,
  created,
  cut,
  delta,
  done,
  draft,
  givenAnswer,
  givenChat,
  question,
  refusal,
  resumable,
  Script,
  settled,
  thread,
  types,
  until,
} from './scriptedServer';

const unreachable = (times: number) =>
  Array.from({ length: times }, () => () => Promise.reject<Response>(cut()));

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A chat whose first answer can be resumed and has not begun, while time is ours. */
async function givenQuestion() {
  const script = new Script();
  const given = givenChat(script);
  void given.chat.commands.send(draft('Hi'));
  const writing = script.number([1, created()], [2, done(question('m1', 'Hi'))], [3, resumable()]);
  await vi.advanceTimersByTimeAsync(1);
  await writing;
  await vi.dynamicImportSettled();
  return { given, script };
}

test('an answer whose line drops is attached to behind its last frame, and becomes whole (§2.7)', async () => {
  const again = new Script();
  const { given, script } = await givenAnswer(again);
  await script.breakOff();
  expect(given.chat.state.phase.value).toBe('streaming');
  await until(() => given.asked.length === 2);
  expect(given.asked[1]).toEqual({
    type: 'threads.attach',
    params: { thread_id: 'thr_1', turn_id: given.turnIds[0], after_seq: 5 },
  });
  given.answers.push(Response.json(thread('thr_1')));
  await again.number([6, delta('m2', 'upon')], [7, done(answer('m2', 'Once upon'))]);
  await again.end();
  await until(() => given.chat.state.phase.value === 'idle');
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once upon']);
  expect(given.chat.state.failure.value).toBeNull();
  expect(given.errors).toEqual([]);
  expect(given.heard.filter((one) => one.startsWith('response'))).toEqual(['response.start', 'response.end']);
});

test('a snapshot replaces what it repeats: no row twice, no effect twice, the same rows on screen (§2.2)', async () => {
  const again = new Script();
  const { given, script } = await givenAnswer(again);
  await script.number([6, { type: 'client_effect', name: 'open', data: {} }]);
  const rows = given.chat.state.rows.value;
  await script.breakOff();
  await until(() => given.asked.length === 2);
  await again.number(
    [7, { type: 'client_effect', name: 'close', data: {} }],
    [9, resumable()],
    [9, done(question('m1', 'Hi'))],
    [9, added(answer('m2', 'Once upon a '))],
    [10, delta('m2', 'time')],
  );
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once upon a time']);
  expect(given.chat.state.rows.value).toBe(rows);
  expect(given.heard.filter((one) => one.startsWith('effect'))).toEqual([
    'effect {"name":"open","data":{}}',
    'effect {"name":"close","data":{}}',
  ]);
});

test('the tries come at growing distances; what is heard in between starts them anew (§2.7)', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const { given, script } = await givenQuestion();
  given.answers.push(...unreachable(8));
  const breaking = script.breakOff();
  const tries: number[] = [];
  for (let ms = 0; ms < 40_000; ms += 50) {
    const before = given.asked.length;
    await vi.advanceTimersByTimeAsync(50);
    if (given.asked.length > before) tries.push(ms + 50);
  }
  await breaking;
  const gaps = tries.slice(1).map((time, index) => Math.round((time - tries[index]!) / 500) * 500);
  expect(gaps.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
  given.chat.stop();
  vi.restoreAllMocks();
});

test('a line that is dead at the other end only is sought again after 45 s: attaching, asking, loading (§2.7)', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { given, script } = await givenQuestion();
  const again = new Script();
  given.answers.push(silent, again, silent, refusal(404), silent, Response.json(thread('thr_1')));
  const breaking = script.breakOff();
  await vi.advanceTimersByTimeAsync(45_000);
  await breaking;
  expect(types(given)).toEqual(['threads.create', 'threads.attach']);
  await vi.advanceTimersByTimeAsync(1000);
  expect(types(given).slice(2)).toEqual(['threads.attach']);
  const ending = again.end();
  await vi.advanceTimersByTimeAsync(1);
  await ending;
  expect(types(given).slice(3)).toEqual(['threads.get_by_id']);
  await vi.advanceTimersByTimeAsync(47_000); // 45 s of silence, and a pause of chance length: whether it runs is not known, it is sought again
  expect(types(given).slice(4)).toEqual(['threads.attach', 'threads.get_by_id']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(given.answers).toEqual([]);
  expect(given.chat.state.phase.value).toBe('idle');
});

/** Lets time pass until something that the test does to a stream has been read. */
async function soon(work: Promise<void>): Promise<void> {
  await vi.advanceTimersByTimeAsync(1);
  await work;
}

const silent = () => new Promise<Response>(() => undefined);

test('a start that gets no byte for 45 s is repeated by its id, where the server is known to resume (§2.7)', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { given, script } = await givenQuestion();
  await soon(script.number([4, done(answer('m2', 'Hello'))]));
  await soon(script.end());
  const again = new Script();
  given.answers.push(silent, again);
  void given.chat.commands.send(draft('More'));
  await vi.advanceTimersByTimeAsync(44_900);
  expect(given.asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(given.asked).toHaveLength(3);
  expect([given.asked[2], given.turnIds[2]]).toEqual([given.asked[1], given.turnIds[1]]);
  await soon(
    again.number([1, done(question('m3', 'More'))], [2, resumable()], [3, done(answer('m4', 'Two'))]),
  );
  await soon(again.end());
  expect(given.screen()).toEqual(['I: Hi', 'AI: Hello', 'I: More', 'AI: Two']);
  expect(given.errors).toEqual([]);
});

test('one that is never answered fails in the end, and the person’s own retry carries the same id', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { given, script } = await givenQuestion();
  await soon(script.number([4, done(answer('m2', 'Hello'))]));
  await soon(script.end());
  given.answers.push(silent, silent, silent);
  given.chat.commands.send(draft('More')).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(given.chat.state.failure.value?.failure.kind).toBe('network');
  expect(given.chat.state.phase.value).toBe('idle');
  given.chat.state.failure.value!.retry!();
  await vi.advanceTimersByTimeAsync(1);
  expect(given.turnIds).toEqual([given.turnIds[0], ...Array<string | null>(3).fill(given.turnIds[1]!)]);
});

test('a server that is not known to resume may take its time (§1)', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const given = givenChat(silent);
  void given.chat.commands.send(draft('Hi'));
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(given.asked).toHaveLength(1);
  expect(given.chat.state.phase.value).toBe('sending');
  given.chat.stop();
});

test('nor is it expected to ping, when one in its place had resumed before', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { given, script } = await givenQuestion();
  await soon(script.number([4, done(answer('m2', 'Hello'))]));
  await soon(script.end());
  const plain = new Script();
  given.answers.push(plain);
  void given.chat.commands.send(draft('More'));
  await soon(plain.say(done(question('m3', 'More'))));
  await vi.advanceTimersByTimeAsync(600_000);
  await soon(plain.say(done(answer('m4', 'Two'))));
  await soon(plain.end());
  expect(given.asked).toHaveLength(2);
  expect(given.screen()).toEqual(['I: Hi', 'AI: Hello', 'I: More', 'AI: Two']);
});

test('the first attach to a turn that was begun elsewhere is repeated as well', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const again = new Script();
  const given = givenChat(Response.json(answering('turn_9')), silent, again);
  const opening = given.chat.commands.openThread('thr_1');
  await vi.advanceTimersByTimeAsync(1);
  await opening;
  await vi.advanceTimersByTimeAsync(44_900);
  expect(types(given)).toEqual(['threads.get_by_id', 'threads.attach']);
  await vi.advanceTimersByTimeAsync(1000);
  expect(given.asked.slice(2)).toEqual([
    { type: 'threads.attach', params: { thread_id: 'thr_1', turn_id: 'turn_9', after_seq: 0 } },
  ]);
  given.answers.push(Response.json(thread('thr_1')));
  await soon(again.number([6, delta('m2', 'upon')], [7, done(answer('m2', 'Once upon'))]));
  await soon(again.end());
  await vi.advanceTimersByTimeAsync(1000);
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once upon']);
  expect(given.chat.state.phase.value).toBe('idle');
});

test('the person is told after three seconds, by “offline” where there is no network, and no longer than needed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { given, script } = await givenQuestion();
  const { line } = given.chat.state;
  vi.stubGlobal('navigator', { onLine: false });
  given.answers.push(...unreachable(20));
  const breaking = script.breakOff();
  await vi.advanceTimersByTimeAsync(2900);
  await breaking;
  expect(line.value).toBe('up');
  await vi.advanceTimersByTimeAsync(200);
  expect(line.value).toBe('offline');
  vi.stubGlobal('navigator', { onLine: true });
  await vi.advanceTimersByTimeAsync(9000);
  expect(line.value).toBe('down');
  const again = new Script();
  given.answers.length = 0;
  given.answers.push(again);
  await vi.advanceTimersByTimeAsync(10_000);
  const pinging = again.ping();
  await vi.advanceTimersByTimeAsync(1);
  await pinging;
  expect(line.value).toBe('up');
  given.chat.stop();
});

test('a start that died before its first frame is repeated by the same id, where the server is known to resume', async () => {
  const { given, script } = await givenAnswer();
  await script.number([6, done(answer('m2', 'Once'))]);
  await script.end();
  const second = new Script();
  given.answers.push(() => Promise.reject(cut()), second);
  void given.chat.commands.send(draft('More'));
  await until(() => given.asked.length === 3);
  expect(given.asked[2]).toEqual(given.asked[1]);
  expect(given.turnIds[2]).toBe(given.turnIds[1]);
  expect(given.turnIds[1]).not.toBe(given.turnIds[0]);
  await second.number([1, done(question('m3', 'More'))], [2, resumable()], [3, done(answer('m4', 'Two'))]);
  await second.end();
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once', 'I: More', 'AI: Two']);
});

test('elsewhere it fails as it always did, and the person’s own retry carries the same id (§1)', async () => {
  const script = new Script();
  const given = givenChat(() => Promise.reject(cut()), script);
  await expect(given.chat.commands.send(draft('Hi'))).rejects.toMatchObject({ name: 'NetworkError' });
  expect(given.asked).toHaveLength(1);
  given.chat.state.failure.value!.retry!();
  await script.say(created(), done(question('m1', 'Hi')));
  expect(given.turnIds[1]).toBe(given.turnIds[0]);
});

test.each([404, 410, 500, 501])(
  'a turn that cannot be attached to (%i): the thread as it was stored, and a retry if it has no answer',
  async (status) => {
    const items = { data: [question('m1', 'Hi')], has_more: false };
    const { given, script } = await givenAnswer(
      refusal(status),
      Response.json(thread('thr_1', { title: 'Kept', items })),
    );
    await script.breakOff();
    await until(() => given.chat.state.phase.value === 'idle');
    expect(types(given).slice(1)).toEqual(['threads.attach', 'threads.get_by_id']);
    expect(given.screen()).toEqual(['I: Hi']);
    expect(given.chat.state.failure.value?.failure.kind).toBe('interrupted');
    const retried = new Script();
    given.answers.push(retried);
    given.chat.state.failure.value!.retry!();
    await settled();
    expect(given.asked.at(-1)).toEqual({
      type: 'threads.retry_after_item',
      params: { thread_id: 'thr_1', item_id: 'm1' },
    });
  },
);

test('a turn that is over and forgotten, with an answer: that is shown, and nothing failed', async () => {
  const items = { data: [question('m1', 'Hi'), answer('m2', 'Once upon a time')], has_more: false };
  const { given, script } = await givenAnswer(
    refusal(410, 'turn_expired'),
    Response.json(thread('thr_1', { items })),
  );
  await script.breakOff();
  await until(() => given.chat.state.phase.value === 'idle');
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once upon a time']);
  expect(given.chat.state.failure.value).toBeNull();
});

test('a server that shuts down ends the stream: the turn is sought until somebody knows (§2.6)', async () => {
  const again = new Script();
  const { given, script } = await givenAnswer();
  const turnId = given.turnIds[0]!;
  given.answers.push(
    Response.json(answering(turnId)),
    refusal(503),
    () => Promise.reject(cut()),
    again,
    Response.json(thread('thr_1')),
  );
  await script.end();
  await until(() => given.asked.length === 5);
  expect(types(given).slice(1)).toEqual([
    'threads.get_by_id',
    'threads.attach',
    'threads.attach',
    'threads.attach',
  ]);
  await again.number([6, done(answer('m2', 'Once more'))]);
  await again.end();
  await until(() => given.chat.state.phase.value === 'idle');
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once more']);
  expect(given.chat.state.failure.value).toBeNull();
});

test('a turn that says it failed, with an answer half there, is over: its words stay, its reason is told (protocol.md §16)', async () => {
  const { given, script } = await givenAnswer();
  const message = 'The planner is closed for today.';
  await script.number([6, { type: 'error', code: 'custom', message, allow_retry: true }]);
  await script.end();
  await until(() => given.chat.state.phase.value === 'idle');
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once ']);
  expect(given.chat.state.failure.value).toMatchObject({ failure: { kind: 'custom', message } });
  expect(types(given)).not.toContain('threads.get_by_id');
  expect(given.errors).toHaveLength(1);
});

test('a turn that says nothing has ended well when the server knows it (§2.3)', async () => {
  const script = new Script();
  const again = new Script();
  const given = givenChat(script, Response.json(thread('thr_1')), again);
  void given.chat.commands.send(draft('Hi'));
  const effect = { type: 'client_effect' as const, name: 'open', data: {} };
  await script.number([1, created()], [2, done(question('m1', 'Hi'))], [3, resumable()], [4, effect]);
  await script.end();
  await until(() => given.asked.length === 3);
  expect(given.asked[2]).toMatchObject({ type: 'threads.attach', params: { after_seq: 4 } });
  await again.end();
  await until(() => given.chat.state.phase.value === 'idle');
  expect(given.chat.state.failure.value).toBeNull();
  expect(given.heard.filter((one) => one.startsWith('effect'))).toHaveLength(1);
});

test('one that says nothing because its server is another one now has not', async () => {
  const items = { data: [question('m1', 'Hi')], has_more: false };
  const script = new Script();
  const given = givenChat(
    script,
    Response.json(thread('thr_1', { items })),
    refusal(404),
    Response.json(thread('thr_1', { items })),
  );
  void given.chat.commands.send(draft('Hi'));
  await script.number([1, created()], [2, done(question('m1', 'Hi'))], [3, resumable()]);
  await script.end();
  await until(() => given.chat.state.phase.value === 'idle');
  expect(given.chat.state.failure.value?.failure.kind).toBe('interrupted');
});
