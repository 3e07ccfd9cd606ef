/** What is being written in each thread: kept while another one is open, and over a reload. */
import type { Attachment, UserMessageTagContent } from '../protocol/generated';
import { Kept, type Shelf } from './shelf';

/** A tag in a draft; its icon is not sent. */
export type DraftTag = UserMessageTagContent & { readonly icon?: string };

/** The text of a draft; the character U+FFFC stands for each of the tags, in order. */
export type Written = { readonly text: string; readonly tags: readonly DraftTag[] };

/** A file on its way into the message, or in it. */
export type DraftAttachment = {
  /** Ours, and the same from the choice of the file until it is sent. */
  readonly localId: string;
  /** What was chosen here; gone after a reload. */
  readonly file?: File;
  /** As the server knows it; only then it can be sent. */
  readonly attachment?: Attachment;
  readonly state: 'uploading' | 'ready' | 'failed';
  /** From 0 to 1; null where nobody can tell. */
  readonly progress: number | null;
  /** Why it failed: a word that the views have words for (state/uploads.ts). */
  readonly error: string | null;
};

/** Everything in the composer of one thread. */
export type DraftParts = {
  readonly written: Written;
  readonly quote: string | null;
  readonly attachments: readonly DraftAttachment[];
  readonly toolId: string | null;
  /** What was chosen; null is the default of the options. */
  readonly modelId: string | null;
};

export const NOTHING: DraftParts = {
  written: { text: '', tags: [] },
  quote: null,
  attachments: [],
  toolId: null,
  modelId: null,
};

/** Drafts that are kept at most. */
const MOST = 30;

export class Drafts {
  /** Those of this chat; what is being uploaded cannot be written down. */
  readonly #live = new Map<string, DraftParts>();
  readonly #kept: Kept;

  constructor(shelf: Shelf) {
    this.#kept = new Kept(shelf, MOST);
  }

  find(place: string): DraftParts {
    return this.#live.get(place) ?? partsOf(this.#kept.find(place));
  }

  /** Keeps a draft; one without anything in it is forgotten. */
  keep(place: string, parts: DraftParts): void {
    this.#live.delete(place);
    if (!isNothing(parts)) this.#live.set(place, parts);
    const attachments = parts.attachments.flatMap(
      ({ state, attachment }) => (state === 'ready' && attachment) || [],
    );
    const kept = { ...parts, attachments };
    this.#kept.keep(place, isNothing(kept) ? null : kept);
  }

  /** All of this chat that are not in the composer now, by their places. A copy. */
  all(): readonly (readonly [place: string, parts: DraftParts])[] {
    return [...this.#live];
  }
}

/** An attachment that the server has already. */
export function uploaded(attachment: Attachment): DraftAttachment {
  return { localId: attachment.id, attachment, state: 'ready', progress: 1, error: null };
}

type Lasting = Omit<DraftParts, 'attachments'> & { readonly attachments: readonly unknown[] };

function isNothing({ written, quote, attachments, toolId, modelId }: Lasting): boolean {
  return !written.text.trim() && !quote && !attachments.length && !toolId && !modelId;
}

/** Others may have written there, and an older version of this. */
function partsOf(kept: unknown): DraftParts {
  const { written, quote, attachments, toolId, modelId } = (kept ?? {}) as Record<string, unknown>;
  const { text, tags } = (written ?? {}) as Record<string, unknown>;
  const string = (value: unknown) => (typeof value === 'string' && value ? value : null);
  const list = (value: unknown) => (Array.isArray(value) ? value : []) as Record<string, unknown>[];
  const named = list(tags).filter((tag) => string(tag['id']) && string(tag['text']));
  const isWhole = (string(text) ?? '').split('\uFFFC').length - 1 === named.length;
  return {
    written: isWhole ? { text: string(text) ?? '', tags: named as unknown as DraftTag[] } : NOTHING.written,
    quote: string(quote),
    attachments: list(attachments)
      .filter((one) => string(one['id']) && string(one['name']))
      .map((one) => uploaded(one as unknown as Attachment)),
    toolId: string(toolId),
    modelId: string(modelId),
  };
}
