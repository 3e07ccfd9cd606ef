/** For the lexer, which asks at every word where the next thing of a kind may begin. */
import type { TokenizerStartFunction } from 'marked';

/** Characters: nothing that begins further on is of interest yet, and there are long texts. */
const NEAR = 5_000;

/** Where a pattern begins before the end of the line or paragraph. */
export const startsNearby =
  (end: string, pattern: RegExp): TokenizerStartFunction =>
  (source) => {
    const near = source.slice(0, NEAR);
    const stop = near.indexOf(end);
    const index = (stop < 0 ? near : near.slice(0, stop)).search(pattern);
    return index < 0 ? undefined : index;
  };
