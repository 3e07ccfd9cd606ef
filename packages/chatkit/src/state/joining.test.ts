/** Threads that are answered while nobody reads them: coming back, leaving, stopping (extensions.md §2). */
import { expect, test, vi } from 'vitest';
import {
  added,
  answer,
  answering,
  created,
  cut,
  delta,
  done,
  givenAnswer,
  givenChat,
  page,
  question,
  refusal,
  resumable,
  Script,
  settled,
  thread,
  types,
  until,
} from './scriptedServer';

test('a thread that is being answered is read on when it is opened; effects of before are not repeated (§2.7)', async () => {
  const script = new Script();
  const given = givenChat(Response.json(answering('turn_9')), script);
  await given.chat.commands.openThread('thr_1');
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once ']);
  expect(given.chat.state.phase.value).toBe('streaming');
  await settled();
  expect(given.asked[1]).toEqual({
    type: 'threads.attach',
    params: { thread_id: 'thr_1', turn_id: 'turn_9', after_seq: 0 },
  });
  await script.number(
    [1, created()],
    [2, resumable('turn_9')],
    [3, { type: 'client_effect', name: 'old', data: {} }],
    [4, added(answer('m2', ''))],
    [5, delta('m2', 'Once ')],
  );
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once ']);
  expect(given.chat.state.canStop.value).toBe(true);
  await script.number([6, delta('m2', 'upon')], [7, done(answer('m2', 'Once upon'))]);
  given.answers.push(Response.json(thread('thr_1')));
  await script.end();
  await until(() => given.chat.state.phase.value === 'idle');
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once upon']);
  expect(given.heard.some((one) => one.startsWith('effect'))).toBe(false);
});

test('another thread may be opened while an answer runs that needs no reader; stopping is not asked for (§2.7)', async () => {
  const { given, script } = await givenAnswer();
  given.answers.push(Response.json(thread('thr_2', { title: 'Two' })));
  expect(given.chat.state.canLeave.value).toBe(true);
  await given.chat.commands.openThread('thr_2');
  expect(given.screen()).toEqual([]);
  expect(given.chat.state.phase.value).toBe('idle');
  expect(given.chat.state.stopped.value).toBe(false);
  await script.number([6, delta('m2', 'upon')]).catch(() => undefined);
  expect(given.screen()).toEqual([]);
  const again = new Script();
  given.answers.push(Response.json(answering(given.turnIds[0]!, 6, 'Once upon')), again);
  await given.chat.commands.openThread('thr_1');
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once upon']);
  expect(types(given)).not.toContain('threads.cancel');
});

test('stopping is asked for, and the end comes from the server, with what it keeps (§2.3)', async () => {
  const { given, script } = await givenAnswer(Response.json({}));
  given.chat.commands.stop();
  await settled();
  expect(given.asked[1]).toEqual({
    type: 'threads.cancel',
    params: { thread_id: 'thr_1', turn_id: given.turnIds[0] },
  });
  expect(given.chat.state.canStop.value).toBe(false);
  await script.number([6, done(answer('m2', 'Once'))]);
  await script.end();
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once']);
  expect([given.chat.state.phase.value, given.chat.state.stopped.value]).toEqual(['idle', true]);
  expect(given.chat.state.failure.value).toBeNull();
});

test.each([
  ['is refused ends the reading', () => refusal(404), true, null],
  [
    'cannot be sent is a failure: the answer goes on',
    () => Promise.reject<Response>(cut()),
    false,
    'network',
  ],
])('a stop that %s', async (_, reply, stopped, failure) => {
  const { given } = await givenAnswer(reply);
  given.chat.commands.stop();
  await until(() => given.chat.state.phase.value === 'idle');
  expect(given.chat.state.stopped.value).toBe(stopped);
  expect(given.chat.state.failure.value?.failure.kind ?? null).toBe(failure);
  expect(given.screen()).toEqual(['I: Hi', 'AI: Once ']);
});

test('unmounting leaves the answer running', async () => {
  const { given, script } = await givenAnswer();
  given.chat.stop();
  await script.number([6, delta('m2', 'upon')]).catch(() => undefined);
  expect(script.isClosed).toBe(true);
  expect(types(given)).toEqual(['threads.create']);
});

test('a list of threads is not asked for by any of this', async () => {
  const { given, script } = await givenAnswer();
  given.answers.push(page([]));
  await script.number([6, done(answer('m2', 'Once'))]);
  await script.end();
  expect(types(given)).toEqual(['threads.create']);
});

test('after a crash the thread is shown as it is stored, and the failure stays (§2.5)', async () => {
  const { given, script } = await givenAnswer();
  const items = { data: [question('m1', 'Hi'), answer('m2', 'Once up')], has_more: false };
  const stored = () => Response.json(thread('thr_1', { items }));
  given.answers.push(stored, stored, stored);
  await script.number([6, done(answer('m2', 'Once up'))], [7, done(answer('m3', 'Lost'))]);
  await script.number([8, added(answer('m4', 'In no checkpoint'))]);
  await script.number([9, { type: 'error', code: 'turn_interrupted', allow_retry: true }]);
  await script.end();
  await vi.waitFor(() => expect(given.screen()).toEqual(['I: Hi', 'AI: Once up']), { timeout: 20_000 });
  await until(() => given.chat.state.phase.value === 'idle');
  expect(given.chat.state.failure.value?.retry).not.toBeNull();
});

test('a question that stands without an answer can be asked again, where the server tells what runs (§2.2)', async () => {
  const asked = (id: string, more = {}) =>
    Response.json(thread(id, { items: { data: [question('m1', 'Hi')], has_more: false }, ...more }));
  const { given, script } = await givenAnswer();
  const { commands, state } = given.chat;
  const shown = () => state.failure.value?.failure.kind;
  given.answers.push(asked('thr_2'));
  await commands.openThread('thr_2');
  expect(shown()).toBe('unanswered');
  await script.end().catch(() => undefined);

  // Answered elsewhere meanwhile.
  const items = { data: [question('m1', 'Hi'), answer('m2', 'Hello')], has_more: false };
  given.answers.push(Response.json(thread('thr_2', { items })));
  await given.chat.refresh();
  expect(shown()).toBeUndefined();

  // One that has just been asked elsewhere: its answer may be about to begin.
  given.answers.push(asked('thr_2'));
  await given.chat.refresh();
  expect([shown(), given.screen()]).toEqual([undefined, ['I: Hi']]);

  given.answers.push(asked('thr_3', { status: { type: 'locked', reason: null } }));
  await commands.openThread('thr_3');
  expect([shown(), given.screen()]).toEqual([undefined, ['I: Hi']]);

  given.answers.push(asked('thr_4'), new Script());
  await commands.openThread('thr_4');
  state.failure.value!.retry!();
  await until(() => types(given).includes('threads.retry_after_item'));
  expect(given.asked.at(-1)!.params).toEqual({ thread_id: 'thr_4', item_id: 'm1' });
  expect(shown()).toBeUndefined();
});

test('of a question at a server that does not tell what runs nothing is said', async () => {
  const items = { data: [question('m1', 'Hi')], has_more: false };
  const given = givenChat(Response.json(thread('thr_1', { items })));
  await given.chat.commands.openThread('thr_1');
  expect(given.screen()).toEqual(['I: Hi']);
  expect(given.chat.state.failure.value).toBeNull();
});
