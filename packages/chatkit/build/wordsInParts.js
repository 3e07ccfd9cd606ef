/**
 * A build step: one JSON file per locale is the source of its words, and English comes in two parts. `en.json?first` is
 * what a chat can say at once, `en.json?later` the words of views that are fetched when they are opened.
 */
import { readFileSync } from 'node:fs';

/** The beginnings of the keys that only later views use. */
const LATER = [
  'attach.',
  'cancel',
  'close',
  'composer.closed',
  'details',
  'diagram.',
  'dictate.',
  'dismiss',
  'form.',
  'history.',
  'image.',
  'keys.',
  'model.',
  'more',
  'note.',
  'picture.',
  'quote.',
  'rating.',
  'sources.',
  'suggest.',
  'task.',
  'thread.latest',
  'thread.loading',
  'thread.older',
  'tool.',
  'workflow.',
];
/** Failures that are known without an answer of the server, or while it can hardly give one. */
const AT_ONCE = ['network', 'offline', 'interrupted', 'unavailable', 'server'].map(
  (kind) => `failure.${kind}`,
);

/** @returns {import('vite').Plugin} */
export function wordsInParts() {
  return {
    name: 'words-in-parts',
    enforce: 'pre',
    load(id) {
      const [, file, part] = /^(.+\.json)\?(first|later)$/.exec(id) ?? [];
      if (!file) return null;
      this.addWatchFile(file);
      const words = Object.entries(JSON.parse(readFileSync(file, 'utf8')));
      const isLater = (/** @type {string} */ key) =>
        key.startsWith('failure.')
          ? !AT_ONCE.includes(key)
          : LATER.some((beginning) => key.startsWith(beginning));
      const wanted = words.filter(([key]) => isLater(key) === (part === 'later'));
      return { code: `export default ${JSON.stringify(Object.fromEntries(wanted))};`, moduleType: 'js' };
    },
  };
}
