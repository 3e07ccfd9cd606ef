/** Where drafts are kept: in the browser's store for this tab. Where that is forbidden, for as long as the page lives. */
import type { Shelf } from '../../../state/drafts';

/** Composer.tsx looks for it, too. */
const KEY = 'chatkit.drafts';

let instead: string | null | undefined;

export const shelf: Shelf = {
  read() {
    if (instead !== undefined) return instead;
    try {
      return sessionStorage.getItem(KEY);
    } catch {
      return null;
    }
  },
  write(text) {
    try {
      if (text === null) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, text);
      instead = undefined;
    } catch {
      instead = text; // full, or switched off
    }
  },
};
