/** Parsing the tail of a growing text ends where parsing the whole text would (frontend-stack.md, risk 1). */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BlockParser, holdBack } from './blocks';
import { askForRare, rare } from './rare';

const corpus = [
  '# Title\n\nA paragraph with **bold**, *em*, `code` and [a link](https://example.com/a_(b)).\nSecond line.',
  '1. one\n2. two\n   - inner\n   - inner two\n\n   still one\n3. three\n\nAfter the list.',
  '- [x] done\n- [ ] open\n\n> quoted\n> more\n\nText',
  '```python\ndef f():\n    return "**not bold**"\n```\n\nafter\n\n~~~\nother fence\n~~~',
  '| a | b |\n| :-- | --: |\n| 1 | 2 |\n| `x|y` | **z** |\n\nafter the table',
  'Setext\n======\n\nOther\n-----\n\n***\n\nend',
  'A [reference][one] and ![alt](data:image/png;base64,AAAA).\n\n[one]: https://example.com "Title"\n',
  'loose\n\n* a\n\n* b\n\n* c\n\ntail',
  'Raw <b>html</b>\n\n<div>\nblock\n</div>\n\nnext',
  'Line one\r\nline two\r\n\r\n- a\r\n- b\r\n',
  'مرحبا **عالم**\n\n1. واحد\n2. اثنان\n',
  'a\\*b\\_c ~~gone~~ https://example.com/path?x=1 me@example.com\n\n    indented code\n\nend',
];

const shape = (blocks: readonly { type: string; raw: string }[]) =>
  blocks.filter(({ type }) => type !== 'space').map(({ type, raw }) => [type, raw.trimEnd()]);

function grown(text: string, cuts: readonly number[]): BlockParser {
  const parser = new BlockParser();
  for (const cut of [...cuts].sort((one, other) => one - other)) parser.grow(text.slice(0, cut));
  return parser;
}

describe('a text that grows', () => {
  it.each(corpus.map((text) => [text]))('%j is, when whole, what it would be at once', (text) => {
    const parser = new BlockParser();
    for (let end = 0; end <= text.length; end++) parser.grow(text.slice(0, end));
    expect(parser.end(text)).toEqual(new BlockParser().end(text));
  });

  it('has the same finished blocks as the whole text, wherever it was cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...corpus), fc.array(fc.nat(400), { maxLength: 20 }), (text, cuts) => {
        const marked = `${text}\n\nThe very last paragraph.`;
        const parser = grown(marked, cuts);
        // A list may turn loose and a reference may be defined at the very end: that is what end() is for.
        const seen = shape(parser.grow(marked));
        const whole = shape(new BlockParser().end(marked));
        expect(seen.at(-1)).toEqual(whole.at(-1));
        expect(seen.map(([, raw]) => raw).join('')).toEqual(whole.map(([, raw]) => raw).join(''));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the objects of finished blocks, so that nothing is drawn twice', () => {
    const parser = new BlockParser();
    const first = parser.grow('# One\n\nTwo\n\nThr');
    const next = parser.grow('# One\n\nTwo\n\nThree');
    expect(next[0]).toBe(first[0]);
  });

  it('never throws and never loses a word, whatever is written', () => {
    const pieces = fc.constantFrom(
      '#',
      '*',
      '**',
      '`',
      '```\n',
      '|',
      '- ',
      '1. ',
      '>',
      '[',
      '](',
      ')',
      '\n',
      '\n\n',
      ' ',
      'word',
      '<b>',
      '\\',
      '~~',
      '$',
      '&amp;',
      '\t',
      'é',
      '🙂',
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 60 }),
        fc.array(fc.nat(200), { maxLength: 8 }),
        (parts, cuts) => {
          const text = parts.join('');
          const parser = grown(text, cuts);
          const raw = parser
            .end(text)
            .map(({ raw }) => raw)
            .join('');
          const words = (one: string) => one.match(/word|é|🙂/gu)?.length ?? 0;
          expect(words(raw)).toBe(words(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a megabyte without a break', 'x'.repeat(1_000_000)],
    ['ten thousand quotation marks', '>'.repeat(10_000) + ' deep'],
    ['ten thousand list marks', '- '.repeat(10_000) + 'deep'],
    ['ten thousand brackets', '['.repeat(10_000)],
    ['a hundred thousand asterisks', '*'.repeat(100_000)],
    ['broken surrogates', '\uD800 \uDFFF **\uD83D**'],
  ])(
    '%s ends',
    (_, text) => {
      const parser = new BlockParser();
      parser.grow(text);
      expect(
        parser
          .end(text)
          .map(({ raw }) => raw)
          .join('').length,
      ).toBeGreaterThan(0);
    },
    10_000,
  );
});

describe('what is half there', () => {
  it.each([
    ['see [the pla', 'see '],
    ['see [the plan](https://exa', 'see '],
    ['an ![image', 'an '],
    ['some `code', 'some `code`'],
    ['some **bold wor', 'some **bold wor**'],
    ['| a | b', ''],
    ['text\n\n| a | b |\n|--', 'text\n\n'],
    // Nothing of a table until what knows tables is there.
    ['text\n\n| a | b |\n|---|---|\n| 1 |', 'text\n\n'],
    ['done.\n- ', 'done.\n'],
    ['```js\nlet a = [1', '```js\nlet a = [1'],
  ])('%j is shown as %j', (text, shown) => {
    expect(holdBack(text)).toBe(shown);
  });

  it.each(['plain words', 'a [link](https://example.com) that is whole', '2 * 3 is six', 'end of *it*.'])(
    '%j is shown as it is',
    (text) => {
      expect(holdBack(text)).toBe(text);
    },
  );

  it('of a table shows the rows that are there, as soon as what knows tables is', async () => {
    askForRare();
    await vi.waitFor(() => expect(rare.value).not.toBeNull(), 60_000);
    const table = 'text\n\n| a | b |\n|---|---|\n| 1 |';
    expect(holdBack(table)).toBe(table);
    expect(holdBack('text\n\n| a | b |\n|--')).toBe('text\n\n');
  }, 60_000);
});
