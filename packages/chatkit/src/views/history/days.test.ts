import { describe, expect, it } from 'vitest';
import type { ThreadInfo } from '../../state/chat';
import { byDay } from './days';

const thread = (id: string, createdAt: string): ThreadInfo => ({
  id,
  createdAt,
  title: id,
  status: { type: 'active' },
  allowedImageDomains: null,
});

const now = new Date(2026, 10, 23, 9, 0);

describe('days', () => {
  const threads = [
    thread('a', '2026-11-23T08:00:00'),
    thread('b', '2026-11-23T00:10:00'),
    thread('c', '2026-11-22T23:50:00'),
    thread('d', '2026-11-19T12:00:00'),
    thread('e', '2025-01-02T12:00:00'),
  ];

  it('have names that a person would use, in the order of the list', () => {
    const days = byDay(threads, 'en', now);
    expect(days.map((day) => day.label)).toEqual(['Today', 'Yesterday', 'Thursday', 'January 2, 2025']);
    expect(days[0]?.threads.map((one) => one.id)).toEqual(['a', 'b']);
  });

  it('speak the language of the reader', () => {
    expect(byDay(threads, 'de', now).map((day) => day.label)).toEqual([
      'Heute',
      'Gestern',
      'Donnerstag',
      '2. Januar 2025',
    ]);
    // A capital among small letters is none in Georgian.
    expect(byDay(threads, 'ka-GE', now)[0]?.label).toBe('დღეს');
  });

  it('never lie in the future, whatever the clock of the server says', () => {
    expect(byDay([thread('x', '2026-11-25T08:00:00')], 'en', now)[0]?.label).toBe('Today');
  });
});
