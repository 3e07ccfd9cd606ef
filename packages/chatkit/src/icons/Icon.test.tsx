/** What an icon's name draws (element.md §9): names come from options, and from servers. */
import { render } from 'preact';
import { expect, test, vi } from 'vitest';
import { Icon } from './Icon';

test.each(
  `__proto__ constructor toString no-such-icon vendor:x lucide:nonsense lucide:__proto__ lucide:../named lucide:
  lucide:Anchor lucide:lucide:anchor zzz 0`
    .split(/\s+/)
    .concat(''),
)('a name that is none, like "%s", draws nothing and takes no room', async (name) => {
  const root = document.createElement('div');
  render(<Icon name={name} />, root);
  await vi.dynamicImportSettled();
  await expect.poll(() => root.childElementCount, { timeout: 8000 }).toBe(0);
});

test('names of the interface and of the options draw', async () => {
  const root = document.createElement('div');
  render([<Icon name="copy" />, <Icon name="globe" />], root);
  await expect.poll(() => root.querySelectorAll('svg path[d^="M"]').length).toBe(2);
});

test.each(['lucide:anchor', 'chevron-down', 'lucide:a-arrow-down', 'lucide:zoom-out', 'lucide:check-circle'])(
  '%s is drawn as Lucide draws it',
  async (name) => {
    const root = document.createElement('div');
    render(<Icon name={name} />, root);
    await expect.poll(() => root.querySelectorAll('svg path[d^="M"]').length, { timeout: 8000 }).toBe(1);
  },
);

test('after `lucide:` a name is Lucide’s, also where we have one of our own', async () => {
  const root = document.createElement('div');
  render([<Icon name="history" />, <Icon name="lucide:bolt" />, <Icon name="bolt" />], root);
  await expect.poll(() => root.querySelectorAll('path').length, { timeout: 8000 }).toBe(3);
  expect(new Set([...root.querySelectorAll('path')].map((one) => one.getAttribute('d'))).size).toBe(3);
});

test('all of Lucide is there, in parts that are named by their first icon, and nothing but drawings is in it', async () => {
  const files = import.meta.glob<Record<string, string>>('./lucide/*.json', { import: 'default' });
  const names: string[] = [];
  for (const path of Object.keys(files).sort()) {
    const paths = await files[path]!();
    expect(path).toBe(`./lucide/lucide-${Object.keys(paths)[0]!}.json`);
    names.push(...Object.keys(paths));
    for (const d of Object.values(paths)) expect(d).toMatch(/^M[\d\sMLHVCSQTAZmlhvcsqtaz.,-]+$/);
  }
  expect(names.length).toBeGreaterThan(2000);
  expect(names).toEqual([...new Set(names)].sort());
});
