/** Footnotes in answers: `[^label]`, and `[^label]: words` (element.md §13, issue 5 "footnotes"). */
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { BlockParser, holdBack } from './blocks';
import { Markdown } from './Markdown';
import { withMarks } from './withMarks';
import { MarksContext } from './marks';

const page = document.createElement('div');
document.body.append(page);

beforeAll(async () => {
  await draw('so[^1]\n\n[^1]: it is');
  expect(page.textContent, 'text until what knows footnotes is there').toBe('so[^1][^1]: it is');
  await vi.waitFor(() => expect(page.querySelector('.md-notes')).not.toBe(null), 20_000);
  await vi.waitFor(
    () => expect(page.querySelector('.md-notes')!.getAttribute('aria-label')).toBe('Footnotes'),
    20_000,
  );
}, 60_000);

afterEach(() => {
  render(null, page);
});

async function draw(source: string, streaming = false): Promise<HTMLElement> {
  await act(() => {
    render(<Markdown source={source} streaming={streaming} />, page);
  });
  return page;
}

const all = (selector: string, from: ParentNode = page) => [...from.querySelectorAll<HTMLElement>(selector)];
const labelled = (one: Element) => [one.getAttribute('role'), one.getAttribute('aria-label')];
const texts = (selector: string) => all(selector).map((one) => one.textContent.trim());

test('they are numbered in the order of their first places, and listed in it at the end', async () => {
  await draw(
    'One[^b], two[^a], one again[^b].\n\n[^a]: Said *second*.\n[^b]: Said first.\n[^c]: Nobody asked.\n\nThe end.',
  );
  expect(texts('.md-note')).toEqual(['1', '2', '1']);
  expect(texts('.md-notes > li')).toEqual(['Said first.', 'Said second.']);
  expect(page.querySelector('.md > :last-child')!.className).toBe('md-notes');
  expect(page.querySelector('.md-notes em')!.textContent).toBe('second');
  expect(page.textContent).not.toContain('[^');
});

test('places and ways back are links by name, and focus goes there and back to where it came from', async () => {
  await draw('One[^x], and once more[^x].\n\n[^x]: Said.');
  const places = all('.md-note button');
  expect(places.map((one) => labelled(one))).toEqual([
    ['link', 'Footnote 1'],
    ['link', 'Footnote 1'],
  ]);
  const [note] = all('.md-notes li');
  const back = note!.querySelector('button')!;
  expect(labelled(back)).toEqual(['link', 'Footnote 1: back to the text']);
  back.click();
  expect(document.activeElement).toBe(places[0]);
  places[1]!.click();
  expect(document.activeElement).toBe(note);
  back.click();
  expect(document.activeElement).toBe(places[1]);
});

test('two texts on a page have footnotes of their own', async () => {
  await act(() => {
    render(
      <>
        <Markdown source={'a[^1]\n\n[^1]: First.'} />
        <Markdown source={'b[^1] c[^2]\n\n[^1]: Second.'} />
      </>,
      page,
    );
  });
  expect(texts('.md-notes > li')).toEqual(['First.', 'Second.']);
  all('.md-note button')[1]!.click();
  expect(document.activeElement!.textContent.trim()).toBe('Second.');
  expect(page.textContent).toContain('[^2]');
});

test('while a text grows, a place is text until its footnote comes, and its paragraph stays', async () => {
  await draw('So it is.[^n]\n\nMore', true);
  const [paragraph] = all('p');
  expect(paragraph!.textContent).toBe('So it is.[^n]');
  await draw('So it is.[^n]\n\nMore.\n\n[^n', true);
  expect(texts('p')).toEqual(['So it is.[^n]', 'More.']);
  await draw('So it is.[^n]\n\nMore.\n\n[^n]: Beca', true);
  expect(all('p')[0]).toBe(paragraph);
  expect(paragraph!.textContent).toBe('So it is.1');
  expect(texts('.md-notes > li')).toEqual(['Beca']);
  const [place] = all('.md-note button');
  await draw('So it is.[^n]\n\nMore.\n\n[^n]: Because.\n\nThe end', true);
  expect(all('.md-note button')[0], 'focus there survives').toBe(place);
  await draw('So it is.[^n]\n\nMore.\n\n[^n]: Because.\n\nThe end.');
  expect(all('p')[0]).toBe(paragraph);
  expect(texts('.md-notes > li')).toEqual(['Because.']);
});

test.each([
  ['x\n\n[^1', 'x\n\n'],
  ['x\n\n[^1]', 'x\n\n'],
  ['x\n\n[^1]:', 'x\n\n'],
  ['x\n\n[^1]: y', 'x\n\n[^1]: y'],
  ['x [^1]', 'x [^1]'],
  ['x [^1', 'x '],
])('while %j grows, %j is shown', (text, shown) => {
  expect(holdBack(text)).toBe(shown);
});

