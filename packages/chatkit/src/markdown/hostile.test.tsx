/**
 * No text of a model's becomes anything but text and elements of ours, however it is put (protocol/hostile). Formulas are
 * drawn in a browser alone: e2e/test_hostile.py.
 */
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { faults } from '../../../../protocol/hostile/faults.js';
import { BlockParser } from './blocks';
import { addresses, forms, hostileTexts, inForm } from './hostileTexts';
import { Markdown } from './Markdown';

/** Milliseconds: not a measure of speed, but the end of what would take forever. */
const ENOUGH = 400_000;

const page = document.createElement('div');
document.body.append(page);

const draw = (source: string, streaming = false) =>
  act(() => {
    render(<Markdown source={source} streaming={streaming} />, page);
  });

const judged = (source: string): string[] => {
  const found = faults(page, document.baseURI);
  return found.length ? [source.slice(0, 200), ...found] : [];
};

beforeAll(async () => {
  // What few texts need is fetched with the first that does.
  await draw('![near](/x.png)');
  await vi.waitFor(() => expect(page.querySelector('img')).not.toBeNull(), ENOUGH);
  await draw('$x$');
  await vi.waitFor(() => expect(page.querySelector('.md-maths')).not.toBeNull(), ENOUGH);
}, ENOUGH);

afterEach(() => {
  render(null, page);
});

test('there are at least 300 of them, and no two are the same', () => {
  const all = [...addresses, ...[...hostileTexts.values()].flat().map(({ text }) => text)];
  expect(all.length).toBeGreaterThanOrEqual(300);
  expect(new Set(all).size).toBe(all.length);
});

test('the judge knows what is dangerous', () => {
  const made = document.createElement('div');
  const link = Object.assign(document.createElement('a'), { href: 'javascript:trap(1)' });
  const picture = Object.assign(document.createElement('img'), { src: 'https://evil.example/x.png' });
  picture.setAttribute('onerror', 'trap(1)');
  made.append(link, picture, document.createElement('iframe'));
  expect(faults(made, document.baseURI)).toHaveLength(4);
});

test.each(forms)(
  'no address in %j leads anywhere or loads anything',
  async (form) => {
    for (const address of addresses) {
      const source = inForm(form, address);
      await draw(source);
      expect(judged(source)).toEqual([]);
    }
  },
  ENOUGH,
);

test.each([...hostileTexts.keys()])(
  '%s: whole and while it grows, nothing is drawn but elements of ours',
  async (kind) => {
    for (const { text } of hostileTexts.get(kind)!) {
      await draw(text);
      expect(judged(text)).toEqual([]);
      render(null, page);
      // In pieces, as a stream brings them.
      const step = Math.ceil(text.length / (text.length > 5_000 ? 3 : 11));
      for (let end = step; end < text.length; end += step) await draw(text.slice(0, end), true);
      await draw(text, true);
      expect(judged(text)).toEqual([]);
      render(null, page);
    }
  },
  ENOUGH,
);

test(
  'nor of short ones at any of their characters, while they grow',
  async () => {
    const short = ['html', 'markdown', 'maths', 'names', 'unicode'].flatMap((kind) =>
      hostileTexts.get(kind)!.filter(({ text }) => text.length <= 40),
    );
    const some = short.filter((_, index) => index % 3 === 0).map(({ text }) => text);
    some.push(...forms.map((form, index) => inForm(form, addresses[index * 11]!).slice(0, 100)));
    expect(some.length).toBeGreaterThan(80);
    for (const text of some) {
      for (let end = 1; end <= text.length; end++) {
        await draw(text.slice(0, end), true);
        expect(judged(text.slice(0, end))).toEqual([]);
      }
      render(null, page);
    }
  },
  ENOUGH,
);

/** A small generator of numbers that are the same every time (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * sides);
  };
}

test(
  'nor of mixtures of them, cut anywhere and put together',
  async () => {
    const parts = [...hostileTexts.values()].flat().map(({ text }) => text.slice(0, 3000));
    const glue = [
      '',
      ' ',
      '\n',
      '\n\n',
      '> ',
      '- ',
      '| ',
      '**',
      '`',
      '```\n',
      '[',
      '](',
      '$',
      '<',
      '\u202e',
      '\\',
    ];
    for (let seed = 1; seed <= 300; seed++) {
      const roll = dice(seed);
      const pick = <T,>(all: readonly T[]): T => all[roll(all.length)]!;
      const piece = () => {
        const kind = roll(3);
        if (kind === 0) return inForm(pick(forms), pick(addresses));
        const text = pick(parts);
        const start = kind === 1 ? 0 : roll(text.length);
        return text.slice(start, start + 1 + roll(400));
      };
      const source = Array.from({ length: 2 + roll(5) }, () => piece() + pick(glue)).join('');
      await draw(source);
      expect(judged(source), `seed ${seed}`).toEqual([]);
      const whole = page.textContent;
      // What has grown is in the end what it is as a whole.
      const parser = new BlockParser();
      for (let end = 1; end < source.length; end += 1 + roll(80)) parser.grow(source.slice(0, end));
      expect(parser.end(source).map(({ raw }) => raw)).toEqual(
        new BlockParser().end(source).map(({ raw }) => raw),
      );
      render(null, page);
      await draw(source);
      expect(page.textContent, `seed ${seed}`).toBe(whole);
      render(null, page);
    }
  },
  ENOUGH,
);
