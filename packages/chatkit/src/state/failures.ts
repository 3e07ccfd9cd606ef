/** Errors, sorted into the kinds that the views have words for. */
import { HttpError, NetworkError, ReplyError, StreamError } from '../transport/errors';
import type { Failure } from './chat';

/**
 * By the code of the answer, or by its status. `n`: in a new chat, of which nothing can be gone or have changed; `a`: after
 * the message was accepted, which so was not too long.
 */
const kinds: Record<string, Failure['kind']> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'gone',
  n404: 'bad_reply',
  409: 'conflict',
  n409: 'changed',
  410: 'gone',
  413: 'too_large',
  a413: 'too_much',
  429: 'rate_limited',
  503: 'unavailable',
  thread_busy: 'busy',
  attachment_missing: 'attachment',
};

/** What to tell the person about an error of an answer. */
export function failureOf(error: unknown, where: 'n' | 'a' | '' = ''): Failure {
  if (error instanceof HttpError) {
    const kind =
      kinds[error.code ?? ''] ?? kinds[`${where}${error.status}`] ?? kinds[error.status] ?? 'server';
    return {
      kind,
      detail: [error.status, error.code].filter(Boolean).join(' '),
      ...(error.retryAfter !== null && { retryAfter: error.retryAfter }),
    };
  }
  if (error instanceof NetworkError) {
    return { kind: error.started ? 'interrupted' : isOffline() ? 'offline' : 'network' };
  }
  if (error instanceof StreamError) {
    return error.words === null
      ? { kind: 'stream', detail: error.code }
      : { kind: 'custom', message: error.words };
  }
  if (error instanceof ReplyError) return { kind: 'bad_reply', detail: error.message };
  return { kind: 'server', detail: error instanceof Error ? error.message : String(error) };
}

export function isOffline(): boolean {
  // Not in every JavaScript runtime; where it is missing, assume we are online.
  return (globalThis.navigator as Navigator | undefined)?.onLine === false;
}

const FINAL: Failure['kind'][] = ['attachment', 'forbidden', 'gone', 'conflict', 'too_large'];

/** Whether the same request could succeed later. */
export function isWorthRetrying(failure: Failure): boolean {
  return !FINAL.includes(failure.kind);
}
