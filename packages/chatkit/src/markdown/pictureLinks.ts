/** Which pictures may be loaded, and from where. */
import { parsed } from './links';

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
