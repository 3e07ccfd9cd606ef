/**
 * The colours of a theme (element.md §12), with the contrast that LOOK asks for at every setting: text 7:1, muted text and
 * links 4.5:1, hairlines of controls 3:1, on every surface they can lie on. What the page chose stays as it is as long as
 * that holds; else it is moved, no further than it has to.
 */
import { contrast, css, isColor, mix, moved, oklch, over, type Rgb } from './colors';
import type { GrayscaleOptions, ThemeOption } from './options';

export type Scheme = 'light' | 'dark';
export type Properties = Record<string, string>;
/** A CSS colour as it looks on another one; null if it cannot be told. */
export type Measure = (color: string, below: Rgb) => Rgb | null;

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

/** Lightness of `--ck-gray-0` to `--ck-gray-10`, in OKLCH; the same steps as in styles/0-tokens.css. */
const LIGHTNESS = [1, 0.97, 0.94, 0.9, 0.84, 0.73, 0.6, 0.5, 0.36, 0.24, 0.18];

/** The colours that the defaults have by themselves; as in styles/0-tokens.css and styles/later/code.css. */
const HUES: Record<Scheme, Record<string, readonly [number, number, number]>> = {
  light: {
    link: [0.45, 0.15, 255],
    focus: [0.55, 0.2, 255],
    danger: [0.5, 0.19, 27],
    'danger-surface': [0.97, 0.015, 27],
    warning: [0.5, 0.11, 75],
    'warning-surface': [0.97, 0.03, 85],
    success: [0.48, 0.12, 150],
    'code-1': [0.48, 0.19, 300],
    'code-2': [0.46, 0.13, 150],
    'code-3': [0.48, 0.14, 40],
    'code-4': [0.46, 0.15, 255],
    'code-5': [0.5, 0.02, 255],
  },
  dark: {
    link: [0.78, 0.11, 255],
    focus: [0.72, 0.14, 255],
    danger: [0.78, 0.12, 25],
    'danger-surface': [0.27, 0.05, 25],
    warning: [0.83, 0.12, 85],
    'warning-surface': [0.28, 0.04, 85],
    success: [0.8, 0.12, 150],
    'code-1': [0.78, 0.1, 300],
    'code-2': [0.8, 0.09, 150],
    'code-3': [0.79, 0.09, 50],
    'code-4': [0.78, 0.09, 255],
    'code-5': [0.74, 0.02, 255],
  },
};

/** Lightness, chroma and hue of one of eleven grays with a hint of a hue, strongest in the middle of the ramp. */
function gray({ hue, tint, shade = 0 }: GrayscaleOptions, index: number): [number, number, number] {
  const lightness = Math.min(1, Math.max(0, (LIGHTNESS[index] ?? 0) - 0.012 * shade));
  return [lightness, 0.003 * tint * Math.sin(Math.PI * lightness), hue];
}

/** The ramp as custom properties. */
export function grayRamp(grayscale: GrayscaleOptions): Properties {
  const entries = LIGHTNESS.map((_, index) => {
    const [lightness, chroma, hue] = gray(grayscale, index);
    return [
      `--ck-gray-${String(index)}`,
      `oklch(${lightness.toFixed(3)} ${chroma.toFixed(4)} ${String(hue)})`,
    ];
  });
  return Object.fromEntries(entries) as Properties;
}

/** What the colours of a theme come to, by role; `--ck-` is put before the names. */
export type Palette = Record<string, Rgb>;

/** The roles of the defaults, from a ramp; the same mixtures as in styles/0-tokens.css. */
function rolesOf(grayscale: GrayscaleOptions, scheme: Scheme): Palette {
  const g = (index: number) => oklch(...gray(grayscale, index));
  if (scheme === 'light') {
    /** A shade may make white of all that is light: what lies on the page is still to be seen. */
    const darker = (index: number, most: number) => {
      const [lightness, chroma, hue] = gray(grayscale, index);
      return oklch(Math.min(lightness, most), chroma, hue);
    };
    return {
      surface: g(0),
      'surface-raised': darker(1, 0.98),
      'surface-floating': g(0),
      'surface-hover': darker(2, 0.96),
      border: g(3),
      'border-strong': g(6),
      'composer-border': mix(g(5), g(6), 0.8),
      text: g(10),
      'text-muted': g(7),
    };
  }
  return {
    surface: g(10),
    'surface-raised': g(9),
    'surface-floating': mix(g(9), g(8), 0.35),
    'surface-hover': mix(g(9), g(8), 0.6),
    border: mix(g(9), g(8), 0.75),
    'border-strong': g(6),
    'composer-border': mix(g(6), g(7), 0.5),
    text: g(2),
    'text-muted': g(5),
  };
}

