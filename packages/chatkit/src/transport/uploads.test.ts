/** How files reach the server (protocol.md §14): what is sent where, and what its answers become. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Attachment } from '../protocol/generated';
import { Client } from './client';
import { HttpError, NetworkError, ReplyError } from './errors';
import { strategyOf, upload, type Sender } from './uploads';

type Asked = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

let server: Server;
let base: string;
let asked: Asked[];
/** Status and body of the answers to come, by path. */
let answers: Record<string, [number, unknown]>;

beforeEach(async () => {
  asked = [];
  answers = {};
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ method: request.method!, path: request.url!, headers: request.headers, body });
      const [status, answer] = answers[request.url!] ?? [404, {}];
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(answer === null ? '' : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The way out that Node has. */
const send: Sender = ({ url, ...init }) => fetch(url, init);

const plan = new File(['a plan'], 'plan.png', { type: 'image/png' });
const picture: Attachment = {
  type: 'image',
  id: 'atc_1',
  name: 'plan.png',
  mime_type: 'image/png',
  preview_url: 'https://files.example.com/p',
};

function go({
  file = plan,
  own,
  direct = false,
  signal = new AbortController().signal,
}: { file?: File; own?: typeof fetch; direct?: boolean; signal?: AbortSignal } = {}) {
  const client = new Client({
    endpoint: () => ({ url: `${base}/chatkit`, ...(own && { fetch: own }) }),
    locale: () => 'de-DE',
    log: () => undefined,
  });
  const created: string[] = [];
  const progress = { onCreated: (one: Attachment) => created.push(one.id), onProgress: () => undefined };
  const strategy = direct
    ? ({ type: 'direct', uploadUrl: `${base}/files` } as const)
    : ({ type: 'two_phase' } as const);
  return { created, done: upload(file, strategy, client, signal, progress, send) };
}

const announces = (method: 'POST' | 'PUT', headers: Record<string, string> = {}) => {
  answers['/chatkit'] = [200, { ...picture, upload_descriptor: { url: `${base}/blob`, method, headers } }];
};

test('14.1: a direct upload is one POST of a form with one part, file, in the reader’s language', async () => {
  answers['/files'] = [200, picture];
  expect(await go({ direct: true }).done).toEqual(picture);
  const [request] = asked;
  expect(asked).toHaveLength(1);
  expect([request!.method, request!.path]).toEqual(['POST', '/files']);
  expect(request!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  expect(request!.headers['accept-language']).toBe('de-DE');
  expect(request!.body.match(/Content-Disposition: [^\r]*/g)).toEqual([
    'Content-Disposition: form-data; name="file"; filename="plan.png"',
  ]);
  expect(request!.body).toContain('Content-Type: image/png');
  expect(request!.body).toContain('a plan');
});

test('14.1: it goes through the app’s fetch, called with a string and plain headers', async () => {
  const calls: [unknown, RequestInit][] = [];
  const own = vi.fn(async (url: string, init: RequestInit) => {
    calls.push([url, init]);
    return Response.json(picture);
  });
  await go({ direct: true, own: own as unknown as typeof fetch }).done;
  expect(asked).toEqual([]);
  expect(calls[0]![0]).toBe(`${base}/files`);
  expect(calls[0]![1].headers).toEqual({ 'Accept-Language': 'de-DE' });
  expect(calls[0]![1].body).toBeInstanceOf(FormData);
});

test('14.2: PUT sends the bytes as they are, with the descriptor’s headers and the file’s type', async () => {
  announces('PUT', { 'x-scope': 'chat' });
  answers['/blob'] = [200, null];
  const { done, created } = go();
  expect((await done).id).toBe('atc_1');
  expect(created).toEqual(['atc_1']);
  expect(JSON.parse(asked[0]!.body)).toMatchObject({
    type: 'attachments.create',
    params: { name: 'plan.png', size: 6, mime_type: 'image/png' },
  });
  expect(asked[1]).toMatchObject({ method: 'PUT', path: '/blob', body: 'a plan' });
  expect(asked[1]!.headers).toMatchObject({ 'x-scope': 'chat', 'content-type': 'image/png' });
});

test('14.2: a type in the descriptor goes before the file’s own; a file without one is a stream of bytes', async () => {
  announces('PUT', { 'content-type': 'application/x-plan' });
  answers['/blob'] = [204, null];
  await go({ file: new File(['x'], 'x') }).done;
  expect(JSON.parse(asked[0]!.body)).toMatchObject({ params: { mime_type: 'application/octet-stream' } });
  expect(asked[1]!.headers['content-type']).toBe('application/x-plan');
});

test('14.2: POST sends a form, without a Content-Type of the descriptor', async () => {
  announces('POST', { 'Content-Type': 'text/plain', 'x-scope': 'chat' });
  answers['/blob'] = [201, null];
  await go().done;
  expect(asked[1]!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  expect(asked[1]!.headers['x-scope']).toBe('chat');
  expect(asked[1]!.body).toContain('name="file"; filename="plan.png"');
});

test('14.2: the bytes do not go through the app’s fetch, so its headers stay at home', async () => {
  announces('PUT');
  answers['/blob'] = [200, null];
  const urls: string[] = [];
  const own = ((url: string, init: RequestInit) => {
    urls.push(url);
    return fetch(url, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), Authorization: 'secret' },
    });
  }) as typeof fetch;
  await go({ own }).done;
  expect(urls).toEqual([`${base}/chatkit`]);
  expect(asked[1]!.headers['authorization']).toBeUndefined();
});

