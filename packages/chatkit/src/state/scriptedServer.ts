/** A server for the tests of this room: what it is asked is on record, and each answer is written out beforehand. */
import { effect } from '@preact/signals-core';
import { expect, vi } from 'vitest';
import type { ChatKitEventDetails, Emit } from '../events';
import type { ClientToolHandler, WidgetsOption } from '../options';
import type {
  AssistantMessageItem,
  Thread,
  ThreadItem,
  ThreadStreamEvent,
  UserMessageItem,
} from '../protocol/generated';
import { Client } from '../transport/client';
import { createChat, type RunningChat } from './commands';
// What is fetched on demand is there already: the tests wait for answers, not for files.
import './calls';
import './elsewhere';
import './threads';

export type Asked = { readonly type: string; readonly params: Record<string, unknown> };

/** A stream that the test writes to while it is read. */
export class Script {
  readonly #pipe = new TransformStream<Uint8Array, Uint8Array>();
  readonly #writer = this.#pipe.writable.getWriter();
  readonly response = new Response(this.#pipe.readable, { headers: { 'Content-Type': 'text/event-stream' } });
  /** The reader has gone. */
  isClosed = false;

  constructor() {
    this.#writer.closed.catch(() => (this.isClosed = true));
  }

  /** Sends events in one piece and waits until they have been read. */
  async say(...events: ThreadStreamEvent[]): Promise<void> {
    const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    await this.#writer.write(new TextEncoder().encode(text));
    await settled();
  }

  /** The same, each with its number. */
  async number(...frames: (readonly [seq: number, event: ThreadStreamEvent])[]): Promise<void> {
    const text = frames.map(([seq, event]) => `id: ${seq}\ndata: ${JSON.stringify(event)}\n\n`).join('');
    await this.#writer.write(new TextEncoder().encode(text));
    await settled();
  }

  /** What says that somebody is there, and nothing else. */
  async ping(): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(': ping\n\n'));
    await settled();
  }

  async end(): Promise<void> {
    await this.#writer.close();
    await settled();
  }

  async breakOff(): Promise<void> {
    await this.#writer.abort(new TypeError('terminated'));
    await settled();
  }
}

/** Lets everything that is ready run. */
export const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

type Answer = Response | Script | Promise<Response> | (() => Response | Promise<Response>);

export type Given = {
  chat: RunningChat;
  /** Requests so far. */
  asked: Asked[];
  /** The name of the turn in each of them. */
  turnIds: (string | null)[];
  /** Events of the element so far, diagnostics left out: `name` or `name detail`. */
  heard: string[];
  errors: Error[];
  /** The answers to come, in order. */
  answers: Answer[];
  clientTool: ClientToolHandler | undefined;
  widgetAction: WidgetsOption['onAction'];
  /** What is on screen: one line a row. */
  screen(): string[];
};

export function givenChat(...answers: Answer[]): Given {
  const given = {
    asked: [],
    turnIds: [],
    heard: [],
    errors: [],
    answers,
    clientTool: undefined,
  } as unknown as Given;
  const emit: Emit = (name, ...[detail]) => {
    if (name === 'chatkit.log') return;
    if (name === 'chatkit.error') given.errors.push((detail as ChatKitEventDetails['chatkit.error']).error);
    const { item } = (detail ?? {}) as { item?: ThreadItem };
    const said = name === 'chatkit.error' ? given.errors.at(-1)!.name : (item?.id ?? JSON.stringify(detail));
    given.heard.push([name.replace('chatkit.', ''), said].filter(Boolean).join(' '));
  };
  const client = new Client({
    endpoint: () => ({
      url: '/chatkit',
      fetch: (async (_: string, init: RequestInit) => {
        const { type, params, turn_id } = JSON.parse(init.body as string) as Asked & { turn_id?: string };
        given.asked.push({ type, params });
        given.turnIds.push(turn_id ?? null);
        const answer = given.answers.shift();
        if (!answer) throw new TypeError('The script has no answer for this.');
        const coming =
          typeof answer === 'function' ? answer() : answer instanceof Script ? answer.response : answer;
        // As the real one: an aborted request gives no answer.
        const response = await Promise.race([coming, aborted(init.signal)]);
        init.signal?.throwIfAborted();
        return response;
      }) as typeof fetch,
    }),
    locale: () => 'en',
    log: () => undefined,
  });
  given.chat = createChat({
    client,
    emit,
    clientTool: () => given.clientTool,
    widgetAction: () => given.widgetAction,
  });
  given.screen = () =>
    given.chat.state.rows.value.map((row) => `${row.pending ? '(pending) ' : ''}${lineOf(row.item.value)}`);
  return given;
}

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