/**
 * All roles of a theme's colours, measured.
 *
 * @param scheme Which text goes with the background: see schemeOf().
 */
export function paletteOf(color: NonNullable<ThemeOption['color']>, scheme: Scheme, rgbOf: Measure): Palette {
  const palette = rolesOf(color.grayscale ?? { hue: 0, tint: 0 }, scheme);
  for (const [name, hue] of Object.entries(HUES[scheme])) palette[name] = oklch(...hue);
  /** The strongest text of the scheme, and what it is written on. */
  const [ink, paper] = scheme === 'dark' ? [WHITE, BLACK] : [BLACK, WHITE];
  const under = palette['surface']!;
  const carries = (surface: Rgb) => contrast(ink, surface) >= 7;
  const set = (name: string, value: Rgb) => (palette[name] = moved(value, paper, carries));

  const { surface, accent } = color;
  if (surface) {
    set('surface', rgbOf(surface.background, under) ?? under);
    set('surface-raised', rgbOf(surface.foreground, palette['surface']!) ?? palette['surface-raised']!);
    palette['surface-floating'] = palette['surface-raised']!;
    const hover = mix(palette['surface-raised']!, ink, 0.08);
    palette['surface-hover'] = carries(hover) ? hover : mix(palette['surface-raised']!, paper, 0.12);
    palette['border'] = mix(palette['surface-raised']!, ink, 0.14);
  }
  palette['bubble'] = palette['surface-raised']!;
  const primary = accent && rgbOf(accent.primary, palette['surface']!);
  const level = primary ? accent.level : 0;
  if (primary && level >= 2) set('bubble', mix(palette['surface-raised']!, primary, 0.12));
  if (primary && level >= 3) set('surface-hover', mix(palette['surface-raised']!, primary, 0.1));

  const surfaces = [
    ...['', '-raised', '-floating', '-hover'].map((name) => palette[`surface${name}`]!),
    palette['bubble'],
    palette['danger-surface']!,
    palette['warning-surface']!,
  ];
  const stands = (ratio: number) => (one: Rgb) => surfaces.every((below) => contrast(one, below) >= ratio);
  const reach = (name: string, ratio: number, from = palette[name]!) =>
    (palette[name] = moved(from, ink, stands(ratio)));

  reach('text', 7);
  for (const name of ['text-muted', 'danger', 'warning', 'success']) reach(name, 4.5);
  for (const name of Object.keys(palette)) if (name.startsWith('code')) reach(name, 4.5);
  reach('border-strong', 3);
  const border = palette['composer-border']!;
  // The composer is on the page and is itself raised: nothing else is beside its border.
  palette['composer-border'] = moved(
    primary && level >= 3 ? mix(border, primary, 0.5) : border,
    ink,
    (one) => contrast(one, palette['surface']!) >= 3 && contrast(one, palette['surface-raised']!) >= 3,
  );
  reach('focus', 3, primary ?? palette['focus']!);
  // A tag is a link on a tint of itself.
  palette['link'] = moved(primary && level >= 1 ? primary : palette['link']!, ink, (one) =>
    surfaces.every((below) => contrast(one, below) >= 4.5 && contrast(one, over(one, below, 0.12)) >= 4.5),
  );
  if (primary) {
    // One of the two always reaches 4.5:1.
    const on = contrast(primary, WHITE) >= contrast(primary, BLACK) ? WHITE : BLACK;
    palette['on-accent'] = on;
    const quieter = contrast(primary, on) > 9;
    palette['accent-hover'] = mix(primary, quieter === (on === WHITE) ? WHITE : BLACK, 0.14);
  }
  return palette;
}

/** The custom properties for the colours of a theme. */
export function colorProperties(
  color: NonNullable<ThemeOption['color']>,
  scheme: Scheme,
  rgbOf: Measure,
): Properties {
  const palette = paletteOf(color, scheme, rgbOf);
  const properties = Object.fromEntries(
    Object.entries(palette).map(([name, value]) => [`--ck-${name}`, css(value)]),
  );
  Object.assign(properties, color.grayscale && grayRamp(color.grayscale));
  // What is none would leave the send button without any.
  if (color.accent && isColor(color.accent.primary)) properties['--ck-accent'] = color.accent.primary;
  return properties;
}

/** The scheme that a page's own background asks for: by its lightness it decides which text can be read on it. */
export function schemeOf(background: Rgb): Scheme {
  return contrast(background, WHITE) > contrast(background, BLACK) ? 'dark' : 'light';
}
