/** Answers to the assistant's questions (protocol.md §11). */
import { expect, test } from 'vitest';
import type { StructuredInputItem } from '../protocol/generated';
import { answer, done, givenChat, refusal, Script, settled, thread } from './scriptedServer';

const form = (status: StructuredInputItem['status']): StructuredInputItem =>
  ({
    ...answer('f1', ''),
    type: 'structured_input',
    status,
    inputs: [{ type: 'freeform', id: 'q', question: '?' }],
  }) as never;

const loaded = (status: StructuredInputItem['status']) =>
  Response.json(thread('thr_1', { items: { data: [form(status)], has_more: false } }));

const input = { status: 'answered' as const, answers: { q: { values: ['x'], skipped: false } } };

async function givenForm() {
  const given = givenChat(loaded('pending'));
  await given.chat.commands.openThread('thr_1');
  given.heard.length = 0;
  given.asked.length = 0;
  return given;
}

const status = (given: Awaited<ReturnType<typeof givenForm>>) =>
  (given.chat.items()[0] as StructuredInputItem).status;

test('answers are sent as a response of their own, which goes on after the item', async () => {
  const given = await givenForm();
  const script = new Script();
  given.answers.push(script);
  const sent = given.chat.commands.submit('f1', input);
  await settled();
  expect(given.asked).toEqual([
    { type: 'threads.add_structured_input', params: { thread_id: 'thr_1', item_id: 'f1', input } },
  ]);
  await script.say({ type: 'thread.item.replaced', item: form('answered') }, done(answer('a1', 'Thanks.')));
  await script.end();
  await sent;
  expect([status(given), given.screen()]).toEqual(['answered', ['structured_input', 'AI: Thanks.']]);
  expect(given.heard).toEqual(['response.start', 'item.done a1', 'response.end']);
});

test('what was refused can be sent again', async () => {
  const given = await givenForm();
  const script = new Script();
  given.answers.push(refusal(500), script);
  await expect(given.chat.commands.submit('f1', input)).rejects.toMatchObject({ status: 500 });
  expect(status(given)).toBe('pending');
  given.chat.state.failure.value!.retry!();
  await settled();
  await script.say({ type: 'thread.item.replaced', item: form('answered') });
  await script.end();
  expect([status(given), given.asked.length]).toEqual(['answered', 2]);
  expect(given.chat.state.failure.value).toBeNull();
});

test('answered elsewhere in the meantime: the thread is read again', async () => {
  const given = await givenForm();
  given.answers.push(refusal(409, 'conflict'), loaded('answered'));
  await expect(given.chat.commands.submit('f1', input)).rejects.toMatchObject({ status: 409 });
  await settled();
  await settled();
  expect(status(given)).toBe('answered');
});
