/** The one place that decides which addresses a reader may follow or load. */

const FOLLOW = new Set(['http:', 'https:', 'mailto:', 'tel:', 'chatkit-link:']);

export type SafeLink = { readonly href: string; readonly external: boolean };

/** A link that may be clicked, or null. Relative ones stay on this site. */
export function safeLink(href: string): SafeLink | null {
  const url = parsed(href);
  if (!url || !FOLLOW.has(url.protocol)) return null;
  const elsewhere = url.protocol.startsWith('http') && url.origin !== location.origin;
  return { href: url.href, external: elsewhere };
}

/** Whether a picture may load without being asked for: it sends nothing to anybody else (protocol.md §18). */
export function loadsFreely(src: string): boolean {
  const url = parsed(src);
  if (!url) return false;
  if (url.protocol === 'data:') return /^data:image\/(png|jpe?g|gif|webp|avif|svg\+xml)[;,]/i.test(src);
  return url.protocol === 'blob:' || url.origin === location.origin;
}

/** Where a blocked picture would come from; null if it may not be loaded at all. */
export function hostOf(src: string): string | null {
  const url = parsed(src);
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url.host : null;
}

function parsed(address: string): URL | null {
  try {
    return new URL(address, document.baseURI);
  } catch {
    return null;
  }
}
