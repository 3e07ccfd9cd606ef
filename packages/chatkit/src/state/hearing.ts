/**
 * Hears whether anything happens to the threads outside of this chat (extensions.md §2.7). A lone tab, and a person who
 * stays in one thread, need no more than this; whatever else there is to know is fetched then (elsewhere.ts).
 */
import type { Thread, WatchEvent } from '../protocol/generated';
import { isRecord, isThread } from '../protocol/guards';
import { placeIn } from '../transport/client';
import type { Frame } from '../transport/sse';
import { threadInfo, type Page } from './signals';
import type { Home } from './threads';

/** The name under which the tabs of a browser compete, and speak to each other. */
export function watchName(page: Page): string {
  return `chatkit.watch ${page.server()}`;
}

/** What is kept: ids of threads that are being answered, and of those with an answer that was not read. */
export function marksOf(running: readonly string[], unread: readonly string[]): string {
  return JSON.stringify({ running, unread });
}

const NO_MARKS = marksOf([], []);

/** The event of a frame; none if it is of a kind that we do not know. */
export function eventOf({ data }: Frame): WatchEvent[] {
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch {
    return [];
  }
  if (!isRecord(event)) return [];
  const isWhole =
    event['type'] === 'thread.updated'
      ? isThread(event['thread'])
      : ['turn.started', 'turn.ended', 'thread.deleted'].includes(event['type'] as string) &&
        typeof event['thread_id'] === 'string';
  return isWhole ? [event as unknown as WatchEvent] : [];
}

/** Shows what a thread is called now, and whether it can be written in. */
export function showUpdate({ history, signals }: Home, changed: Thread): void {
  const info = threadInfo(changed);
  history.put(info);
  if (signals.threadId.value === info.id) signals.thread.value = info;
}

/** Milliseconds until the rest is fetched again, if it could not be had. */
const AGAIN_MS = 8000;

export class Hearing {
  /** What is not for this. */
  readonly #heard: WatchEvent[] = [];
  #isOpen = false;
  #isOver = false;
  #end: (() => void) | undefined;

  constructor(
    private readonly home: Home,
    private readonly page: Page,
    private readonly load = () => import('./elsewhere'),
  ) {
    const locks = (navigator as Partial<Navigator>).locks;
    const name = watchName(page);
    const kept = page.recall() ?? NO_MARKS;
    // Pages that are not served securely have no locks.
    if (!locks || !page.isVisible() || kept !== NO_MARKS) {
      this.open();
      return;
    }
    const request = new AbortController();
    const channel = new BroadcastChannel(name);
    const endVisibility = page.onVisibility(this.open);
    channel.onmessage = this.open;
    this.#end = () => {
      request.abort();
      channel.close();
      endVisibility();
    };
    const alone = async (lock: Lock | null) => {
      if (lock) await this.#read(request.signal);
    };
    void locks.request(name, { ifAvailable: true }, alone).then(this.open, this.open);
  }

  /** Has the rest fetched, which goes on from here. */
  readonly open = (): void => {
    if (this.#isOpen || this.#isOver) return;
    this.#isOpen = true;
    this.load().then(
      ({ watch }) => {
        this.#end?.();
        if (this.#isOver) return;
        const watching = watch(this.home, this.page, this.#heard);
        this.#end = () => watching.stop();
      },
      () => {
        this.#isOpen = false;
        setTimeout(this.open, AGAIN_MS);
      },
    );
  };

  stop(): void {
    this.#isOver = true;
    this.#end?.();
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { home, page } = this;
    const place = placeIn('', 0, true);
    let marks = NO_MARKS;
    for await (const frames of home.around.client.frames('threads.watch', {}, signal, place)) {
      home.learnsToResume();
      for (const event of frames.flatMap(eventOf)) {
        // Who shows no list of threads needs no news of others.
        if (event.type === 'thread.updated') showUpdate(home, event.thread);
        else if (this.#isOpen || !this.#isOwn(event)) this.#heard.push(event);
        else if (event.type !== 'thread.deleted')
          marks = event.type === 'turn.started' ? marksOf([event.thread_id], []) : NO_MARKS;
      }
      page.keep(marks);
      if (this.#heard.length) this.open();
    }
  }

  /** Whether it is what is done here, or nothing that is seen here. */
  #isOwn(event: Exclude<WatchEvent, { type: 'thread.updated' }>): boolean {
    const { home } = this;
    const open = home.signals.threadId.value;
    const isOpen = event.thread_id === open;
    if (event.type === 'thread.deleted') return !isOpen;
    const isOwn = home.read.has(event.turn_id) || home.turn()?.turnId === event.turn_id;
    return isOwn && (isOpen || open === null);
  }
}
