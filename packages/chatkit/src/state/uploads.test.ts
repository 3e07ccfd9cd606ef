/** The life of the files of a draft (element.md §3.9, protocol.md §14.3), against a server that is written out. */
import { signal } from '@preact/signals-core';
import { expect, test } from 'vitest';
import type { ChatKitOptions } from '../options';
import type { Attachment } from '../protocol/generated';
import { Client } from '../transport/client';
import { changed } from './attached';
import type { DraftAttachment } from './drafts';
import { settled } from './scriptedServer';
import { isWorthUploading, Uploads, type Trouble } from './uploads';

type Asked = { url: string; body: unknown; signal: AbortSignal | null };

const attachment = (id: string): Attachment => ({
  type: 'file',
  id,
  name: `${id}.txt`,
  mime_type: 'text/plain',
});
const refusal = (status: number, code: string | null = null) =>
  Response.json({ error: { message: 'No.', code } }, { status });

/** Uploads whose requests wait until the test answers them, oldest first. */
function given(options: { attachments?: object; strategy?: object | null; deaf?: boolean } = {}) {
  const asked: Asked[] = [];
  const waiting: ((response: Response) => void)[] = [];
  const troubles: Trouble[] = [];
  const errors: Error[] = [];
  const own = ((url: string, { body, signal }: RequestInit) => {
    const isJson = typeof body === 'string';
    asked.push({ url, body: isJson ? JSON.parse(body) : body, signal: signal ?? null });
    return new Promise<Response>((resolve, reject) => {
      waiting.push(resolve);
      if (!options.deaf) signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }) as typeof fetch;
  const { strategy = { type: 'direct', uploadUrl: '/files' } } = options;
  const all = {
    api: { url: '/chatkit', ...(strategy && { uploadStrategy: strategy }) },
    composer: { attachments: { enabled: true, ...options.attachments } },
  } as ChatKitOptions;
  const client = new Client({
    endpoint: () => ({ url: '/chatkit', fetch: own }),
    locale: () => 'en',
    log: () => undefined,
  });
  const list = signal<readonly DraftAttachment[]>([]);
  const uploads = new Uploads({
    draft: {
      attachments: list,
      addAttachment: (one) => (list.value = [...list.value, one]),
      changeAttachment: (localId, change) => (list.value = changed(list.value, localId, change)),
    },
    client,
    emit: (name, ...[detail]) => {
      if (name === 'chatkit.error') errors.push((detail as { error: Error }).error);
    },
    options: () => all,
    tell: (trouble) => troubles.push(trouble),
    send: ({ url, ...init }, onProgress) => {
      onProgress(0.5);
      return own(url, init);
    },
  });
  return {
    uploads,
    list,
    asked,
    troubles,
    errors,
    files: (...names: string[]) =>
      uploads.add(names.map((name) => new File(['x'], name, { type: 'text/plain' }))),
    answer: async (response: Response) => {
      waiting.shift()!(response);
      await settled();
    },
    screen: () =>
      list.value.map(({ file, state, attachment: one }) => [file?.name, state, one?.id].join(' ')),
    deleted: () =>
      asked
        .map(({ body }) => body as { type?: string; params: { attachment_id: string } })
        .filter(({ type }) => type === 'attachments.delete')
        .map(({ params }) => params.attachment_id),
  };
}

test('a file is a chip at once, and an attachment when the server has it', async () => {
  const { list, files, answer, screen } = given();
  files('a.txt');
  expect(screen()).toEqual(['a.txt uploading ']);
  expect(list.value[0]).toMatchObject({ progress: null });
  await answer(Response.json(attachment('atc_1')));
  expect(screen()).toEqual(['a.txt ready atc_1']);
});

test('a fetch of the page that gives up by itself is a failure that can be tried again', async () => {
  const { files, answer, screen, troubles } = given();
  files('a.txt');
  await answer(Promise.reject(new DOMException('Too slow.', 'AbortError')) as never);
  expect(screen()).toEqual(['a.txt failed ']);
  expect(troubles).toMatchObject([{ kind: 'failed', name: 'a.txt', failure: 'network' }]);
});

test('three go at a time, the others wait for a place', async () => {
  const { files, answer, asked, screen } = given();
  files('a', 'b', 'c', 'd');
  expect(asked).toHaveLength(3);
  await answer(Response.json(attachment('atc_1')));
  expect(asked).toHaveLength(4);
  expect(screen().map((line) => line.split(' ')[1])).toEqual([
    'ready',
    'uploading',
    'uploading',
    'uploading',
  ]);
});

test('what the options refuse is told of once, and each is an AttachmentError; the valid ones still go (§3.9)', () => {
  const { uploads, screen, troubles, errors } = given({
    attachments: { maxSize: 3, accept: { 'text/*': [] } },
  });
  const text = (name: string, content: string) => new File([content], name, { type: 'text/plain' });
  uploads.add([
    text('long.txt', '1234'),
    text('ok.txt', '1'),
    new File(['x'], 'x.png', { type: 'image/png' }),
  ]);
  expect(screen()).toEqual(['ok.txt uploading ']);
  expect(troubles).toEqual([
    {
      kind: 'refused',
      refusals: [
        { name: 'long.txt', reason: 'size', size: 4, limit: 3 },
        { name: 'x.png', reason: 'type' },
      ],
    },
  ]);
  expect(errors).toMatchObject([
    {
      name: 'AttachmentError',
      file: 'long.txt',
      code: 'size',
      message: expect.stringContaining('long.txt') as string,
    },
    { name: 'AttachmentError', file: 'x.png', code: 'type' },
  ]);
});

test('nothing is attached where attachments are off, or where it is not said how they travel (§3.1)', () => {
  for (const options of [{ attachments: { enabled: false } }, { strategy: null }]) {
    const { files, screen, asked } = given(options);
    files('a.txt');
    expect(screen()).toEqual([]);
    expect(asked).toEqual([]);
  }
});

test.each([
  [413, null, 'size', false],
  [415, 'unsupported_type', 'type', false],
  [400, 'chatkit.file_upload_type_rejected', 'type', false],
  [400, 'chatkit.file_upload_disabled', 'forbidden', false],
  [429, null, 'rate_limited', true],
  [500, null, 'server', true],
])('a failed upload stays, with its reason: %s %s', async (status, code, kind, canRetry) => {
  const { list, files, answer, troubles, errors } = given();
  files('a.txt');
  await answer(refusal(status, code));
  expect(list.value[0]).toMatchObject({ state: 'failed', error: kind });
  expect(isWorthUploading(kind)).toBe(canRetry);
  expect(troubles).toEqual([{ kind: 'failed', name: 'a.txt', failure: kind }]);
  expect(errors).toMatchObject([{ name: 'AttachmentError', file: 'a.txt', status, code }]);
});

test('another try begins anew, and deletes what the first one left on the server', async () => {
  const { uploads, list, files, answer, screen, deleted } = given({ strategy: { type: 'two_phase' } });
  const created = (id: string) =>
    Response.json({ ...attachment(id), upload_descriptor: { url: '/blob', method: 'PUT', headers: {} } });
  files('a.txt');
  await answer(created('atc_1'));
  expect(list.value[0]).toMatchObject({ state: 'uploading', progress: 0.5 });
  await answer(refusal(500));
  expect(screen()).toEqual(['a.txt failed atc_1']);
  uploads.retry(list.value[0]!);
  expect(deleted()).toEqual(['atc_1']);
  await answer(Response.json({}));
  await answer(created('atc_2'));
  await answer(new Response(null));
  expect(screen()).toEqual(['a.txt ready atc_2']);
});

test('14.3: removing deletes what is on the server, and ends what is on its way without an error', async () => {
  const { uploads, list, files, answer, screen, asked, deleted, errors, troubles } = given();
  files('a.txt', 'b.txt');
  await answer(Response.json(attachment('atc_1')));
  for (const one of list.value) uploads.remove(one);
  await settled();
  expect(screen()).toEqual([]);
  expect(deleted()).toEqual(['atc_1']);
  expect(asked[1]!.signal!.aborted).toBe(true);
  expect([errors, troubles]).toEqual([[], []]);
});

test.each(['direct', 'two_phase'])(
  'what comes through after it was removed is deleted (%s)',
  async (type) => {
    const strategy = { type, uploadUrl: '/files' };
    const { uploads, list, files, answer, deleted, screen } = given({ deaf: true, strategy });
    files('a.txt');
    uploads.remove(list.value[0]!);
    const upload_descriptor = { url: '/blob', method: 'PUT', headers: {} };
    await answer(
      Response.json({ ...attachment('atc_1'), ...(type === 'two_phase' && { upload_descriptor }) }),
    );
    expect(deleted()).toEqual(['atc_1']);
    expect(screen()).toEqual([]);
  },
);

test('one that waits for its turn is simply taken out, and all of them end with the chat', async () => {
  const { uploads, list, files, answer, asked } = given();
  files('a', 'b', 'c', 'd');
  uploads.remove(list.value[3]!);
  await answer(Response.json(attachment('atc_1')));
  expect(asked).toHaveLength(3);
  uploads.stop();
  await settled();
  expect(asked.slice(1).every(({ signal: one }) => one!.aborted)).toBe(true);
});
