import { signal } from '@preact/signals-core';
import { describe, expect, it } from 'vitest';
import type { ThreadItem } from '../protocol/generated';
import type { Row } from '../state/chat';
import { copyTextOf, turnsOf } from './turns';

const row = (id: string, item: Partial<ThreadItem>): Row => ({
  id,
  key: id,
  pending: false,
  streaming: signal(false),
  item: signal({ id, thread_id: 't', created_at: '', ...item } as ThreadItem),
});
const says = (id: string) =>
  row(id, { type: 'user_message', content: [], inference_options: {}, attachments: [] });
const answers = (id: string, text: string) =>
  row(id, { type: 'assistant_message', content: [{ type: 'output_text', text, annotations: [] }] });

describe('turns', () => {
  it('begin with a message of the person', () => {
    const turns = turnsOf([
      answers('a0', 'hello'),
      says('u1'),
      answers('a1', 'x'),
      answers('a2', 'y'),
      says('u2'),
    ]);
    expect(turns.map((turn) => turn.rows.map((one) => one.id))).toEqual([['a0'], ['u1', 'a1', 'a2'], ['u2']]);
  });

  it('copy the answers and the texts of widgets, a blank line between', () => {
    const widget = row('w', { type: 'widget', widget: { type: 'Card', children: [] }, copy_text: 'A card' });
    expect(copyTextOf([says('u'), answers('a', '**bold**'), widget])).toBe('**bold**\n\nA card');
  });
});
