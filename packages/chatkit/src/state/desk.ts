/**
 * What is on a person's desk beside the text they write: a quote, attachments, a tool, a model. One for each composer,
 * fetched when something is written or an option asks for more than a plain field.
 *
 * The views around the field (views/composer/rich/slots.ts) read its signals and call what is below; nothing else
 * changes them. What a message takes from it, and what comes back when it cannot be sent, is decided here alone.
 */
import { batch, computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals-core';
import type { Emit } from '../events';
import type { ChatKitOptions, ModelOption, ToolOption } from '../options';
import type { UserMessageContent } from '../protocol/generated';
import type { ChatState, ComposerValue, Draft } from './chat';
import { asSent, checked, wrong } from './composerValue';
import {
  changed,
  Drafts,
  NOTHING,
  uploaded,
  type DraftAttachment,
  type DraftParts,
  type Written,
} from './drafts';
import { HttpError } from '../transport/errors';
import type { Shelf } from './shelf';

/** Files that came back with a message: which of them are not there is in the server's words, or it may be any. */
function lookedThrough(attachments: readonly DraftAttachment[], error: unknown): readonly DraftAttachment[] {
  if (!(error instanceof HttpError) || error.code !== 'attachment_missing') return attachments;
  const isNamed = ({ attachment }: DraftAttachment) => !!attachment && error.message.includes(attachment.id);
  const isAny = !attachments.some(isNamed);
  return attachments.map((one) =>
    isAny || isNamed(one) ? { ...one, state: 'failed', progress: null, error: 'attachment' } : one,
  );
}

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
  readonly field: Field;
  readonly shelf: Shelf;
  /** Tells this chat from others in the page. */
  readonly name: string;
  /** The thread that the field belonged to when the desk was called for. */
  readonly threadId: string | null;
};

/** Milliseconds in which what attaches files has been fetched, on any line that is good for something. */
const FETCHED_MS = 30_000;

/** Milliseconds that a draft may be newer than what is kept of it. */
const KEEP_MS = 300;

export class Desk {
  readonly #quote = signal<string | null>(null);
  readonly #attachments = signal<readonly DraftAttachment[]>([]);
  readonly #toolId = signal<string | null>(null);
  readonly #modelId = signal<string | null>(null);
  readonly #isEmpty = signal(true);
  readonly #drafts: Drafts;
  /** What messages on their way took from here. */
  readonly #taken = new Map<Draft, { place: string; parts: DraftParts; isBack: boolean }>();
  readonly #ends: (() => void)[] = [];
  #place: string | null = null;
  #keeping: ReturnType<typeof setTimeout> | undefined;

  /** The text that the message answers to. */
  readonly quote: ReadonlySignal<string | null> = this.#quote;
  readonly attachments: ReadonlySignal<readonly DraftAttachment[]> = this.#attachments;
  /** The tool for the next message; null when none is chosen, or the options have it no more. */
  readonly tool: ReadonlySignal<ToolOption | null>;
  /** The model for every message; null when the options have none. */
  readonly model: ReadonlySignal<ModelOption | null>;
  /** There is something to send, and all of it can be sent. */
  readonly isSendable = computed(() => {
    const attachments = this.#attachments.value;
    const isReady = attachments.every((one) => one.state === 'ready');
    return isReady && (!this.#isEmpty.value || attachments.length > 0);
  });

  /** Takes files into the draft as a person's choice of them would; the attachments view puts itself here. */
  readonly takeFiles = signal<((files: readonly File[]) => void) | null>(null);
  /** Lets the person choose files; the attachments view puts itself here. */
  pickFiles: (() => void) | null = null;
  /** Takes a file out for good; the attachments view puts itself here. */
  dropFile: ((attachment: DraftAttachment) => void) | null = null;

  constructor(private readonly around: DeskSurroundings) {
    const { state, options, emit, field, shelf, name } = around;
    this.#drafts = new Drafts(shelf);
    this.tool = computed(() => {
      const id = this.#toolId.value;
      return options.value.composer?.tools?.find((one) => one.id === id) ?? null;
    });
    this.model = computed(() => {
      const models = options.value.composer?.models?.filter((one) => !one.disabled) ?? [];
      const id = this.#modelId.value;
      return models.find((one) => one.id === id) ?? models.find((one) => one.default) ?? models[0] ?? null;
    });
    this.#isEmpty.value = field.isEmpty();
    const server = computed(() => {
      const { api } = options.value;
      return 'url' in api ? api.url : 'hosted';
    });
    const goTo = (threadId: string | null) =>
      this.#goTo(`${name} ${server.value} ${threadId ?? ''}`, threadId);
    // A message that is on its way, or was since then, has made the thread; nobody has gone to another one.
    const hasSent = state.phase.peek() !== 'idle' || state.accepted.peek() !== null;
    goTo(hasSent ? state.threadId.peek() : around.threadId);
    this.#follow(() => {
      const [threadId] = [state.threadId.value, server.value];
      untracked(() => goTo(threadId));
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
    // Sent before there was a desk, and come back into the field.
    const sent = state.accepted.peek();
    if (sent && JSON.stringify(sent.content) === JSON.stringify(field.getContent())) this.#clear();
    this.#follow(() => {
      const accepted = state.accepted.value;
      untracked(() => this.#forget(accepted));
    });
  }

