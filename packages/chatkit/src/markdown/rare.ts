/** What knows formulas and footnotes, which few texts have; until it is there both are shown as they were written. */
import type { Tokens } from 'marked';
import type { ComponentType } from 'preact';
import { onDemand } from './onDemand';

/** A token that knows what draws it. */
export type RareToken = Tokens.Generic & {
  readonly type: 'rare';
  readonly View: ComponentType<{ token: never }>;
};

const { module, ask } = onDemand(() => import('./rareSyntax'));

export { module as rare };

/** Fetches it if the text may need it. */
export function askForRare(text: string): void {
  if (/\$|\\[([]|\[\^/.test(text)) ask();
}
