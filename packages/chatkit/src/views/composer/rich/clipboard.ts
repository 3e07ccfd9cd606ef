/** Tags on the clipboard: words to everybody else, and tags again where they are pasted in this page. */
import { wordsOf } from './wordsOf';
import type { EditorHandle } from '../editor/Editor';
import { plain, TAG, type Draft, type Range } from '../editor/model';

/**
 * What was copied last, and the words that stand for it. Kept here and not on the clipboard, where another page could
 * write a tag as well: words that only look like one stay words (element.md §3.14).
 */
let copied: Piece | null = null;

/** A part of a draft, and the words that stand for it. */
export type Piece = Draft & { readonly words: string };

/** Copies, cuts and pastes for a field with tags in it; returns what ends that. */
export function carryTags(editor: EditorHandle): () => void {
  const { box } = editor;
  const stop = new AbortController();
  const { signal } = stop;
  const give = (event: ClipboardEvent): Range | null => {
    const range = editor.selection();
    if (range.start === range.end) return null;
    copied = cutOut(editor.draft, range);
    event.clipboardData!.setData('text/plain', copied.words);
    event.preventDefault();
    return range;
  };
  box.addEventListener('copy', give, { signal });
  box.addEventListener(
    'cut',
    (event) => {
      const range = give(event);
      if (range && box.isContentEditable) editor.edit(range, '');
    },
    { signal },
  );
  box.addEventListener(
    'paste',
    (event) => {
      const data = event.clipboardData!;
      const text = plain(data.getData('text/plain'));
      const piece = text || data.files.length ? copied : asWords(data.getData('text/html'));
      if (!piece?.words || (piece === copied && (!piece.tags.length || text !== piece.words))) return;
      event.preventDefault();
      event.stopPropagation();
      editor.edit(editor.selection(), piece.text, piece.tags);
    },
    { signal, capture: true }, // before the field takes the words
  );
  return () => stop.abort();
}

/** The words of what was copied as HTML alone. */
function asWords(html: string): Piece {
  const text = plain(wordsOf(html));
  return { text, tags: [], words: text };
}

/** What stands in a range of a draft. */
export function cutOut({ text, tags }: Draft, { start, end }: Range): Piece {
  const before = text.slice(0, start).split(TAG).length - 1;
  const part = text.slice(start, end);
  const inside = tags.slice(before, before + part.split(TAG).length - 1);
  let next = 0;
  return { text: part, tags: inside, words: part.replaceAll(TAG, () => `@${inside[next++]?.text ?? ''}`) };
}
