/** One element with its real interface, against a scripted server (element.md §2, §4). */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { OpenAIChatKit } from './index';
import './define';
import type { ChatKitOptions } from './options';
import {
  answer,
  created,
  done,
  page,
  question,
  refusal,
  resumable,
  Script,
  settled,
  thread,
} from './state/scriptedServer';

type Asked = { url: string; language: string; type: string; params: Record<string, unknown> };

/** A chat on screen, what it asks, and the events it sends. */
async function givenChat(answers: (Response | Script)[], more: Partial<ChatKitOptions> = {}) {
  const asked: Asked[] = [];
  const ownFetch = (async (url: string, init: RequestInit) => {
    const { type, params } = JSON.parse(init.body as string) as Asked;
    // Asked whenever the page gets to it; this server has nothing to watch.
    if (type === 'threads.watch') return refusal(501);
    asked.push({ url, language: (init.headers as Record<string, string>)['Accept-Language']!, type, params });
    const next = answers.shift();
    if (!next) throw new TypeError('The script has no answer for this.');
    return next instanceof Script ? next.response : next;
  }) as typeof fetch;
  const options: ChatKitOptions = { api: { url: '/chatkit', fetch: ownFetch }, locale: 'de-DE', ...more };
  const chat = new OpenAIChatKit();
  const heard: string[] = [];
  for (const name of [
    'ready',
    'response.start',
    'response.end',
    'thread.change',
    'history.open',
    'history.close',
  ]) {
    chat.addEventListener(`chatkit.${name}`, () => heard.push(name));
  }
  const ready = new Promise((resolve) => {
    chat.addEventListener('chatkit.ready', resolve);
  });
  chat.setOptions(options);
  document.body.append(chat);
  await ready;
  await settled();
  return { chat, asked, options, heard };
}

beforeAll(async () => {
  // The first import compiles the whole interface; that time belongs to no test.
  await OpenAIChatKit.preload();
}, 60_000);

afterEach(() => {
  document.body.replaceChildren();
});

test('the tag is the class, defined once', async () => {
  expect(customElements.get('openai-chatkit')).toBe(OpenAIChatKit);
  expect(document.createElement('openai-chatkit')).toBeInstanceOf(OpenAIChatKit);
});

test('initialThread is opened, in the resolved language, and only the first time', async () => {
  const items = { data: [question('m1', 'Hi'), answer('m2', 'Hello')], has_more: false };
  const { chat, asked, options } = await givenChat(
    [Response.json(thread('thr_1', { title: 'Greeting', items }))],
    {
      initialThread: 'thr_1',
    },
  );
  expect(asked).toEqual([
    { url: '/chatkit', language: 'de-DE', type: 'threads.get_by_id', params: { thread_id: 'thr_1' } },
  ]);
  expect(chat.store.getSnapshot()).toMatchObject({ threadId: 'thr_1', title: 'Greeting', responding: false });
  expect(chat.store.getSnapshot().items.map((item) => item.id)).toEqual(['m1', 'm2']);
  chat.setOptions({ ...options, initialThread: 'thr_2' });
  await settled();
  expect(chat.store.getSnapshot().threadId).toBe('thr_1');
});

test('new options keep a running answer; functions are read at call time', async () => {
  const script = new Script();
  const { chat, asked, options } = await givenChat([script]);
  const sent = chat.sendUserMessage({ text: 'Hi' });
  await script.say(created(), done(question('m1', 'Hi')));
  await sent;
  const later: string[] = [];
  const nextFetch = (async (url: string, { body }: RequestInit) => {
    if ((body as string).includes('threads.watch')) return refusal(501);
    later.push(url);
    return page([]);
  }) as unknown as typeof fetch;
  chat.setOptions({ ...options, theme: 'dark', api: { url: '/chatkit', fetch: nextFetch } });
  expect(chat.dataset['scheme']).toBe('dark');
  await script.say(done(answer('m2', 'Hello')));
  await script.end();
  expect(chat.store.getSnapshot().items.map((item) => item.id)).toEqual(['m1', 'm2']);
  await chat.showHistory();
  expect([later, asked.length]).toEqual([['/chatkit'], 1]);
});

test('another server leads back to the new-thread view', async () => {
  const { chat, options } = await givenChat([Response.json(thread())], { initialThread: 'thr_1' });
  chat.setOptions({ ...options, api: { ...options.api, url: '/other' } });
  expect(chat.store.getSnapshot().threadId).toBeNull();
});

