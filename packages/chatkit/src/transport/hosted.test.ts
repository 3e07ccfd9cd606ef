/** The secret of a hosted server (element.md §7). */
import { afterEach, expect, test, vi } from 'vitest';
import type { ChatKitOptions } from '../options';
import { endsSoon, Gate } from './hosted';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A gate whose server takes one secret and no other; what it was asked for, and what it told. */
function given(accepts: string, getClientSecret: (current: string | null) => Promise<string>) {
  const sent: string[] = [];
  const errors: Error[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const { Authorization } = init!.headers as Record<string, string>;
    sent.push(`${url as string} ${Authorization!}`);
    return new Response('{}', { status: Authorization === `Bearer ${accepts}` ? 200 : 401 });
  });
  const place = { domain: 'page.test', verifyUrl: null, baseUrl: () => 'https://chat.test' };
  const api = (): ChatKitOptions['api'] => ({ getClientSecret });
  const gate = new Gate(place, api, (name, ...[detail]) => {
    if (name === 'chatkit.error') errors.push((detail as { error: Error }).error);
  });
  return { gate, sent, errors };
}

test('requests that are refused together ask for one new secret, and each goes out once more', async () => {
  const asked: (string | null)[] = [];
  const { gate, sent } = given('two', async (current) => {
    asked.push(current);
    return current === null ? 'one' : 'two';
  });
  await gate.open();
  const answers = await Promise.all([gate.fetch('/a', {}), gate.fetch('/b', {})]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(asked).toEqual([null, 'one']);
  expect(sent).toEqual([
    'https://chat.test/a Bearer one',
    'https://chat.test/b Bearer one',
    'https://chat.test/a Bearer two',
    'https://chat.test/b Bearer two',
  ]);
});

test('a secret that is refused again ends there: one retry', async () => {
  const { gate, sent } = given('never', async () => 'one');
  await gate.open();
  expect((await gate.fetch('/a', {})).status).toBe(401);
  expect(sent).toHaveLength(2);
});

test('a callback that fails is told of, and the request is refused; the next one asks again', async () => {
  let works = false;
  const { gate, errors } = given('new', async (current) => {
    if (current === null) return 'old';
    if (!works) throw new Error('signed out');
    return 'new';
  });
  await gate.open();
  expect((await gate.fetch('/a', {})).status).toBe(401);
  expect(errors.map((error) => `${error.name}: ${error.message}`)).toEqual([
    'IntegrationError: options.api.getClientSecret failed: signed out',
  ]);
  works = true;
  expect((await gate.fetch('/a', {})).status).toBe(200);
});

test.each([[''], [undefined], [7]])('%j is no secret', async (secret) => {
  const { gate } = given('', async () => secret as never);
  await expect(gate.open()).rejects.toThrow('gave no secret');
});

const token = (claims: object) => `h.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.s`;

test('a secret that says when it ends is replaced before that', async () => {
  const now = Date.parse('2026-03-01T10:00:00Z');
  expect(endsSoon(token({ exp: now / 1000 + 10 }), now)).toBe(true);
  expect(endsSoon(token({ exp: now / 1000 + 600 }), now)).toBe(false);
  expect([endsSoon(token({}), now), endsSoon('ek_1234', now), endsSoon('a.b.c', now)]).toEqual([
    false,
    false,
    false,
  ]);
  const old = token({ exp: Date.now() / 1000 + 5 });
  const { gate, sent } = given('new', async (current) => (current === null ? old : 'new'));
  await gate.open();
  await gate.fetch('/a', {});
  expect(sent).toEqual(['https://chat.test/a Bearer new']);
});
