/** Reading the open thread from the server: opening, older pages, reading again (protocol.md §6). */
import { batch } from '@preact/signals-core';
import type { Thread, ThreadItem } from '../protocol/generated';
import { isPage, isRecord, isThread, isThreadItem } from '../protocol/guards';
import { failureBeside } from './failuresBeside';
import { threadInfo, type Signals, type Surroundings } from './signals';
import type { Timeline } from './timeline';

/** Items to ask for at once. More than a screen holds, little enough to be quick. */
const PAGE = 40;

type Slice = { readonly items: ThreadItem[]; readonly cursor: string | null };

/** Of any kind: a newer server may have some that we do not know. */
const isItem = (value: unknown): value is ThreadItem => isRecord(value) && typeof value['id'] === 'string';
const isPageOfItems = (value: unknown) => isPage(value, isItem);

export class Loading {
  /** Where the next older page begins; null when everything is here. */
  #cursor: string | null = null;

  constructor(
    private readonly around: Surroundings,
    private readonly signals: Signals,
    private readonly timeline: Timeline,
    /** Called with each thread that was read, while nothing of it is drawn yet. */
    private readonly onThread: (thread: Thread, isOpened: boolean) => void,
  ) {}

  /** Reads a thread and shows it. Rejects if it cannot be had, or was overtaken by another. */
  async load(threadId: string, signal: AbortSignal): Promise<void> {
    const { signals } = this;
    let thread: Thread;
    let slice: Slice;
    try {
      thread = await this.#thread(threadId, signal);
      slice = await this.#newest(thread, null, signal);
    } catch (error) {
      if (!signal.aborted) signals.loadFailure.value = failureBeside(error, 'gone');
      throw error;
    }
    batch(() => {
      signals.thread.value = threadInfo(thread);
      signals.load.value = 'idle';
      this.#keep(slice);
      this.timeline.reset(slice.items);
      this.onThread(thread, true);
    });
  }

  async loadOlder(signal: AbortSignal): Promise<void> {
    const { signals } = this;
    const threadId = signals.threadId.value;
    if (threadId === null || !signals.hasOlder.value || signals.older.value === 'loading') return;
    signals.older.value = 'loading';
    try {
      const slice = await this.#page(threadId, this.#cursor, signal);
      batch(() => {
        signals.older.value = 'idle';
        this.#keep(slice);
        this.timeline.prepend(slice.items);
      });
    } catch (error) {
      if (signal.aborted) return;
      batch(() => {
        signals.older.value = 'failed';
        signals.loadFailure.value = failureBeside(error, 'gone');
      });
      this.around.emit('chatkit.error', { error: error as Error });
      throw error;
    }
  }

  /** Reads what is shown again, and changes only what differs. Null if something else is shown by then. */
  async refresh(threadId: string, signal: AbortSignal): Promise<Thread | null> {
    let thread: Thread;
    let slice: Slice;
    try {
      thread = await this.#thread(threadId, signal);
      slice = await this.#newest(thread, this.timeline.oldestId, signal);
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
    if (this.signals.threadId.value !== threadId) return null;
    batch(() => {
      this.signals.thread.value = threadInfo(thread);
      this.signals.load.value = 'idle';
      if (this.signals.older.value !== 'failed') this.signals.loadFailure.value = null;
      this.#keep(slice);
      this.timeline.reconcile(slice.items);
      this.onThread(thread, false);
    });
    return thread;
  }

  #keep({ cursor }: Slice): void {
    this.#cursor = cursor;
    this.signals.hasOlder.value = cursor !== null;
  }

  #thread(threadId: string, signal: AbortSignal): Promise<Thread> {
    const { client } = this.around;
    return inTime(client.ask('threads.get_by_id', { thread_id: threadId }, signal, isThread), signal);
  }

  /** The newest items of a thread, back to one that must be among them if it still exists. */
  async #newest(thread: Thread, backTo: string | null, signal: AbortSignal): Promise<Slice> {
    // The page inside the thread holds the oldest items: useless unless it holds all of them.
    if (!thread.items.has_more) return { items: this.#known(thread.items.data), cursor: null };
    let slice = await this.#page(thread.id, null, signal);
    while (backTo !== null && slice.cursor !== null && !slice.items.some((item) => item.id === backTo)) {
      const older = await this.#page(thread.id, slice.cursor, signal);
      slice = { items: [...older.items, ...slice.items], cursor: older.cursor };
    }
    return slice;
  }

  async #page(threadId: string, after: string | null, signal: AbortSignal): Promise<Slice> {
    const params = {
      thread_id: threadId,
      limit: PAGE,
      order: 'desc' as const,
      ...(after !== null && { after }),
    };
    const { client } = this.around;
    const page = await inTime(client.ask('items.list', params, signal, isPageOfItems), signal);
    const cursor = page.has_more ? (page.after ?? page.data.at(-1)?.id ?? null) : null;
    return { items: this.#known(page.data).reverse(), cursor };
  }

  /** A newer server may have kinds of items that we cannot draw. */
  #known(items: readonly ThreadItem[]): ThreadItem[] {
    return items.filter((item) => {
      if (isThreadItem(item)) return true;
      this.around.emit('chatkit.log', {
        name: 'item.unknown',
        data: { type: (item as { type?: unknown }).type },
      });
      return false;
    });
  }
}

/** An answer, unless the thread was left before it came; an app's fetch may have kept the signal to itself. */
async function inTime<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const isLate = () => {
    if (signal.aborted) throw new DOMException('The thread was left before it was loaded.', 'AbortError');
  };
  return answer.finally(isLate);
}
