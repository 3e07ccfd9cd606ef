/** What an icon's name draws (element.md §9): names come from options, and from servers. */
import { render } from 'preact';
import { expect, test, vi } from 'vitest';
import { Icon } from './Icon';

test.each(['__proto__', 'constructor', 'toString', 'no-such-icon', 'vendor:x', ''])(
  'a name that is none, like "%s", draws nothing and takes no room',
  async (name) => {
    const root = document.createElement('div');
    render(<Icon name={name} />, root);
    await vi.dynamicImportSettled();
    await expect.poll(() => root.childElementCount).toBe(0);
  },
);

test('names of the interface and of the options draw', async () => {
  const root = document.createElement('div');
  render([<Icon name="copy" />, <Icon name="globe" />], root);
  await expect.poll(() => root.querySelectorAll('svg path[d^="M"]').length).toBe(2);
});
