/** Which pictures may be loaded, and from where (protocol.md §18). */
import { parsed } from './links';

/** free: loads by itself. ask: waits for a click. never: not from there, in this thread. none: it is no picture at all. */
export type Loading = 'free' | 'ask' | 'never' | 'none';

/**
 * What becomes of a picture at an address.
 *
 * @param domains Whose pictures a thread shows; null if it does not say.
 */
export function loadingOf(src: string, domains: readonly string[] | null): Loading {
  const url = parsed(src);
  if (!url) return 'none';
  if (url.protocol === 'data:')
    return /^data:image\/(png|jpe?g|gif|webp|avif|svg\+xml)[;,]/i.test(src) ? 'free' : 'none';
  // Neither sends anything to anybody else.
  if (url.protocol === 'blob:' || url.origin === location.origin) return 'free';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'none';
  if (!domains) return 'ask';
  return domains.some((domain) => covers(domain, url)) ? 'free' : 'never';
}

/** Whether an entry names the host of an address, or a domain it is part of. One with a port means that port alone. */
function covers(domain: string, url: URL): boolean {
  // Read as a host by the same parser as the address: case, other alphabets and ways to write a number are one thing.
  const entry = parsed(`${url.protocol}//${domain.trim().replace(/^\*\./, '')}`);
  if (!entry || entry.href !== `${entry.origin}/`) return false; // more than a host, or none
  if (/:\d+$/.test(domain) && entry.port !== url.port) return false;
  const [named, host] = [bare(entry.hostname), bare(url.hostname)];
  return host === named || (named !== '' && host.endsWith(`.${named}`));
}

/** A dot at the end only says that the name is complete. */
const bare = (host: string): string => host.replace(/\.$/, '');
