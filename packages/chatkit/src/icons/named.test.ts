/** Every icon that the header's buttons may name is drawn, and looks like no other (element.md §10). */
import { expect, test } from 'vitest';
import { paths as ofInterface } from './interface';
import { paths as named } from './named';

const HEADER_ICONS = `sidebar-left sidebar-right sidebar-open-left sidebar-open-right sidebar-open-left-alt
  sidebar-open-right-alt sidebar-floating-left sidebar-floating-right sidebar-floating-open-left
  sidebar-floating-open-right sidebar-collapse-left sidebar-collapse-right collapse-left collapse-right open-left
  open-right double-chevron-left double-chevron-right home home-alt back-small back-large expand-large collapse-large
  expand-small collapse-small star star-filled bug chat-temporary settings-cog grid dots-horizontal dots-vertical
  dots-horizontal-circle dots-vertical-circle menu menu-inverted hamburger history book-open compose share light-mode
  dark-mode close`.split(/\s+/);

test('there are 46, and each has a drawing', () => {
  expect(HEADER_ICONS).toHaveLength(46);
  expect(HEADER_ICONS.filter((name) => !(name in ofInterface) && !(name in named))).toEqual([]);
});

test('no two of them are the same, except for what fills a shape', () => {
  const drawings = HEADER_ICONS.filter((name) => !name.endsWith('-filled')).map(
    (name) => ofInterface[name] ?? named[name],
  );
  expect(new Set(drawings).size).toBe(drawings.length);
});
