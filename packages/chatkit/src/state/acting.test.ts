/** Actions of widgets: to the page, to the server, with and without a stream (protocol.md §12). */
import { expect, test } from 'vitest';
import type { ActionConfig, WidgetItem } from '../protocol/generated';
import { answer, done, givenChat, refusal, Script, settled, thread, type Given } from './scriptedServer';

const widget = (text: string): WidgetItem =>
  ({ ...answer('w1', ''), type: 'widget', widget: { type: 'Card', children: [] }, copy_text: text }) as never;

const action = (fields: Partial<ActionConfig>): ActionConfig => ({
  type: 'buy',
  payload: { id: 7 },
  handler: 'server',
  loadingBehavior: 'auto',
  streaming: true,
  ...fields,
});

async function givenWidget(): Promise<Given> {
  const items = { data: [widget('old')], has_more: false };
  const given = givenChat(Response.json(thread('thr_1', { items })));
  await given.chat.commands.openThread('thr_1');
  given.heard.length = 0;
  given.asked.length = 0;
  return given;
}

const sent = { thread_id: 'thr_1', item_id: 'w1', action: { type: 'buy', payload: { id: 7 } } };

test('an action for the page goes to onAction with the widget, and waits for it; nothing is sent', async () => {
  const given = await givenWidget();
  const seen: unknown[] = [];
  let finish: () => void = () => undefined;
  given.widgetAction = (asked, item) => {
    seen.push(asked, item);
    return new Promise((resolve) => (finish = resolve));
  };
  let isDone = false;
  const acting = given.chat.commands.act('w1', action({ handler: 'client' })).then(() => (isDone = true));
  await settled();
  expect([seen, isDone]).toEqual([
    [
      { type: 'buy', payload: { id: 7 } },
      { id: 'w1', widget: { type: 'Card', children: [] } },
    ],
    false,
  ]);
  finish();
  await acting;
  expect(given.asked).toEqual([]);
});

test('onAction that fails, or is not set, is chatkit.error and rejects', async () => {
  const given = await givenWidget();
  await expect(given.chat.commands.act('w1', action({ handler: 'client' }))).rejects.toThrow('not set');
  given.widgetAction = async () => {
    throw new Error('no stock');
  };
  await expect(given.chat.commands.act('w1', action({ handler: 'client' }))).rejects.toThrow('no stock');
  expect(given.heard).toEqual(['error IntegrationError', 'error IntegrationError']);
});

test('an action without a stream replaces the item of the reply, also while a response runs', async () => {
  const given = await givenWidget();
  const script = new Script();
  given.answers.push(script, Response.json({ updated_item: widget('new') }), Response.json({}));
  const streamed = given.chat.commands.act('w1', action({}));
  await settled();
  await given.chat.commands.act('w1', action({ streaming: false }));
  const shown = () => (given.chat.items()[0] as WidgetItem).copy_text;
  expect(shown()).toBe('new');
  await given.chat.commands.act('w1', action({ streaming: false }));
  expect(shown()).toBe('new');
  expect(given.asked).toEqual([
    { type: 'threads.custom_action', params: sent },
    { type: 'threads.sync_custom_action', params: sent },
    { type: 'threads.sync_custom_action', params: sent },
  ]);
  await script.say(done(widget('streamed')));
  await script.end();
  await streamed;
  expect(shown()).toBe('streamed');
});

test('one response at a time: a second streaming action is refused, and a failed one rejects', async () => {
  const given = await givenWidget();
  const script = new Script();
  given.answers.push(script, refusal(500));
  const first = given.chat.commands.act('w1', action({}));
  await settled();
  await expect(given.chat.commands.act('w1', action({}))).rejects.toThrow('is running');
  await script.say(done(widget('new')));
  await script.end();
  await first;
  await expect(given.chat.commands.act('w1', action({ streaming: false }))).rejects.toMatchObject({
    status: 500,
  });
  expect(given.heard.at(-1)).toBe('error HttpError');
});

test('an action waits for no thread: one that is not loaded has nothing to act on', async () => {
  let come!: (response: Response) => void;
  const given = givenChat(new Promise<Response>((resolve) => (come = resolve)), refusal(404));
  const opened = given.chat.commands.openThread('thr_1');
  await expect(given.chat.sendAction({ type: 'buy', payload: null }, null)).rejects.toThrow('not loaded');
  come(Response.json(thread()));
  await opened;
  await expect(given.chat.commands.openThread('thr_2')).rejects.toMatchObject({ status: 404 });
  await expect(given.chat.sendAction({ type: 'buy', payload: null }, null)).rejects.toThrow('not loaded');
  expect(given.asked.map(({ type }) => type)).toEqual(['threads.get_by_id', 'threads.get_by_id']);
});

test('an action that has no effect ends in silence, even where nothing at all is streamed', async () => {
  const given = await givenWidget();
  const script = new Script();
  given.answers.push(script);
  const sent = given.chat.sendAction({ type: 'buy', payload: null }, 'w1');
  await settled();
  await script.end();
  await sent;
  expect([given.heard, given.chat.state.failure.value]).toEqual([['response.start', 'response.end'], null]);
});
