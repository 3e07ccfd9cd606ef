/** Reading the list of threads page by page, and changing what stands in it (protocol.md §6). */
import { batch } from '@preact/signals-core';
import { isPage, isThread } from '../protocol/guards';
import { HttpError } from '../transport/errors';
import type { ThreadInfo } from './chat';
import { failureBeside } from './failuresBeside';
import type { History } from './history';
import { threadInfo, type Surroundings } from './signals';

const isPageOfThreads = (value: unknown) => isPage(value, isThread);

export class ThreadList {
  #after: string | undefined;
  #request: AbortController | null = null;

  constructor(
    private readonly around: Surroundings,
    private readonly history: History,
  ) {}

  /** Reads the first page. */
  async read(): Promise<void> {
    await this.#read(undefined);
  }

  async loadMore(): Promise<void> {
    const { hasMore, load } = this.history;
    if (hasMore.value && load.value !== 'loading') await this.#read(this.#after);
  }

  /** Reads the first page again if the list has ever been loaded. */
  async refresh(): Promise<void> {
    if (this.history.threads.value) await this.#read(undefined);
  }

  async rename(threadId: string, title: string): Promise<ThreadInfo> {
    const params = { thread_id: threadId, title };
    const info = threadInfo(await this.around.client.ask('threads.update', params, undefined, isThread));
    this.history.put(info);
    return info;
  }

  async delete(threadId: string): Promise<void> {
    await this.around.client.ask('threads.delete', { thread_id: threadId }).catch((error: unknown) => {
      // Gone already, by another tab: that is what was wanted.
      if (!(error instanceof HttpError && error.status === 404)) throw error as Error;
    });
    this.history.remove(threadId);
  }

  stop(): void {
    this.#request?.abort();
  }

  async #read(after: string | undefined): Promise<void> {
    const { threads, load, failure, hasMore } = this.history;
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    load.value = 'loading';
    failure.value = null;
    try {
      const params = { limit: 20, order: 'desc' as const, ...(after !== undefined && { after }) };
      const page = await this.around.client.ask('threads.list', params, request.signal, isPageOfThreads);
      const read = page.data.map(threadInfo);
      const ids = new Set(read.map((one) => one.id));
      const before = after === undefined ? [] : (threads.value ?? []).filter((one) => !ids.has(one.id));
      batch(() => {
        threads.value = [...before, ...read];
        this.#after = page.after ?? read.at(-1)?.id;
        hasMore.value = page.has_more;
        load.value = 'idle';
      });
    } catch (error) {
      // Overtaken by a newer request, which will say how things are.
      if (request.signal.aborted) return;
      batch(() => {
        load.value = 'failed';
        failure.value = failureBeside(error, 'bad_reply');
      });
      this.around.emit('chatkit.error', { error: error as Error });
      throw error;
    }
  }
}
