/** Marks at places of a text that is Markdown: invisible characters that survive the lexer and are drawn as something else. */
import { createContext, type ComponentChildren } from 'preact';

const START = '\uFDD0';
const END = '\uFDD1';
const MARK = /\uFDD0(\d+)\uFDD1/;

/** Draws the mark with a number. */
export const MarksContext = createContext<((mark: number) => ComponentChildren) | null>(null);

/**
 * The text with marks in it.
 *
 * @param places Where each mark goes, in characters of the text, counted as Python counts them.
 */
export function withMarks(text: string, places: ReadonlyMap<number, number>): string {
  const characters = Array.from(text.replace(/[\uFDD0\uFDD1]/g, '\uFFFD'));
  const sorted = [...places].sort(([one], [other]) => other - one);
  for (const [place, mark] of sorted) {
    let at = Math.min(Math.max(0, place), characters.length);
    // Before the stars that end what is bold: behind them, they would end nothing.
    let stars = at;
    while (/^[*_~]$/.test(characters[stars - 1] ?? '')) stars--;
    if (/\S/.test(characters[stars - 1] ?? '')) at = stars;
    // Nor behind the line's end, where it would begin a paragraph.
    while (/\s/.test(characters[at - 1] ?? '')) at--;
    characters.splice(at, 0, `${START}${String(mark)}${END}`);
  }
  return characters.join('');
}

/** What is said without its marks: for code, addresses, and what is copied. */
export function withoutMarks(text: string): string {
  return text.includes(START) ? text.replace(new RegExp(MARK, 'g'), '') : text;
}

/** A text in pieces: words, and the numbers of marks. */
export function atMarks(text: string): (string | number)[] {
  if (!text.includes(START)) return [text];
  return text
    .split(MARK)
    .flatMap((piece, index): (string | number)[] => (index % 2 ? [Number(piece)] : piece ? [piece] : []));
}
