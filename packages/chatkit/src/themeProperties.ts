/**
 * From the theme option to custom properties: only what the option changes is set, over the defaults in
 * styles/0-tokens.css. Loaded by theme.ts when a theme says more than light or dark.
 */
import { oklch, rgbOf } from './colors';
import type { ThemeOption } from './options';
import { colorProperties, schemeOf, type Measure, type Properties, type Scheme } from './themeColors';

export { useFonts } from './fonts';

/** Message bubble, card, control, composer; in pixels. */
const RADII = {
  pill: [22, 20, 9999, 28],
  round: [18, 16, 12, 20],
  soft: [10, 10, 8, 12],
  sharp: [2, 2, 2, 2],
};
const RADIUS_OF = ['bubble', 'card', 'control', 'composer'];
const DENSITY = { compact: 0.8, normal: 1, spacious: 1.25 };

/** What a theme comes to: the scheme it is shown in, and the custom properties it sets. */
export function themeProperties(
  { radius, density, typography, color }: ThemeOption,
  asked: Scheme,
  measure: Measure = rgbOf,
): { scheme: Scheme; properties: Properties } {
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
  const own = color?.surface && measure(color.surface.background, oklch(asked === 'dark' ? 0.18 : 1));
  const scheme = own ? schemeOf(own) : asked;
  if (color) Object.assign(properties, colorProperties(color, scheme, measure));
  return { scheme, properties };
}
