/**
 * From the theme option to custom properties: only what the option changes is set, over the defaults in styles/0-tokens.css.
 * Colours of the page's own choosing are measured, so that text on them stays readable (element.md §12). Loaded by
 * theme.ts when a theme says more than light or dark.
 */
import type { AccentColor, GrayscaleOptions, SurfaceColors, ThemeOption } from './options';

export { releaseFonts, useFonts } from './fonts';

type Properties = Record<string, string>;
export type Scheme = 'light' | 'dark';
/** Relative luminance of a CSS colour; null where it cannot be told. */
type Measure = (color: string) => number | null;

/** Lightness of `--ck-gray-0` to `--ck-gray-10`, in OKLCH; the same steps as in styles/0-tokens.css. */
const LIGHTNESS = [1, 0.97, 0.94, 0.9, 0.84, 0.73, 0.6, 0.5, 0.36, 0.24, 0.18];

/** Message bubble, card, control, composer; in pixels. */
const RADII = {
  pill: [22, 20, 9999, 28],
  round: [18, 16, 12, 20],
  soft: [10, 10, 8, 12],
  sharp: [2, 2, 2, 2],
};
const RADIUS_OF = ['bubble', 'card', 'control', 'composer'];
const DENSITY = { compact: 0.8, normal: 1, spacious: 1.25 };

/** The custom properties that a theme sets. */
export function themeProperties(theme: ThemeOption, scheme: Scheme, luminanceOf: Measure): Properties {
  const { radius, density, typography, color } = theme;
  const properties: Properties = {};
  if (radius) {
    RADII[radius].forEach((pixels, index) => {
      properties[`--ck-radius-${RADIUS_OF[index] ?? ''}`] = `${String(pixels)}px`;
    });
  }
  if (density) properties['--ck-unit'] = `${String(4 * DENSITY[density])}px`;
  if (typography?.baseSize) properties['--ck-size'] = `${String(typography.baseSize)}px`;
  if (typography?.fontFamily) properties['--ck-font'] = typography.fontFamily;
  if (typography?.fontFamilyMono) properties['--ck-font-mono'] = typography.fontFamilyMono;
  if (color?.grayscale) Object.assign(properties, grayRamp(color.grayscale));
  if (color?.surface) Object.assign(properties, surfaceProperties(color.surface, scheme, luminanceOf));
  if (color?.accent) Object.assign(properties, accentProperties(color.accent, scheme, luminanceOf));
  return properties;
}

/** Eleven grays with a hint of a hue, strongest in the middle of the ramp. */
export function grayRamp({ hue, tint, shade = 0 }: GrayscaleOptions): Properties {
  const entries = LIGHTNESS.map((step, index) => {
    const lightness = Math.min(1, Math.max(0, step - 0.012 * shade));
    const chroma = 0.003 * tint * Math.sin(Math.PI * lightness);
    return [
      `--ck-gray-${String(index)}`,
      `oklch(${lightness.toFixed(3)} ${chroma.toFixed(4)} ${String(hue)})`,
    ];
  });
  return Object.fromEntries(entries) as Properties;
}

/** Luminance of the usual text and muted text, as in styles/0-tokens.css. */
const TEXT = { light: [0.006, 0.125], dark: [0.83, 0.39] } as const;

function surfaceProperties(
  { background, foreground }: SurfaceColors,
  scheme: Scheme,
  luminanceOf: Measure,
): Properties {
  const properties: Properties = {
    '--ck-surface': background,
    '--ck-surface-raised': foreground,
    '--ck-surface-floating': foreground,
    '--ck-surface-hover': `color-mix(in oklab, ${foreground}, var(--ck-text) 8%)`,
  };
  const surfaces = [background, foreground].map(luminanceOf).filter((one) => one !== null);
  const worst = (luminance: number) => Math.min(...surfaces.map((surface) => contrast(surface, luminance)));
  const [text, muted] = TEXT[scheme];
  if (worst(text) < 7) properties['--ck-text'] = scheme === 'dark' ? '#fff' : '#000';
  // On a middle tone nothing quieter than the text itself can be read.
  if (worst(muted) < 4.5) properties['--ck-text-muted'] = 'var(--ck-text)';
  return properties;
}

function accentProperties({ primary, level }: AccentColor, scheme: Scheme, luminanceOf: Measure): Properties {
  const luminance = luminanceOf(primary);
  const properties: Properties = {
    '--ck-accent': primary,
    '--ck-focus': readable(primary, luminance, scheme, 3),
  };
  if (luminance !== null) {
    // One of the two always reaches 4.5:1.
    properties['--ck-on-accent'] = contrast(luminance, 1) >= contrast(luminance, 0) ? '#fff' : '#000';
  }
  if (level >= 1) properties['--ck-link'] = readable(primary, luminance, scheme, 4.5);
  if (level >= 2) properties['--ck-bubble'] = `color-mix(in oklab, var(--ck-surface-raised), ${primary} 12%)`;
  if (level >= 3) {
    properties['--ck-composer-border'] = `color-mix(in oklab, var(--ck-border-strong), ${primary} 50%)`;
    properties['--ck-surface-hover'] = `color-mix(in oklab, var(--ck-surface-raised), ${primary} 10%)`;
  }
  return properties;
}

/** The colour itself if it stands out from the page by a ratio, else mixed with the text's colour until it can. */
function readable(color: string, luminance: number | null, scheme: Scheme, ratio: number): string {
  if (luminance === null || contrast(luminance, scheme === 'dark' ? 0.02 : 1) >= ratio) return color;
  return `color-mix(in oklab, ${color}, var(--ck-text) 60%)`;
}

/** WCAG contrast of two luminances. */
function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** Relative luminance, 0 to 1, of any CSS colour, or null if it is not one. */
export function luminanceOf(color: string): number | null {
  if (!CSS.supports('color', color)) return null;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = Array.from(context.getImageData(0, 0, 1, 1).data, (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The scheme that a page's own background asks for: by its lightness it decides which text can be read on it. */
export function schemeOf(background: string, measure: Measure): Scheme | null {
  const luminance = measure(background);
  if (luminance === null) return null;
  return contrast(luminance, 1) > contrast(luminance, 0) ? 'dark' : 'light';
}
