/** On whose machine a page is (docs/frontend/client.md). */
import { afterEach, expect, test, vi } from 'vitest';
import { isDeveloped } from './developed';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const on = (hostname: string) => vi.stubGlobal('location', { hostname });

/** A chat with the attribute `debug`, on the page. */
function chat(debug?: string): Element {
  const element = document.createElement('openai-chatkit');
  if (debug !== undefined) element.setAttribute('debug', debug);
  document.body.append(element);
  return element;
}

test.each(['localhost', 'app.localhost', '127.0.0.1', '127.8.9.10', '[::1]'])(
  '%s is a developer’s',
  (name) => {
    on(name);
    expect([isDeveloped(), isDeveloped(chat())]).toEqual([true, true]);
    expect([isDeveloped(chat('off')), isDeveloped()]).toEqual([false, false]);
  },
);

test.each([
  'example.com',
  'localhost.example.com',
  'notlocalhost',
  '127.0.0.1.example.com',
  '192.168.0.1',
  '[::12]',
])('%s is not', (name) => {
  on(name);
  expect([isDeveloped(), isDeveloped(chat())]).toEqual([false, false]);
  expect([isDeveloped(chat('')), isDeveloped()]).toEqual([true, true]);
});
