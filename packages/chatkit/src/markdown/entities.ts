/** Character references in Markdown text, as CommonMark decodes them: numbers, and the names that people write. */

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00A0',
  copy: '©',
  reg: '®',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  times: '×',
  deg: '°',
  euro: '€',
  rarr: '→',
  larr: '←',
};

/** The text with its references replaced; what is none stays as it is. */
export function decode(text: string): string {
  if (!text.includes('&')) return text;
  const reference = /&(?:#(?:x([\da-f]{1,6})|(\d{1,7}))|(\w{2,6}));/gi;
  return text.replace(reference, (whole: string, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(NAMED, name) ? NAMED[name]! : whole;
    const code = hex !== undefined ? parseInt(hex, 16) : Number(decimal);
    const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return valid ? String.fromCodePoint(code) : '\uFFFD';
  });
}
