/** Replays the conversations that both languages share: after the same events, a reader's thread is the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { Thread, ThreadItem } from '../protocol/generated';
import { Client } from '../transport/client';
import { fetchOthers } from './fold';
import { History } from './history';
import { createSignals, threadInfo, type Surroundings } from './signals';
import { Timeline } from './timeline';
import { Turn, type Opening } from './turn';

/** protocol/conversations/README.md tells what each part is. */
type Conversation = {
  name: string;
  covers: string[];
  before: { thread: Thread | null; items: ThreadItem[] };
  request: Opening;
  events: unknown[];
  after: { thread: Thread | null; items: ThreadItem[] };
};

const folder = fileURLToPath(new URL('../../../../protocol/conversations/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

/** The bytes of a stream in pieces of a size. */
function pieces(events: readonly unknown[], size: number): Response {
  const bytes = new TextEncoder().encode(
    events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
  );
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let start = 0; start < bytes.length; start += size)
        controller.enqueue(bytes.slice(start, start + size));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
}

async function replay({ before, request, events }: Conversation, size: number) {
  const client = new Client({
    endpoint: () => ({ url: '/chatkit', fetch: async () => pieces(events, size) }),
    locale: () => 'en',
    log: () => undefined,
  });
  // A client tool call ends the conversation: its answer is the next one's request.
  const around: Surroundings = {
    client,
    emit: () => undefined,
    clientTool: () => () => new Promise(() => undefined),
  };
  const [signals, timeline] = [createSignals(), new Timeline()];
  signals.threadId.value = before.thread?.id ?? null;
  signals.thread.value = before.thread && threadInfo(before.thread);
  timeline.reset(before.items);
  if (request.type === 'threads.retry_after_item') timeline.removeAfter(request.params.item_id);
  const nothing = () => undefined;
  const listener = {
    resumes: () => false,
    onResumable: nothing,
    onFailed: nothing,
    onEnd: nothing,
    reload: async () => undefined,
  };
  const turn = new Turn(around, signals, timeline, new History(), listener, request);
  await Promise.race([turn.finished, new Promise((resolve) => setTimeout(resolve, 50))]);
  return { thread: signals.thread.value, items: timeline.items };
}

beforeAll(fetchOthers);

test('there are conversations to replay', () => {
  expect(files.length).toBeGreaterThanOrEqual(8);
});

test.each(files)('%s', async (file) => {
  const conversation = JSON.parse(readFileSync(folder + file, 'utf8')) as Conversation;
  const { after } = conversation;
  for (const size of [1, 17, 1 << 20]) {
    const { thread, items } = await replay(conversation, size);
    expect(items, `in pieces of ${size} bytes`).toEqual(after.items);
    expect(thread).toEqual(after.thread && threadInfo(after.thread));
  }
});
