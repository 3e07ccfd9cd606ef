/**
 * The items of the open thread, twice: as plain data that every event changes at once, and as signals that follow a few
 * times a second. Drawing each delta would cost far more than parsing it.
 */
import { batch, signal, type Signal } from '@preact/signals-core';
import type { ThreadItem, ThreadItemUpdate, UserMessageItem } from '../protocol/generated';
import type { Row } from './chat';
import { fold } from './fold';

/** Milliseconds between two drawings of a growing answer: 25 a second, which reads as continuous. */
const DRAW_EVERY_MS = 40;

type Entry = {
  item: ThreadItem;
  growing: boolean;
  readonly shown: Signal<ThreadItem>;
  readonly streaming: Signal<boolean>;
  row: Row;
};

const HIDDEN = new Set<string>([
  'client_tool_call',
  'end_of_turn',
  'hidden_context_item',
  'sdk_hidden_context',
]);
const SECRET = new Set<string>(['hidden_context_item', 'sdk_hidden_context']);

/** Whether there is nothing of an item yet that could be kept; the same as in chatkit/server/keeping.py. */
function isEmpty(item: ThreadItem): boolean {
  if (item.type === 'workflow') return !item.workflow.tasks.length && !item.workflow.summary;
  return item.type === 'assistant_message'
    ? item.content.every((part) => !part.text.trim())
    : item.type === 'generated_image' && !item.image;
}

export class Timeline {
  /** What the views draw, oldest first. */
  readonly rows = signal<readonly Row[]>([]);
  #entries: Entry[] = [];
  #byId = new Map<string, Entry>();
  readonly #changed = new Set<Entry>();
  #reordered = false;
  /** Something other than a delta happened: a person should see that at once. */
  #urgent = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #drawnAt = 0;
  #serial = 0;

  /** Every item held, hidden kinds included, oldest first. */
  get items(): readonly ThreadItem[] {
    return this.#entries.map((entry) => entry.item);
  }

  get oldestId(): string | null {
    return this.#entries.find((entry) => !entry.row.pending)?.item.id ?? null;
  }

  /** Whether anything is still being written. */
  get isGrowing(): boolean {
    return this.#entries.some((entry) => entry.growing);
  }

  /** Holds these items and no others. Draws. */
  reset(items: readonly ThreadItem[]): void {
    this.#entries = [];
    this.#byId.clear();
    this.#changed.clear();
    for (const item of items) this.put(item);
    this.#reordered = true;
    this.draw();
  }

  /** Whether a finished item is more than what is held already. */
  isNews({ id, type }: ThreadItem): boolean {
    return !SECRET.has(type) && this.#byId.get(id)?.growing !== false;
  }

  /** Adds an item at the end, or puts it in the place of the one with its id. */
  put(item: ThreadItem, streaming = false): void {
    // Never meant for a reader, whatever server lets them through (W-9).
    if (SECRET.has(item.type)) return;
    const entry = this.#byId.get(item.id);
    if (entry) {
      if (entry.item.type !== item.type) this.#reordered = true;
      entry.growing = streaming;
      this.#urgent = true;
      this.#change(entry, item);
    } else this.#entries.push(this.#enter(item, streaming));
  }

  /** Applies an update; false if nothing with this id is here. */
  update(itemId: string, update: ThreadItemUpdate): boolean {
    const entry = this.#byId.get(itemId);
    if (entry) this.#change(entry, fold(entry.item, update));
    return !!entry;
  }

  remove(itemId: string): void {
    this.#keep((entry) => entry.item.id !== itemId);
  }

  /** Takes away what comes after an item and returns a way back. */
  removeAfter(itemId: string): () => void {
    const before = this.#entries;
    const end = before.findIndex((entry) => entry.item.id === itemId) + 1;
    const kept = end ? new Set(before.slice(0, end)) : new Set(before);
    this.#keep((entry) => kept.has(entry));
    this.draw();
    return () => {
      for (const entry of before) this.#byId.set(entry.item.id, entry);
      this.#entries = before;
      this.#reordered = true;
      this.draw();
    };
  }