  // --- what a person does ----------------------------------------------------------------------

  /** The text has changed. */
  changed(isEmpty: boolean): void {
    this.#isEmpty.value = isEmpty;
    this.#keepSoon();
  }

  setQuote(text: string | null): void {
    this.#quote.value = text?.trim() ? text.trim() : null;
  }

  /** @param id One of options.composer.tools, or null for none. */
  selectTool(id: string | null): void {
    this.#toolId.value = id;
  }

  /** @param id One of options.composer.models that is not disabled, or null for the default. */
  selectModel(id: string | null): void {
    this.#modelId.value = id;
  }

  addAttachment(attachment: DraftAttachment): void {
    this.#attachments.value = [...this.#attachments.value, attachment];
  }

  /** Changes an attachment, also one of a draft that was left for another thread; null takes it out. */
  changeAttachment(localId: string, change: Partial<DraftAttachment> | null): void {
    const list = this.#attachments.value;
    this.#attachments.value = changed(list, localId, change);
    if (this.#attachments.value === list) this.#drafts.change(localId, change);
  }

  /** Puts the last message of the person back into the field. */
  recallLast(): void {
    const last = this.around.state.rows
      .peek()
      .findLast((row) => row.item.peek().type === 'user_message')
      ?.item.peek();
    if (last?.type === 'user_message') this.around.field.setContent(last.content);
  }

  // --- what a page does ------------------------------------------------------------------------

  /**
   * Sets the parts of the draft that are given (element.md §4). Nothing is set if one of them cannot be.
   *
   * @throws IntegrationError if a part is not what it should be, or the options do not allow it.
   */
  async setValue(value: ComposerValue): Promise<void> {
    const { text, content, reply, attachments, files, selectedToolId, selectedModelId } = checked(value);
    if (this.around.state.thread.peek()?.status.type === 'closed')
      throw new Error('setComposerValue: this thread is closed.');
    const { api, composer } = this.around.options.peek();
    if (selectedToolId != null && !composer?.tools?.some(({ id }) => id === selectedToolId))
      throw wrong(`there is no tool "${selectedToolId}" in options.composer.tools.`);
    if (
      selectedModelId != null &&
      !composer?.models?.some((one) => one.id === selectedModelId && !one.disabled)
    )
      throw wrong(`there is no model "${selectedModelId}" to choose in options.composer.models.`);
    if (files?.length && !composer?.attachments?.enabled)
      throw wrong('options.composer.attachments is not enabled.');
    if (files?.length && 'url' in api && !api.uploadStrategy)
      throw wrong('options.api.uploadStrategy does not say how files are uploaded.');
    const takeFiles = files?.length ? await this.#whoTakesFiles() : null;
    if (attachments || files) for (const one of this.#attachments.peek()) this.dropFile?.(one);
    batch(() => {
      if (selectedToolId !== undefined) this.selectTool(selectedToolId);
      if (selectedModelId !== undefined) this.selectModel(selectedModelId);
      if (content) this.around.field.setContent(content.map(asSent));
      else if (text !== undefined) this.around.field.setContent([{ type: 'input_text', text }]);
      if (reply !== undefined) this.setQuote(reply);
      if (attachments || files) this.#attachments.value = (attachments ?? []).map(uploaded);
    });
    takeFiles?.(files ?? []);
  }

  #whoTakesFiles(): Promise<(files: readonly File[]) => void> {
    return new Promise((resolve, reject) => {
      const over = () => {
        end();
        clearTimeout(clock);
        reject(new Error('setComposerValue: what attaches files could not be loaded.'));
      };
      const clock = setTimeout(over, FETCHED_MS);
      const end = this.takeFiles.subscribe((take) => {
        if (!take) return;
        resolve(take);
        queueMicrotask(over);
      });
      this.#ends.push(over);
    });
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
    if (!taken) {
      if (this.around.field.isEmpty()) this.around.field.setContent(draft.content);
      return;
    }
    const { place } = taken;
    const parts = { ...taken.parts, attachments: lookedThrough(taken.parts.attachments, error) };
    const isHere = place === this.#place;
    const { written, attachments } = isHere ? this.#parts() : this.#drafts.find(place);
    if (written.text.trim() || attachments.length) return;
    taken.isBack = true;
    if (isHere) this.#show(parts);
    else this.#drafts.keep(place, parts);
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
      if (isSame(this.#drafts.find(place))) this.#drafts.keep(place, rest);
    } else if (isSame(this.#parts())) {
      this.#clear(this.tool.peek()?.persistent);
    }
  }

  #clear(keepsTool = false): void {
    batch(() => {
      this.around.field.reset();
      this.#isEmpty.value = true;
      this.#quote.value = null;
      this.#attachments.value = [];
      if (!keepsTool) this.#toolId.value = null;
    });
    this.keep();
  }

  // --- where it is kept ------------------------------------------------------------------------

  /** Keeps the draft as it is now. */
  keep(): void {
    clearTimeout(this.#keeping);
    if (this.#place !== null) this.#drafts.keep(this.#place, this.#parts());
  }

  /** Keeps the draft, and leaves everything alone from then on. */
  end(): void {
    this.keep();
    for (const end of this.#ends) end();
  }

  #keepSoon(): void {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.keep(), KEEP_MS);
  }

  #goTo(place: string, threadId: string | null): void {
    const before = this.#place;
    if (place === before) return;
    const { state, field } = this.around;
    const isBegun = before !== null && place === before + (threadId ?? '');
    if (isBegun && state.phase.peek() !== 'idle') {
      // The thread of the message on its way has got its id: the person goes on writing in the same place.
      this.#drafts.keep(before, NOTHING);
      for (const taken of this.#taken.values()) if (taken.place === before) taken.place = place;
      this.#place = place;
      this.keep();
      return;
    }
    this.keep();
    this.#place = place;
    const parts = this.#drafts.find(place);
    // The first place was written in before there was a desk.
    if (before !== null || field.isEmpty()) this.#show(parts);
    else this.#show({ ...parts, written: field.draft });
  }

  #parts(): DraftParts {
    return {
      written: this.around.field.draft,
      quote: this.#quote.value,
      attachments: this.#attachments.value,
      toolId: this.#toolId.value,
      modelId: this.#modelId.value,
    };
  }

  #show({ written, quote, attachments, toolId, modelId }: DraftParts): void {
    const { field } = this.around;
    batch(() => {
      if (field.draft !== written) field.reset(written);
      this.#isEmpty.value = field.isEmpty();
      this.#quote.value = quote;
      this.#attachments.value = attachments;
      this.#toolId.value = toolId;
      this.#modelId.value = modelId;
    });
  }

  #follow(run: () => void): void {
    this.#ends.push(effect(run));
  }
}
