/** Marks at places of a text that is Markdown. */
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Markdown } from './Markdown';
import { MarksContext } from './marks';
import { askForRare, rare } from './rare';
import { withMarks } from './withMarks';

const page = document.createElement('div');
document.body.append(page);

beforeAll(async () => {
  askForRare();
  await vi.waitFor(() => expect(rare.value).not.toBeNull(), 20_000);
});

afterEach(() => {
  render(null, page);
});

/** The text with `[n]` where mark n was drawn. */
async function drawn(text: string, places: [number, number][], streaming = false): Promise<string> {
  await act(() => {
    render(
      <MarksContext.Provider value={(mark) => `[${String(mark)}]`}>
        <Markdown source={withMarks(text, new Map(places))} streaming={streaming} />
      </MarksContext.Provider>,
      page,
    );
  });
  return page.textContent;
}

test.each<[string, [number, number][], string]>([
  [
    'One. Two.',
    [
      [4, 0],
      [9, 1],
    ],
    'One.[0] Two.[1]',
  ],
  ['One **bold.** Two', [[13, 0]], 'One bold.[0] Two'],
  ['One **bold.** Two', [[12, 0]], 'One bold.[0] Two'],
  ['One **bold** Two', [[6, 0]], 'One [0]bold Two'],
  ['One', [[99, 0]], 'One[0]'],
  ['One', [[-5, 0]], '[0]One'],
  ['One.\n\nTwo.', [[6, 0]], 'One.[0]Two.'],
  ['😀😀 x', [[2, 0]], '😀😀[0] x'],
  [
    '- one\n- two',
    [
      [5, 0],
      [11, 1],
    ],
    'one[0]two[1]',
  ],
  ['| a |\n|---|\n| b |', [[15, 0]], 'ab[0]'],
])('%j with marks at %j reads %j', async (text, places, shown) => {
  expect(await drawn(text, places)).toBe(shown);
  expect(await drawn(text, places, true)).toBe(shown);
});

test.each<[string, number]>([
  ['`code`', 3],
  ['```js\ncode\n```', 8],
  ['[words](https://example.com/a)', 20],
  ['![words](https://example.com/a.png)', 20],
  ['<b>x</b>', 2],
  ['$a+b$', 3],
  ['&amp;', 3],
])('in %j a mark leaves nothing strange behind', async (text, place) => {
  const shown = await drawn(text, [[place, 7]]);
  expect(shown).not.toMatch(/[\uFDD0\uFDD1]/);
  for (const one of page.querySelectorAll('a, img, button')) {
    for (const { value } of one.attributes) expect(value).not.toMatch(/[\uFDD0\uFDD1]|%EF%B7%9[01]/);
  }
});

test('a text that holds such characters itself cannot draw marks', async () => {
  expect(await drawn('a \uFDD01\uFDD1 b', [[1, 0]])).toBe('a[0] \uFFFD1\uFFFD b');
});
