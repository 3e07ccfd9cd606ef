/** Where footnotes are in Markdown: `[^label]` in a text, and `[^label]: words` where a line begins. */
import type { Token, TokenizerExtensionFunction } from 'marked';
import { isEndless, plain } from './blocks';
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
/** Lines that begin something else, another footnote or the address of a link, and so do not go on with a footnote. */
const OTHER = String.raw` {0,3}(?:\[[^\]\n]{1,100}\]:|#{1,6}\s|>|[-+*]\s|\d{1,9}[.)]\s|\x60{3}|~{3}|[-*_]{3}|\|)`;
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

/** Footnotes in footnotes in footnotes: nobody writes more of them, and they would have no end. */
const DEEPEST = 3;
let depth = 0;

const block: TokenizerExtensionFunction = function (source) {
  const found = depth < DEEPEST ? NOTE.exec(source.slice(0, LONGEST)) : null;
  if (!found) return undefined;
  const [raw, label = '', text = ''] = found;
  const { state } = this.lexer;
  const { top } = state;
  depth++;
  state.top = true; // paragraphs are ones in a list, too
  try {
    const inner = text.replace(/^(?: {1,4}|\t)/gm, '');
    // By the same lexer: what links lead to may stand in the footnote or out of it.
    const body = isEndless(inner) ? [plain(inner)] : this.lexer.blockTokens(inner);
    const token: NoteToken = { type: 'rare', raw, explains: nameOf(label), body, View: Nothing };
    return token;
  } finally {
    depth--;
    state.top = top;
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
