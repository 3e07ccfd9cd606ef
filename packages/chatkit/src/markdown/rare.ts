/** What knows tables, formulas, footnotes and the names of characters, which few texts have; until it is there they are shown as they were written. */
import { signal } from '@preact/signals-core';
import type { Tokens } from 'marked';
import { createContext, type ComponentType } from 'preact';
import { onDemand } from '../onDemand';

/** A token that knows what draws it. */
export type RareToken = Tokens.Generic & {
  /** The lexer itself asks for tables, to see where a quotation ends. */
  readonly type: 'rare' | 'table';
  readonly View: ComponentType<{ token: never }>;
};

const { module, ask } = onDemand(() => import('./rareSyntax'));
const none = signal(null);

export { module as rare, ask as askForRare };

/** Whether a text may hold any of it. */
export const isRare = (text: string): boolean => /[$|]|\\[([]|\[\^|&[a-z]+;/i.test(text);

/** What a text needs of it: nothing, mostly. */
export const rareFor = (text: string): typeof module => (isRare(text) ? module : none);

/** What stands for one text as a whole, whichever of its blocks asks. */
export const TextContext = createContext<object>({});
