/** What is drawn, and how often (DESIGN, budgets: draw 20–30 times a second). */
import { effect } from '@preact/signals-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ThreadItem } from '../protocol/generated';
import { answer, question } from './scriptedServer';
import { Timeline } from './timeline';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const append = (timeline: Timeline, delta: string) => {
  timeline.update('m1', { type: 'assistant_message.content_part.text_delta', content_index: 0, delta });
  timeline.drawSoon();
};
const textOf = (item: ThreadItem) =>
  item.type === 'assistant_message' ? item.content.map((part) => part.text).join('') : '';

test('the first delta is drawn at once, a second of 200 deltas some 25 times, and the end in full', () => {
  const timeline = new Timeline();
  timeline.put(answer('m1', ''), true);
  timeline.draw();
  vi.advanceTimersByTime(1000);
  const drawn: string[] = [];
  effect(() => {
    drawn.push(textOf(timeline.rows.value[0]!.item.value));
  });
  append(timeline, 'x');
  expect(drawn).toEqual(['', 'x']);
  for (let count = 1; count < 200; count++) {
    vi.advanceTimersByTime(5);
    append(timeline, 'x');
  }
  expect(textOf(timeline.items[0]!)).toHaveLength(200);
  expect(drawn.length).toBeGreaterThan(22);
  expect(drawn.length).toBeLessThan(30);
  vi.advanceTimersByTime(40);
  expect(drawn.at(-1)).toHaveLength(200);
});

test('what is not a delta is drawn at once', () => {
  const timeline = new Timeline();
  timeline.put(answer('m1', ''), true);
  timeline.drawSoon();
  append(timeline, 'x');
  expect(textOf(timeline.rows.value[0]!.item.value)).toBe('');
  timeline.put(answer('m1', 'xy'));
  timeline.drawSoon();
  const [row] = timeline.rows.value;
  expect([textOf(row!.item.value), row!.streaming.value]).toEqual(['xy', false]);
});

test('a growing item keeps its row, so that only its own text is drawn anew', () => {
  const timeline = new Timeline();
  timeline.reset([question('m0', 'Hi')]);
  timeline.put(answer('m1', ''), true);
  timeline.draw();
  const rows = timeline.rows.value;
  append(timeline, 'x');
  vi.advanceTimersByTime(40);
  expect(timeline.rows.value).toBe(rows);
});

test('nothing is left to draw after the end', () => {
  const timeline = new Timeline();
  timeline.put(answer('m1', ''), true);
  timeline.draw();
  append(timeline, 'x');
  timeline.settle();
  expect(vi.getTimerCount()).toBe(0);
});

test('what has come to an end before there was anything of it goes, as on the server (protocol.md §8)', () => {
  const timeline = new Timeline();
  const common = { thread_id: 'thr_1', created_at: '2026-03-01T10:00:00Z' };
  const work = (id: string, workflow: object) =>
    ({ type: 'workflow', id, workflow: { type: 'reasoning', expanded: false, tasks: [], ...workflow }, ...common }) as ThreadItem; // prettier-ignore
  const picture = (id: string, image?: object) =>
    ({ type: 'generated_image', id, ...(image && { image }), ...common }) as ThreadItem;
  timeline.put(work('whole', {}));
  for (const item of [
    work('begun', {}),
    work('told', { summary: { duration: 1 } }),
    work('done', { tasks: [{ type: 'thought', content: 'Hm.', status_indicator: 'none' }] }),
    picture('blank'),
    picture('half', { id: 'ig_1', url: '/half.png' }),
    answer('silent', ' '),
    answer('said', 'Yes'),
  ])
    timeline.put(item, true);
  timeline.settle();
  expect(timeline.items.map(({ id }) => id)).toEqual(['whole', 'told', 'done', 'half', 'said']);
});

test('a hidden item that becomes a visible one gets its row, in place', () => {
  const timeline = new Timeline();
  timeline.reset([
    question('m0', 'Hi'),
    { ...answer('m1', ''), type: 'end_of_turn' } as unknown as ThreadItem,
    answer('m2', 'b'),
  ]);
  expect(timeline.rows.value.map((row) => row.id)).toEqual(['m0', 'm2']);
  timeline.put(answer('m1', 'a'));
  timeline.drawSoon();
  expect(timeline.rows.value.map((row) => row.id)).toEqual(['m0', 'm1', 'm2']);
});
