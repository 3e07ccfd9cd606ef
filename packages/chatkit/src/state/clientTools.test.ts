/** Tools that the page works on, one call at a time (protocol.md §10). Several at once: calls.test.ts. */
import { expect, test } from 'vitest';
import type { ClientToolCallItem } from '../protocol/generated';
import {
  answer,
  created,
  done,
  draft,
  givenChat,
  mayStop,
  question,
  Script,
  settled,
  thread,
  until,
} from './scriptedServer';

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

test('while only the page is at work, a person may stop, be it that it never comes to an end', async () => {
  const [first, second] = [new Script(), new Script()];
  const given = givenChat(first, second);
  const { commands, state } = given.chat;
  given.clientTool = () => new Promise(() => undefined);
  void commands.send(draft('Hi'));
  await first.say(created(), done(question('m1', 'Hi')), done(call('fc_1')));
  expect(state.canStop.value).toBe(false);
  await first.end();
  await until(() => state.canStop.value);
  commands.stop();
  expect([state.phase.value, state.stopped.value]).toEqual(['idle', true]);
  void commands.send(draft('Again'));
  await second.say(done(question('m2', 'Again')), done(answer('m3', 'Yes.')));
  await second.end();
  expect(given.screen()).toEqual(['I: Hi', 'I: Again', 'AI: Yes.']);
});

test('where the server forbids it, nothing is stopped while the page is at work either (CL-2)', async () => {
  const first = new Script();
  const given = givenChat(first);
  let ran = false;
  given.clientTool = () => ((ran = true), new Promise(() => undefined));
  void given.chat.commands.send(draft('Hi'));
  const fixed = { type: 'stream_options', stream_options: { allow_cancel: false } } as const;
  await first.say(fixed, created(), done(question('m1', 'Hi')), done(call('fc_1')));
  await first.end();
  await until(() => ran);
  expect(given.chat.state.canStop.value).toBe(false);
});

test('the answer to a client tool can be stopped only if the server says so', async () => {
  const [first, second] = [new Script(), new Script()];
  const given = givenChat(first, second);
  given.clientTool = () => ({});
  void given.chat.commands.send(draft('Hi'));
  await first.say(created(), done(question('m1', 'Hi')), done(call('fc_1')));
  await first.end();
  await until(() => given.asked.length === 2);
  await second.say({ type: 'progress_update', text: 'Looking' });
  expect(given.chat.state.canStop.value).toBe(false);
  await second.say(mayStop);
  expect(given.chat.state.canStop.value).toBe(true);
  await second.end();
});
