/** The colours of a theme and their contrast, measured here by formulas of the test's own (element.md §12; LOOK, colour). */
import { expect, test } from 'vitest';
import { css, mix, oklch, type Rgb } from './colors';
import type { ThemeOption } from './options';
import tokens from './styles/0-tokens.css?raw';
import code from './styles/later/code.css?raw';
import { grayRamp, type Properties } from './themeColors';
import { themeProperties } from './themeProperties';

type Color = NonNullable<ThemeOption['color']>;

/** happy-dom has no canvas to measure with: here colours are written as `#rrggbb`. */
function measure(color: string): Rgb | null {
  const parts = /^#(..)(..)(..)$/.exec(color)?.slice(1);
  return parts ? (parts.map((part) => parseInt(part, 16)) as unknown as Rgb) : null;
}

const shown = (color: Color, scheme: 'light' | 'dark' = 'light') =>
  themeProperties({ color }, scheme, measure).properties;

function luminance(color: string): number {
  const [red, green, blue] = measure(color)!.map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return red * 0.2126 + green * 0.7152 + blue * 0.0722;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one) + 0.05, luminance(other) + 0.05];
  return Math.max(a, b) / Math.min(a, b);
}

/** A colour at 12 % on another one, as a tag is drawn on what it stands in. */
function tinted(color: string, below: string): string {
  const [top, base] = [measure(color)!, measure(below)!];
  const parts = top.map((value, index) => Math.round(value * 0.12 + base[index]! * 0.88));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

const SURFACES = ['surface', 'surface-raised', 'surface-floating', 'surface-hover', 'bubble'];
const WANTED = [
  ['text', 7],
  ['text-muted', 4.5],
  ['link', 4.5],
  ['danger', 4.5],
  ['warning', 4.5],
  ['success', 4.5],
  ['code-1', 4.5],
  ['code-2', 4.5],
  ['code-3', 4.5],
  ['code-4', 4.5],
  ['code-5', 4.5],
  ['border-strong', 3],
  ['focus', 3],
] as const;

/** Every pair of a theme that cannot be told apart as well as it must. */
function faults(set: Properties): string[] {
  const of = (role: string) => set[`--ck-${role}`]!;
  const low: string[] = [];
  const check = (what: string, one: string, other: string, ratio: number) => {
    const found = contrast(one, other);
    if (found < ratio) low.push(`${what} ${one} on ${other}: ${found.toFixed(2)}`);
  };
  for (const surface of SURFACES) {
    for (const [role, ratio] of WANTED) check(role, of(role), of(surface), ratio);
    check('tag', of('link'), tinted(of('link'), of(surface)), 4.5);
  }
  for (const surface of SURFACES.slice(0, 2)) check('composer', of('composer-border'), of(surface), 3);
  for (const notice of ['danger-surface', 'warning-surface']) check(notice, of('text'), of(notice), 7);
  if (of('on-accent')) {
    check('accent', of('on-accent'), of('accent'), 4.5);
    check('accent-hover', of('on-accent'), of('accent-hover'), 4.5);
  }
  return low;
}

const SCHEMES = ['light', 'dark'] as const;
const HOSTILE = ['#ffffff', '#000000', '#808080', '#bababa', '#444444', '#ff0000', '#ffff00', '#0000ff', '#00ff00', '#767676', '#2f4f4f', '#ff69b4']; // prettier-ignore

test.each(SCHEMES)('the defaults have the contrast they need (%s)', (scheme) => {
  expect(faults(shown({}, scheme))).toEqual([]);
});

test.each(SCHEMES)('every grayscale has it (%s)', (scheme) => {
  for (const hue of [0, 60, 120, 180, 240, 300]) {
    for (const tint of [0, 5, 9] as const) {
      for (const shade of [-4, 0, 4] as const) {
        const set = shown({ grayscale: { hue, tint, shade } }, scheme);
        const what = JSON.stringify({ hue, tint, shade });
        expect(faults(set), what).toEqual([]);
        const steps = ['surface', 'surface-raised', 'surface-hover'].map((role) => set[`--ck-${role}`]!);
        expect(contrast(steps[0]!, steps[1]!), what).toBeGreaterThan(1.03);
        expect(contrast(steps[1]!, steps[2]!), what).toBeGreaterThan(1.03);
      }
    }
  }
});

test.each(SCHEMES)('every accent has it at every level (%s)', (scheme) => {
  for (const primary of HOSTILE) {
    for (const level of [0, 1, 2, 3] as const) {
      for (const grayscale of [
        { hue: 0, tint: 0 },
        { hue: 120, tint: 9, shade: 4 },
      ] as const) {
        const set = shown({ accent: { primary, level }, grayscale }, scheme);
        expect(faults(set), JSON.stringify({ primary, level })).toEqual([]);
      }
    }
  }
});

test('so have surfaces of any colour, with any other one on them', () => {
  for (const background of HOSTILE) {
    for (const foreground of HOSTILE) {
      for (const primary of ['#ffff00', '#000080', '#808080']) {
        const color: Color = { surface: { background, foreground }, accent: { primary, level: 3 } };
        expect(faults(shown(color)), JSON.stringify(color)).toEqual([]);
      }
    }
  }
});

test('what can be read is not changed: surfaces and accents are the colours of the page', () => {
  const set = shown({
    surface: { background: '#102030', foreground: '#203040' },
    accent: { primary: '#7fd4c1', level: 1 },
  });
  expect(set).toMatchObject({
    '--ck-surface': '#102030',
    '--ck-surface-raised': '#203040',
    '--ck-accent': '#7fd4c1',
    '--ck-link': '#7fd4c1',
    '--ck-focus': '#7fd4c1',
    '--ck-on-accent': '#000000',
  });
});

test('a background of its own decides the scheme', () => {
  const scheme = (background: string) =>
    themeProperties({ color: { surface: { background, foreground: background } } }, 'light', measure).scheme;
  expect([scheme('#102030'), scheme('#fafafa')]).toEqual(['dark', 'light']);
});

test('each level spreads the accent further', () => {
  const neutral = shown({});
  const changed = ([0, 1, 2, 3] as const).map((level) => {
    const set = shown({ accent: { primary: '#004080', level } });
    return ['link', 'bubble', 'composer-border', 'surface-hover'].filter(
      (role) => set[`--ck-${role}`] !== neutral[`--ck-${role}`],
    );
  });
  expect(changed).toEqual([
    [],
    ['link'],
    ['link', 'bubble'],
    ['link', 'bubble', 'composer-border', 'surface-hover'],
  ]);
});

test('a colour that only the browser can tell is used as it is', () => {
  const set = shown({ accent: { primary: 'var(--brand)', level: 3 } });
  expect(set['--ck-accent']).toBe('var(--brand)');
  expect(set['--ck-on-accent']).toBeUndefined();
});

// --- together with the stylesheet ------------------------------------------------------------------

const lightOf = (css: string) => css.split("[data-scheme='dark']")[0]!;

test('every colour that a theme sets has its default in the stylesheet', () => {
  const color: Color = {
    accent: { primary: '#000080', level: 3 },
    surface: { background: '#808080', foreground: '#808080' },
  };
  const defaults = lightOf(tokens) + lightOf(code);
  const missing = Object.keys(shown(color)).filter((name) => !defaults.includes(`${name}:`));
  expect(missing).toEqual(['--ck-accent-hover']); // mixed where it is used
});

/** A declaration of the stylesheet as `#rrggbb`: a colour, a gray, a mixture of two grays, or another role. */
function resolve(rules: string[], role: string): string {
  const value = rules.map((one) => new RegExp(`--ck-${role}: ([^;]+);`).exec(one)?.[1]).find(Boolean) ?? '';
  const numbers = value.match(/\d+(\.\d+)?/g)?.map(Number) ?? [];
  if (value.startsWith('oklch')) return css(oklch(...(numbers as [number, number, number])));
  const gray = (index: number) => measure(resolve(rules, `gray-${String(index)}`))!;
  if (value.startsWith('color-mix')) {
    const [one, other, share = 50] = numbers as [number, number, number?];
    return css(mix(gray(one), gray(other), share / 100));
  }
  return resolve(rules, /^var\(--ck-([\w-]+)\)$/.exec(value)![1]!);
}

test.each(SCHEMES)('the stylesheet says the same as a theme without colours (%s)', (scheme) => {
  const sheets = [tokens, code].map((one) => one.split("[data-scheme='dark']"));
  const light = sheets.map(([first = '']) => first);
  const rules = scheme === 'light' ? light : [...sheets.map(([, second = '']) => second), ...light];
  for (const [name, color] of Object.entries(shown({}, scheme))) {
    expect(`${name} ${resolve(rules, name.slice('--ck-'.length))}`).toBe(`${name} ${color}`);
  }
});

test('the gray ramp gets darker step by step, tinted most in the middle, shifted by shade', () => {
  const parts = (index: number, shade: 0 | 4 | -4 = 0) => {
    const color = grayRamp({ hue: 220, tint: 9, shade })[`--ck-gray-${index}`]!;
    return color.match(/[\d.]+/g)!.map(Number);
  };
  const lightness = Array.from({ length: 11 }, (_, index) => parts(index)[0]!);
  expect(lightness).toEqual([...lightness].sort((one, other) => other - one));
  expect(new Set(lightness).size).toBe(11);
  expect(parts(0)).toEqual([1, 0, 220]);
  expect(parts(7)[1]).toBeCloseTo(0.027 * Math.sin(Math.PI * parts(7)[0]!), 3);
  expect(parts(5, 4)[0]).toBeCloseTo(parts(5)[0]! - 0.048, 3);
  expect(parts(0, -4)[0]).toBe(1);
});
