/** The words of HTML, without reading it as a document, which some pages forbid. */
import { decode } from '../../../markdown/entities';

/** What is not for reading; an unfinished one goes on to the end. */
const SILENT = /<!--[^]*?(?:-->|$)|<(style|script|head)\b[^]*?(?:<\/\1\s*>|$)/gi;
const LINE_END = /<(?:br|\/(?:p|div|li|tr|h[1-6]|blockquote|pre|table))\b[^>]*(?:>|$)/gi;
const CELL_END = /<\/t[dh]\b[^>]*(?:>|$)/gi;
const SIGN = /<\/?[a-z!?][^>]*(?:>|$)/gi;

export function wordsOf(html: string): string {
  const lines = html
    .replace(SILENT, '')
    .replace(/\s+/g, ' ')
    .replace(LINE_END, '\n')
    .replace(CELL_END, '\t')
    .replace(SIGN, '')
    .split('\n');
  return decode(lines.map((line) => line.trim()).join('\n'))
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
