/** The draft as a flat list of text and tags, and what can be done to it. No DOM: see dom.ts. */
import type { UserMessageContent } from '../../../protocol/generated';

/** The icon is for the eyes of who writes; it is not sent. */
export type Tag = Extract<UserMessageContent, { type: 'input_tag' }> & { readonly icon?: string };

/** One character stands for one tag, so that positions are plain offsets and a tag goes as a whole. */
export const TAG = '\uFFFC';

/** `text` with a TAG for each of `tags`, in order. */
export type Draft = { readonly text: string; readonly tags: readonly Tag[] };

export type Range = { readonly start: number; readonly end: number };

export const EMPTY: Draft = { text: '', tags: [] };

/** Reads what a message is made of. */
export function draftFrom(content: readonly UserMessageContent[]): Draft {
  return {
    text: content.map((part) => (part.type === 'input_tag' ? TAG : plain(part.text))).join(''),
    tags: content.filter((part): part is Tag => part.type === 'input_tag'),
  };
}

/** The draft as a message: no empty texts, outer white space cut. */
export function contentOf({ text, tags }: Draft): UserMessageContent[] {
  const content: UserMessageContent[] = [];
  text
    .trim()
    .split(TAG)
    .forEach((piece, index) => {
      const tag = tags[index - 1];
      if (index > 0 && tag) content.push(tag);
      if (piece) content.push({ type: 'input_text', text: piece });
    });
  return content;
}

/** Puts text, and the tags it stands for, in place of a range. */
export function replace(draft: Draft, { start, end }: Range, text: string, tags: readonly Tag[] = []): Draft {
  const before = count(draft.text.slice(0, start));
  const gone = count(draft.text.slice(start, end));
  return {
    text: draft.text.slice(0, start) + text + draft.text.slice(end),
    tags: [...draft.tags.slice(0, before), ...tags, ...draft.tags.slice(before + gone)],
  };
}

/** Text from elsewhere: line ends made one kind, and no character that means a tag here. */
export function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n').replaceAll(TAG, '').replaceAll('\0', '');
}

function count(text: string): number {
  return text.split(TAG).length - 1;
}

type Step = { readonly draft: Draft; readonly caret: Range };

/** Undo and redo. Typing within a second is one step. */
export class History {
  #past: Step[] = [];
  #future: Step[] = [];
  #typedAt = NaN;

  /** Remembers how it was before a change. `typing` joins quick changes into one. */
  remember(before: Step, typing: boolean, nowMs: number): void {
    const joins = typing && nowMs - this.#typedAt < 1000 && this.#past.length > 0;
    this.#typedAt = typing ? nowMs : NaN;
    this.#future = [];
    if (!joins) this.#past = [...this.#past.slice(-199), before];
  }

  undo(present: Step): Step | null {
    return this.#move(this.#past, this.#future, present);
  }

  redo(present: Step): Step | null {
    return this.#move(this.#future, this.#past, present);
  }

  clear(): void {
    this.#past = [];
    this.#future = [];
  }

  #move(from: Step[], to: Step[], present: Step): Step | null {
    const step = from.pop();
    if (!step) return null;
    to.push(present);
    this.#typedAt = NaN;
    return step;
  }
}
