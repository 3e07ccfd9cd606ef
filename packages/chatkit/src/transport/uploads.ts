/** Takes files to the server: in one request, or by an address that the server gives for each (protocol.md §14). */
import type { ChatKitOptions, FileUploadStrategy } from '../options';
import type { Attachment } from '../protocol/generated';
import { isRecord } from '../protocol/guards';
import { httpError, type Client } from './client';
import { NetworkError, ReplyError } from './errors';

/** Told while a file is on its way. */
export type Progress = {
  /** The server has a place for it: what is given up from here on must be deleted there. */
  readonly onCreated: (attachment: Attachment) => void;
  /** How much has gone out, from 0 to 1. Not called where that cannot be known. */
  readonly onProgress: (share: number) => void;
};

/** A file could not be attached: it is not one of those that may be, or it did not get to the server. */
export class AttachmentError extends Error {
  override name = 'AttachmentError';

  /**
   * @param file The name of the file.
   * @param code `size`, `type` and `count` for what the options forbid, else what the server said, if anything.
   * @param status What the server answered with.
   */
  constructor(
    message: string,
    readonly file: string,
    readonly code: string | null,
    readonly status: number | null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A request whose body is a file. */
type Post = {
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: FormData | Blob;
  readonly signal: AbortSignal;
};

export type Sender = (post: Post, onProgress: (share: number) => void) => Promise<Response>;

/** How files travel with these options; null where nothing is said about it, and so none can be sent. */
export function strategyOf(api: ChatKitOptions['api']): FileUploadStrategy | null {
  if ('url' in api) return api.uploadStrategy ?? null;
  return { type: 'direct', uploadUrl: '/v1/chatkit/files' };
}

/**
 * Uploads a file; resolves when the server has all of it.
 *
 * @param send How bytes go out where the app has no `fetch` of its own.
 * @throws HttpError, NetworkError, ReplyError; an `AbortError` if `signal` was triggered.
 */
export async function upload(
  file: File,
  strategy: FileUploadStrategy,
  client: Client,
  signal: AbortSignal,
  progress: Progress,
  send: Sender = sendByXhr,
): Promise<Attachment> {
  if (strategy.type === 'direct') {
    const { fetch: own } = client.settings.endpoint();
    const post: Post = {
      url: strategy.uploadUrl,
      method: 'POST',
      headers: { 'Accept-Language': client.settings.locale() },
      body: asForm(file),
      signal,
    };
    const response = await answerTo(post, own ? byFetch(own) : send, progress);
    const attachment = await jsonOf(response, signal);
    if (!isAttachment(attachment))
      throw new ReplyError(`${post.url} answered with something else than an attachment.`);
    return attachment;
  }

  const created = await client.ask(
    'attachments.create',
    { name: file.name, size: file.size, mime_type: typeOf(file) },
    signal,
    isAttachment,
  );
  progress.onCreated(created);
  const descriptor = created.upload_descriptor;
  if (!descriptor) throw new ReplyError('The reply to attachments.create has no upload_descriptor.');
  // Straight to where it says, without the app's headers: they are not meant for a storage host.
  const raw = descriptor.method === 'PUT';
  const { url: asked } = client.settings.endpoint();
  const response = await answerTo(
    {
      url: descriptor.url,
      method: descriptor.method,
      headers: headersOf(descriptor.headers, raw ? typeOf(file) : null),
      body: raw ? file : asForm(file),
      signal,
    },
    isBorrowed(descriptor.url, asked) ? withoutCookies : send,
    progress,
  );
  const answer = await jsonOf(response, signal).catch(() => null);
  const isNewer = isAttachment(answer) && answer.id === created.id && answer.type === 'image';
  return isNewer && created.type === 'image' ? { ...created, preview_url: answer.preview_url } : created;
}

/** The type that a browser gives a file, which may be none. */
export function typeOf({ type }: Blob): string {
  return type || 'application/octet-stream';
}

export function isAttachment(value: unknown): value is Attachment {
  return (
    isRecord(value) &&
    ['id', 'name', 'mime_type'].every((field) => typeof value[field] === 'string') &&
    (value['type'] === 'file' || (value['type'] === 'image' && typeof value['preview_url'] === 'string'))
  );
}

function asForm(file: File): FormData {
  const form = new FormData();
  form.append('file', file, file.name);
  return form;
}

/** A form sets its own type, with the boundary in it; raw bytes have one at least. */
function headersOf(
  given: Readonly<Record<string, string>> | undefined,
  rawType: string | null,
): Record<string, string> {
  const isType = ([name]: [string, string]) => name.toLowerCase() === 'content-type';
  const all = Object.entries(given ?? {});
  if (rawType === null) return Object.fromEntries(all.filter((one) => !isType(one)));
  return all.some(isType) ? { ...given } : { ...given, 'Content-Type': rawType };
}

async function answerTo(post: Post, send: Sender, { onProgress }: Progress): Promise<Response> {
  let response: Response;
  try {
    response = await send(post, onProgress);
  } catch (cause) {
    post.signal.throwIfAborted();
    throw new NetworkError(`The upload to ${post.url} did not arrive.`, false, { cause });
  }
  // Pages are mostly not type-checked.
  if (!(response as Partial<Response> | undefined)?.headers)
    throw new ReplyError('options.api.fetch gave no Response.');
  if (!response.ok) throw await httpError(response);
  return response;
}

async function jsonOf(response: Response, signal: AbortSignal): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof SyntaxError) throw new ReplyError('The reply to an upload is not JSON.', { cause });
    throw new NetworkError('The reply to an upload broke off.', true, { cause });
  }
}

/**
 * Whether a server elsewhere names an address of this page's own origin, to which the browser would add the page's
 * cookies. Those go to the page's own server when that asked for the file itself, and never to another origin.
 */
function isBorrowed(to: string, asked: string): boolean {
  const { document: page } = globalThis as { document?: Document }; // not there in Node
  if (!page) return false;
  const [target, server] = [to, asked].map((url) => new URL(url, page.baseURI).origin);
  return target === page.location.origin && server !== target;
}

const withoutCookies: Sender = ({ url, ...init }) => fetch(url, { ...init, credentials: 'omit' });

const byFetch =
  (own: typeof fetch): Sender =>
  ({ url, ...init }) =>
    own(url, init);

/** The browser tells only this way how much has gone out. */
function sendByXhr({ url, method, headers, body, signal }: Post, onProgress: (share: number) => void) {
  return new Promise<Response>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const over = () => signal.removeEventListener('abort', abort);
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable && total) onProgress(loaded / total);
    };
    request.onload = () => {
      over();
      const { status, responseText } = request;
      resolve(new Response([204, 205, 304].includes(status) ? null : responseText, { status }));
    };
    request.onerror = () => {
      over();
      reject(new TypeError('The connection failed.'));
    };
    request.onabort = () => {
      over();
      reject(new DOMException('The upload was ended.', 'AbortError'));
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', abort);
    request.send(body);
  });
}
