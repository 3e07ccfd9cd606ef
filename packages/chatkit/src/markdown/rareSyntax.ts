/** Tables, formulas and footnotes: where they are in a text, and what is drawn of them. Loaded with the first text that may have some. */
import { holdBackMaths, mathsSyntax } from './mathsSyntax';
import { holdBackNotes, notesSyntax } from './notesSyntax';
import { tablesSyntax } from './tablesSyntax';

export { names } from './entityNames';
export { Noted } from './Noted';

/** What the lexer is given to know them. */
export const extensions = {
  block: [mathsSyntax.block, notesSyntax.block, tablesSyntax.block],
  inline: [mathsSyntax.inline, notesSyntax.inline],
  startBlock: [mathsSyntax.startBlock, notesSyntax.startBlock, tablesSyntax.startBlock],
  startInline: [mathsSyntax.startInline],
  childTokens: {},
  renderers: {},
};

/** Leaves out what is half there at the end of a growing text. */
export const holdBackRare = (text: string): string => holdBackNotes(holdBackMaths(text));
