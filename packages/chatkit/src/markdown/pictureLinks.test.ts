/** Which pictures load by themselves, wait for a click, or never load (protocol.md §18). */
import { expect, test } from 'vitest';
import { loadingOf } from './pictureLinks';

const shown = [
  'example.com',
  '*.pictures.example',
  'Bücher.example',
  'cdn.example:8443',
  '127.0.0.1',
  '[::1]',
];

test.each([
  'https://example.com/x.png',
  'http://example.com/x.png',
  '//example.com/x.png',
  'https://EXAMPLE.com/x.png',
  'https://example.com:8443/x.png',
  'https://example.com./x.png',
  'https://img.example.com/x.png',
  'https://a.b.example.com./x.png',
  'https://exa\tmple.com/x.png',
  'https:\\\\example.com\\x.png',
  'https://ｅｘａｍｐｌｅ.com/x.png',
  'https://example。com/x.png',
  'https://pictures.example/x.png',
  'https://a.pictures.example/x.png',
  'https://xn--bcher-kva.example/x.png',
  'https://bücher.example/x.png',
  'https://BÜCHER.example/x.png',
  'https://cdn.example:8443/x.png',
  'https://127.0.0.1:9/x.png',
  'https://0x7f.1/x.png',
  'https://[::1]:9/x.png',
  'https://[0:0:0:0:0:0:0:1]/x.png',
])('%s is from a domain of the list, and loads', (src) => {
  expect(loadingOf(src, shown)).toBe('free');
});

test.each([
  'https://evil.example/example.com/x.png',
  'https://evil.example/?example.com',
  'https://evil.example/#example.com',
  'https://evilexample.com/x.png',
  'https://example.com.evil.example/x.png',
  'https://example.com@evil.example/x.png',
  'https://example.com:443@evil.example/x.png',
  'https://example.com%2eevil.example/x.png',
  'https://evil.example\\@example.com/x.png',
  'https://example.co/x.png',
  'https://com/x.png',
  'https://example.com../x.png',
  'https://еxample.com/x.png', // its first letter is Cyrillic
  'https://bucher.example/x.png',
  'https://cdn.example/x.png',
  'https://cdn.example:8444/x.png',
  'https://a.cdn.example:443/x.png',
  'https://127.0.0.2/x.png',
  'https://[::2]/x.png',
])('%s is not, and never loads', (src) => {
  expect(loadingOf(src, shown)).toBe('never');
});

test.each([
  '',
  ' ',
  '.',
  '*',
  '*.',
  '**.example.com',
  'https://example.com',
  'example.com/pictures',
  'example.com?',
  'example.com#',
  'me@example.com',
  'me:secret@example.com',
  '[example.com',
])('an entry like %j, which is no host, lets nothing through', (entry) => {
  expect(loadingOf('https://example.com/x.png', [entry])).toBe('never');
  expect(loadingOf('https://a.example.com/x.png', [entry])).toBe('never');
});

test.each<[string, readonly string[] | null]>([
  ['https://example.com/x.png', null],
  ['http://127.0.0.1:9/x.png', null],
  ['//example.com/x.png', null],
])('%s waits for a click in a thread that says nothing', (src, domains) => {
  expect(loadingOf(src, domains)).toBe('ask');
});

test.each(['https://example.com/x.png', '//example.com/x.png'])(
  'no picture from elsewhere loads with an empty list, like %s',
  (src) => {
    expect(loadingOf(src, [])).toBe('never');
  },
);

test.each([
  '/x.png',
  'x.png',
  `${location.origin}/x.png`,
  'data:image/png;base64,AAAA',
  `blob:${location.origin}/1`,
])('%s loads in every thread: it sends nothing to anybody else', (src) => {
  for (const domains of [null, [], shown]) expect(loadingOf(src, domains)).toBe('free');
});

test.each([
  'javascript:alert(1)',
  'data:text/html,hi',
  'ftp://example.com/x.png',
  'https://[::1',
  'mailto:a@b',
])('%s is no picture in any thread', (src) => {
  for (const domains of [null, [], shown]) expect(loadingOf(src, domains)).toBe('none');
});