test('14.2: an answer with the same id may bring a newer preview; any other body is passed over', async () => {
  announces('PUT');
  answers['/blob'] = [200, { ...picture, preview_url: 'https://files.example.com/newer' }];
  expect(await go().done).toMatchObject({ preview_url: 'https://files.example.com/newer' });
  answers['/blob'] = [200, { ...picture, id: 'atc_2', preview_url: 'https://elsewhere.example.com' }];
  expect(await go().done).toMatchObject({ id: 'atc_1', preview_url: 'https://files.example.com/p' });
});

test('a refusal keeps its status and its code, in both phases', async () => {
  const refusal = { error: { message: 'No pictures.', code: 'unsupported_type' } };
  answers['/files'] = [415, refusal];
  await expect(go({ direct: true }).done).rejects.toMatchObject({ status: 415, code: 'unsupported_type' });
  answers['/chatkit'] = [413, {}];
  await expect(go().done).rejects.toBeInstanceOf(HttpError);
  announces('PUT');
  answers['/blob'] = [413, {}];
  await expect(go().done).rejects.toMatchObject({ status: 413 });
});

test('an answer that is no attachment is a ReplyError, no answer a NetworkError', async () => {
  answers['/files'] = [200, { id: 'atc_1' }];
  await expect(go({ direct: true }).done).rejects.toBeInstanceOf(ReplyError);
  answers['/chatkit'] = [200, picture];
  await expect(go().done).rejects.toThrow('upload_descriptor');
  const own = (() => Promise.reject(new TypeError('Failed to fetch'))) as typeof fetch;
  await expect(go({ direct: true, own }).done).rejects.toBeInstanceOf(NetworkError);
});

test('an app’s fetch may give up by itself, give nothing, or half an answer', async () => {
  const by = (own: () => Promise<unknown>) => go({ direct: true, own: own as typeof fetch }).done;
  const gaveUp = () => Promise.reject(new DOMException('Too slow.', 'AbortError'));
  await expect(by(gaveUp)).rejects.toBeInstanceOf(NetworkError);
  await expect(by(() => Promise.resolve())).rejects.toThrow('options.api.fetch gave no Response.');
  await expect(by(() => Promise.resolve(new Response('{"type":')))).rejects.toBeInstanceOf(ReplyError);
  const broken = new ReadableStream({ start: (body) => body.error(new TypeError('The line was lost.')) });
  await expect(by(() => Promise.resolve(new Response(broken)))).rejects.toBeInstanceOf(NetworkError);
});

test('an address for the bytes may come without headers (§3.5)', async () => {
  answers['/chatkit'] = [200, { ...picture, upload_descriptor: { url: `${base}/blob`, method: 'PUT' } }];
  answers['/blob'] = [200, {}];
  expect(await go().done).toMatchObject({ id: 'atc_1' });
});

test('an upload that was ended says so', async () => {
  answers['/files'] = [200, picture];
  const stop = new AbortController();
  stop.abort();
  await expect(go({ direct: true, signal: stop.signal }).done).rejects.toMatchObject({ name: 'AbortError' });
});

test('element.md §7: a hosted server takes files by itself; one of your own needs to be told how (§3.1)', () => {
  const getClientSecret = () => Promise.resolve('');
  expect(strategyOf({ getClientSecret })).toEqual({ type: 'direct', uploadUrl: '/v1/chatkit/files' });
  expect(strategyOf({ url: '/chatkit' })).toBeNull();
  expect(strategyOf({ url: '/chatkit', uploadStrategy: { type: 'two_phase' } })).toEqual({
    type: 'two_phase',
  });
});
