import { expect, test } from 'vitest';
import { wordsOf } from './wordsOf';

test.each([
  ['<p>One &amp; <b>two</b></p>\n<p>three</p>', 'One & two\nthree'],
  ['<head><title>No</title></head><style>p { }</style><!-- no --><h1>Yes</h1>', 'Yes'],
  ['a<br>b<br/>c', 'a\nb\nc'],
  ['<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>', '1\t2\n3'],
  ['<ul>\n <li>one</li>\n <li>two</li>\n</ul>', 'one\ntwo'],
  ['1 < 2 &lt;b&gt;', '1 < 2 <b>'],
  ['<script>alert(1)', ''],
  ['words <!-- that never end', 'words'],
  ['<img src=x onerror=alert(1)>', ''],
])('%s', (html, words) => {
  expect(wordsOf(html)).toBe(words);
});

test('what never ends is over soon', () => {
  for (const one of ['<!--', '<style>', '<a ', '</p ', '</td ', '<'])
    expect(wordsOf(one.repeat(100_000)).length).toBeLessThanOrEqual(one.length * 100_000);
});
