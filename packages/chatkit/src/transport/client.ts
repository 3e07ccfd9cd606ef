/** Speaks to the server: one POST per operation, answered with JSON or with events (protocol.md §1.1). */
import type { ChatKitReq, ThreadStreamEvent } from '../protocol/generated';
import { isRecord, isThreadStreamEvent } from '../protocol/guards';
import { HttpError, NetworkError, ReplyError } from './errors';
import { SseParser, type Frame } from './sse';

/** Where requests go. `fetch` is the app's own, if it has one. */
export type Endpoint = { readonly url: string; readonly fetch?: typeof fetch };

/** Read anew for every request, so that changed options hold from the next one on. */
export type ClientSettings = {
  endpoint(): Endpoint;
  /** The resolved locale, as one tag. */
  locale(): string;
  log(name: string, data: Record<string, unknown>): void;
};

/** The parameters of an operation. */
export type Params<Type extends ChatKitReq['type']> = Extract<ChatKitReq, { type: Type }>['params'];

/** How far a turn has been read: what another request needs to go on from there (extensions.md §2.2). */
export type Place = {
  /** Our own name of the turn: posted twice it starts one turn. */
  readonly turnId: string;
  /** The newest frame that was read; 0 while frames have no numbers. */
  seq: number;
  /** What is on screen contains the frames up to here: they are passed over if they come again. */
  known: number;
  /** The server keeps the turn running without its reader, and pings: silence is a dropped line. At first a guess. */
  resumable: boolean;
  /** Something has come, be it a ping. */
  heard?: () => void;
};

export function placeIn(turnId: string, known = 0, resumable = false): Place {
  return { turnId, seq: 0, known, resumable };
}

/** An id like a UUID, also where the page is not served securely. */
export function newTurnId(): string {
  const words = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** Sent along with every request; a server that does not know these fields passes over them (extensions.md §1). */
const ANNOUNCED = { capabilities: ['resume', 'calls'], client: 'chatkit-js/0.1.0' };

/** Milliseconds without a byte after which a line is dead: three times the silence before a ping. */
export const STALL_MS = 45_000;

/**
 * What is waited for.
 *
 * @param started Something of the answer has come before.
 * @throws NetworkError if it does not come within `STALL_MS`.
 */
export function inTime<T>(work: Promise<T>, started: boolean): Promise<T> {
  let clock: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    clock = setTimeout(() => {
      reject(new NetworkError('No answer.', started));
    }, STALL_MS);
  });
  return Promise.race([work, silence]).finally(() => clearTimeout(clock));
}

export class Client {
  constructor(readonly settings: ClientSettings) {}

  /**
   * Asks for something that is answered at once; `isReply` says whether the answer is one.
   *
   * @throws HttpError, NetworkError, ReplyError; an `AbortError` if `signal` was triggered.
   */
  async ask<Type extends ChatKitReq['type'], Reply = unknown>(
    type: Type,
    params: Params<Type>,
    signal?: AbortSignal,
    isReply?: (value: unknown) => value is Reply,
  ): Promise<Reply> {
    let response: Response | undefined;
    let reply: unknown;
    try {
      response = await this.#post(type, params, signal);
      reply = await response.json();
    } catch (cause) {
      if (!response || signal?.aborted) throw cause;
      if (cause instanceof SyntaxError) throw new ReplyError(`The reply to ${type} is not JSON.`, { cause });
      throw new NetworkError(`The reply to ${type} broke off.`, true, { cause });
    } finally {
      this.settings.log('request.end', { type });
    }
    if (isReply && !isReply(reply)) throw new ReplyError(`The reply to ${type} is not valid.`);
    return reply as Reply;
  }

  /**
   * Starts a turn, or reads one, and yields its events, a list for each piece that arrives. Leaving the loop ends the
   * request.
   *
   * Frames that are no event, or that `place` has already, are passed over.
   *
   * @throws the errors of `ask`; after the first frame only NetworkError with `started`.
   */
  async *stream<Type extends ChatKitReq['type']>(
    type: Type,
    params: Params<Type>,
    signal?: AbortSignal,
    place?: Place,
  ): AsyncGenerator<ThreadStreamEvent[], void, undefined> {
    for await (const frames of this.frames(type, params, signal, place)) {
      const events = this.#events(frames, place);
      if (events.length) yield events;
    }
  }

