/** The list of threads: loaded page by page, kept true by what happens in the open thread. */
import { batch, signal } from '@preact/signals-core';
import { isPage, isThread } from '../protocol/guards';
import type { Failure, HistoryState, LoadState, ThreadInfo } from './chat';
import { failureOf } from './failures';
import { threadInfo, type Surroundings } from './signals';

const isPageOfThreads = (value: unknown) => isPage(value, isThread);

export class History {
  readonly #open = signal(false);
  readonly #threads = signal<readonly ThreadInfo[] | null>(null);
  readonly #load = signal<LoadState>('idle');
  readonly #failure = signal<Failure | null>(null);
  readonly #hasMore = signal(false);
  readonly running = signal<ReadonlySet<string>>(new Set());
  readonly unread = signal<ReadonlySet<string>>(new Set());
  #after: string | undefined;
  #request: AbortController | null = null;

  constructor(private readonly around: Surroundings) {}

  readonly state: HistoryState = {
    open: this.#open,
    threads: this.#threads,
    load: this.#load,
    failure: this.#failure,
    hasMore: this.#hasMore,
    running: this.running,
    unread: this.unread,
  };

  /** Shows the list, and reads its first page anew behind it. */
  async open(): Promise<void> {
    if (!this.#open.value) {
      this.#open.value = true;
      this.around.emit('chatkit.history.open');
    }
    await this.#read(undefined);
  }

  close(): void {
    if (!this.#open.value) return;
    this.#open.value = false;
    this.around.emit('chatkit.history.close');
  }

  async loadMore(): Promise<void> {
    if (this.#hasMore.value && this.#load.value !== 'loading') await this.#read(this.#after);
  }

  /** Reads the first page again if the list has ever been loaded. */
  async refresh(): Promise<void> {
    if (this.#threads.value) await this.#read(undefined);
  }

  async rename(threadId: string, title: string): Promise<ThreadInfo> {
    const params = { thread_id: threadId, title };
    const info = threadInfo(await this.around.client.ask('threads.update', params, undefined, isThread));
    this.put(info);
    return info;
  }

  async delete(threadId: string): Promise<void> {
    await this.around.client.ask('threads.delete', { thread_id: threadId });
    this.remove(threadId);
  }

  remove(threadId: string): void {
    this.#threads.value = this.#threads.value?.filter((one) => one.id !== threadId) ?? null;
  }

  /** A thread began or changed. An older one that the list has not come to yet stays out of it. */
  put(info: ThreadInfo): void {
    const threads = this.#threads.value;
    if (!threads) return;
    if (this.has(info.id)) this.#threads.value = threads.map((one) => (one.id === info.id ? info : one));
    else if (info.createdAt >= (threads[0]?.createdAt ?? '')) this.#threads.value = [info, ...threads];
  }

  has(threadId: string): boolean {
    return this.#threads.value?.some((one) => one.id === threadId) ?? false;
  }

  /** Another server: nothing of what we know holds there. */
  forget(): void {
    this.#request?.abort();
    batch(() => {
      this.#threads.value = null;
      this.#load.value = 'idle';
      this.#hasMore.value = false;
    });
    if (this.#open.value) void this.open();
  }

  stop(): void {
    this.#request?.abort();
  }

  async #read(after: string | undefined): Promise<void> {
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    this.#load.value = 'loading';
    this.#failure.value = null;
    try {
      const params = { limit: 20, order: 'desc' as const, ...(after !== undefined && { after }) };
      const page = await this.around.client.ask('threads.list', params, request.signal, isPageOfThreads);
      const read = page.data.map(threadInfo);
      const ids = new Set(read.map((one) => one.id));
      const before = after === undefined ? [] : (this.#threads.value ?? []).filter((one) => !ids.has(one.id));
      batch(() => {
        this.#threads.value = [...before, ...read];
        this.#after = page.after ?? read.at(-1)?.id;
        this.#hasMore.value = page.has_more;
        this.#load.value = 'idle';
      });
    } catch (error) {
      // Overtaken by a newer request, which will say how things are.
      if (request.signal.aborted) return;
      batch(() => {
        this.#load.value = 'failed';
        this.#failure.value = failureOf(error);
      });
      this.around.emit('chatkit.error', { error: error as Error });
      throw error;
    }
  }
}
