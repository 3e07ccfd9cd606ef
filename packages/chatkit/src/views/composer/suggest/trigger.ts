/** What is being typed behind an `@` or a `/`. */
import { TAG, type Range } from '../editor/model';

export type Sign = '@' | '/';

/** The range holds the sign and all up to the caret. */
export type Trigger = { readonly sign: Sign; readonly range: Range; readonly query: string };

/** Keyboards of some scripts write them wide. */
const signs: Readonly<Record<string, Sign>> = { '@': '@', '＠': '@', '/': '/', '／': '/' };

/** A sign counts at the start of a word: `me@example.org` and `1/2` ask for nothing. */
const pattern = new RegExp(`(?:^|[\\s${TAG}("'“‘«「（])([@＠/／])([^\\s${TAG}]*)$`, 'u');

/** Reads the text before the caret; null if nothing is asked for there. */
export function triggerBefore(text: string, caret: number): Trigger | null {
  const [, typed, query] = pattern.exec(text.slice(0, caret)) ?? [];
  const sign = signs[typed ?? ''];
  if (!sign || query === undefined) return null;
  return { sign, range: { start: caret - query.length - 1, end: caret }, query };
}

/** For comparing what is typed with what is meant: without case and accents. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
