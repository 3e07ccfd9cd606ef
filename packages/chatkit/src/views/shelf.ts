/** Where what is being written is kept: in the browser's store for this tab. Where that is forbidden, as long as the page lives. */
import type { Shelf } from '../state/shelf';

/** @param key Its name in the browser's store. */
export function shelfAt(key: string): Shelf {
  let instead: string | null | undefined;
  return {
    read() {
      if (instead !== undefined) return instead;
      try {
        return sessionStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write(text) {
      try {
        if (text === null) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, text);
        instead = undefined;
      } catch {
        instead = text; // full, or switched off
      }
    },
  };
}
