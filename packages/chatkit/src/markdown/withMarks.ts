/** Puts marks into a text that is Markdown, and leaves what it says and how it is built as it is. */
import { START } from './marks';

const END = '\uFDD1';
/** Ends a bare address, which would else go on into the mark. Nobody sees it. */
const BREAK = '\uFEFF';

/** What a line begins with that is not its words. */
const PREFIX = /^(?:[ \t>|]|[-+*][ \t]+(?:\[[ x]\][ \t]+)?|\d{1,9}[.)][ \t]+|#{1,6}[ \t]+)*/i;
/** Lines without words: rules, underlines of headings, rows of dashes in tables, addresses of links. */
const SILENT =
  /^[ >]*(?:(?:[-*_=] *){2,}|=|\|? *:?-+:? *(?:\| *(?::?-+:? *)?)*|\[[^\]^][^\]]*\]: *\S+(?: +["'(].*)?)$/;
/** Past these no line is without words, and nothing within a line is one piece. */
const LONGEST = 500;
/** The next line begins with words. */
const WORDS_NEXT = /^\r?\n[ \t>]*(?![-+*#|`~]|\d{1,9}[.)])[^\s>]/;
const FENCE = /^[ \t>]*(?:[-+*][ \t]+|\d{1,9}[.)][ \t]+)?(`{3,}(?!.*`)|~{3,})/;
/** What is one piece within a line: code, links and pictures, formulas, addresses, signs written as several. */
const PIECE =
  /(`+)(?!`).*?[^`]\1(?!`)|!?\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?|\$\$.+?\$\$|\$[^$\s](?:[^$]*[^$\s])?\$(?!\d)|\\\(.+?\\\)|\\\[.+?\\\]|<[^>\s]+>|https?:\/\/[^\s<]*[^\s<.,:;!?'")*_~]|&#?\w+;|\\[^\w\s]/g;
/** An address that is not in brackets, up to the end. */
const BARE = /(?:^|[^(<]|[^\]]\()(?:https?:\/\/|www\.)[^\s<]*$/;

/** Where a mark goes. Behind code it gets a line of its own, which begins as the lines there do. */
type Spot = { readonly at: number; readonly ownLine: string | null };

/** A block of code, from its first line to the end of its last; `indent` is null while it has none. */
type Fenced = { readonly start: number; readonly end: number; readonly indent: string | null };

/**
 * The text with marks in it. A mark that would fall into code, a link or the like stands behind it; one for which there
 * is no place is left out.
 *
 * @param places Where each mark goes, in characters of the text, counted as Python counts them.
 */
export function withMarks(text: string, places: ReadonlyMap<number, number>): string {
  const clean = text.replace(/[\uFDD0\uFDD1]/g, '\uFFFD');
  const characters = Array.from(clean);
  const fences = fencesOf(clean);
  const spots: (Spot & { mark: number })[] = [];
  let [count, offset] = [0, 0];
  for (const [place, mark] of [...places].sort(([one], [other]) => one - other)) {
    while (count < Math.min(place, characters.length)) offset += characters[count++]!.length;
    const spot = spotOf(clean, offset, fences);
    if (spot) spots.push({ ...spot, mark });
  }
  spots.sort((one, other) => one.at - other.at);

  let marked = '';
  let done = 0;
  for (const [index, { at, ownLine, mark }] of spots.entries()) {
    marked += clean.slice(done, at);
    done = at;
    if (spots[index - 1]?.at !== at) {
      if (ownLine !== null) marked += `\n${ownLine}`;
      else if (BARE.test(clean.slice(Math.max(0, at - LONGEST), at))) marked += BREAK;
    }
    marked += `${START}${String(mark)}${END}`;
    // Else words on the next line would join its line.
    if (ownLine !== null && spots[index + 1]?.at !== at && WORDS_NEXT.test(clean.slice(at)))
      marked += `\n${ownLine.trimEnd()}`;
  }
  return marked + clean.slice(done);
}

/** The place for a mark at or near one; null if there is none. */
function spotOf(text: string, wanted: number, fences: readonly Fenced[]): Spot | null {
  let at = wanted;
  for (;;) {
    // Not behind the line's end, where it would begin a paragraph.
    while (/\s/.test(text[at - 1] ?? '')) at--;
    // Before the stars that end what is bold, behind those that begin it: else they would do neither.
    let stars = at;
    while (/[*_~]/.test(text[stars - 1] ?? '')) stars--;
    if (/\S/.test(text[stars - 1] ?? '')) at = stars;
    else if (stars < at) while (/[*_~]/.test(text[at] ?? '')) at++;

    const fence = fences.find(({ start, end }) => start <= at && at <= end);
    if (fence) return fence.indent === null ? null : { at: fence.end, ownLine: fence.indent };

    const start = at && text.lastIndexOf('\n', at - 1) + 1;
    const end = text.indexOf('\n', at);
    const line = text.slice(start, end < 0 ? undefined : end);
    if (line.length < LONGEST && SILENT.test(line.trimEnd())) {
      if (!start) return null;
      at = start - 1;
      continue;
    }
    return { at: start + placeIn(line, at - start), ownLine: null };
  }
}

/** The place within a line that is no part of something. */
function placeIn(line: string, wanted: number): number {
  const begin = PREFIX.exec(line)![0].length;
  let at = Math.max(wanted, begin);
  // What stands behind a bar of a table belongs to the cell before it; there is none behind the last.
  if (/^[ \t>]*\|/.test(line)) {
    while (at > begin && line[at - 1] === '|') at = Math.max(begin, line.slice(0, at - 1).trimEnd().length);
  }
  const from = Math.max(0, at - LONGEST);
  for (const piece of line.slice(from, at + LONGEST).matchAll(PIECE)) {
    const [first, last] = [from + piece.index, from + piece.index + piece[0].length];
    if (first >= at) break;
    if (at < last) return last;
  }
  return at;
}

function fencesOf(text: string): Fenced[] {
  if (!/`{3}|~{3}/.test(text)) return [];
  const fences: Fenced[] = [];
  let open: { start: number; sign: string } | null = null;
  let start = 0;
  for (const line of text.split('\n')) {
    const end = start + line.trimEnd().length;
    const sign = FENCE.exec(line)?.[1];
    if (!open) {
      if (sign) open = { start, sign };
    } else if (sign?.startsWith(open.sign) && line.trimEnd().endsWith(sign)) {
      fences.push({ start: open.start, end, indent: /^[ \t>]*/.exec(line)![0] });
      open = null;
    }
    start += line.length + 1;
  }
  if (open) fences.push({ start: open.start, end: text.length, indent: null });
  return fences;
}
