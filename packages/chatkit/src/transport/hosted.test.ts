/** The secret of a hosted server (element.md §7). */
import { afterEach, expect, test, vi } from 'vitest';
import type { ChatKitOptions } from '../options';
import { endsSoon, Gate } from './hosted';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A gate whose server takes one secret and no other; what it was asked for, what it told, and what stood before it. */
function given(
  accepts: string,
  getClientSecret: (current: string | null) => Promise<string>,
  options: ChatKitOptions['api'] = { getClientSecret },
) {
  const sent: string[] = [];
  const errors: Error[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const { Authorization } = init!.headers as Record<string, string>;
    sent.push(`${url as string} ${Authorization!}`);
    return new Response('{}', { status: Authorization === `Bearer ${accepts}` ? 200 : 401 });
  });
  const place = { domain: 'page.test', verifyUrl: null, baseUrl: () => 'https://chat.test' };
  const api = () => options;
  const closed = { shown: [] as boolean[], hidden: 0, tryAgain: (): void => undefined };
  const gate = new Gate(
    place,
    api,
    (name, ...[detail]) => {
      if (name === 'chatkit.error') errors.push((detail as { error: Error }).error);
    },
    {
      show(began) {
        closed.shown.push(began);
        return new Promise((resolve) => (closed.tryAgain = resolve));
      },
      hide: () => closed.hidden++,
    },
  );
  return { gate, sent, errors, closed };
}

/** Until something is shown in place of the chat, as often as said. */
const shown = ({ shown }: { shown: boolean[] }, times: number) =>
  vi.waitFor(() => expect(shown).toHaveLength(times));

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

test('a callback that fails closes the gate: requests wait for the person to try again', async () => {
  let works = false;
  const { gate, errors, sent, closed } = given('new', async (current) => {
    if (current === null) return 'old';
    if (!works) throw new Error('signed out');
    return 'new';
  });
  await gate.open();
  const answers = Promise.all([gate.fetch('/a', {}), gate.fetch('/b', {})]);
  await shown(closed, 1);
  closed.tryAgain();
  await shown(closed, 2);
  expect(closed.shown).toEqual([true, true]);
  expect(errors.map((error) => `${error.name}: ${error.message}`)).toEqual(
    Array(2).fill('IntegrationError: options.api.getClientSecret failed: signed out'),
  );
  works = true;
  const { hidden } = closed;
  closed.tryAgain();
  expect((await answers).map(({ status }) => status)).toEqual([200, 200]);
  expect(sent.slice(2)).toEqual(['https://chat.test/a Bearer new', 'https://chat.test/b Bearer new']);
  expect(closed.hidden).toBe(hidden + 1);
});

test('a request that is ended waits no more, and the last one opens what stood there', async () => {
  const { gate, closed } = given('new', async (current) => {
    if (current === null) return 'old';
    throw new Error('signed out');
  });
  await gate.open();
  const stop = new AbortController();
  const answer = gate.fetch('/a', { signal: stop.signal });
  await shown(closed, 1);
  const { hidden } = closed;
  stop.abort();
  await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }) as Error);
  expect(closed.hidden).toBe(hidden + 1);
});

test.each([[''], [undefined], [7]])('%j is no secret: there is no chat until there is one', async (wrong) => {
  let secret: unknown = wrong;
  const { gate, errors, closed } = given('', async () => secret as never);
  const opened = gate.open();
  await shown(closed, 1);
  expect(closed.shown).toEqual([false]);
  expect(errors[0]!.message).toContain('gave no secret');
  secret = 'one';
  closed.tryAgain();
  await opened;
});

test('a callback that gives nothing for long closes the gate; what it gives later is used', async () => {
  vi.useFakeTimers();
  try {
    let give: (secret: string) => void = () => undefined;
    const asked: unknown[] = [];
    const api = {
      getClientSecret: (current: string | null) => {
        asked.push(current);
        return new Promise<string>((resolve) => (give = resolve));
      },
    };
    const { gate, errors, closed, sent } = given('one', api.getClientSecret, api);
    const opened = gate.open();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(closed.shown).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(closed.shown).toEqual([false]);
    expect(errors[0]!.message).toBe('options.api.getClientSecret failed: it gave nothing within 30 seconds.');
    give('one');
    await vi.advanceTimersByTimeAsync(0);
    closed.tryAgain();
    await opened;
    await gate.fetch('/a', {});
    expect([asked, sent]).toEqual([[null], ['https://chat.test/a Bearer one']]);
  } finally {
    vi.useRealTimers();
  }
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
