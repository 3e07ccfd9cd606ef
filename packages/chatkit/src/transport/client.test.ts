/** How requests leave and what their answers become (protocol.md §1.1, §1.4). */
import { expect, test } from 'vitest';
import type { ThreadStreamEvent } from '../protocol/generated';
import { Client } from './client';
import { HttpError, NetworkError, ReplyError } from './errors';

type Call = { url: string; init: RequestInit };

/** A client whose server answers with one response, and what it asked and logged. */
function given(answer: (call: Call) => Response | Promise<Response>) {
  const calls: Call[] = [];
  const logs: string[] = [];
  const client = new Client({
    endpoint: () => ({
      url: '/chatkit',
      fetch: (async (url: string, init: RequestInit) => {
        calls.push({ url, init });
        return answer({ url, init });
      }) as typeof fetch,
    }),
    locale: () => 'de-DE',
    log: (name) => logs.push(name),
  });
  return { client, calls, logs };
}

const events = (text: string, type = 'text/event-stream') =>
  new Response(text, { headers: { 'Content-Type': type } });
const progress = (text: string) => `data: ${JSON.stringify({ type: 'progress_update', text })}\n\n`;

async function read(client: Client): Promise<ThreadStreamEvent[]> {
  const all: ThreadStreamEvent[] = [];
  const params = { thread_id: 't', item_id: 'm' };
  for await (const some of client.stream('threads.retry_after_item', params)) all.push(...some);
  return all;
}

test('an app’s fetch is called with a string and plain-object headers, one language in them (§1.1)', async () => {
  const { client, calls } = given(() => Response.json({ ok: true }));
  const { signal } = new AbortController();
  await client.ask('threads.get_by_id', { thread_id: 'thr_1' }, signal);
  expect(calls).toEqual([
    {
      url: '/chatkit',
      init: {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Accept-Language': 'de-DE' },
        body: '{"type":"threads.get_by_id","params":{"thread_id":"thr_1"}}',
        signal,
      },
    },
  ]);
  expect(Object.getPrototypeOf(calls[0]!.init.headers)).toBe(Object.prototype);
});

test('the signal aborts a fetch that was given init unchanged, and that is no failure of the network', async () => {
  const { client } = given(
    ({ init }) =>
      new Promise((_, reject) => {
        init.signal!.addEventListener('abort', () => {
          reject(init.signal!.reason as Error);
        });
      }),
  );
  const abort = new AbortController();
  const asked = client.ask('threads.list', {}, abort.signal);
  abort.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
});

test('a status that is not 2xx is an HttpError with the code of the body and the seconds to wait (§1.4)', async () => {
  const { client } = given(() =>
    Response.json(
      { error: { type: 'invalid_request_error', message: 'Busy.', code: 'thread_busy', param: null } },
      { status: 409, headers: { 'Retry-After': '7' } },
    ),
  );
  const error: unknown = await client.ask('threads.list', {}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HttpError);
  expect(error).toMatchObject({ status: 409, code: 'thread_busy', retryAfter: 7, message: 'Busy.' });
});

test('a status without a JSON body is an HttpError all the same', async () => {
  const { client } = given(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
  await expect(client.ask('threads.list', {})).rejects.toMatchObject({
    name: 'HttpError',
    status: 502,
    code: null,
  });
});

test.each(['Failed to fetch', 'Load failed', 'NetworkError when attempting to fetch resource.'])(
  'a fetch that fails with “%s” is a NetworkError',
  async (words) => {
    const { client } = given(() => Promise.reject(new TypeError(words)));
    const error: unknown = await read(client).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ started: false });
  },
);

test('a sign-in page with status 200 is a ReplyError, for events and for JSON', async () => {
  const { client } = given(() => events('<html>', 'text/html'));
  await expect(read(client)).rejects.toBeInstanceOf(ReplyError);
  await expect(client.ask('threads.list', {})).rejects.toBeInstanceOf(ReplyError);
});

test('unknown events, malformed frames and unknown fields are survived and logged (§1.2)', async () => {
  const { client, logs } = given(() =>
    events(`data: {"type":"from.the.future"}\n\ndata: {"type":\n\n${progress('Reading')}data: 7\n\n`),
  );
  expect(await read(client)).toEqual([{ type: 'progress_update', text: 'Reading' }]);
  expect(logs).toEqual([
    'request.start',
    'stream.unknown',
    'stream.malformed',
    'stream.unknown',
    'request.end',
  ]);
});

test('a stream that breaks is a NetworkError that knows whether anything had arrived', async () => {
  const broken = (first: string) => {
    let sent = false;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent || !first) controller.error(new TypeError('terminated'));
        else controller.enqueue(new TextEncoder().encode(first));
        sent = true;
      },
    });
  };
  const error = (first: string) =>
    read(given(() => new Response(broken(first))).client).catch((thrown: unknown) => thrown);
  expect(await error('')).toMatchObject({ name: 'NetworkError', started: false });
  expect(await error(progress('x'))).toMatchObject({ name: 'NetworkError', started: true });
});

test('leaving the loop cancels the body, so that the server can stop', async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode(progress('more')));
    },
    cancel() {
      cancelled = true;
    },
  });
  const { client } = given(() => new Response(body));
  for await (const some of client.stream('threads.retry_after_item', { thread_id: 't', item_id: 'm' })) {
    expect(some).not.toEqual([]);
    break;
  }
  await Promise.resolve();
  expect(cancelled).toBe(true);
});

test('an abort cancels the body even where the app’s fetch kept the signal to itself', async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    cancel() {
      cancelled = true;
    },
  });
  const { client } = given(() => new Response(body));
  const abort = new AbortController();
  const reading = client
    .stream('threads.retry_after_item', { thread_id: 't', item_id: 'm' }, abort.signal)
    .next();
  await Promise.resolve();
  setTimeout(() => {
    abort.abort();
  });
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  expect(cancelled).toBe(true);
});
