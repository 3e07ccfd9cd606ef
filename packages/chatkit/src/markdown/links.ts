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

/** The address as the page understands it; null if it does not. */
export function parsed(address: string): URL | null {
  try {
    return new URL(address, document.baseURI);
  } catch {
    return null;
  }
}
