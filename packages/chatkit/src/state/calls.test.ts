/** Several client tool calls at once, answered by their ids (extensions.md §3). */
import { afterEach, expect, test, vi } from 'vitest';
import type { ClientToolCallItem } from '../protocol/generated';
import {
  answer,
  answering,
  created,
  done,
  draft,
  givenChat,
  question,
  refusal,
  resumable,
  Script,
  settled,
  thread,
} from './scriptedServer';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Waits for what takes a try or two. */
async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 20_000, interval: 10 });
}

const call = (id: string, status: 'pending' | 'completed' = 'pending'): ClientToolCallItem => ({
  type: 'client_tool_call',
  id: `fc_${id}`,
  thread_id: 'thr_1',
  created_at: '2026-03-01T10:00:00Z',
  status,
  call_id: id,
  name: `read_${id}`,
  arguments: {},
});

async function givenCalls(...ids: string[]) {
  const script = new Script();
  const given = givenChat(script);
  const finish = new Map<string, (result: Record<string, unknown>) => void>();
  given.clientTool = ({ name }) => new Promise((resolve) => finish.set(name, resolve));
  void given.chat.commands.send(draft('Hi'));
  await script.number(
    [1, created()],
    [2, done(question('m1', 'Hi'))],
    [3, resumable()],
    ...ids.map((id, index) => [4 + index, done(call(id))] as const),
  );
  await script.end();
  await until(() => finish.size === ids.length);
  return { given, finish };
}

test('several calls are worked on at once, and each result is sent when it is there', async () => {
  const { given, finish } = await givenCalls('one', 'two');
  const [first, last] = [new Script(), new Script()];
  given.answers.push(first, last);
  finish.get('read_two')!({ rows: 2 });
  await settled();
  expect(given.asked[1]).toEqual({
    type: 'threads.add_client_tool_output',
    params: { thread_id: 'thr_1', call_id: 'two', result: { rows: 2 } },
  });
  await first.number([1, resumable('turn_2')]);
  await first.end();
  expect(given.chat.state.phase.value).not.toBe('idle');
  finish.get('read_one')!({ rows: 1 });
  await settled();
  expect(given.asked[2]!.params).toEqual({ thread_id: 'thr_1', call_id: 'one', result: { rows: 1 } });
  expect(new Set(given.turnIds).size).toBe(3);
  await last.number([1, resumable('turn_3')], [2, done(answer('m2', 'Both'))]);
  await last.end();
  expect(given.screen()).toEqual(['I: Hi', 'AI: Both']);
  expect(given.chat.state.phase.value).toBe('idle');
  expect(given.heard.filter((one) => one.startsWith('response'))).toEqual(['response.start', 'response.end']);
});

test('a handler that gives nothing within 60 s is answered as failed', async () => {
  const { given } = await givenCalls('one');
  given.chat.stop();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const script = new Script();
  const slow = givenChat(script);
  slow.clientTool = () => new Promise(() => undefined);
  void slow.chat.commands.send(draft('Hi'));
  const last = new Script();
  slow.answers.push(last);
  const writing = script
    .number([1, created()], [2, resumable()], [3, done(call('one'))])
    .then(() => script.end());
  await vi.advanceTimersByTimeAsync(5);
  await vi.advanceTimersByTimeAsync(5);
  await writing;
  await vi.advanceTimersByTimeAsync(59_000);
  expect(slow.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(slow.asked[1]!.params).toMatchObject({
    call_id: 'one',
    result: { error: { message: expect.stringContaining('60 seconds') as string } },
  });
  slow.chat.stop();
});

test('a call that somebody else has answered is no failure: the thread is read again', async () => {
  const { given, finish } = await givenCalls('one');
  const items = {
    data: [question('m1', 'Hi'), call('one', 'completed'), answer('m2', 'Done')],
    has_more: false,
  };
  given.answers.push(refusal(409), Response.json(thread('thr_1', { items })));
  finish.get('read_one')!({});
  await until(() => given.chat.state.phase.value === 'idle');
  expect(given.chat.state.failure.value).toBeNull();
  expect(given.screen()).toEqual(['I: Hi', 'AI: Done']);
});

test('calls that are still pending when a thread is opened run once more, older ones do not', async () => {
  const data = [
    question('m0', 'Old'),
    call('old'),
    question('m1', 'Hi'),
    call('done', 'completed'),
    call('one'),
  ];
  const opened = thread('thr_1', { items: { data, has_more: false } });
  // Known to resume from before.
  const given = givenChat(Response.json(answering('turn_0')), refusal(410), Response.json(opened));
  await given.chat.commands.openThread('thr_1');
  await until(() => given.chat.state.phase.value === 'idle');
  given.answers.push(
    Response.json(thread('thr_2')),
    Response.json(opened),
    Response.json(opened),
    new Script(),
  );
  await given.chat.commands.openThread('thr_2');
  const ran: string[] = [];
  given.clientTool = ({ name }) => {
    ran.push(name);
    return { ok: true };
  };
  await given.chat.commands.openThread('thr_1');
  await until(() => given.asked.at(-1)!.type === 'threads.add_client_tool_output');
  expect(ran).toEqual(['read_one']);
  expect(given.asked.at(-1)!.params).toEqual({ thread_id: 'thr_1', call_id: 'one', result: { ok: true } });
  given.chat.stop();
});

test('after a reload every pending call runs, and one that throws is answered as failed (§3)', async () => {
  const data = [question('m1', 'Hi'), call('one'), call('two'), call('three')];
  const opened = () => Response.json(thread('thr_1', { items: { data, has_more: false } }));
  // Known to resume from before.
  const given = givenChat(Response.json(answering('turn_0')), refusal(410), opened());
  await given.chat.commands.openThread('thr_1');
  await until(() => given.chat.state.phase.value === 'idle');
  given.clientTool = ({ name }) => {
    if (name === 'read_two') throw new Error('No selection');
    return { ran: name };
  };
  const scripts = [new Script(), new Script(), new Script()];
  // Each call looks first whether another tab has answered it.
  given.answers.push(Response.json(thread('thr_2')), opened(), opened(), opened(), opened(), ...scripts);
  await given.chat.commands.openThread('thr_2');
  await given.chat.commands.openThread('thr_1');
  const results = () => given.asked.filter(({ type }) => type === 'threads.add_client_tool_output');
  for (const [index, script] of scripts.entries()) {
    await until(() => results().length === index + 1);
    await script.number([1, resumable(`turn_${String(index)}`)]);
    if (index === 2) await script.number([2, done(answer('m2', 'All answered'))]);
    given.answers.push(Response.json(thread('thr_1')));
    await script.end();
  }
  await until(() => given.chat.state.phase.value === 'idle');
  // In any order: each result is sent when it is there.
  const sent = new Set(results().map(({ params }) => JSON.stringify(params)));
  expect(sent).toEqual(
    new Set([
      '{"thread_id":"thr_1","call_id":"one","result":{"ran":"read_one"}}',
      '{"thread_id":"thr_1","call_id":"two","result":{"error":{"message":"No selection"}}}',
      '{"thread_id":"thr_1","call_id":"three","result":{"ran":"read_three"}}',
    ]),
  );
  expect(given.chat.state.failure.value).toBeNull();
});
