/** What is sent of an answer (protocol.md §11). */
import { expect, test } from 'vitest';
import type { StructuredInput } from '../../protocol/generated';
import { answerOf } from './answers';

const options = [{ value: 'A' }, { value: 'B' }];
const one: StructuredInput = { type: 'multiple_choice', id: 'q', question: '?', options, multiple: false };
const several: StructuredInput = { ...one, multiple: true };
const free: StructuredInput = { type: 'freeform', id: 'q', question: '?' };

test.each([
  [one, { chosen: ['A'], own: '' }, { values: ['A'], skipped: false }],
  [one, { chosen: ['A'], own: ' mine ' }, { values: ['mine'], skipped: false }],
  [several, { chosen: ['A', 'B'], own: 'mine' }, { values: ['A', 'B', 'mine'], skipped: false }],
  [several, { chosen: [], own: '   ' }, { values: [], skipped: true }],
  [free, { chosen: [], own: 'words\nof mine\n' }, { values: ['words\nof mine'], skipped: false }],
  [free, { chosen: [], own: '' }, { values: [], skipped: true }],
] as const)('%#', (question, entry, sent) => {
  expect(answerOf(question, entry)).toEqual(sent);
});
