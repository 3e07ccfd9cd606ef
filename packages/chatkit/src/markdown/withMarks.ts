/** Puts marks into a text. */
import { START } from './marks';

const END = '\uFDD1';

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
