/** From the theme option to custom properties (element.md §12). */
import { afterEach, expect, test, vi } from 'vitest';
import type { ThemeOption } from './options';
import { Theme, themeOption } from './theme';
import { themeProperties } from './themeProperties';

const properties = (theme: ThemeOption) => themeProperties(theme, 'light').properties;

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

test('auto follows the system, and stops when the element goes', async () => {
  const listeners = new Set<() => void>();
  const system = {
    matches: true,
    addEventListener: (_: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
  };
  vi.stubGlobal('matchMedia', () => system);
  const host = document.createElement('div');
  const theme = new Theme(host);
  await theme.set('auto');
  expect(host.dataset['scheme']).toBe('dark');
  system.matches = false;
  listeners.forEach((listener) => {
    listener();
  });
  expect(host.dataset['scheme']).toBe('light');
  theme.remove();
  expect(listeners.size).toBe(0);
});

test('a theme leaves nothing of the one before it', async () => {
  const theme = new Theme(document.createElement('div'));
  await theme.set({ radius: 'sharp', typography: { baseSize: 18, fontFamily: 'Inter' } });
  const { style } = theme.sheet.cssRules[0] as CSSStyleRule;
  expect([style.getPropertyValue('--ck-size'), style.getPropertyValue('--ck-font')]).toEqual([
    '18px',
    'Inter',
  ]);
  await theme.set('light');
  expect(style.length).toBe(0);
});

test('a font is registered once for all elements, and goes with the last of them', async () => {
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
  await one.set({ typography: { fontSources } });
  await other.set({ typography: { fontSources } });
  expect(faces.size).toBe(1);
  await one.set('light');
  expect(faces.size).toBe(1);
  other.remove();
  expect(faces.size).toBe(0);
});

test('a theme that is overtaken while it loads is not shown', async () => {
  const theme = new Theme(document.createElement('div'));
  const [slow, quick] = [theme.set({ radius: 'sharp' }), theme.set('dark')];
  await Promise.all([slow, quick]);
  const { style } = theme.sheet.cssRules[0] as CSSStyleRule;
  expect(style.length).toBe(0);
});

test('a font without an address is named and passed over, and the rest of the theme is on', async () => {
  const warned = vi.spyOn(console, 'warn').mockReturnValue();
  const host = document.createElement('div');
  const theme = new Theme(host);
  await theme.set({ radius: 'sharp', typography: { fontSources: [{ family: 'Lost', src: 'http://[' }] } });
  const { style } = theme.sheet.cssRules[0] as CSSStyleRule;
  expect([host.dataset['scheme'], style.getPropertyValue('--ck-radius-card')]).toEqual(['light', '2px']);
  expect(warned.mock.calls).toEqual([['ChatKit: the src of the font "Lost" is not an address: http://[']]);
  warned.mockRestore();
});

test('a theme that is set again is left alone: nothing is drawn anew', async () => {
  const host = document.createElement('div');
  const theme = new Theme(host);
  await theme.set({ colorScheme: 'dark', radius: 'sharp' });
  delete host.dataset['scheme'];
  await theme.set({ colorScheme: 'dark', radius: 'sharp' });
  expect(host.dataset['scheme']).toBeUndefined();
  await theme.set('dark');
  expect(host.dataset['scheme']).toBe('dark');
});