function lineOf(item: ThreadItem): string {
  if (item.type !== 'user_message' && item.type !== 'assistant_message') return item.type;
  return `${item.type === 'user_message' ? 'I' : 'AI'}: ${item.content.map((part) => part.text).join('')}`;
}

/** Every value a signal has had while `run` was running, the first one included. */
export async function valuesOf<T>(source: { readonly value: T }, run: () => Promise<unknown>): Promise<T[]> {
  const values: T[] = [];
  const stop = effect(() => {
    values.push(source.value);
  });
  await run();
  stop();
  return values;
}

const at = '2026-03-01T10:00:00Z';

export const thread = (id = 'thr_1', fields: Partial<Thread> = {}): Thread => ({
  id,
  created_at: at,
  status: { type: 'active' },
  metadata: {},
  items: { data: [], has_more: false },
  ...fields,
});

export const question = (id: string, text: string): UserMessageItem => ({
  type: 'user_message',
  id,
  thread_id: 'thr_1',
  created_at: at,
  content: [{ type: 'input_text', text }],
  attachments: [],
  inference_options: {},
});

export const answer = (id: string, text: string): AssistantMessageItem => ({
  type: 'assistant_message',
  id,
  thread_id: 'thr_1',
  created_at: at,
  content: text ? [{ type: 'output_text', text, annotations: [] }] : [],
});

export const added = (item: ThreadItem): ThreadStreamEvent => ({ type: 'thread.item.added', item });
export const done = (item: ThreadItem): ThreadStreamEvent => ({ type: 'thread.item.done', item });
export const delta = (itemId: string, text: string): ThreadStreamEvent => ({
  type: 'thread.item.updated',
  item_id: itemId,
  update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: text },
});
export const created = (fields: Partial<Thread> = {}): ThreadStreamEvent => ({
  type: 'thread.created',
  thread: thread('thr_1', fields),
});
export const mayStop: ThreadStreamEvent = { type: 'stream_options', stream_options: { allow_cancel: true } };
/** Stream options of a turn that outlives its reader. */
export const resumable = (turnId = 'turn_1'): ThreadStreamEvent => ({
  type: 'stream_options',
  stream_options: { allow_cancel: true, turn_id: turnId, resumable: true },
});
export const page = (data: readonly unknown[], hasMore = false, after?: string) =>
  Response.json({ data, has_more: hasMore, ...(after !== undefined && { after }) });
export const refusal = (status: number, code: string | null = null) =>
  Response.json(
    { error: { type: 'invalid_request_error', message: `No: ${status}`, code, param: null } },
    { status },
  );

/** What a person wrote, as the composer hands it over. */
export const draft = (text: string) => ({ content: [{ type: 'input_text' as const, text }] });

/** The operations that were asked for, in their order. */
export const types = (given: Given) => given.asked.map(({ type }) => type);

/** A chat with one exchange in an open thread. */
export async function givenThread(): Promise<Given> {
  const given = givenChat(
    Response.json(
      thread('thr_1', { items: { data: [question('m1', 'Hi'), answer('m2', 'Hello')], has_more: false } }),
    ),
  );
  await given.chat.commands.openThread('thr_1');
  given.asked.length = given.heard.length = 0;
  return given;
}

/** What the server says of the thread while it answers. */
export const answering = (turnId: string, lastSeq = 5, text = 'Once ') =>
  thread('thr_1', {
    items: { data: [question('m1', 'Hi')], has_more: false },
    active_turn: { turn_id: turnId, last_seq: lastSeq, items: [answer('m2', text)] },
  });

/** What a fetch rejects with whose line is lost, in the words of Safari. */
export const cut = () => new TypeError('Load failed');

/** Waits for what takes a try or two. */
export async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 20_000, interval: 10 });
}

/** A chat whose first answer has begun and can be resumed. */
export async function givenAnswer(...answers: Parameters<typeof givenChat>) {
  const script = new Script();
  const given = givenChat(script, ...answers);
  void given.chat.commands.send(draft('Hi'));
  await script.number(
    [1, created()],
    [2, done(question('m1', 'Hi'))],
    [3, resumable()],
    [4, added(answer('m2', ''))],
    [5, delta('m2', 'Once ')],
  );
  return { given, script };
}
