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

const EVERYTHING = `# Head

Setext
---

One \`code\` two **bold.** [words](https://example.com/a) ![alt](https://example.com/b.png) &amp; \\* $a+b$ end.
A bare https://example.com/c. And (https://example.com/d) <https://example.com/e> so.

- one
- two
  1. three
     \`\`\`js
     let x = 1;
     \`\`\`
- [x] done

> quoted
> - inside

| Name | Size |
|---|:-:|
| Lamp | 7 |

\`\`\`python
print("**")
\`\`\`

***

[ref][1] and last.

[1]: https://example.com/ref

~~~
end
~~~`;

/** What is drawn, without marks and the lines that only hold them. */
function structure(): string {
  const copy = page.cloneNode(true) as HTMLElement;
  for (const sup of copy.querySelectorAll('sup')) sup.remove();
  for (const line of copy.querySelectorAll('p')) if (!line.textContent.trim()) line.remove();
  copy.normalize();
  const written = new XMLSerializer().serializeToString(copy);
  return written.replaceAll('\uFEFF', '').replace(/ (?:id|for|aria-[a-z]+)="[^"]*"/g, '');
}

test('wherever a mark is put, it is drawn once and nothing else changes', async () => {
  const show = (source: string) =>
    act(() => {
      render(
        <MarksContext.Provider value={(mark) => <sup>{mark}</sup>}>
          <Markdown source={source} />
        </MarksContext.Provider>,
        page,
      );
    });
  await show(EVERYTHING);
  const plain = structure();
  for (let place = 0; place <= EVERYTHING.length; place++) {
    await show(withMarks(EVERYTHING, new Map([[place, 7]])));
    const here = `${String(place)}: ${EVERYTHING.slice(0, place).slice(-20)}|${EVERYTHING.slice(place, place + 10)}`;
    expect(
      [...page.querySelectorAll('sup')].map((sup) => sup.textContent),
      here,
    ).toEqual(['7']);
    expect(page.querySelector('a sup, code sup, button sup'), here).toBeNull();
    expect(structure(), here).toBe(plain);
  }
});

test('marks of one block of code share the line behind it, and none is drawn before it has an end', async () => {
  const code = 'See\n```js\nlet x;\n```\nDone.';
  expect(
    await drawn(code, [
      [12, 0],
      [20, 1],
      [26, 2],
    ]),
  ).toContain('[0][1]Done.[2]');
  expect(page.querySelectorAll('p')).toHaveLength(3);
  expect(await drawn('```js\nlet x;', [[12, 0]], true)).not.toContain('[0]');
});

test('thousands of signs on one line are looked through at once', () => {
  for (const sign of ['[', '`', '$', '|', '| ', '<', '*', '\\(', '- ', '&', '> ', 'http://']) {
    const text = sign.repeat(20_000);
    expect(withMarks(text, new Map([[10_000, 1]])).length).toBeLessThanOrEqual(text.length + 10);
  }
});
