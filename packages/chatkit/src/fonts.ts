/** Fonts of a theme: registered with the page, since a face declared inside a shadow root is never fetched. */
import type { FontObject } from './options';

type UsedFont = { readonly face: FontFace; users: number };

const fonts = new Map<string, UsedFont>();

function useFont(font: FontObject): FontFace {
  const key = JSON.stringify(font);
  let used = fonts.get(key);
  if (!used) {
    const { family, src, weight, style, display, unicodeRange } = font;
    const face = new FontFace(family, `url(${JSON.stringify(new URL(src, document.baseURI).href)})`, {
      ...(weight !== undefined && { weight: String(weight) }),
      ...(style && { style }),
      ...(display && { display }),
      ...(unicodeRange && { unicodeRange }),
    });
    document.fonts.add(face);
    used = { face, users: 0 };
    fonts.set(key, used);
  }
  used.users++;
  return used.face;
}

/** Registers fonts, and returns what releaseFonts() takes. */
export function useFonts(sources: readonly FontObject[]): FontFace[] {
  return sources.map(useFont);
}

/** A face goes with the last element that uses it. */
export function releaseFonts(faces: readonly FontFace[]): void {
  for (const face of faces) {
    for (const [key, used] of fonts) {
      if (used.face !== face || --used.users > 0) continue;
      document.fonts.delete(face);
      fonts.delete(key);
    }
  }
}
