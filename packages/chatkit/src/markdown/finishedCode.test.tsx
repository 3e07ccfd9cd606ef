/** Code whose colours would take for ever, or nest without end. That others get theirs is tested in a browser. */
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, test } from 'vitest';
import { finish } from './finishedCode';

const page = document.createElement('div');
document.body.append(page);

afterEach(() => {
  render(null, page);
});

const deepest = (one: Element): number => 1 + Math.max(0, ...[...one.children].map(deepest));

test('colours go no deeper than anybody sees, and no word is lost', async () => {
  const code = '`${\n'.repeat(1000);
  const view = await finish(code, 'js', page);
  await act(() => {
    render(view, page);
  });
  expect(page.textContent).toBe(code);
  expect(deepest(page)).toBeGreaterThan(20);
  expect(deepest(page)).toBeLessThan(60);
});

test.each([
  ['markdown', '[a]('.repeat(4_000)],
  ['markdown', '[a](\n'.repeat(4_000)],
  ['csharp', `${'a '.repeat(400)}\n`.repeat(24)],
  ['cpp', `${'a_'.repeat(400)}\n`.repeat(24)],
  ['javascript', '0x'.repeat(25_000)],
  ['json', 'x'.repeat(1_000_000)],
])(
  '%s that its grammar reads again and again stays plain or comes to an end',
  async (language, code) => {
    const view = await finish(code, language, page);
    await act(() => {
      render(view ?? code, page);
    });
    expect(page.textContent).toBe(code);
  },
  120_000,
);
