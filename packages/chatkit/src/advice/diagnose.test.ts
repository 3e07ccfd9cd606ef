/** What a developer is told about an error (docs/frontend/client.md). */
import { expect, test } from 'vitest';
import { IntegrationError } from '../events';
import { HttpError, NetworkError, ReplyError, StreamError } from '../transport/errors';
import { diagnose } from './diagnose';

const api = { url: 'https://api.example/chatkit' };
const unspoken = (status: number) =>
  new HttpError(`The server answered with status ${String(status)}.`, status, null, null);

test.each<[Error, string]>([
  [new IntegrationError('options.api.url: expected a string, got 7'), 'options.api.url'],
  [unspoken(404), 'there is no ChatKit server at api.url'],
  [unspoken(405), 'there is no ChatKit server at api.url'],
  [unspoken(401), 'api.fetch'],
  [unspoken(502), 'log'],
  [new ReplyError('The reply to threads.list is not JSON.'), 'signing in'],
  [new NetworkError('No answer.', false), 'CORS'],
])('%s', (error, words) => {
  expect(diagnose(error, api)).toContain(words);
});

test('what the server says to the person, and what can happen to anybody, is not for the developer', () => {
  expect(diagnose(new HttpError('No such thread.', 404, 'not_found', null), api)).toBeNull();
  expect(diagnose(new HttpError('Slow down.', 429, 'rate_limited', 3), api)).toBeNull();
  expect(diagnose(unspoken(429), api)).toBeNull();
  expect(diagnose(new StreamError('stream.error', null, true), api)).toBeNull();
});
