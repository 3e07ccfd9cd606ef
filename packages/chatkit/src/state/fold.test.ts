/** One update on one item (protocol.md §4.1). Whole conversations are replayed in conversations.test.ts. */
import { beforeAll, expect, test } from 'vitest';
import type { Annotation, ThreadItem, WidgetItem, WorkflowItem } from '../protocol/generated';
import { fetchOthers, fold } from './fold';
import { answer } from './scriptedServer';

beforeAll(fetchOthers);

const note = (title: string): Annotation => ({
  type: 'annotation',
  source: { type: 'file', title, filename: title },
});
const part = (text: string, annotations: Annotation[] = []) => ({
  type: 'output_text' as const,
  text,
  annotations,
});
const common = { thread_id: 'thr_1', created_at: '2026-03-01T10:00:00Z' };
const widget = (...children: object[]) =>
  ({ ...common, id: 'w1', type: 'widget', widget: { type: 'Card', children } }) as unknown as WidgetItem;
const task = (content: string) => ({ type: 'thought' as const, content, status_indicator: 'none' as const });
const workflow = (...contents: string[]): WorkflowItem => ({
  ...common,
  id: 'wf1',
  type: 'workflow',
  workflow: { type: 'reasoning', tasks: contents.map(task), expanded: false },
});

/** Makes every object in it throw when somebody writes to it. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const cases: [name: string, before: ThreadItem, update: Parameters<typeof fold>[1], after: ThreadItem][] = [
  [
    'a delta is appended',
    answer('m1', 'One'),
    { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: ' two' },
    answer('m1', 'One two'),
  ],
  [
    'an index past the end is padded up to with empty parts',
    answer('m1', ''),
    { type: 'assistant_message.content_part.text_delta', content_index: 2, delta: 'x' },
    { ...answer('m1', ''), content: [part(''), part(''), part('x')] },
  ],
  [
    'an added part takes its place',
    answer('m1', 'Old'),
    { type: 'assistant_message.content_part.added', content_index: 0, content: part('New') },
    answer('m1', 'New'),
  ],
  [
    'an annotation is inserted at its index',
    { ...answer('m1', ''), content: [part('x', [note('a'), note('b')])] },
    {
      type: 'assistant_message.content_part.annotation_added',
      content_index: 0,
      annotation_index: 1,
      annotation: note('n'),
    },
    { ...answer('m1', ''), content: [part('x', [note('a'), note('n'), note('b')])] },
  ],
  [
    'an annotation past the end is appended',
    answer('m1', 'x'),
    {
      type: 'assistant_message.content_part.annotation_added',
      content_index: 0,
      annotation_index: 9,
      annotation: note('n'),
    },
    { ...answer('m1', ''), content: [part('x', [note('n')])] },
  ],
  [
    'a finished part without annotations keeps those on screen',
    { ...answer('m1', ''), content: [part('x', [note('a')])] },
    { type: 'assistant_message.content_part.done', content_index: 0, content: part('xy') },
    { ...answer('m1', ''), content: [part('xy', [note('a')])] },
  ],
  [
    'widget text grows by the id of its component, however deep',
    widget({ type: 'Row', children: [{ type: 'Text', id: 't', value: 'a', streaming: true }] }),
    { type: 'widget.streaming_text.value_delta', component_id: 't', delta: 'b', done: false },
    widget({ type: 'Row', children: [{ type: 'Text', id: 't', value: 'ab', streaming: true }] }),
  ],
  [
    'widget text stops streaming with its last delta',
    widget({ type: 'Text', id: 't', value: 'a', streaming: true }),
    { type: 'widget.streaming_text.value_delta', component_id: 't', delta: '', done: true },
    widget({ type: 'Text', id: 't', value: 'a', streaming: false }),
  ],
  [
    'a component is replaced, a single child too',
    widget({ type: 'Transition', children: { type: 'Text', id: 't', value: 'a' } }),
    {
      type: 'widget.component.updated',
      component_id: 't',
      component: { type: 'Text', id: 't', value: 'new' },
    },
    widget({ type: 'Transition', children: { type: 'Text', id: 't', value: 'new' } }),
  ],
  [
    'a root is replaced',
    widget({ type: 'Text', value: 'a' }),
    { type: 'widget.root.updated', widget: widget({ type: 'Text', value: 'b' }).widget },
    widget({ type: 'Text', value: 'b' }),
  ],
  [
    'a task is inserted',
    workflow('a', 'c'),
    { type: 'workflow.task.added', task_index: 1, task: task('b') },
    workflow('a', 'b', 'c'),
  ],
  [
    'a task is replaced',
    workflow('a', 'b'),
    { type: 'workflow.task.updated', task_index: 1, task: task('x') },
    workflow('a', 'x'),
  ],
  [
    'a picture is replaced',
    { ...common, id: 'i1', type: 'generated_image' },
    { type: 'generated_image.updated', image: { id: 'ig', url: 'data:,' }, progress: 0.5 },
    { ...common, id: 'i1', type: 'generated_image', image: { id: 'ig', url: 'data:,' } },
  ],
];

test.each(cases)('%s', (_, before, update, after) => {
  expect(fold(frozen(before), frozen(update))).toEqual(after);
});

test('an update that does not fit leaves the very same item', () => {
  const message = answer('m1', 'x');
  const card = widget({ type: 'Text', id: 't', value: 'a' });
  const insert = { type: 'workflow.task.added' as const, task_index: 0, task: task('a') };
  expect(fold(message, insert)).toBe(message);
  expect(fold(card, insert)).toBe(card);
  expect(
    fold(card, { type: 'widget.streaming_text.value_delta', component_id: 'other', delta: 'x', done: true }),
  ).toBe(card);
});
