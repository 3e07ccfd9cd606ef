/** Where footnotes are in Markdown: `[^label]` in a text, and `[^label]: words` where a line begins. */
import type { Token, TokenizerExtensionFunction } from 'marked';
import { lex } from './blocks';
import { withoutMarks } from './marks';
import { Reference } from './Noted';
import type { RareToken } from './rare';
import { startsNearby } from './startsNearby';

/** A place in the text that has a footnote. */
export type ReferenceToken = RareToken & { readonly refersTo: string };
/** What a footnote says; drawn at the end of the message, not where it was written. */
export type NoteToken = RareToken & { readonly explains: string; readonly body: readonly Token[] };

const LABEL = String.raw`\[\^([^\]\s]{1,100})\]`;
const BEGIN = String.raw` {0,3}${LABEL}:`;
/** Lines that begin something else, and so do not go on with a footnote. */
const OTHER = String.raw` {0,3}(?:\[\^[^\]\s]{1,100}\]:|#{1,6}\s|>|[-+*]\s|\d{1,9}[.)]\s|\x60{3}|~{3}|[-*_]{3}|\|)`;
/** What goes on: the next line, or after empty ones a line that stands further in. */
const NOTE = new RegExp(
  String.raw`^${BEGIN}[ \t]*([^\n]*(?:\n(?!${OTHER})[ \t]*[^\s][^\n]*|\n(?:[ \t]*\n)*(?: {4}|\t)[ \t]*[^\s][^\n]*)*)(?:\n|$)`,
);
const NOTE_BELOW = new RegExp(`(?<=\\n)${BEGIN}`);
const REFERENCE = new RegExp(`^${LABEL}(?!\\()`);

/** Characters; what is further on is no footnote any more. */
const LONGEST = 20_000;

const Nothing = () => null;

const nameOf = (label: string): string => withoutMarks(label).toLowerCase();

/** Footnotes in footnotes would have no end. */
let isInside = false;

const block: TokenizerExtensionFunction = (source) => {
  const found = isInside ? null : NOTE.exec(source.slice(0, LONGEST));
  if (!found) return undefined;
  const [raw, label = '', text = ''] = found;
  isInside = true;
  try {
    const body = lex(text.replace(/^(?: {1,4}|\t)/gm, ''));
    const token: NoteToken = { type: 'rare', raw, explains: nameOf(label), body, View: Nothing };
    return token;
  } finally {
    isInside = false;
  }
};

const inline: TokenizerExtensionFunction = function (source) {
  // A link in a link leads nowhere.
  const found = this.lexer.state.inLink ? null : REFERENCE.exec(source);
  if (!found) return undefined;
  const [raw, label = ''] = found;
  const token: ReferenceToken = { type: 'rare', View: Reference, raw, refersTo: nameOf(label) };
  return token;
};

export const notesSyntax = { block, inline, startBlock: startsNearby('\n\n', NOTE_BELOW) };

/** Leaves out the beginning of a footnote in a growing text: until its colon comes it looks like a place that has one. */
export function holdBackNotes(text: string): string {
  return text.replace(/(^|\n) {0,3}\[\^[^\]\s]{1,100}\]:?$/, '$1');
}
