/** Marks at places of a text that is Markdown: invisible characters that survive the lexer and are drawn as something else. */
import { createContext, type ComponentChildren } from 'preact';

export const START = '\uFDD0';
const MARK = /\uFDD0(\d+)\uFDD1/;

/** Draws the mark with a number. */
export const MarksContext = createContext<((mark: number) => ComponentChildren) | null>(null);

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
