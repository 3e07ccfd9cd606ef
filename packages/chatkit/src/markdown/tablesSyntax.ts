/** Where tables are in Markdown: a row, a line of dashes with as many cells, and the rows below, up to what begins next. */
import type { Token, TokenizerExtensionFunction } from 'marked';
import type { RareToken } from './rare';
import { startsNearby } from './startsNearby';
import { Table } from './Table';

export type Cell = {
  readonly text: string;
  readonly tokens: Token[];
  readonly header: boolean;
  readonly align: Align;
};
type Align = 'left' | 'center' | 'right' | null;

export type TableToken = RareToken & {
  readonly header: readonly Cell[];
  readonly align: readonly Align[];
  readonly rows: readonly (readonly Cell[])[];
};

/** A line that tells columns. */
const DASHES = String.raw` {0,3}((?:\| *)?:?-+:? *(?:\| *:?-+:? *)*(?:\| *)?)`;
/** Lines that end a table: empty ones, rules, headings, quotations, code, lists. */
const OTHER = [
  String.raw` *\n`,
  String.raw` {0,3}(?:(?:-[\t ]*){3,}|(?:_[\t ]*){3,}|(?:\*[\t ]*){3,})(?:\n|$)`,
  String.raw` {0,3}#{1,6}(?:\s|$)`,
  String.raw` {0,3}>`,
  String.raw`(?: {4}| {0,3}\t)[^\n]`,
  String.raw` {0,3}(?:\x60{3,}[^\x60\n]*|~~~[^\n]*)(?:\n|$)`,
  String.raw` {0,3}(?:[*+-]|1[.)])[ \t]`,
].join('|');
const TABLE = new RegExp(String.raw`^ *([^\n ].*)\n${DASHES}(?:\n((?:(?!${OTHER}).*(?:\n|$))*)\n*|$)`);
const TABLE_BELOW = new RegExp(String.raw`(?<=\n) *[^\n ].*\n${DASHES}(?:\n|$)`);

/** What the lexer would have looked for first. */
const EARLIER = ['newline', 'code', 'fences', 'heading', 'hr', 'blockquote', 'list', 'def'] as const;

const block: TokenizerExtensionFunction = function (source) {
  const found = TABLE.exec(source);
  if (!found) return undefined;
  const { lexer } = this;
  const { rules } = (lexer as unknown as { tokenizer: { rules: Rules } }).tokenizer;
  if (EARLIER.some((name) => rules.block[name].test(source))) return undefined;
  const [whole, head = '', dashes = '', below = ''] = found;
  if (!/[|:]/.test(dashes)) return undefined; // the line below a heading
  const names = cellsOf(head);
  const align = dashes.replace(/^\||\| *$/g, '').split('|').map(alignOf); // prettier-ignore
  if (names.length !== align.length) return undefined;
  const row = (cells: readonly string[], isHeader: boolean): Cell[] =>
    align.map((one, index) => {
      const text = cells[index] ?? '';
      return { text, tokens: lexer.inline(text), header: isHeader, align: one };
    });
  const lines = below.trim() ? below.replace(/\n[ \t]*$/, '').split('\n') : [];
  const header = row(names, true);
  const token: TableToken = {
    type: 'table',
    View: Table,
    raw: whole.replace(/\n+$/, ''),
    header,
    align,
    rows: lines.map((line) => row(cellsOf(line), false)),
  };
  return token;
};

type Rules = { readonly block: Readonly<Record<(typeof EARLIER)[number], RegExp>> };

function alignOf(dashes: string): Align {
  const [, left, right] = /^ *(:?)-+(:?) *$/.exec(dashes) ?? [];
  if (right) return left ? 'center' : 'right';
  return left ? 'left' : null;
}

/** What stands between bars; one behind a backslash is a sign like others. */
function cellsOf(row: string): string[] {
  const cells = row.split(/(?<=(?<!\\)(?:\\\\)*)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
  if (!cells[0]) cells.shift();
  if (cells.length && !cells.at(-1)) cells.pop();
  return cells;
}

export const tablesSyntax = { block, startBlock: startsNearby('\n\n', TABLE_BELOW) };
