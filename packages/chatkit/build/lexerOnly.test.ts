/** The cut lexer is marked's own: it makes the same tokens of anything but blocks of raw HTML, which are text here. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { Lexer } from 'marked';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decode } from '../src/markdown/entities';
import { extensions } from '../src/markdown/rareSyntax';
import { tablesSyntax } from '../src/markdown/tablesSyntax';
import { cut } from './lexerOnly.js';

const source = readFileSync(fileURLToPath(import.meta.resolve('marked')), 'utf8');
const folder = mkdtempSync(`${tmpdir()}/chatkit-`);
let CutLexer: typeof Lexer;

beforeAll(async () => {
  writeFileSync(`${folder}/cut.mjs`, cut(source));
  ({ Lexer: CutLexer } = (await import(pathToFileURL(`${folder}/cut.mjs`).href)) as { Lexer: typeof Lexer });
});

afterAll(() => rmSync(folder, { recursive: true }));

// Every kind of block and span, and the pieces that decide where one ends.
const pieces = [
  '# Title\n', 'Setext\n===\n', 'Other\n---\n', '***\n', '> quoted\n', '>> deeper\n', '- item\n', '  - inner\n',
  '1. one\n', '3) three\n', '- [x] done\n', '- [ ] open\n', '```py\n', '```\n', '~~~\n', '    indented\n', '\tx\n',
  '| a | b |\n', 'a | b\n', '| :-- | --: |\n', '-|-\n', ':-:\n', '| a \\| b |\n', '| `x|y` | **z** |\n', '<b>bold</b>', 'a <i>', '</i> b',
  '**', '*', '__', '_', '~~', '~', '`', '``', '[text](https://example.com "title")', '[text]', '[one]: /url "One"\n',
  '[one][]', '![alt](data:image/png;base64,AA==)', '<https://example.com>', 'https://example.com/a_(b)?x=1.',
  'me@example.com', 'www.example.com', '\\*', '\\', '&amp;', '&#65;', '&#38;lt;', 'a <kbd>', '</kbd> b', '  \n', '\n', '\n\n', ' ', 'word', 'naïve', '日本',
  '$', '$$', '$x$', '$$\ny\n$$', '\\(', '\\)', '\\[', '\\]', '\\[\nz\n\\]', '$5',
  '[^1]', '[^1]: note\n', '    more\n',
]; // prettier-ignore
const withoutTables = {
  ...extensions,
  block: extensions.block.filter((one) => one !== tablesSyntax.block),
  startBlock: extensions.startBlock.filter((one) => one !== tablesSyntax.startBlock),
};
const options = () => ({ gfm: true, breaks: true, extensions });

type Seen = { type?: string; raw: string; text: string } | null;

const withoutBoxes = (_: string, value: unknown) =>
  Array.isArray(value) ? (value as Seen[]).flatMap(withoutBox) : value;

/** The box of a task stands among its words; here its item alone has it. */
function withoutBox(token: Seen): Seen[] {
  const [first, ...rest] = (token as { tokens?: Seen[] } | null)?.tokens ?? [];
  if (token?.type === 'checkbox') return [];
  if (token?.type !== 'paragraph' || first?.type !== 'checkbox') return [token];
  const { length } = first.raw;
  const bare = { ...token, raw: token.raw.slice(length), text: token.text.slice(length), tokens: rest };
  return rest.length ? [bare] : [];
}

/**
 * Tables come from outside here, and beside what they are they tell what draws them; references to characters are read when
 * a text is drawn; and no text is kept apart from the next one because an element stands around it.
 */
const asDrawn = (tokens: unknown): unknown =>
  JSON.parse(JSON.stringify(tokens, withoutBoxes), (key, value: unknown) => {
    if (['View', 'codeBlockStyle', 'escaped', 'inRawBlock'].includes(key)) return undefined;
    if (!Array.isArray(value)) return value;
    const drawn: Seen[] = [];
    for (const one of value as Seen[]) {
      const last = drawn.at(-1);
      const text = one?.type === 'text' ? { ...one, text: decode(one.text) } : one;
      if (text?.type !== 'text' || last?.type !== 'text' || 'tokens' in text) drawn.push(text);
      else drawn.splice(-1, 1, { ...last, raw: last.raw + text.raw, text: last.text + text.text });
    }
    return drawn;
  });

it('makes the same tokens of anything as the whole of marked', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 25 }), (parts) => {
      const text = parts.join('');
      const tokens = new CutLexer(options()).lex(text);
      const whole = { ...options(), extensions: withoutTables };
      expect(asDrawn(tokens)).toEqual(asDrawn(new Lexer(whole).lex(text)));
    }),
    { numRuns: 1000 },
  );
}, 60_000);

it.each([
  '<div>\n**bold**\n</div>',
  '<!-- a\n\nb -->',
  '<details>\n<summary>More</summary>\n\n- one\n\n</details>',
  '- item\n  <table>\n  <tr>',
  '> <script>\n> alert(1)\n> </script>',
  '<pre>\n\n    x\n</pre>',
])('loses nothing of %j, and finds no block of HTML in it', (text) => {
  const tokens = new CutLexer(options()).lex(text);
  expect(tokens.map((token) => token.raw).join('')).toBe(text);
  expect(JSON.stringify(tokens)).not.toContain('"block":true');
});

it('has no renderer, and no dialect but the one that is used', () => {
  expect(cut(source)).not.toMatch(/<\/h\$\{|pedantic:\w+[,}]|this\.options\.pedantic/);
});

it('says so when marked has become another shape', () => {
  expect(() => cut('export class Lexer {}')).toThrow('build/lexerOnly.js');
});
