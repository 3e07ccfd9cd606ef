/** The guards against the examples of protocol.md §7 and §20, and against what a newer or a broken server sends. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ThreadItem } from './generated';
import {
  isPage,
  isThread,
  isThreadItem,
  isThreadItemUpdate,
  isThreadStreamEvent,
} from './guards';

const schema = JSON.parse(
  readFileSync(new URL('../../../../protocol/schema.json', import.meta.url), 'utf8'),
) as { $defs: Record<string, { oneOf?: { $ref: string }[]; properties?: { type?: { const?: string } } }> };

/** The `type` of every member of a union, from the schema that the Python models wrote. */
function typesOf(union: string): string[] {
  return schema.$defs[union]!.oneOf!.map(
    (part) => schema.$defs[part.$ref.split('/').at(-1)!]!.properties!.type!.const!,
  );
}

const message: ThreadItem = {
  type: 'assistant_message',
  id: 'msg_77',
  thread_id: 'thr_1',
  created_at: '2026-03-01T09:30:03Z',
  content: [{ type: 'output_text', text: 'Dock 4 is free from 08:00.', annotations: [] }],
};
const thread = {
  id: 'thr_1',
  created_at: '2026-03-01T09:00:00Z',
  status: { type: 'locked', reason: 'Under review' },
  metadata: {},
  items: { data: [], has_more: false },
};

describe('isThreadStreamEvent', () => {
  it.each([
    { type: 'thread.created', thread },
    { type: 'thread.updated', thread },
    { type: 'thread.item.added', item: message },
    { type: 'thread.item.done', item: { ...message, type: 'generated_image' } },
    { type: 'thread.item.removed', item_id: 'msg_77' },
    { type: 'stream_options', stream_options: { allow_cancel: true } },
    { type: 'progress_update', text: 'Checking the dock plan' },
    { type: 'client_effect', name: 'note_sent', data: { error: null } },
    { type: 'error', code: 'custom', allow_retry: false },
    { type: 'notice', level: 'warning', message: 'Almost there' },
    {
      type: 'thread.item.updated',
      item_id: 'msg_77',
      update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: 'Dock' },
    },
  ])('accepts $type', (event) => {
    expect(isThreadStreamEvent(event)).toBe(true);
  });

  it('fills in the lists that a server leaves out because they are empty', () => {
    const event = (item: object) => ({ type: 'thread.item.done', item: { ...message, ...item } });
    const bare = event({ content: [{ type: 'output_text', text: 'Yes.' }, { type: 'output_picture' }] });
    expect(isThreadStreamEvent(bare)).toBe(true);
    expect(bare.item.content).toEqual([
      { type: 'output_text', text: 'Yes.', annotations: [] },
      { type: 'output_picture', text: '', annotations: [] },
    ]);
    const asked = event({ type: 'user_message' });
    expect(isThreadStreamEvent(asked)).toBe(true);
    expect(asked.item).toMatchObject({ attachments: [] });
    const begun = { type: 'thread.created', thread: { id: 'thr_1', items: { data: [] } } };
    expect(isThreadStreamEvent(begun)).toBe(true);
    expect(begun.thread).toMatchObject({ status: { type: 'active' } });
    expect(isThreadStreamEvent(event({ content: [null] }))).toBe(false);
    expect(isThreadStreamEvent(event({ content: [{ type: 'output_text', annotations: 7 }] }))).toBe(false);
  });

  it('accepts fields it does not know', () => {
    expect(
      isThreadStreamEvent({ type: 'error', code: 'rate_limit', allow_retry: true, retry_after: 3 }),
    ).toBe(true);
  });

  it.each([
    ['an event of a newer server', { type: 'suggestions', prompts: [] }],
    ['a name every object has', { type: 'toString' }],
    ['an item of an unknown kind', { type: 'thread.item.done', item: { ...message, type: 'hologram' } }],
    ['an update of an unknown kind', { type: 'thread.item.updated', item_id: 'a', update: { type: 'x' } }],
    ['an event without its item', { type: 'thread.item.done' }],
    ['a thread without an id', { type: 'thread.updated', thread: { ...thread, id: undefined } }],
    ['null', null],
    ['an array', [{ type: 'error' }]],
    ['a string', 'error'],
  ])('refuses %s', (_name, value) => {
    expect(isThreadStreamEvent(value)).toBe(false);
  });
});

describe('the tables', () => {
  it('know every type of the Python models', () => {
    expect(typesOf('ThreadItem')).toHaveLength(11);
    const fields = {
      id: 'a',
      content: [],
      call_id: 'c',
      name: 'n',
      widget: {},
      inputs: [],
      task: {},
      workflow: { tasks: [] },
    };
    for (const type of typesOf('ThreadItem')) expect(isThreadItem({ ...fields, type }), type).toBe(true);

    const update = {
      content_index: 0,
      annotation: {},
      content: {},
      delta: '',
      component_id: 'c',
      widget: {},
      component: {},
      task_index: 0,
      task: {},
      image: {},
    };
    for (const type of typesOf('ThreadItemUpdate'))
      expect(isThreadItemUpdate({ ...update, type }), type).toBe(true);

    const event = {
      thread,
      item: message,
      item_id: 'a',
      update: { ...update, type: 'widget.root.updated' },
      stream_options: {},
      text: '',
      name: '',
      level: 'info',
      message: '',
    };
    for (const type of typesOf('ThreadStreamEvent'))
      expect(isThreadStreamEvent({ ...event, type }), type).toBe(true);
  });
});

describe('isPage', () => {
  it('accepts a page of threads and an empty one', () => {
    expect(isPage({ data: [thread], has_more: true, after: 'thr_1' }, isThread)).toBe(true);
    expect(isPage({ data: [], has_more: false }, isThreadItem)).toBe(true);
  });

  it('refuses a page with something else in it, and what is no page', () => {
    expect(isPage({ data: [thread, message], has_more: false }, isThread)).toBe(false);
    expect(isPage({ error: { message: 'no' } }, isThread)).toBe(false);
  });
});
