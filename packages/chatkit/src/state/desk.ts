/**
 * What is on a person's desk beside the text they write: a quote, attachments, a tool, a model. One for each composer.
 *
 * The views around the field (views/composer/rich/slots.ts) read its signals and call what is below; nothing else
 * changes them. What a message takes from it, and what comes back when it cannot be sent, is decided here alone.
 */
import { batch, computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals-core';
import type { Emit } from '../events';
import type {
  ChatKitOptions,
  ModelOption,
  ToolOption,
  UserMessageContent as WrittenContent,
} from '../options';
import type { UserMessageContent } from '../protocol/generated';
import type { ChatState, Draft } from './chat';
import { Drafts, NOTHING, type DraftAttachment, type DraftParts, type Written } from './drafts';
import type { Shelf } from './shelf';

/** The text field, as the desk sees it. */
export type Field = {
  readonly draft: Written;
  isEmpty(): boolean;
  getContent(): UserMessageContent[];
  /** Shows a text, and forgets what was there before. */
  reset(written?: Written): void;
  /** Replaces the text; the person can undo it. */
  setContent(content: readonly UserMessageContent[]): void;
};

export type DeskSurroundings = {
  readonly state: ChatState;
  readonly options: ReadonlySignal<ChatKitOptions>;
  readonly emit: Emit;
  readonly shelf: Shelf;
};

/** Milliseconds that a draft may be newer than what is kept of it. */
const KEEP_MS = 300;

/** On the wire a tag always has data, and nothing that is only for who writes. */
export function asSent(part: WrittenContent): UserMessageContent {
  if (part.type !== 'input_tag') return part;
  const { type, id, text, group, interactive = false, data = {} } = part;
  return { type, id, text, ...(group && { group }), interactive, data };
}

export class Desk {
  readonly #toolId = signal<string | null>(null);
  readonly #modelId = signal<string | null>(null);
  readonly #isEmpty = signal(true);
  readonly #hasTags = signal(false);
  /** What messages on their way took from here. */
  readonly #taken = new Map<Draft, { place: string; parts: DraftParts; isBack: boolean }>();
  readonly #ends: (() => void)[] = [];
  #field!: Field;
  #place: string | null = null;
  #keeping: ReturnType<typeof setTimeout> | undefined;

  /** The text that the message answers to. */
  readonly quote = signal<string | null>(null);
  /** Changed by attached.ts alone, beside what a message does here. */
  readonly attachments = signal<readonly DraftAttachment[]>([]);
  /** Those of the threads that are not open. */
  readonly drafts: Drafts;
  /** The tool for the next message; null when none is chosen, or the options have it no more. */
  readonly tool: ReadonlySignal<ToolOption | null>;
  /** The model for every message; null when the options have none. */
  readonly model: ReadonlySignal<ModelOption | null>;
  /** There is something to send, and all of it can be sent. */
  readonly isSendable = computed(() => {
    const attachments = this.attachments.value;
    const isReady = attachments.every((one) => one.state === 'ready');
    return isReady && (!this.#isEmpty.value || attachments.length > 0);
  });

  /** There is more than a text: the views around the field have something to show. */
  readonly isRich = computed(
    () => this.#hasTags.value || this.quote.value !== null || this.attachments.value.length > 0,
  );

  /** Takes files into the draft as a person's choice of them would; the attachments view puts itself here. */
  readonly takeFiles = signal<((files: readonly File[]) => void) | null>(null);
  /** Lets the person choose files; the attachments view puts itself here. */
  pickFiles: (() => void) | null = null;
  /** Takes a file out for good; the attachments view puts itself here. */
  dropFile: ((attachment: DraftAttachment) => void) | null = null;
  /** Which files came back as they went, and which the server misses; the attachments view puts itself here. */
  lookThrough:
    ((attachments: readonly DraftAttachment[], error: unknown) => readonly DraftAttachment[]) | null = null;

  constructor(readonly around: DeskSurroundings) {
    const { options, shelf } = around;
    this.drafts = new Drafts(shelf);
    this.tool = computed(() => {
      const id = this.#toolId.value;
      return options.value.composer?.tools?.find((one) => one.id === id) ?? null;
    });
    this.model = computed(() => {
      const models = options.value.composer?.models?.filter((one) => !one.disabled) ?? [];
      const id = this.#modelId.value;
      return models.find((one) => one.id === id) ?? models.find((one) => one.default) ?? models[0] ?? null;
    });
  }

  /**
   * Shows what is kept for the thread that is open, and from then on follows the chat.
   *
   * @param name Tells this chat from others in the page.
   */
  begin(field: Field, name: string): void {
    const { state, options, emit } = this.around;
    this.#field = field;
    this.#follow(() => {
      const { api } = options.value;
      const threadId = state.threadId.value;
      const place = `${name} ${'url' in api ? api.url : 'hosted'} ${threadId ?? ''}`;
      untracked(() => this.#goTo(place, threadId));
    });
    this.#follow(() => {
      this.#parts();
      this.#keepSoon();
    });
    let toolId = this.tool.peek()?.id ?? null;
    this.#follow(() => {
      const now = this.tool.value?.id ?? null;
      if (now === toolId) return;
      toolId = now;
      untracked(() => emit('chatkit.tool.change', { toolId: now }));
    });
    this.#follow(() => {
      const accepted = state.accepted.value;
      untracked(() => this.#forget(accepted));
    });
  }

  // --- what a person does ----------------------------------------------------------------------

  /** The text has changed. */
  changed(): void {
    const { draft } = this.#field;
    this.#isEmpty.value = !draft.text.trim();
    this.#hasTags.value = draft.tags.length > 0;
    this.#keepSoon();
  }

  setQuote(text: string | null): void {
    this.quote.value = text?.trim() ? text.trim() : null;
  }

  /** @param id One of options.composer.tools, or null for none. */
  selectTool(id: string | null): void {
    this.#toolId.value = id;
  }

  /** @param id One of options.composer.models that is not disabled, or null for the default. */
  selectModel(id: string | null): void {
    this.#modelId.value = id;
  }

  /** Puts the last message of the person back into the field. */
  recallLast(): void {
    const last = this.around.state.rows
      .peek()
      .findLast((row) => row.item.peek().type === 'user_message')
      ?.item.peek();
    if (last?.type === 'user_message') this.#field.setContent(last.content);
  }

  // --- what a message does ---------------------------------------------------------------------

  /** Makes a message of everything here, which is gone then, but what stays for the next one. */
  take(content: readonly UserMessageContent[]): Draft {
    const parts = this.#parts();
    const tool = this.tool.peek();
    const draft: Draft = {
      content: content.map(asSent),
      attachments: parts.attachments.flatMap(({ attachment }) => attachment ?? []),
      quotedText: parts.quote,
      toolChoice: tool?.id ?? null,
      model: this.model.peek()?.id ?? null,
    };
    this.#taken.set(draft, { place: this.#place ?? '', parts, isBack: false });
    this.#clear(tool?.persistent);
    return draft;
  }

  /** What is chosen for a message that was written elsewhere; the tool is gone then, unless it stays. */
  takeChoices(): Pick<Draft, 'toolChoice' | 'model'> {
    const tool = this.tool.peek();
    if (!tool?.persistent) this.selectTool(null);
    return { toolChoice: tool?.id ?? null, model: this.model.peek()?.id ?? null };
  }

  /**
   * Nothing is lost: what could not be sent comes back, unless something new has been written there.
   *
   * @param error Why: a file that the server misses cannot be sent as it is.
   */
  putBack(draft: Draft, error?: unknown): void {
    const taken = this.#taken.get(draft);
    if (!taken) return;
    const { place } = taken;
    const attachments = this.lookThrough?.(taken.parts.attachments, error) ?? taken.parts.attachments;
    const parts = { ...taken.parts, attachments };
    const isHere = place === this.#place;
    const there = isHere ? this.#parts() : this.drafts.find(place);
    if (there.written.text.trim() || there.attachments.length) return;
    taken.isBack = true;
    if (isHere) this.#show(parts);
    else this.drafts.keep(place, parts);
  }

  /** A message that went through at the second try is no draft any more. */
  #forget(draft: Draft | null): void {
    const taken = draft && this.#taken.get(draft);
    if (!taken) return;
    this.#taken.delete(draft);
    if (!taken.isBack) return;
    const { parts, place } = taken;
    const rest = { ...NOTHING, modelId: parts.modelId };
    const isSame = (there: DraftParts) =>
      JSON.stringify([there.written, there.quote, there.attachments]) ===
      JSON.stringify([parts.written, parts.quote, parts.attachments]);
    if (place !== this.#place) {
      if (isSame(this.drafts.find(place))) this.drafts.keep(place, rest);
    } else if (isSame(this.#parts())) {
      this.#clear(this.tool.peek()?.persistent);
    }
  }

  #clear(keepsTool = false): void {
    batch(() => {
      this.#field.reset();
      this.quote.value = null;
      this.attachments.value = [];
      if (!keepsTool) this.#toolId.value = null;
    });
    this.keep();
  }

  // --- where it is kept ------------------------------------------------------------------------

  /** Keeps the draft as it is now. */
  keep(): void {
    clearTimeout(this.#keeping);
    if (this.#place !== null) this.drafts.keep(this.#place, this.#parts());
  }

  /** Keeps the draft, and leaves everything alone from then on. */
  end(): void {
    this.keep();
    for (const end of this.#ends) end();
  }

  /** Calls when this is over. */
  onEnd(run: () => void): void {
    this.#ends.push(run);
  }

  #keepSoon(): void {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.keep(), KEEP_MS);
  }

  #goTo(place: string, threadId: string | null): void {
    const before = this.#place;
    if (place === before) return;
    const { state } = this.around;
    const isBegun = before !== null && place === before + (threadId ?? '');
    if (isBegun && state.phase.peek() !== 'idle') {
      // The thread of the message on its way has got its id: the person goes on writing in the same place.
      this.drafts.keep(before, NOTHING);
      for (const taken of this.#taken.values()) if (taken.place === before) taken.place = place;
      this.#place = place;
      this.keep();
      return;
    }
    this.keep();
    this.#place = place;
    this.#show(this.drafts.find(place));
  }

  #parts(): DraftParts {
    return {
      written: this.#field.draft,
      quote: this.quote.value,
      attachments: this.attachments.value,
      toolId: this.#toolId.value,
      modelId: this.#modelId.value,
    };
  }

  #show({ written, quote, attachments, toolId, modelId }: DraftParts): void {
    const field = this.#field;
    batch(() => {
      if (field.draft !== written) field.reset(written);
      this.changed();
      this.quote.value = quote;
      this.attachments.value = attachments;
      this.#toolId.value = toolId;
      this.#modelId.value = modelId;
    });
  }

  #follow(run: () => void): void {
    this.onEnd(effect(run));
  }
}