  /** Older items, oldest first; those already held are passed over. */
  prepend(items: readonly ThreadItem[]): void {
    const older = items.filter((item) => !this.#byId.has(item.id) && !SECRET.has(item.type));
    this.#entries = [...older.map((item) => this.#enter(item, false)), ...this.#entries];
    this.draw();
  }

  /** What a person just sent, before the server has it. Draws. */
  putPending(item: UserMessageItem): void {
    this.#entries.push(this.#enter(item, false, true));
    this.draw();
  }

  /** The server's own version of the pending message takes its place, in the same row on screen. */
  confirmPending(item: ThreadItem): void {
    const entry = this.#entries.find((one) => one.row.pending);
    if (!entry) {
      this.put(item);
      return;
    }
    this.#byId.delete(entry.item.id);
    this.#byId.set(item.id, entry);
    entry.row = { ...entry.row, id: item.id, pending: false };
    this.#reordered = true;
    this.#change(entry, item);
  }

  dropPending(): void {
    this.#keep((entry) => !entry.row.pending);
    this.draw();
  }

  /** Ends the streaming of what is still growing, and takes away what is still empty. True if there was any. */
  settle(): boolean {
    const growing = this.#entries.filter((entry) => entry.growing);
    for (const entry of growing) {
      entry.growing = false;
      this.#changed.add(entry);
    }
    this.#keep((entry) => !growing.includes(entry) || !isEmpty(entry.item));
    this.draw();
    return growing.length > 0;
  }

  /** Makes this the thread, keeping the rows of items that have not changed. */
  reconcile(items: readonly ThreadItem[]): void {
    const visible = items.filter((item) => !SECRET.has(item.type));
    const ids = new Set(visible.map((item) => item.id));
    this.#keep((entry) => ids.has(entry.item.id));
    this.#entries = visible.map((item) => {
      const entry = this.#byId.get(item.id);
      if (!entry) return this.#enter(item, false);
      if (JSON.stringify(entry.item) !== JSON.stringify(item)) this.#change(entry, item);
      return entry;
    });
    this.#reordered = true;
    this.draw();
  }

  /** Draws now if the last time is long enough ago, else a little later. */
  drawSoon(): void {
    const wait = this.#drawnAt + DRAW_EVERY_MS - performance.now();
    if (wait <= 0 || this.#reordered || this.#urgent) this.draw();
    else this.#timer ??= setTimeout(() => this.draw(), wait);
  }

  draw(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#urgent = false;
    this.#drawnAt = performance.now();
    batch(() => {
      for (const entry of this.#changed) {
        entry.shown.value = entry.item;
        entry.streaming.value = entry.growing;
      }
      this.#changed.clear();
      if (!this.#reordered) return;
      this.#reordered = false;
      this.rows.value = this.#entries
        .filter((entry) => !HIDDEN.has(entry.item.type))
        .map((entry) => entry.row);
    });
    // The views draw in a microtask of their own. Counting from its end leaves a slow machine time for its reader.
    queueMicrotask(() => (this.#drawnAt = performance.now()));
  }

  #enter(item: ThreadItem, streaming: boolean, pending = false): Entry {
    const shown = signal(item);
    const growing = signal(streaming);
    const key = `row-${String(++this.#serial)}`;
    const row: Row = { key, id: item.id, item: shown, streaming: growing, pending };
    const entry: Entry = { item, growing: streaming, shown, streaming: growing, row };
    this.#byId.set(item.id, entry);
    this.#reordered = true;
    return entry;
  }

  #change(entry: Entry, item: ThreadItem): void {
    entry.item = item;
    this.#changed.add(entry);
  }

  #keep(wanted: (entry: Entry) => boolean): void {
    const kept = this.#entries.filter(wanted);
    if (kept.length === this.#entries.length) return;
    for (const entry of this.#entries) if (!wanted(entry)) this.#byId.delete(entry.item.id);
    this.#entries = kept;
    this.#reordered = true;
  }
}
