/** Which files may be attached (element.md §3.9). */
import type { AttachmentsOption } from '../options';

/** Bytes a file may have where nothing else is said. */
export const MAX_SIZE = 100 * 1024 * 1024;
/** Files in a message where nothing else is said. */
export const MAX_COUNT = 10;

/** Why a file may not be attached; `limit` in bytes or files. */
export type Refusal =
  | { readonly name: string; readonly reason: 'size'; readonly size: number; readonly limit: number }
  | { readonly name: string; readonly reason: 'count'; readonly limit: number }
  | { readonly name: string; readonly reason: 'type' };

type Named = Pick<File, 'name' | 'size' | 'type'>;

/**
 * Parts files into those that may be attached and the rest.
 *
 * @param present How many the message has already.
 */
export function sortOut<F extends Named>(
  files: readonly F[],
  option: AttachmentsOption,
  present: number,
): { accepted: F[]; refused: Refusal[] } {
  const accepted: F[] = [];
  const refused: Refusal[] = [];
  const { accept, maxSize, maxCount = MAX_COUNT } = option;
  for (const file of files) {
    const { name, size } = file;
    const limit = sizeLimit(file.type, maxSize);
    if (!isAccepted(file, accept)) refused.push({ name, reason: 'type' });
    else if (size > limit) refused.push({ name, reason: 'size', size, limit });
    else if (present + accepted.length >= maxCount) refused.push({ name, reason: 'count', limit: maxCount });
    else accepted.push(file);
  }
  return { accepted, refused };
}

/** The most specific limit holds: that of the type, of its family, of everything, or ours. */
export function sizeLimit(type: string, maxSize: AttachmentsOption['maxSize']): number {
  if (typeof maxSize !== 'object') return maxSize ?? MAX_SIZE;
  const limits = new Map(Object.entries(maxSize).map(([pattern, limit]) => [pattern.toLowerCase(), limit]));
  const exact = essence(type);
  for (const pattern of [exact, `${exact.split('/')[0]}/*`, '*', '*/*', '']) {
    const limit = limits.get(pattern);
    if (limit !== undefined) return limit;
  }
  return MAX_SIZE;
}

/** A type that matches, or an ending of the file's name, is enough. */
export function isAccepted({ name, type }: Named, accept: AttachmentsOption['accept']): boolean {
  if (!accept) return true;
  const exact = essence(type);
  const ending = name.toLowerCase();
  return Object.entries(accept).some(([pattern, endings]) => {
    const wanted = pattern.toLowerCase();
    const isType =
      wanted === '*' ||
      wanted === '*/*' ||
      (exact !== '' &&
        (wanted === exact || (wanted.endsWith('/*') && exact.startsWith(wanted.slice(0, -1)))));
    return isType || endings.some((one) => ending.endsWith(dotted(one)));
  });
}

/** What a file dialog is told; empty for everything. */
export function acceptAttribute(accept: AttachmentsOption['accept']): string {
  if (!accept) return '';
  const all = Object.entries(accept).flatMap(([pattern, endings]) => [pattern, ...endings.map(dotted)]);
  return all.includes('*') || all.includes('*/*') ? '' : all.join(',');
}

/** A type without its parameters. */
function essence(type: string): string {
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}

function dotted(ending: string): string {
  const lower = ending.toLowerCase();
  return lower.startsWith('.') ? lower : `.${lower}`;
}
