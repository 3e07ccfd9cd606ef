/** Answers that are half given: kept over a reload, as drafts are, until they are sent (element.md §3.7, protocol.md §11). */
import type { StructuredInput, StructuredInputItem } from '../../protocol/generated';
import { shelfAt } from '../shelf';
import { nothing, type Entry } from './answers';

export type Kept = {
  /** The question that is shown. */
  readonly at: number;
  readonly entries: Readonly<Record<string, Entry>>;
};

const shelf = shelfAt('chatkit.answers');

/** Forms that are kept at most; the one that was changed the longest ago goes first. */
const MOST = 10;

/** What was filled in here before; nothing the first time. */
export function recall(item: StructuredInputItem): Kept {
  const kept = (read()[nameOf(item)] ?? {}) as Partial<Record<keyof Kept, unknown>>;
  const entries = (kept.entries ?? {}) as Record<string, unknown>;
  const known = item.inputs.map((input) => [input.id, entryOf(entries[input.id], input)] as const);
  const at = Number.isInteger(kept.at) ? Math.min(kept.at as number, item.inputs.length - 1) : 0;
  return { at: Math.max(at, 0), entries: Object.fromEntries(known.filter(([, entry]) => entry !== nothing)) };
}

export function keep(item: StructuredInputItem, kept: Kept): void {
  const name = nameOf(item);
  write([...others(name).slice(1 - MOST), [name, kept]]);
}

export function forget(item: StructuredInputItem): void {
  write(others(nameOf(item)));
}

function nameOf({ thread_id, id }: StructuredInputItem): string {
  return `${thread_id} ${id}`;
}

function others(name: string): [string, unknown][] {
  return Object.entries(read()).filter(([other]) => other !== name);
}

function read(): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(shelf.read() ?? '') ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function write(all: readonly [string, unknown][]): void {
  shelf.write(all.length ? JSON.stringify(Object.fromEntries(all)) : null);
}

/** Others may have written there, and an older version of this. */
function entryOf(kept: unknown, input: StructuredInput): Entry {
  const { chosen, own } = (kept ?? {}) as Record<string, unknown>;
  if (!Array.isArray(chosen) || typeof own !== 'string') return nothing;
  const values = input.type === 'multiple_choice' ? input.options.map(({ value }) => value) : [];
  return { chosen: values.filter((value) => chosen.includes(value)), own };
}
