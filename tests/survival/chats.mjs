/**
 * Chats of `@openai/chatkit/client` in one process: `node chats.mjs CLIENT`, with the path of the built module.
 *
 * A line of input is {"chat", "url", "person", "say"}; when the answer is over, a line of output tells what is held.
 * A chat is made when it is first named. Waiting takes a fiftieth of its time.
 */
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const { setTimeout: later } = globalThis;
globalThis.setTimeout = (work, ms = 0, ...rest) => later(work, ms / 50, ...rest);

const { createHeadlessChat } = await import(pathToFileURL(process.argv[2]).href);
const chats = new Map();

/**
 * `fetch` over a connection of its own, so that each request meets a fault of its own. Node's `fetch` can do that, too, but
 * then takes a line that was closed in the middle of a chunk for a good end, which no browser does.
 */
function fetchAlone(to, { method, headers, body, signal }) {
  return new Promise((resolve, reject) => {
    const asking = request(to, { method, headers, signal, agent: false }, (incoming) => {
      const stream = Readable.toWeb(incoming);
      resolve(new globalThis.Response(stream, { status: incoming.statusCode, headers: incoming.headers }));
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

function open({ url, person }) {
  const told = { effects: [], requests: 0, ended: () => undefined };
  const ownFetch = (to, init) =>
    fetchAlone(to, { ...init, headers: { ...init.headers, 'X-Person': person } });
  const onEvent = (name, detail) => {
    if (name === 'chatkit.effect') told.effects.push(detail.name);
    else if (name === 'chatkit.log' && detail.name === 'request.start') told.requests += 1;
    else if (name === 'chatkit.response.end') told.ended();
  };
  return { told, chat: createHeadlessChat({ api: { url, fetch: ownFetch }, onEvent }) };
}

async function answer(asked) {
  if (!chats.has(asked.chat)) chats.set(asked.chat, open(asked));
  const { told, chat } = chats.get(asked.chat);
  const questions = () => chat.items().filter((item) => item.type === 'user_message').length;
  const before = questions();
  const { thread, failure } = chat.state;
  // The person presses the button until the message has arrived.
  let press = () => chat.commands.send({ content: [{ type: 'input_text', text: asked.say }] });
  do {
    const ended = new Promise((resolve) => (told.ended = resolve));
    Promise.resolve(press()).catch(() => undefined);
    await ended;
    press = failure.value?.retry;
  } while (questions() === before && press);
  return {
    chat: asked.chat,
    error: failure.value && JSON.stringify(failure.value.failure),
    thread_id: thread.value?.id ?? null,
    title: thread.value?.title ?? null,
    items: chat.items(),
    effects: told.effects,
    requests: told.requests,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  void answer(JSON.parse(line)).then((held) => process.stdout.write(`${JSON.stringify(held)}\n`));
}
