/** Speaks to the server: one POST per operation, answered with JSON or with events (protocol.md §1.1). */
import type { ChatKitReq, ThreadStreamEvent } from '../protocol/generated';
import { isRecord, isThreadStreamEvent } from '../protocol/guards';
import { HttpError, isAbort, NetworkError, ReplyError } from './errors';
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

export class Client {
  constructor(private readonly settings: ClientSettings) {}

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
    const response = await this.#post(type, params, signal);
    let reply: unknown;
    try {
      reply = await response.json();
    } catch (cause) {
      if (isAbort(cause)) throw cause;
      if (cause instanceof SyntaxError) throw new ReplyError(`The reply to ${type} is not JSON.`, { cause });
      throw new NetworkError(`The reply to ${type} broke off.`, true, { cause });
    } finally {
      this.settings.log('request.end', { type });
    }
    if (isReply && !isReply(reply)) throw new ReplyError(`The reply to ${type} is not one of ChatKit’s.`);
    return reply as Reply;
  }

  /**
   * Starts a turn and yields its events, a list for each piece that arrives. Leaving the loop ends the request.
   *
   * Frames that are no event are logged and passed over.
   *
   * @throws the errors of `ask`; after the first event only NetworkError with `started`.
   */
  async *stream<Type extends ChatKitReq['type']>(
    type: Type,
    params: Params<Type>,
    signal?: AbortSignal,
  ): AsyncGenerator<ThreadStreamEvent[], void, undefined> {
    const response = await this.#post(type, params, signal);
    // A sign-in page has status 200 as well. An app's own fetch may leave the type out.
    const contentType = response.headers.get('content-type');
    if (!response.body || (contentType && !contentType.startsWith('text/event-stream'))) {
      throw new ReplyError(`The reply to ${type} is ${String(contentType)}, not a stream of events.`);
    }
    const reader = response.body.getReader();
    const cancel = () => {
      reader.cancel().catch(() => undefined);
    };
    // For an app's fetch that does not pass the signal on: the server should stop all the same.
    signal?.addEventListener('abort', cancel);
    const parser = new SseParser();
    let started = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        signal?.throwIfAborted();
        const events = this.#events(done ? parser.end() : parser.push(value));
        started ||= events.length > 0;
        if (events.length) yield events;
        if (done) return;
      }
    } catch (cause) {
      if (isAbort(cause) || signal?.aborted) throw abortError(cause);
      throw new NetworkError(`The stream of ${type} broke off.`, started, { cause });
    } finally {
      this.settings.log('request.end', { type });
      signal?.removeEventListener('abort', cancel);
      // Also when the caller left the loop: without this the server would go on answering.
      cancel();
    }
  }

  async #post(type: string, params: object, signal?: AbortSignal): Promise<Response> {
    const { url, fetch: ownFetch } = this.settings.endpoint();
    this.settings.log('request.start', { type });
    let response: Response;
    try {
      response = await (ownFetch ?? fetch)(url, {
        method: 'POST',
        // A plain object: integrations spread it.
        headers: { 'Content-Type': 'application/json', 'Accept-Language': this.settings.locale() },
        body: JSON.stringify({ type, params }),
        ...(signal && { signal }),
      });
    } catch (cause) {
      if (isAbort(cause) || signal?.aborted) throw abortError(cause);
      // Engines word this differently ("Failed to fetch", "Load failed"): it is always this.
      throw new NetworkError(`No answer from ${url}.`, false, { cause });
    }
    if (!response.ok) throw await httpError(response);
    return response;
  }

  #events(frames: readonly Frame[]): ThreadStreamEvent[] {
    const events: ThreadStreamEvent[] = [];
    for (const { data } of frames) {
      let event: unknown;
      try {
        event = JSON.parse(data);
      } catch {
        this.settings.log('stream.malformed', { data: data.slice(0, 200) });
        continue;
      }
      if (isThreadStreamEvent(event)) events.push(event);
      else this.settings.log('stream.unknown', { type: isRecord(event) ? event['type'] : null });
    }
    return events;
  }
}

function abortError(cause: unknown): Error {
  return isAbort(cause) ? (cause as Error) : new DOMException('The request was ended.', 'AbortError');
}

async function httpError(response: Response): Promise<HttpError> {
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
