/**
 * What happens to the threads of a person, wherever it is done: one stream for all tabs of a browser (extensions.md §2.7).
 *
 * The tabs that can be seen compete for a lock; the one that has it reads `threads.watch` and tells the others.
 */
import type { ReadonlySignal } from '@preact/signals-core';
import type { Thread, WatchEvent } from '../protocol/generated';
import { isRecord } from '../protocol/guards';
import { placeIn, type Client } from '../transport/client';
import { eventOf, marksOf, watchName } from './hearing';
import type { History } from './history';
import type { Page } from './signals';
import { Backoff, isPassing, wait } from './waiting';

/** Threads whose mark is kept, the newest: what was not read among more than these never will be. */
const MOST_UNREAD = 500;

/** What tabs say to each other. */
type Message =
  | { readonly kind: 'hello' }
  | {
      readonly kind: 'state';
      readonly running: readonly string[];
      readonly unread: readonly string[];
      /** Nobody has watched for a while. */
      readonly afterGap: boolean;
    }
  | { readonly kind: 'event'; readonly event: WatchEvent }
  | { readonly kind: 'read'; readonly threadId: string };

export type WatchListener = {
  /** The server can be watched. */
  onHeard(): void;
  /** In the open thread a turn has begun or ended. */
  onTurn(threadId: string, turnId: string): void;
  /** The open thread may have changed unheard. */
  onBehind(threadId: string): void;
  onUpdated(thread: Thread): void;
  onDeleted(threadId: string): void;
};

type Around = {
  readonly client: Client;
  readonly page: Page;
  readonly history: History;
  readonly threadId: ReadonlySignal<string | null>;
  /** Reads the list of threads again, if there is one. */
  refresh(): Promise<void>;
};

export class Watching {
  readonly #channel: BroadcastChannel;
  readonly #name: string;
  readonly #endings: (() => void)[];
  /** This tab's part in the competition; null while it is hidden. */
  #term: AbortController | null = null;
  #isLeading = false;
  /** The server cannot be watched. */
  #isOff = false;
  /** This tab knows how things were. */
  #isUpToDate = false;
  /** Something happened to the open thread while nobody could see it. */
  #hasMissed = false;

