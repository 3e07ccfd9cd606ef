/** Which files may be attached: element.md §3.9, line by line. */
import { expect, test } from 'vitest';
import { acceptAttribute, isAccepted, MAX_COUNT, MAX_SIZE, sizeLimit, sortOut } from './accepting';

const file = (name: string, type = '', size = 1) => ({ name, type, size });
const enabled = { enabled: true };

test('without limits of its own: everything, 100 × 1024 × 1024 bytes, 10 files', () => {
  expect(MAX_SIZE).toBe(104_857_600);
  const many = Array.from({ length: 12 }, (_, index) => file(`${String(index)}.bin`));
  expect(sortOut(many, enabled, 0).accepted).toHaveLength(MAX_COUNT);
  expect(sortOut([file('a', '', MAX_SIZE), file('b', '', MAX_SIZE + 1)], enabled, 0)).toEqual({
    accepted: [file('a', '', MAX_SIZE)],
    refused: [{ name: 'b', reason: 'size', size: MAX_SIZE + 1, limit: MAX_SIZE }],
  });
});

test.each([
  ['image/png', 1],
  ['IMAGE/PNG; q=1', 1],
  ['image/jpeg', 2],
  ['text/plain', 3],
  ['', 3],
])('maxSize by type: the most specific match wins (%s)', (type, limit) => {
  expect(sizeLimit(type, { '*': 3, 'image/*': 2, 'image/png': 1 })).toBe(limit);
});

test('maxSize: "" is everything as well, a number is for all types, and what nothing matches has ours', () => {
  expect(sizeLimit('text/plain', { '': 7 })).toBe(7);
  expect(sizeLimit('', { '': 7, 'image/*': 1 })).toBe(7);
  expect(sizeLimit('text/plain', 9)).toBe(9);
  expect(sizeLimit('text/plain', { 'image/*': 1 })).toBe(MAX_SIZE);
  expect(sizeLimit('text/plain', { '*': 0 })).toBe(0);
});

test.each([
  [file('a.png', 'image/png'), true],
  [file('a.webp', 'image/webp'), true],
  [file('notes.MD', ''), true],
  [file('notes.txt', 'text/plain'), false],
  [file('notes', ''), false],
  [file('md', 'text/html'), false],
  [file('a.pdf', 'application/pdf'), true],
])('accept: a type that matches or a listed ending is enough (%j)', (one, passes) => {
  expect(isAccepted(one, { 'image/*': [], 'application/pdf': ['.pdf'], 'text/markdown': ['md'] })).toBe(
    passes,
  );
});

test('accept: nothing said is everything, and so is a star', () => {
  expect(isAccepted(file('a'), undefined)).toBe(true);
  expect(isAccepted(file('a', 'x/y'), { '*/*': [] })).toBe(true);
  expect(isAccepted(file('a', 'x/y'), {})).toBe(false);
});

test('the file dialog is told types and endings', () => {
  expect(acceptAttribute({ 'image/*': [], 'text/markdown': ['md', '.markdown'] })).toBe(
    'image/*,text/markdown,.md,.markdown',
  );
  expect(acceptAttribute(undefined)).toBe('');
  expect(acceptAttribute({ '*/*': ['.x'] })).toBe('');
});

test('maxCount counts what the message has already, and files that are refused take no place', () => {
  const option = { enabled: true, maxCount: 3, accept: { 'image/*': [] } };
  const png = (name: string) => file(name, 'image/png');
  const { accepted, refused } = sortOut([file('no.txt'), png('a'), png('b'), png('c')], option, 1);
  expect(accepted.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(refused).toEqual([
    { name: 'no.txt', reason: 'type' },
    { name: 'c', reason: 'count', limit: 3 },
  ]);
});
