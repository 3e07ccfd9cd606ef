/**
 * A ChatKit server inside the page, for the playground: `fetch` in, server-sent events out.
 *
 * What the person writes chooses the answer: `table`, `code`, `long`, `slow`, `progress`, `error`, `retry`, `drop`, `tool`,
 * `notice`, `locked`, `closed`, `image`, `fail` (HTTP 500), `offline`; anything else gets a short answer.
 */
import type { Thread, ThreadItem, ThreadStreamEvent, UserMessageContent } from '../src/protocol/generated';
import { answers } from './answers';

type Params = Record<string, unknown> & { thread_id: string; item_id: string; after?: string | null };
type Stored = { thread: Thread; items: ThreadItem[] };

/** Settings a page of the playground may choose. */
export type BackendSettings = {
  /** Milliseconds between two deltas. */
  paceMs: number;
  /** Milliseconds before anything is answered. */
  latencyMs: number;
};

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

const failure = (status: number, message: string, code: string | null = null) =>
  json({ error: { type: 'invalid_request_error', message, code, param: null } }, status);

const pause = (ms: number, signal?: AbortSignal | null) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });

const serials: Record<string, number> = {};
const newId = (prefix: string) => {
  const serial = (serials[prefix] = (serials[prefix] ?? 0) + 1);
  return `${prefix}_${serial.toString().padStart(4, '0')}`;
};
const now = (minutesAgo = 0) => new Date(Date.now() - minutesAgo * 60_000).toISOString();

/** Threads to begin with: a few of different days, one with 1,000 messages, one locked, one closed. */
function initialThreads(): Map<string, Stored> {
  const stored = new Map<string, Stored>();
  const add = (title: string | null, minutesAgo: number, exchanges: number, status: Thread['status']) => {
    const id = newId('thr');
    const items: ThreadItem[] = [];
    for (let index = 0; index < exchanges; index++) {
      const at = now(minutesAgo + exchanges - index);
      items.push(
        userMessage(
          id,
          `Question ${String(index + 1)}: what about ${answers.subjects[index % answers.subjects.length] ?? ''}?`,
          at,
        ),
      );
      items.push(assistantMessage(id, index % 4 === 3 ? answers.code : answers.short, at));
    }
    stored.set(id, {
      thread: {
        id,
        title,
        created_at: now(minutesAgo),
        status,
        metadata: {},
        items: { data: [], has_more: false },
      } as Thread,
      items,
    });
  };
  add('The Alps by train', 30, 2, { type: 'active' });
  add('A very long title that does not fit into the row of the history and must end in an ellipsis', 90, 1, {
    type: 'active',
  });
  add('One thousand messages', 60 * 26, 500, { type: 'active' });
  add('Under review', 60 * 50, 1, { type: 'locked', reason: 'Under review' });
  add('Finished', 60 * 24 * 9, 1, { type: 'closed' });
  add(null, 60 * 24 * 40, 1, { type: 'active' });
  for (let index = 0; index < 40; index++)
    add(`Older conversation ${String(index + 1)}`, 60 * 24 * (60 + index), 1, { type: 'active' });
  return stored;
}

const userMessage = (threadId: string, text: string, at = now()) =>
  ({
    id: newId('msg'),
    thread_id: threadId,
    created_at: at,
    type: 'user_message',
    content: [{ type: 'input_text', text }],
    attachments: [],
    inference_options: {},
  }) as ThreadItem;

const assistantMessage = (threadId: string, text: string, at = now()) =>
  ({
    id: newId('msg'),
    thread_id: threadId,
    created_at: at,
    type: 'assistant_message',
    content: [{ type: 'output_text', text, annotations: [] }],
  }) as ThreadItem;

const textOf = (content: readonly UserMessageContent[]) => content.map((part) => part.text).join('');

/** A page in the order asked for, beginning after an id. */
function page<T extends { id: string }>(
  all: T[],
  params: Partial<Params> & { limit?: number; order?: string },
) {
  const ordered = params.order === 'asc' ? all : [...all].reverse();
  const start = params.after ? ordered.findIndex((one) => one.id === params.after) + 1 : 0;
  const limit = params.limit ?? 20;
  const data = ordered.slice(start, start + limit);
  const hasMore = ordered.length > start + limit;
  return { data, has_more: hasMore, ...(hasMore ? { after: data.at(-1)?.id } : {}) };
}

