/**
 * Markdown as blocks, parsed on the unfinished tail only: finished blocks are never looked at again while a text grows.
 * When it is whole it is parsed once more, since a link may be defined at the very end.
 */
import { Lexer, type Token, type Tokens } from 'marked';
import { rare } from './rare';

/** Past these, text is shown as it is: no message needs more, and parsers get slow. */
const LONGEST_PARAGRAPH = 10_000;

/** Quotes and lists in quotes and lists, 40 of them; a line of dashes or stars is none. */
const DEEP = /^(?![-* \t]+$)(?:[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])){40}/m;
/** Quotes that begin again and again although nothing ended them. */
const RESTLESS = /(?:^([> ]*)>.*\n(?:(?!\1>).+\n)+){300}/m;
/** Pictures that a text holds itself may be long. */
const HELD_PICTURES = /\(data:[a-z\d+/=;,-]+/gi;

/** Whether reading it would take for ever. */
export const isEndless = (source: string): boolean => DEEP.test(source) || RESTLESS.test(source);

/** The blocks of a text, whole. */
export function lex(source: string): Token[] {
  if (isEndless(source)) return [plain(source)];
  try {
    const known = rare.peek()?.extensions;
    const extensions = { ...known, inline: [calm, ...(known?.inline ?? [])] };
    // What is missing is for renderers.
    return new Lexer({ gfm: true, breaks: true, extensions: extensions as never }).lex(source);
  } catch {
    return [plain(source)];
  }
}

/** Text as it is. */
export const plain = (raw: string): Tokens.Generic => ({ type: 'plain', raw, text: raw });

/** The first of what may stand in a line: text in which nobody looks for emphasis and links. */
const calm = (source: string): Tokens.Generic | undefined =>
  source.replace(HELD_PICTURES, '').length > LONGEST_PARAGRAPH ? plain(source) : undefined;

/** Positions are counted in the text as the parser sees it, which knows one kind of line end. */
function withPlainLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** Grows with a text that grows; parses only what is not finished. Each block keeps its place among them. */
export class BlockParser {
  #source = '';
  #finished: Token[] = [];
  #finishedLength = 0;
  #known = rare.peek();

  /** The blocks of a text that may still grow. */
  grow(text: string): Token[] {
    const source = withPlainLineEnds(text);
    if (!source.startsWith(this.#source) || this.#known !== rare.peek()) {
      this.#finished = [];
      this.#finishedLength = 0;
      this.#known = rare.peek();
    }
    this.#source = source;
    const tokens = lex(holdBack(source.slice(this.#finishedLength)));
    // The last block may go on, and a blank line after it decides nothing yet.
    const open = tokens.splice(tokens.findLastIndex((token) => token.type !== 'space'));
    for (const token of tokens) {
      this.#finished.push(token);
      this.#finishedLength += token.raw.length;
    }
    return [...this.#finished, ...open];
  }

  /** The blocks of the whole text. */
  end(text: string): Token[] {
    return lex(withPlainLineEnds(text));
  }
}

/** Leaves out what would flicker: half a link, half a table head; closes what is open for the moment. */
export function holdBack(tail: string): string {
  const fences = tail.match(/^ {0,3}(?:`{3,}|~{3,})/gm) ?? [];
  if (fences.length % 2 === 1) return tail;
  const without = rare.peek()?.holdBackRare(tail) ?? tail;
  if (without !== tail) return without;
  const table = tableHead(tail);
  if (table >= 0) return tail.slice(0, table);

  const cut = tail.lastIndexOf('\n') + 1;
  let line = tail.slice(cut);
  line = line.replace(/!?\[[^\]\n]*$|!?\[[^\]\n]*\]\([^)\n]*$/, '');
  line = line.replace(/^(\s*)(?:#{1,6}|[-+*]|\d{1,9}[.)])[ \t]*$/, '$1');
  line = line.replace(/(^|\s)[*_~`]{1,3}$/, '$1');
  if ((line.match(/`/g) ?? []).length % 2 === 1) line += '`';
  else if ((line.match(/\*\*/g) ?? []).length % 2 === 1) line = `${line.trimEnd()}**`;
  return tail.slice(0, cut) + line;
}

/**
 * Where a table begins whose line of dashes is not complete: until it is, its first lines mean nothing. Nor do any until
 * what knows tables is there, which is on its way from the first sign of one.
 */
function tableHead(tail: string): number {
  const block = tail.lastIndexOf('\n\n') + 1;
  const head = /^[ \t]*\|[^\n]*(?:\n[ \t|:-]*)?/m.exec(tail.slice(block));
  const isHeld = head && !(rare.peek() && tail.slice(block + head.index + head[0].length));
  return isHeld ? block + head.index : -1;
}
