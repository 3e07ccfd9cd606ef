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

/** A font without one is not worth the chat: it is named, and passed over. */
function hasAddress({ family, src }: FontObject): boolean {
  try {
    return Boolean(new URL(src, document.baseURI));
  } catch {
    console.warn(`ChatKit: the src of the font ${JSON.stringify(family)} is not an address: ${src}`);
    return false;
  }
}

/** What each user has asked for, and got. */
const inUse = new WeakMap<object, { readonly sources: string; readonly faces: readonly FontFace[] }>();

/** Registers the fonts of a user with the page, in place of those it had. A face goes with the last one that uses it. */
export function useFonts(user: object, wanted: readonly FontObject[]): void {
  const sources = JSON.stringify(wanted);
  const before = inUse.get(user);
  if (sources === (before?.sources ?? '[]')) return;
  // The new ones first: a face that stays is not registered anew.
  const faces = wanted.filter(hasAddress).map(useFont);
  release(before?.faces ?? []);
  inUse.set(user, { sources, faces });
}

function release(faces: readonly FontFace[]): void {
  for (const face of faces) {
    for (const [key, used] of fonts) {
      if (used.face !== face || --used.users > 0) continue;
      document.fonts.delete(face);
      fonts.delete(key);
    }
  }
}
