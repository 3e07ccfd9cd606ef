/** Going on with a turn whose line was lost (extensions.md §2.7). */
import type { ThreadStreamEvent } from '../protocol/generated';
import { isRecord } from '../protocol/guards';
import { inTime, STALL_MS, type Client, type Place } from '../transport/client';
import { isAbort, NetworkError } from '../transport/errors';
import { isOffline } from './failures';
import type { Signals } from './signals';
import type { Timeline } from './timeline';
import type { Opening } from './turn';
import { Backoff, isPassing, wait } from './waiting';

/** Milliseconds until the person is told that the line is down. */
const TELL_AFTER_MS = 3000;

/** Milliseconds for which a start that has got no answer is tried again. */
const START_MS = 30_000;

type Reading = {
  readonly client: Client;
  readonly signals: Signals;
  readonly timeline: Timeline;
  readonly opening: Opening;
  readonly place: Place;
  readonly signal: AbortSignal;
};

type Stream = AsyncGenerator<ThreadStreamEvent[], void, undefined>;

/** What to do each time a stream ends before its turn. One for each turn. */
export class Drops {
  readonly #backoff = new Backoff();
  readonly #since = performance.now();
  #seq = 0;
  /** The turn seems to be over without an answer: the next end is it. */
  #isConfirming = false;
  #sign: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly reading: Reading,
    private readonly reload: () => Promise<void>,
  ) {
    reading.place.heard = () => this.close();
    reading.place.resumable = true;
  }

  /** The line is up, or not needed any more. */
  close(): void {
    clearTimeout(this.#sign);
    this.#sign = undefined;
    this.reading.signals.line.value = 'up';
  }

  /**
   * Waits as long as it makes sense, then tries again.
   *
   * @param error How the last stream ended; null if it just ended, which the end of the server does, too.
   * @returns The next stream, or null when the turn is over and the thread on screen is the server's.
   * @throws NetworkError if nothing was answered.
   */
  async next(error: unknown): Promise<Stream | null> {
    const { client, signals, opening, place, signal } = this.reading;
    // An app's own fetch may have a limit.
    if (isAbort(error) && !signal.aborted) error = new NetworkError('No answer.', place.seq > 0);
    if (place.seq > this.#seq) this.#backoff.reset();
    this.#seq = place.seq;
    if (error !== null && !isPassing(error)) return this.#giveUp(error);
    this.#sign ??= setTimeout(() => this.#tell(), TELL_AFTER_MS);
    // A sign that is there already may have to say something else by now.
    if (signals.line.value !== 'up') this.#tell();
    if (error === null && this.#isConfirming) return null;
    if (error === null && (await this.#isOver())) {
      if (this.reading.timeline.isGrowing) return this.#giveUp(error);
      if (this.#isSettled()) return null;
      // A turn that had nothing to say is known for a while; one that went down with its server is not.
      this.#isConfirming = true;
    } else await wait(this.#backoff.next(), signal);
    place.known = Math.max(place.known, place.seq);
    if (place.seq === 0 && opening.type !== 'threads.attach') {
      // Nothing of it has been heard. By its own id it is not done twice.
      if (performance.now() - this.#since > START_MS)
        throw (error as Error | null) ?? new NetworkError('No answer.', false);
      return client.stream(opening.type, opening.params, signal, place);
    }
    const params = { thread_id: signals.threadId.value ?? '', turn_id: place.turnId, after_seq: place.seq };
    return client.stream('threads.attach', params, signal, place);
  }

  #tell(): void {
    this.reading.signals.line.value = isOffline() ? 'offline' : 'down';
  }

  /** Whether a turn whose stream has ended is not running any more. When nobody can tell, it is sought again. */
  async #isOver(): Promise<boolean> {
    const { client, signals, place, signal } = this.reading;
    const threadId = signals.threadId.value;
    if (threadId === null) return false;
    // A line may be dead at one end only: then it is to be given back.
    const request = new AbortController();
    const end = () => request.abort();
    const clock = setTimeout(end, STALL_MS);
    signal.addEventListener('abort', end);
    try {
      const thread = await client.ask('threads.get_by_id', { thread_id: threadId }, request.signal);
      const active = isRecord(thread) ? thread['active_turn'] : null;
      return !isRecord(active) || active['turn_id'] !== place.turnId;
    } catch (error) {
      return !isPassing(error) && (!isAbort(error) || signal.aborted);
    } finally {
      clearTimeout(clock);
      signal.removeEventListener('abort', end);
    }
  }

  /** Whether something stands below the last question. */
  #isSettled(): boolean {
    const items = this.reading.timeline.items.filter((item) => item.type !== 'end_of_turn');
    return items.at(-1)?.type !== 'user_message';
  }

  /** The turn cannot be read to its end: what was stored is what there is. */
  async #giveUp(error: unknown): Promise<null> {
    const { signal } = this.reading;
    for (;;) {
      try {
        await inTime(this.reload(), false);
        break;
      } catch (failure) {
        if (signal.aborted || !isPassing(failure)) throw failure;
        await wait(this.#backoff.next(), signal);
      }
    }
    if (this.#isSettled()) return null;
    throw new NetworkError('The turn is gone, and there is no answer.', true, { cause: error });
  }
}
