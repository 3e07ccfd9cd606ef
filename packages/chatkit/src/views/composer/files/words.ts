/** What went wrong with files, in words. */
import type { TextOf } from '../../../i18n';
import type { Trouble } from '../../../state/uploads';

/** Files that are named one by one; who drops a folder sees that they are not alone. */
const NAMED = 3;

/** One line for each file. */
export function linesOf(trouble: Trouble, text: TextOf, locale: string): string[] {
  if (trouble.kind === 'failed') {
    const { name, failure } = trouble;
    const reason = reasonOf(failure, name, text);
    const isNamed = failure === 'size' || failure === 'type';
    return [isNamed ? reason : `${text('attach.failed', { name })} ${reason}`];
  }
  const lines = trouble.refusals.slice(0, NAMED).map((refusal) => {
    const { name } = refusal;
    switch (refusal.reason) {
      case 'type':
        return text('attach.type', { name });
      case 'count':
        return text('attach.count', { name, limit: refusal.limit });
      case 'size': {
        const { size, limit } = refusal;
        return text('attach.size', {
          name,
          size: sizeInWords(size, locale),
          limit: sizeInWords(limit, locale),
        });
      }
    }
  });
  return trouble.refusals.length > NAMED ? [...lines, '…'] : lines;
}

/** Why an upload failed, alone. */
export function reasonOf(failure: string, name: string, text: TextOf): string {
  if (failure === 'size') return text('attach.tooLarge', { name });
  if (failure === 'type') return text('attach.type', { name });
  const kind = failure as 'network'; // of those that the state knows, each has its words
  return text(`failure.${kind}`);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

/** A size as people say it: steps of 1024, since that is how limits are set. */
export function sizeInWords(bytes: number, locale: string): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[step]!,
    unitDisplay: step ? 'short' : 'long',
    // A file just above a limit must not look like it.
    maximumFractionDigits: step ? 1 : 0,
  }).format(bytes / 1024 ** step);
}