  /** The frames of any stream: a list for each piece that arrives, empty if there is none in it. */
  async *frames<Type extends ChatKitReq['type']>(
    type: Type,
    params: Params<Type>,
    signal?: AbortSignal,
    place?: Place,
  ): AsyncGenerator<Frame[], void, undefined> {
    const request = new AbortController();
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    const cancel = () => {
      request.abort();
      // For an app's fetch that does not pass the signal on: the server should stop all the same.
      reader?.cancel().catch(() => undefined);
    };
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) cancel();
    const parser = new SseParser();
    let started = false;
    const next = <T>(work: Promise<T>) => (place?.resumable ? inTime(work, started) : work);
    try {
      const response = await next(this.#post(type, params, request.signal, place));
      // A sign-in page has status 200 as well. An app's own fetch may leave the type out.
      const contentType = response.headers.get('content-type');
      if (!response.body || (contentType && !contentType.startsWith('text/event-stream'))) {
        throw new ReplyError(`The reply to ${type} is ${String(contentType)}, not a stream.`);
      }
      reader = response.body.getReader();
      for (;;) {
        const { done, value } = await next(reader.read());
        signal?.throwIfAborted();
        if (!done) place?.heard?.();
        const frames = done ? parser.end() : parser.push(value);
        started ||= frames.length > 0;
        yield frames;
        if (done) return;
      }
    } catch (cause) {
      if (signal?.aborted) throw abortError();
      throw reader ? new NetworkError(`The stream of ${type} broke off.`, started, { cause }) : cause;
    } finally {
      this.settings.log('request.end', { type });
      signal?.removeEventListener('abort', cancel);
      // Also when the caller left the loop: without this the server would go on answering.
      cancel();
    }
  }

  async #post(type: string, params: object, signal?: AbortSignal, place?: Place): Promise<Response> {
    const { url, fetch: ownFetch } = this.settings.endpoint();
    this.settings.log('request.start', { type });
    let response: Response;
    try {
      response = await (ownFetch ?? fetch)(url, {
        method: 'POST',
        // A plain object: integrations spread it.
        headers: { 'Content-Type': 'application/json', 'Accept-Language': this.settings.locale() },
        body: JSON.stringify({ type, ...ANNOUNCED, ...(place?.turnId && { turn_id: place.turnId }), params }),
        ...(signal && { signal }),
      });
    } catch (cause) {
      // An app's fetch may give up by itself, which is no end that anybody asked for.
      if (signal?.aborted) throw abortError();
      // Engines word this differently ("Failed to fetch", "Load failed"): it is always this.
      throw new NetworkError(`No answer from ${url}.`, false, { cause });
    }
    // Pages are mostly not type-checked.
    if (!(response as Partial<Response> | undefined)?.headers)
      throw new ReplyError('options.api.fetch gave no Response.');
    if (!response.ok) throw await httpError(response);
    return response;
  }

  #events(frames: readonly Frame[], place?: Place): ThreadStreamEvent[] {
    const events: ThreadStreamEvent[] = [];
    for (const { data, id } of frames) {
      let event: unknown;
      try {
        event = JSON.parse(data);
      } catch {
        this.settings.log('stream.malformed', { data: data.slice(0, 200) });
        continue;
      }
      const seq = Number(id) || 0;
      if (place && seq > place.seq) place.seq = seq;
      if (isThreadStreamEvent(event)) {
        if (!place || isNew(event, seq, place.known)) events.push(event);
      } else this.settings.log('stream.unknown', { type: isRecord(event) ? event['type'] : null });
    }
    return events;
  }
}

/** A snapshot has all of its state under one number, of which a reader may have seen a part: that may come again. */
function isNew({ type }: ThreadStreamEvent, seq: number, known: number): boolean {
  if (!seq || seq > known || STANDING.includes(type)) return true;
  return seq === known && type !== 'thread.item.updated' && type !== 'client_effect';
}

/** What a thread that is loaded does not tell, and does no harm twice. */
const STANDING = ['stream_options', 'progress_update', 'notice', 'error'];

function abortError(): Error {
  return new DOMException('The request was ended.', 'AbortError');
}

/** What an answer that is none says. */
export async function httpError(response: Response): Promise<HttpError> {
  let message = `The server answered with status ${String(response.status)}.`;
  let code: string | null = null;
  try {
    const body: unknown = await response.json();
    const error = isRecord(body) ? body['error'] : null;
    if (isRecord(error)) {
      if (typeof error['message'] === 'string') message = error['message'];
      if (typeof error['code'] === 'string') code = error['code'];
    }
  } catch {
    // Not every server in between answers in JSON; the status says enough.
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  return new HttpError(message, response.status, code, Number.isNaN(retryAfter) ? null : retryAfter);
}
