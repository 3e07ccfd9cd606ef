/** Character references in Markdown text, as CommonMark decodes them: numbers, and the names that people write. */
import { rare } from './rare';

/** Names that most programs write; the others come with the first text that has one. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: '\u00A0',
};

/** The text with its references replaced; what is none stays as it is. */
export function decode(text: string): string {
  if (!text.includes('&')) return text;
  const names = { ...NAMED, ...rare.peek()?.names };
  const reference = /&(?:#(?:x([\da-f]{1,6})|(\d{1,7}))|(\w{2,6}));/gi;
  return text.replace(reference, (whole: string, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(names, name) ? names[name]! : whole;
    const code = hex !== undefined ? parseInt(hex, 16) : Number(decimal);
    const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return valid ? String.fromCodePoint(code) : '\uFFFD';
  });
}
