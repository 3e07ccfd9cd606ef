/** Errors, sorted into the kinds that the views have words for. */
import { HttpError, NetworkError, ReplyError, StreamError } from '../transport/errors';
import type { Failure } from './chat';

/** By the code of the answer, or by its status. */
const kinds: Record<string, Failure['kind']> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'not_found',
  413: 'too_large',
  429: 'rate_limited',
  503: 'unavailable',
  thread_busy: 'busy',
  attachment_missing: 'attachment',
};

/** What to tell the person about an error. */
export function failureOf(error: unknown): Failure {
  if (error instanceof HttpError) {
    const kind = kinds[error.code ?? ''] ?? kinds[error.status] ?? 'server';
    return {
      kind,
      detail: [error.status, error.code].filter(Boolean).join(' '),
      ...(error.retryAfter !== null && { retryAfter: error.retryAfter }),
    };
  }
  if (error instanceof NetworkError) {
    if (error.started) return { kind: 'interrupted' };
    // Not in every JavaScript runtime; where it is missing, assume we are online.
    return {
      kind: (globalThis.navigator as Navigator | undefined)?.onLine === false ? 'offline' : 'network',
    };
  }
  if (error instanceof StreamError) {
    return error.words === null
      ? { kind: 'stream', detail: error.code }
      : { kind: 'custom', message: error.words };
  }
  if (error instanceof ReplyError) return { kind: 'bad_reply', detail: error.message };
  return { kind: 'server', detail: error instanceof Error ? error.message : String(error) };
}

const FINAL: Failure['kind'][] = ['attachment', 'forbidden', 'not_found', 'conflict', 'too_large'];

/** Whether the same request could succeed later. */
export function isWorthRetrying(failure: Failure): boolean {
  return !FINAL.includes(failure.kind);
}
