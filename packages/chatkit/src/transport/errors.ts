/**
 * What can go wrong between here and the server; `error.name` tells them apart, in `chatkit.error` too.
 *
 * Error
 * ├── HttpError       the server answered with a status that is not 2xx
 * ├── NetworkError    no answer, or the answer broke off
 * ├── ReplyError      an answer that is not ChatKit's
 * └── StreamError     the turn failed and said so, by an `error` event
 */

/** The server refused or failed. `code` is the machine-readable one of the body, if it had one (protocol.md §1.4). */
export class HttpError extends Error {
  override name = 'HttpError';

  /** `retryAfter` in seconds. */
  constructor(
    message: string,
    readonly status: number,
    readonly code: string | null,
    readonly retryAfter: number | null,
  ) {
    super(message);
  }
}

/** The server could not be reached, or the connection was lost. `started` is true when some of the answer had arrived. */
export class NetworkError extends Error {
  override name = 'NetworkError';

  constructor(
    message: string,
    readonly started: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The address answered, but not as a ChatKit server does: a sign-in page, a proxy's words, half a reply. */
export class ReplyError extends Error {
  override name = 'ReplyError';
}

/** An `error` event (protocol.md §4). `message` is the server's own words when it sent some. */
export class StreamError extends Error {
  override name = 'StreamError';

  constructor(
    readonly code: string,
    readonly words: string | null,
    readonly allowRetry: boolean,
  ) {
    super(words ?? `The response failed (${code}).`);
  }
}

/** Whether something stopped because we asked it to. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
