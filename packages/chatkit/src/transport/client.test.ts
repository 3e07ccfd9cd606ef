/** How requests leave and what their answers become (protocol.md §1.1, §1.4). */
import { expect, test, vi } from 'vitest';
import { version } from '../../package.json';
import type { ThreadStreamEvent } from '../protocol/generated';
import { Client, newTurnId, placeIn } from './client';
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

const announced = `"capabilities":["resume","calls"],"client":"chatkit-js/${version}"`;

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
        body: `{"type":"threads.get_by_id",${announced},"params":{"thread_id":"thr_1"}}`,
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

test('an app’s fetch that gives up by itself has got no answer (§1.4)', async () => {
  const { client } = given(() => Promise.reject(new DOMException('Too slow.', 'AbortError')));
  await expect(client.ask('threads.list', {})).rejects.toBeInstanceOf(NetworkError);
  await expect(read(client)).rejects.toBeInstanceOf(NetworkError);
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

test.each([undefined, null, 42, {}])(
  'a fetch that gives %j instead of a Response is named',
  async (wrong) => {
    const { client } = given(() => Promise.resolve(wrong as never));
    await expect(client.ask('threads.list', {})).rejects.toMatchObject({
      name: 'ReplyError',
      message: 'options.api.fetch gave no Response.',
    });
  },
);

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

// --- turns that outlive their reader (extensions.md §1, §2.2, §2.7) ------------------------------

const numbered = (seq: number, event: object) => `id: ${seq}\ndata: ${JSON.stringify(event)}\n\n`;
const retry = { thread_id: 't', item_id: 'm' };

test('a start carries our own id of the turn; nothing else of ours is outside the envelope', async () => {
  const { client, calls } = given(() => events(''));
  const turnId = newTurnId();
  expect(turnId).toMatch(/^[0-9a-f]{32}$/);
  expect(newTurnId()).not.toBe(turnId);
  await client.stream('threads.retry_after_item', retry, undefined, placeIn(turnId)).next();
  expect(calls[0]!.init.body).toBe(
    `{"type":"threads.retry_after_item",${announced},"turn_id":"${turnId}","params":{"thread_id":"t","item_id":"m"}}`,
  );
});

test('a place follows the numbers of the frames, and half a frame is not one', async () => {
  const half = 'id: 9\ndata: {"type":"progress_up';
  const { client } = given(() => events(numbered(3, { type: 'progress_update', text: 'x' }) + half));
  const place = placeIn('turn');
  for await (const some of client.stream('threads.retry_after_item', retry, undefined, place))
    expect(some).toHaveLength(1);
  expect(place.seq).toBe(3);
});

test('what is known already is passed over; a snapshot of the same number may come again, its effects not', async () => {
  const item = { type: 'assistant_message', id: 'a', thread_id: 't', created_at: '', content: [] };
  const update = {
    type: 'assistant_message.content_part.text_delta',
    content_index: 0,
    delta: 'x',
  };
  const frames = [
    numbered(2, { type: 'client_effect', name: 'old', data: {} }),
    numbered(3, { type: 'thread.item.removed', item_id: 'old' }),
    numbered(4, { type: 'notice', level: 'info', message: 'kept' }),
    numbered(5, { type: 'client_effect', name: 'same', data: {} }),
    numbered(5, { type: 'thread.item.updated', item_id: 'a', update }),
    numbered(5, { type: 'thread.item.done', item }),
    numbered(6, { type: 'client_effect', name: 'new', data: {} }),
  ];
  const { client } = given(() => events(frames.join('')));
  const got: string[] = [];
  for await (const some of client.stream('threads.retry_after_item', retry, undefined, placeIn('turn', 5)))
    got.push(...some.map((event) => ('name' in event ? event.name : event.type)));
  expect(got).toEqual(['notice', 'thread.item.done', 'new']);
});

test.each([
  ['of a turn that can be resumed breaks off after 45 s without a byte', true],
  ['of any other turn may be silent', false],
])('a stream %s', async (_, resumable) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const body = new TransformStream<Uint8Array, Uint8Array>();
    const writer = body.writable.getWriter();
    const { client } = given(() => new Response(body.readable));
    const place = placeIn('turn', 0, resumable);
    let heard = 0;
    place.heard = () => heard++;
    let end: unknown = null;
    const reading = client.stream('threads.retry_after_item', retry, undefined, place).next();
    reading.then(
      () => (end = 'done'),
      (error: unknown) => (end = error),
    );
    for (let pings = 1; pings <= 3; pings++) {
      await vi.advanceTimersByTimeAsync(40_000);
      await writer.write(new TextEncoder().encode(': ping\n\n'));
      await vi.advanceTimersByTimeAsync(1);
      expect(heard).toBe(pings);
    }
    await vi.advanceTimersByTimeAsync(44_000);
    expect(end).toBeNull();
    await vi.advanceTimersByTimeAsync(1_500);
    if (resumable) expect(end).toMatchObject({ name: 'NetworkError' });
    else expect(end).toBeNull();
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ['of a turn that can be resumed breaks off after 45 s without an answer, and gives its line back', true],
  ['of any other turn may take its time', false],
])('a request %s', async (_, resumable) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { client, calls } = given(() => new Promise(() => undefined));
    let end: unknown = null;
    const place = placeIn('turn', 0, resumable);
    const reading = client.stream('threads.retry_after_item', retry, undefined, place).next();
    reading.catch((error: unknown) => (end = error));
    await vi.advanceTimersByTimeAsync(44_000);
    expect(end).toBeNull();
    await vi.advanceTimersByTimeAsync(1_500);
    if (resumable) expect(end).toMatchObject({ name: 'NetworkError', started: false });
    else expect(end).toBeNull();
    expect(calls[0]!.init.signal!.aborted).toBe(resumable);
  } finally {
    vi.useRealTimers();
  }
});
