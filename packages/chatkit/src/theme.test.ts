/** From the theme option to custom properties (element.md §12). */
import { afterEach, expect, test, vi } from 'vitest';
import type { ThemeOption } from './options';
import { grayRamp, Theme, themeOption, themeProperties } from './theme';

/** Luminances that the tests need; happy-dom has no canvas to measure with. */
const luminances: Record<string, number> = { yellow: 0.93, navy: 0.016, teal: 0.17 };
const luminanceOf = (color: string) => luminances[color] ?? null;
const properties = (theme: ThemeOption, scheme: 'light' | 'dark' = 'light') =>
  themeProperties(theme, scheme, luminanceOf);

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a string sets the scheme only, and nothing at all sets nothing', () => {
  expect(themeOption('dark')).toEqual({ colorScheme: 'dark' });
  expect(properties(themeOption('dark'))).toEqual({});
  expect(properties(themeOption(undefined))).toEqual({});
});

test.each([
  ['pill', ['22px', '20px', '9999px', '28px']],
  ['round', ['18px', '16px', '12px', '20px']],
  ['soft', ['10px', '10px', '8px', '12px']],
  ['sharp', ['2px', '2px', '2px', '2px']],
] as const)('radius %s', (radius, values) => {
  expect(Object.values(properties({ radius }))).toEqual(values);
});

test.each([
  ['compact', '3.2px'],
  ['normal', '4px'],
  ['spacious', '5px'],
] as const)('density %s scales the unit', (density, unit) => {
  expect(properties({ density })).toEqual({ '--ck-unit': unit });
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

test.each([
  ['yellow', '#000'],
  ['navy', '#fff'],
  ['teal', '#fff'],
])('what lies on %s is %s, whichever can be read better', (primary, on) => {
  expect(properties({ color: { accent: { primary, level: 0 } } })).toEqual({
    '--ck-accent': primary,
    '--ck-on-accent': on,
  });
});

test('each level spreads the accent further', () => {
  const names = ([0, 1, 2, 3] as const).map((level) =>
    Object.keys(properties({ color: { accent: { primary: 'navy', level } } })).slice(2),
  );
  expect(names).toEqual([
    [],
    ['--ck-link'],
    ['--ck-link', '--ck-bubble'],
    ['--ck-link', '--ck-bubble', '--ck-composer-border', '--ck-surface-hover'],
  ]);
});

test('a link in a colour that cannot be read on the page is mixed until it can', () => {
  const link = (primary: string, scheme: 'light' | 'dark') =>
    properties({ color: { accent: { primary, level: 1 } } }, scheme)['--ck-link'];
  expect(link('navy', 'light')).toBe('navy');
  expect(link('navy', 'dark')).toContain('color-mix');
  expect(link('yellow', 'light')).toContain('color-mix');
  expect(link('yellow', 'dark')).toBe('yellow');
});

test('auto follows the system, and stops when the element goes', () => {
  const listeners = new Set<() => void>();
  const system = {
    matches: true,
    addEventListener: (_: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
  };
  vi.stubGlobal('matchMedia', () => system);
  const host = document.createElement('div');
  const theme = new Theme(host);
  theme.set('auto');
  expect(host.dataset['scheme']).toBe('dark');
  system.matches = false;
  listeners.forEach((listener) => {
    listener();
  });
  expect(host.dataset['scheme']).toBe('light');
  theme.remove();
  expect(listeners.size).toBe(0);
});

test('a theme leaves nothing of the one before it', () => {
  const theme = new Theme(document.createElement('div'));
  theme.set({ radius: 'sharp', typography: { baseSize: 18, fontFamily: 'Inter' } });
  const { style } = theme.sheet.cssRules[0] as CSSStyleRule;
  expect([style.getPropertyValue('--ck-size'), style.getPropertyValue('--ck-font')]).toEqual([
    '18px',
    'Inter',
  ]);
  theme.set('light');
  expect(style.length).toBe(0);
});

test('a font is registered once for all elements, and goes with the last of them', () => {
  const faces = new Set<unknown>();
  vi.stubGlobal(
    'FontFace',
    class {
      constructor(
        readonly family: string,
        readonly source: string,
      ) {}
    },
  );
  Object.defineProperty(document, 'fonts', {
    configurable: true,
    value: { add: (face: unknown) => faces.add(face), delete: (face: unknown) => faces.delete(face) },
  });
  const fontSources = [{ family: 'Inter', src: '/inter.woff2' }];
  const [one, other] = [new Theme(document.createElement('div')), new Theme(document.createElement('div'))];
  one.set({ typography: { fontSources } });
  other.set({ typography: { fontSources } });
  expect(faces.size).toBe(1);
  one.set('light');
  expect(faces.size).toBe(1);
  other.remove();
  expect(faces.size).toBe(0);
});
