/** Finding out where chatkit.js came from (docs/decisions/0007-script-url.md). In real browsers: e2e/test_loading.py. */
import { afterEach, expect, test, vi } from 'vitest';
import { scriptUrl, urlInStack } from './scriptUrl';

afterEach(() => {
  document.head.replaceChildren();
  vi.restoreAllMocks();
});

test.each([
  [
    'Chromium',
    'Error\n    at l (https://cdn.example/a/chatkit.js?v=1:1:2034)\n    at https://cdn.example/a/chatkit.js?v=1:1:99',
    'https://cdn.example/a/chatkit.js?v=1',
  ],
  [
    'Firefox',
    'l@http://127.0.0.1:8000/chatkit.js:1:2034\n@http://127.0.0.1:8000/chatkit.js:1:99\n',
    'http://127.0.0.1:8000/chatkit.js',
  ],
  [
    'Safari',
    'l@http://localhost:8000/static/chatkit.js:1:2034\nmodule code@http://localhost:8000/static/chatkit.js:1:99',
    'http://localhost:8000/static/chatkit.js',
  ],
  [
    'an extension',
    'Error\n    at chrome-extension://abc/chatkit.js:3:5',
    'chrome-extension://abc/chatkit.js',
  ],
])('the stack of %s gives the address', (_, stack, url) => {
  expect(urlInStack(stack)).toBe(url);
});

test.each(['', 'Error', 'Error\n    at <anonymous>:1:1', 'eval code@[native code]'])(
  'a stack without an address gives none',
  (stack) => {
    expect(urlInStack(stack)).toBeUndefined();
  },
);

test('a classic script knows itself', () => {
  const script = document.createElement('script');
  script.src = 'https://cdn.example/chatkit.js';
  vi.spyOn(document, 'currentScript', 'get').mockReturnValue(script);
  expect(scriptUrl()).toBe('https://cdn.example/chatkit.js');
});

test('without any stack, the element with our name is asked', () => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const script = document.createElement('script');
  script.setAttribute('type', 'text/plain');
  script.src = 'https://cdn.example/x/chatkit.js';
  document.head.append(script);
  expect(scriptUrl()).toBe('https://cdn.example/x/chatkit.js');
  Error.stackTraceLimit = limit;
});