/** Makes the `fetch` of a page's own server. */
export function createBackend(settings: BackendSettings): typeof fetch {
  const stored = initialThreads();

  async function* turn(
    entry: Stored,
    message: string,
    signal?: AbortSignal | null,
  ): AsyncGenerator<ThreadStreamEvent> {
    const { thread, items } = entry;
    const has = (word: string) => message.toLowerCase().includes(word);
    yield { type: 'stream_options', stream_options: { allow_cancel: true } };
    if (has('progress')) {
      for (const text of ['Searching the web…', 'Reading 4 pages…', 'Writing…']) {
        yield { type: 'progress_update', text, icon: 'search' };
        await pause(1200, signal);
      }
    }
    if (has('tool')) {
      const call = {
        id: newId('fc'),
        thread_id: thread.id,
        created_at: now(),
        type: 'client_tool_call',
        status: 'pending',
        call_id: newId('call'),
        name: 'page_title',
        arguments: {},
      } as ThreadItem;
      items.push(call);
      yield { type: 'thread.item.done', item: call };
      return;
    }
    if (has('notice'))
      yield {
        type: 'notice',
        level: 'warning',
        title: 'Almost there',
        message: 'You have **3** messages left.',
      };
    if (has('error')) {
      yield {
        type: 'error',
        code: 'custom',
        message: 'The planner is closed for today.',
        allow_retry: false,
      };
      return;
    }
    const answer = Object.entries(answers.byWord).find(([word]) => has(word))?.[1] ?? answers.short;
    const item = assistantMessage(thread.id, '');
    const whole = assistantMessage(thread.id, answer);
    whole.id = item.id;
    await pause(has('slow') ? 3000 : settings.latencyMs, signal);
    yield { type: 'thread.item.added', item: { ...item, content: [] } as ThreadItem };
    yield {
      type: 'thread.item.updated',
      item_id: item.id,
      update: {
        type: 'assistant_message.content_part.added',
        content_index: 0,
        content: { type: 'output_text', text: '', annotations: [] },
      },
    };
    const pieces = answer.match(/\s*\S{1,6}/g) ?? [];
    for (const [index, delta] of pieces.entries()) {
      if (index === 12 && has('drop')) throw new TypeError('network error');
      if (index === 12 && has('retry')) {
        yield { type: 'error', code: 'stream.error', allow_retry: true };
        return;
      }
      yield {
        type: 'thread.item.updated',
        item_id: item.id,
        update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta },
      };
      await pause(settings.paceMs, signal);
    }
    items.push(whole);
    yield { type: 'thread.item.done', item: whole };
    for (const type of ['locked', 'closed'] as const) if (has(type)) thread.status = { type };
    thread.title ??= message.slice(0, 40);
    yield { type: 'thread.updated', thread };
  }

  function stream(events: AsyncGenerator<ThreadStreamEvent>): Response {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const next = await events.next();
          if (next.done) controller.close();
          else controller.enqueue(encoder.encode(`data: ${JSON.stringify(next.value)}\n\n`));
        } catch (error) {
          controller.error(error);
        }
      },
      async cancel() {
        await events.return(undefined);
      },
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  }

  async function* said(
    entry: Stored,
    content: UserMessageContent[],
    isNew: boolean,
    signal?: AbortSignal | null,
  ) {
    if (isNew) yield { type: 'thread.created', thread: entry.thread } as ThreadStreamEvent;
    const message = { ...userMessage(entry.thread.id, ''), content } as ThreadItem;
    entry.items.push(message);
    yield { type: 'thread.item.done', item: message } as ThreadStreamEvent;
    yield* turn(entry, textOf(content), signal);
  }

  return async (_url, init) => {
    const signal = init?.signal;
    await pause(settings.latencyMs, signal);
    const { type, params } = JSON.parse(init?.body as string) as { type: string; params: Params };
    const entry = stored.get(params.thread_id);
    if (type === 'threads.list') {
      const all = [...stored.values()]
        .map((one) => one.thread)
        .sort((a, b) => a.created_at.localeCompare(b.created_at));
      return json(page(all, params));
    }
    if (type === 'threads.create' || type === 'threads.add_user_message') {
      const { content } = params.input as { content: UserMessageContent[] };
      if (textOf(content).startsWith('fail')) return failure(500, 'Something broke');
      if (textOf(content).startsWith('offline')) throw new TypeError('Failed to fetch');
      if (type === 'threads.add_user_message')
        return entry ? stream(said(entry, content, false, signal)) : failure(404, 'No such thread');
      const id = newId('thr');
      const created: Stored = {
        thread: {
          id,
          title: null,
          created_at: now(),
          status: { type: 'active' },
          metadata: {},
          items: { data: [], has_more: false },
        } as unknown as Thread,
        items: [],
      };
      stored.set(id, created);
      return stream(said(created, content, true, signal));
    }
    if (!entry) return failure(404, 'No such thread');
    switch (type) {
      case 'threads.get_by_id':
        return json({ ...entry.thread, items: page(entry.items, { order: 'asc' }) });
      case 'items.list':
        return json(page(entry.items, params));
      case 'threads.update':
        entry.thread.title = params.title as string;
        return json(entry.thread);
      case 'threads.delete':
        stored.delete(params.thread_id);
        return json({});
      case 'threads.retry_after_item': {
        const index = entry.items.findIndex((item) => item.id === params.item_id);
        entry.items.length = index + 1;
        return stream(turn(entry, 'again', signal));
      }
      case 'threads.add_client_tool_output':
        return stream(turn(entry, 'short', signal));
      default:
        return failure(501, `The playground does not know ${type}`);
    }
  };
}
