/** Colours as numbers: mixing in Oklab, contrast as WCAG 2 measures it. Fetched with themes that bring colours. */

/** sRGB as a screen shows it: whole numbers, 0 to 255. */
export type Rgb = readonly [number, number, number];
type Lab = readonly [number, number, number];

const linear = (value: number) => {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};
const encoded = (part: number) => {
  const inside = Math.min(1, Math.max(0, part));
  return Math.round(255 * (inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055));
};

function toLab(rgb: Rgb): Lab {
  const [r, g, b] = rgb.map(linear) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromLab([lightness, a, b]: Lab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** A colour by lightness, chroma and hue (degrees) in OKLCH, cut off at the edge of sRGB. */
export function oklch(lightness: number, chroma = 0, hue = 0): Rgb {
  const angle = (hue * Math.PI) / 180;
  return fromLab([lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)]);
}

/** So much of the other colour in this one, 0 to 1; what `color-mix(in oklab, …)` gives. */
export function mix(color: Rgb, other: Rgb, share: number): Rgb {
  const [from, to] = [toLab(color), toLab(other)];
  return fromLab(from.map((value, index) => value + ((to[index] ?? 0) - value) * share) as unknown as Lab);
}

/** The colour painted over another one, so opaque, 0 to 1. */
export function over(color: Rgb, below: Rgb, opacity: number): Rgb {
  return color.map((value, index) =>
    Math.round(value * opacity + (below[index] ?? 0) * (1 - opacity)),
  ) as unknown as Rgb;
}

/** Relative luminance, 0 to 1. */
export function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** WCAG contrast, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Moves a colour towards another one until it is as wanted; that other one if nothing before it is. */
export function moved(color: Rgb, towards: Rgb, isWanted: (color: Rgb) => boolean): Rgb {
  for (let share = 0; share < 1; share += 0.02) {
    const candidate = share ? mix(color, towards, share) : color;
    if (isWanted(candidate)) return candidate;
  }
  return towards;
}

/** `#rrggbb`. */
export function css(rgb: Rgb): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Whether a browser takes it for a colour, as it does everything with `var(…)`. */
export function isColor(color: string): boolean {
  return CSS.supports('color', color);
}

/** What a screen shows of a CSS colour that lies on another one; null if it is no colour by itself, as `var(…)`. */
export function rgbOf(color: string, below: Rgb): Rgb | null {
  if (!isColor(color)) return null;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return null;
  const paint = (one: string, first: string) => {
    context.fillStyle = first;
    context.fillStyle = one; // what a canvas cannot take, it leaves as it was
    return context.fillStyle;
  };
  if (paint(color, '#000') !== paint(color, '#fff')) return null;
  paint(css(below), '#000');
  context.fillRect(0, 0, 1, 1);
  paint(color, '#000');
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
