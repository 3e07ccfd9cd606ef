/**
 * Where maths is in Markdown: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`. Prices are not: an opening dollar touches what follows, a
 * closing one what precedes, and no digit comes after it.
 */
import type { TokenizerExtensionFunction } from 'marked';
import { Maths } from './Maths';
import type { RareToken } from './rare';
import { startsNearby } from './startsNearby';

export type MathsToken = RareToken & {
  readonly tex: string;
  readonly display: boolean;
};

/** Longer ones are shown as text: nobody writes them, and they would keep the page busy. */
const LONGEST = 5_000;

// No beginning stands inside of a formula: a search for its end stops there.
const DISPLAY_SOURCE = String.raw` {0,3}(?:\$\$((?:\\[^]|\$(?!\$)|[^\\$]){1,5000}?)\$\$|\\\[((?:\\[^[\]]|[^\\]){1,5000}?)\\\])[ \t]*(?=\n|$)`;
const DISPLAY = new RegExp(`^${DISPLAY_SOURCE}`);
const DISPLAY_BELOW = new RegExp(`(?<=\\n)${DISPLAY_SOURCE}`);
const INLINE =
  /^(?:\$\$((?:\\[^]|[^\\$])+?)\$\$|\$(?![\s$])((?:\\[^]|[^\\$`])*?(?:\\[^]|[^\\$\s`]))\$(?!\d)|\\\(((?:\\[^()]|[^\\]){1,5000}?)\\\)|\\\[((?:\\[^[\]]|[^\\]){1,5000}?)\\\])/;

const token = (raw: string, tex: string, display: boolean): MathsToken | undefined =>
  tex.trim() && tex.length <= LONGEST && !tex.includes('\n\n')
    ? { type: 'rare', View: Maths, raw, tex: tex.trim(), display }
    : undefined;

const block: TokenizerExtensionFunction = (source) => {
  const found = DISPLAY.exec(source);
  return found ? token(found[0], found[1] ?? found[2] ?? '', true) : undefined;
};

const inline: TokenizerExtensionFunction = (source) => {
  const found = INLINE.exec(source);
  if (!found) return undefined;
  const [raw, double, single, round, square] = found;
  return token(raw, double ?? single ?? round ?? square ?? '', (double ?? square) !== undefined);
};

export const mathsSyntax = {
  block,
  inline,
  startBlock: startsNearby('\n\n', DISPLAY_BELOW),
  startInline: startsNearby('\n', /\$|\\[([]/),
};

/** Leaves out the last formula of a growing text while it has no end. A lone `$` waits only when what follows is TeX. */
export function holdBackMaths(text: string): string {
  const open =
    /(?:\\\((?![^]*\\\))|\\\[(?![^]*\\\])|\$\$(?![^]*\$\$)|(?<![\\$\w])\$(?=[^\s$\d])(?=[^$\n]*[\\^_{])(?![^$\n]*\$))[^]*$/.exec(
      text,
    );
  if (!open || open[0].length > LONGEST) return text;
  const before = text.slice(0, open.index);
  // The end of a formula in dollars looks like a beginning.
  return open[0].startsWith('$$') && (before.match(/\$\$/g)?.length ?? 0) % 2 === 1 ? text : before;
}
