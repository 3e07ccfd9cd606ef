/** From the theme option to custom properties (element.md §12). */
import { afterEach, expect, test, vi } from 'vitest';
import type { ThemeOption } from './options';
import tokens from './styles/0-tokens.css?raw';
import { Theme, themeOption } from './theme';
import { grayRamp, themeProperties } from './themeProperties';

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
  expect(properties({ color: { accent: { primary, level: 0 } } })).toMatchObject({
    '--ck-accent': primary,
    '--ck-on-accent': on,
  });
});

test('each level spreads the accent further', () => {
  const names = ([0, 1, 2, 3] as const).map((level) =>
    Object.keys(properties({ color: { accent: { primary: 'navy', level } } })).slice(3),
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

// --- together with the stylesheet ------------------------------------------------------------------

const [light = '', dark = ''] = tokens.split("[data-scheme='dark']");
const everything: ThemeOption = {
  radius: 'soft',
  density: 'compact',
  typography: { baseSize: 17, fontFamily: 'Inter', fontFamilyMono: 'Mono' },
  color: {
    accent: { primary: 'navy', level: 3 },
    grayscale: { hue: 1, tint: 1 },
    surface: { background: 'gray', foreground: 'gray' },
  },
};

test('every property that a theme sets has its default in the stylesheet', () => {
  const missing = Object.keys(properties(everything)).filter((name) => !light.includes(`${name}:`));
  expect(missing).toEqual([]);
});

test('a colourless ramp is the one of the stylesheet', () => {
  for (const [name, color] of Object.entries(grayRamp({ hue: 0, tint: 0 }))) {
    const [lightness] = color.match(/[\d.]+/)!;
    expect(light).toContain(`${name}: oklch(${String(Number(lightness))} 0 0);`);
  }
});

/** Relative luminance of an `oklch()` colour, by way of linear sRGB. */
function luminanceOfOklch(color: string): number {
  const [lightness, chroma, hue] = color.match(/[\d.]+/g)!.map(Number) as [number, number, number];
  const [a, b] = [Math.cos((hue * Math.PI) / 180) * chroma, Math.sin((hue * Math.PI) / 180) * chroma];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s;
  const [r, g, b_] = [red, green, blue].map((part) => Math.min(1, Math.max(0, part))) as [
    number,
    number,
    number,
  ];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b_;
}

test.each([
  ['light', light],
  ['dark', dark],
])('text and hairlines keep their contrast at every grayscale (%s; LOOK, colour)', (_, roles) => {
  const grayOf = (role: string) => new RegExp(`--ck-${role}: var\\((--ck-gray-\\d+)\\)`).exec(roles)![1]!;
  const wanted = [
    ['text', 7],
    ['text-muted', 4.5],
    ['border-strong', 3],
  ] as const;
  for (const hue of [0, 60, 120, 180, 240, 300]) {
    for (const tint of [0, 5, 9] as const) {
      for (const shade of [-4, 0, 4] as const) {
        const ramp = grayRamp({ hue, tint, shade });
        const luminance = (role: string) => luminanceOfOklch(ramp[grayOf(role)]!);
        for (const [role, ratio] of wanted) {
          for (const surface of ['surface', 'surface-raised']) {
            const [one, other] = [luminance(role), luminance(surface)];
            const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
            expect(
              contrast,
              `${role} on ${surface}, ${JSON.stringify({ hue, tint, shade })}`,
            ).toBeGreaterThanOrEqual(ratio);
          }
        }
      }
    }
  }
});

test.each([
  ['#fff', 1, 'light', {}],
  ['#111', 0.006, 'dark', {}],
  ['silver', 0.53, 'light', { '--ck-text-muted': 'var(--ck-text)' }],
  ['gray', 0.216, 'light', { '--ck-text': '#000', '--ck-text-muted': 'var(--ck-text)' }],
  ['#444', 0.058, 'dark', { '--ck-text-muted': 'var(--ck-text)' }],
] as const)('text on a surface of %s is as strong as it has to be', (color, luminance, scheme, text) => {
  const set = themeProperties(
    { color: { surface: { background: color, foreground: color } } },
    scheme,
    () => luminance,
  );
  expect(Object.fromEntries(Object.entries(set).filter(([name]) => name.startsWith('--ck-text')))).toEqual(
    text,
  );
});
