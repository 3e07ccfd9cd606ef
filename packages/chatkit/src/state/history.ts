/** The list of threads as it is known here, kept true by what happens in the open thread. Reading it is in threads.ts. */
import { batch, signal } from '@preact/signals-core';
import type { Failure, HistoryState, LoadState, ThreadInfo } from './chat';

export class History {
  readonly open = signal(false);
  readonly threads = signal<readonly ThreadInfo[] | null>(null);
  readonly load = signal<LoadState>('idle');
  readonly failure = signal<Failure | null>(null);
  readonly hasMore = signal(false);
  readonly running = signal<ReadonlySet<string>>(new Set());
  readonly unread = signal<ReadonlySet<string>>(new Set());

  readonly state: HistoryState = this;

  remove(threadId: string): void {
    this.threads.value = this.threads.value?.filter((one) => one.id !== threadId) ?? null;
  }

  /** A thread began or changed. An older one that the list has not come to yet stays out of it. */
  put(info: ThreadInfo): void {
    const threads = this.threads.value;
    if (!threads) return;
    if (this.has(info.id)) this.threads.value = threads.map((one) => (one.id === info.id ? info : one));
    else if (info.createdAt >= (threads[0]?.createdAt ?? '')) this.threads.value = [info, ...threads];
  }

  has(threadId: string): boolean {
    return this.threads.value?.some((one) => one.id === threadId) ?? false;
  }

  /** Another server: nothing of what we know holds there. */
  forget(): void {
    batch(() => {
      this.threads.value = null;
      this.load.value = 'idle';
      this.hasMore.value = false;
    });
  }
}