test('a footnote goes on in lines below it, and after an empty one further in', async () => {
  await draw('a[^1] b[^2]\n[^1]: One\ngoes on.\n\n    - first\n    - second\n\n[^2]: Two.\n\nNot in it.');
  const [one, two] = all('.md-notes > li');
  expect(all('li', one).map((item) => item.textContent)).toEqual(['first', 'second']);
  expect(one!.textContent).toContain('One');
  expect(one!.textContent).toContain('goes on.');
  expect(two!.textContent.trim()).toBe('Two.');
  expect(texts('.md > p')).toEqual(['a1 b2', 'Not in it.']);
});

test('they may be in headings, lists, tables, quotations, emphasis, and in footnotes', async () => {
  await draw(
    '# h[^1]\n\n- l[^2]\n\n> q[^3]\n\n| a |\n|---|\n| t[^4] |\n\n**b[^5]**\n\n' +
      [1, 2, 3, 4, 5]
        .map((number) => `[^${number}]: N${number}${number === 1 ? '[^6] [^1]' : ''}`)
        .join('\n') +
      '\n[^6]: In another.',
  );
  expect(texts('.md-notes > li')).toEqual(['N16 1', 'N2', 'N3', 'N4', 'N5', 'In another.']);
});

test('what links lead to is known in footnotes and out of them, wherever it stands', async () => {
  await draw(
    'a[^1] [out][in]\n\n[^1]: To [one][out] and [two][below].\n\n    [in]: https://in.example\n' +
      '[^2]: Not asked for.\n[below]: https://below.example\n\n> quoted\n\n[out]: https://out.example',
  );
  expect(all('a').map((one) => `${one.textContent} ${(one as HTMLAnchorElement).host}`)).toEqual([
    'out in.example',
    'one out.example',
    'two below.example',
  ]);
  expect(page.textContent).not.toContain('[');
});

test('a footnote may stand in another, or in a list', async () => {
  await draw(
    'a[^out] b[^in] c[^item]\n\n[^out]: Around.\n\n    [^in]: Inside,\n    and on.\n\n    Around again.\n\n' +
      '- item\n\n  [^item]: Of an item.',
  );
  expect(texts('.md-notes > li')).toEqual(['Around.Around again.', 'Inside,and on.', 'Of an item.']);
  expect(all('p', page.querySelector('.md-notes')!)).toHaveLength(4);
  expect(page.textContent).not.toContain('[');
});

test('the case of a label does not matter, and the first footnote counts', async () => {
  await draw('a[^Note]\n\n[^note]: First.\n[^NOTE]: Second.');
  expect(texts('.md-notes > li')).toEqual(['First.']);
});

test.each([
  'a[^1] without a footnote',
  'code `[^1]`\n\n[^1]: x',
  '\\[^1]\n\n[^1]: x',
  '[^ 1]\n\n[^1]: x',
  '[^]\n\n[^]: x',
  '```\n[^1]\n[^1]: x\n```',
])('%j has no footnotes', async (source) => {
  await draw(source);
  expect(all('.md-note, .md-notes')).toEqual([]);
});

test('within a link there is no other one', async () => {
  await draw('[words[^1]](https://example.com)\n\n[^1]: x');
  expect(page.querySelector('a')!.textContent).toBe('words[^1]');
  expect(all('a button')).toEqual([]);
});

test.each(['__proto__', 'constructor', 'toString'])('%s is a label like any other', async (label) => {
  await draw(`a[^${label}]\n\n[^${label}]: Said.`);
  expect(texts('.md-notes > li')).toEqual(['Said.']);
});

test('signs of sources and footnotes do not disturb each other', async () => {
  const text = 'One[^1]. Two.\n\n[^1]: Note.';
  await act(() => {
    render(
      <MarksContext.Provider value={(mark) => <b>{mark}</b>}>
        <Markdown
          source={withMarks(
            text,
            new Map([
              [5, 7],
              [8, 8],
              [text.length, 9],
            ]),
          )}
        />
      </MarksContext.Provider>,
      page,
    );
  });
  expect(texts('.md-note')).toEqual(['1']);
  expect(texts('.md-notes b')).toEqual(['9']);
  expect(page.textContent).not.toMatch(/[\uFDD0\uFDD1]/);
});

test('places and footnotes without end are read in reasonable time', async () => {
  for (const piece of [
    '[^1] ',
    '[^1]: ',
    '[^1]: x\n',
    '[^1]:\n\n',
    '[^1',
    '[^1]: a[^1]\n',
    '[^',
    '[^1]:\n    ',
    '[^1]: [^1]: ',
    '[^1]: > ',
    '[^1]: - [^1]: ',
    '- [^1]: ',
    '[^1]: [a]: b\n',
  ])
    await draw(piece.repeat(5_000));
  const parser = new BlockParser();
  const many = Array.from({ length: 500 }, (_, one) => `a[^${one}]\n\n[^${one}]: b\n\n`).join('');
  for (let end = 0; end < many.length; end += 50) parser.grow(many.slice(0, end));
}, 60_000);
