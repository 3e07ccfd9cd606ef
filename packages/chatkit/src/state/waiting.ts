/** How long to wait before the next try, and what ends a wait early (extensions.md §2.7). */
import { HttpError, NetworkError } from '../transport/errors';

const FIRST_MS = 250;
const LONGEST_MS = 8000;

/** A quarter of a second, doubling to eight, each up to a fifth shorter or longer so that clients do not come at once. */
export class Backoff {
  #nextMs = FIRST_MS;

  next(): number {
    const waitMs = this.#nextMs * (0.8 + 0.4 * Math.random());
    this.#nextMs = Math.min(2 * this.#nextMs, LONGEST_MS);
    return waitMs;
  }

  reset(): void {
    this.#nextMs = FIRST_MS;
  }
}

/** Whether the same request may get through later: the line, a proxy, a server that starts or is asked too much. */
export function isPassing(error: unknown): boolean {
  if (error instanceof HttpError) return [429, 502, 503, 504].includes(error.status);
  return error instanceof NetworkError;
}

/** Waits; shorter when the network comes back or the page is looked at again. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // Neither is there in Node.
    const { document: page } = globalThis as { document?: Document };
    const network = globalThis as unknown as Partial<Window>;
    const seen = () => {
      if (page?.visibilityState === 'visible') done();
    };
    const done = () => {
      clearTimeout(clock);
      network.removeEventListener?.('online', done);
      page?.removeEventListener('visibilitychange', seen);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const clock = setTimeout(done, ms);
    network.addEventListener?.('online', done);
    page?.addEventListener('visibilitychange', seen);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