  constructor(
    private readonly around: Around,
    private readonly listener: WatchListener,
    heard: readonly WatchEvent[] = [],
  ) {
    const { page, threadId } = around;
    this.#name = watchName(page);
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#receive(data as Message);
    // What ran when the last tab was closed is not known to run now.
    around.history.unread.value = new Set(this.#kept().unread);
    if (heard.length) {
      // More may have happened until this hears for itself.
      this.#isUpToDate = true;
      for (const event of heard) this.#apply(event);
      this.#keep();
    }
    this.#endings = [
      page.onVisibility(() => this.#onVisibility()),
      threadId.subscribe((open) => {
        if (open !== null) this.#markRead(open);
      }),
    ];
    this.#onVisibility();
  }

  stop(): void {
    this.#term?.abort();
    this.#term = null;
    for (const end of this.#endings) end();
    this.#channel.close();
  }

  // --- who reads -------------------------------------------------------------------------------

  #onVisibility(): void {
    if (!this.around.page.isVisible()) {
      this.#term?.abort();
      this.#term = null;
      return;
    }
    const open = this.around.threadId.peek();
    if (open !== null) this.#markRead(open);
    if (open !== null && this.#hasMissed) this.listener.onBehind(open);
    this.#hasMissed = false;
    if (this.#term || this.#isOff) return;
    const { signal } = (this.#term = new AbortController());
    const lead = () => this.#lead(signal);
    // Pages that are not served securely have no locks: each of their tabs reads.
    const locks = (navigator as Partial<Navigator>).locks;
    if (locks) locks.request(this.#name, { signal }, lead).catch(() => undefined);
    else void lead();
    this.#post({ kind: 'hello' });
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    this.#isLeading = true;
    while (!signal.aborted && !this.#isOff) {
      try {
        let isFirst = true;
        const place = placeIn('', 0, true);
        for await (const frames of this.around.client.frames('threads.watch', {}, signal, place)) {
          const events = frames.flatMap(eventOf);
          if (isFirst) this.#begin(events);
          else for (const event of events) this.#happened(event);
          if (isFirst) backoff.reset();
          isFirst = false;
        }
      } catch (error) {
        if (!isPassing(error)) this.#isOff = !signal.aborted;
      }
      if (!this.#isOff) await wait(backoff.next(), signal);
    }
    this.#isLeading = false;
  }

  /** The first that a stream says: what runs. What ran before, when we last knew, has ended since. */
  #begin(events: readonly WatchEvent[]): void {
    const running = events.flatMap((event) => (event.type === 'turn.started' ? [event.thread_id] : []));
    const ended = this.#kept().running.filter((id) => !running.includes(id) && !this.#isSeen(id));
    this.#set(running, [...this.around.history.unread.peek(), ...ended]);
    this.#keep();
    this.listener.onHeard();
    this.#tellState(true);
    this.#catchUp();
  }

  #happened(event: WatchEvent): void {
    this.#apply(event);
    this.#keep();
    this.#post({ kind: 'event', event });
  }

  // --- what is heard ---------------------------------------------------------------------------

  #receive(message: Message): void {
    switch (message.kind) {
      case 'hello':
        if (this.#isLeading) this.#tellState(false);
        break;
      case 'state':
        this.#set(message.running, message.unread);
        this.listener.onHeard();
        if (message.afterGap || !this.#isUpToDate) this.#catchUp();
        break;
      case 'event':
        this.#apply(message.event);
        break;
      case 'read':
        this.#without(message.threadId);
        break;
    }
  }

  #apply(event: WatchEvent): void {
    const { history } = this.around;
    const { running, unread } = history;
    switch (event.type) {
      case 'turn.started':
        // One that was begun elsewhere. Does nothing while no list is there.
        if (!history.has(event.thread_id)) this.around.refresh().catch(() => undefined);
        this.#set([...running.peek(), event.thread_id], without(unread.peek(), event.thread_id));
        this.#onTurn(event.thread_id, event.turn_id);
        break;
      case 'turn.ended': {
        const id = event.thread_id;
        this.#set(without(running.peek(), id), [...unread.peek(), ...(this.#isSeen(id) ? [] : [id])]);
        // Another tab does not know that it is on screen here.
        if (this.#isSeen(id)) this.#post({ kind: 'read', threadId: id });
        this.#onTurn(id, event.turn_id);
        break;
      }
      case 'thread.updated':
        this.listener.onUpdated(event.thread);
        break;
      case 'thread.deleted':
        this.#without(event.thread_id);
        this.listener.onDeleted(event.thread_id);
        break;
    }
  }

  #onTurn(threadId: string, turnId: string): void {
    if (this.#isSeen(threadId)) this.listener.onTurn(threadId, turnId);
    else if (this.around.threadId.peek() === threadId) this.#hasMissed = true;
  }

  /** After a time without news the open thread is read again; at first, only if it is being answered. */
  #catchUp(): void {
    const open = this.around.threadId.peek();
    const isRunning = open !== null && this.around.history.running.peek().has(open);
    if (open !== null && (isRunning || this.#isUpToDate)) {
      if (this.around.page.isVisible()) this.listener.onBehind(open);
      else this.#hasMissed = true;
    }
    this.#isUpToDate = true;
  }

  // --- marks -----------------------------------------------------------------------------------

  #isSeen(threadId: string): boolean {
    return this.around.threadId.peek() === threadId && this.around.page.isVisible();
  }

  #markRead(threadId: string): void {
    if (!this.#isSeen(threadId) || !this.around.history.unread.peek().has(threadId)) return;
    this.#without(threadId);
    this.#keep();
    this.#post({ kind: 'read', threadId });
  }

  #without(threadId: string): void {
    const { running, unread } = this.around.history;
    this.#set([...running.peek()], without(unread.peek(), threadId));
  }

  #set(running: readonly string[], unread: readonly string[]): void {
    const { history } = this.around;
    history.running.value = new Set(running);
    history.unread.value = new Set(unread);
  }

  #keep(): void {
    const { running, unread } = this.around.history;
    this.around.page.keep(marksOf([...running.peek()], [...unread.peek()].slice(-MOST_UNREAD)));
  }

  #kept(): { running: readonly string[]; unread: readonly string[] } {
    try {
      const kept: unknown = JSON.parse(this.around.page.recall() ?? '');
      if (isRecord(kept)) return { running: idsIn(kept['running']), unread: idsIn(kept['unread']) };
    } catch {
      // Somebody else's value under our name: as good as none.
    }
    return { running: [], unread: [] };
  }

  #tellState(afterGap: boolean): void {
    const { running, unread } = this.around.history;
    this.#post({ kind: 'state', running: [...running.peek()], unread: [...unread.peek()], afterGap });
  }

  #post(message: Message): void {
    this.#channel.postMessage(message);
  }
}

function without(ids: ReadonlySet<string>, id: string): string[] {
  return [...ids].filter((one) => one !== id);
}

function idsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