test('sendUserMessage sends what it is given and nothing of the composer’s', async () => {
  const script = new Script();
  const { chat, asked } = await givenChat([Response.json(thread()), script], { initialThread: 'thr_1' });
  const message = {
    text: 'ignored',
    content: [{ type: 'input_text' as const, text: 'Hi' }],
    reply: 'quoted',
    attachments: [{ type: 'file' as const, id: 'atc_1', name: 'a.txt', mime_type: 'text/plain' }],
    toolChoice: { id: 'planner' },
    model: 'fast',
    newThread: true,
  };
  // Taken off the page before it is answered.
  chat.sendUserMessage(message).catch(() => undefined);
  await settled();
  expect(asked[1]).toMatchObject({
    type: 'threads.create',
    params: {
      input: {
        content: message.content,
        attachments: ['atc_1'],
        quoted_text: 'quoted',
        inference_options: { tool_choice: { id: 'planner' }, model: 'fast' },
      },
    },
  });
});

test.each([
  [{}, 'there is nothing to send'],
  [{ text: '' }, 'there is nothing to send'],
  [{ text: 'x', attachments: [{ name: 'a.txt' }] as never }, 'attachments[0] has no id'],
])('sendUserMessage rejects what cannot be sent (%#)', async (message, words) => {
  const { chat, asked } = await givenChat([]);
  await expect(chat.sendUserMessage(message)).rejects.toThrow(words);
  expect(asked).toEqual([]);
});

test('methods reject with the reason: unknown thread, disabled history, no thread for an action', async () => {
  const { chat } = await givenChat([refusal(404)], { history: { enabled: false } });
  await expect(chat.setThreadId('thr_9')).rejects.toMatchObject({ name: 'HttpError', status: 404 });
  await expect(chat.showHistory()).rejects.toThrow('disabled');
  await chat.setThreadId(null);
  await expect(chat.sendCustomAction({ type: 'x' })).rejects.toThrow('none is open');
});

test('fetchUpdates without a thread does nothing', async () => {
  const { chat, asked } = await givenChat([]);
  await chat.fetchUpdates();
  expect(asked).toEqual([]);
});

test('the history opens and closes with its events, and may fail without closing', async () => {
  const { chat, heard } = await givenChat([page([thread('thr_1')]), refusal(500)]);
  heard.length = 0;
  await chat.showHistory();
  expect(chat.store.getSnapshot().historyOpen).toBe(true);
  await chat.hideHistory();
  await expect(chat.showHistory()).rejects.toMatchObject({ status: 500 });
  expect(heard).toEqual(['history.open', 'history.close', 'history.open']);
});

test('the store tells of each change once, and a snapshot is one object until then', async () => {
  const script = new Script();
  const { chat } = await givenChat([script]);
  const before = chat.store.getSnapshot();
  expect(chat.store.getSnapshot()).toBe(before);
  let told = 0;
  const stop = chat.store.subscribe(() => told++);
  void chat.sendUserMessage({ text: 'Hi' });
  await script.say(created());
  expect(chat.store.getSnapshot()).toMatchObject({ responding: true });
  expect(told).toBeGreaterThan(0);
  stop();
  const soFar = told;
  await script.end();
  expect(told).toBe(soFar);
});

test('a chat taken out of the page ends its stream, and comes back in the same thread', async () => {
  const script = new Script();
  const { chat, heard } = await givenChat([script, Response.json(thread('thr_1'))]);
  void chat.sendUserMessage({ text: 'Hi' });
  await script.say(created(), done(question('m1', 'Hi')));
  chat.remove();
  await settled();
  expect(script.isClosed).toBe(true);
  expect(heard.filter((name) => name === 'response.end')).toHaveLength(1);
  document.body.append(chat);
  await settled();
  await settled();
  expect(chat.store.getSnapshot().threadId).toBe('thr_1');
  expect(heard.filter((name) => name === 'ready')).toHaveLength(2);
});

test('stop() ends the answer that is on screen, on a server that keeps it running by asking for it (extensions.md §2.3)', async () => {
  const script = new Script();
  const { chat, asked } = await givenChat([script]);
  await chat.stop();
  const sent = chat.sendUserMessage({ text: 'Hi' });
  await script.number([1, created()], [2, done(question('m1', 'Hi'))], [3, resumable('turn_1')]);
  await sent;
  await chat.stop();
  await settled();
  const cancels = asked.filter(({ type }) => type === 'threads.cancel');
  expect(cancels.map(({ params }) => params['thread_id'])).toEqual(['thr_1']);
});
