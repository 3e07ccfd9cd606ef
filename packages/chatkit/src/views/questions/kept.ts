/** Answers that are half given: kept over a reload, as drafts are, until they are sent (element.md §3.7, protocol.md §11). */
import type { StructuredInput, StructuredInputItem } from '../../protocol/generated';
import { Kept } from '../../state/shelf';
import { shelfAt } from '../shelf';
import { nothing, type Entry } from './answers';

type Form = {
  /** The question that is shown. */
  readonly at: number;
  readonly entries: Readonly<Record<string, Entry>>;
};

/** Forms that are kept at most. */
const MOST = 10;

const forms = new Kept(shelfAt('chatkit.answers'), MOST);

/** What was filled in here before; nothing the first time. */
export function recall(item: StructuredInputItem): Form {
  const kept = (forms.find(nameOf(item)) ?? {}) as Partial<Record<keyof Form, unknown>>;
  const entries = (kept.entries ?? {}) as Record<string, unknown>;
  const known = item.inputs.map((input) => [input.id, entryOf(entries[input.id], input)] as const);
  const at = Number.isInteger(kept.at) ? Math.min(kept.at as number, item.inputs.length - 1) : 0;
  return { at: Math.max(at, 0), entries: Object.fromEntries(known.filter(([, entry]) => entry !== nothing)) };
}

export function keep(item: StructuredInputItem, form: Form): void {
  forms.keep(nameOf(item), form);
}

export function forget(item: StructuredInputItem): void {
  forms.keep(nameOf(item), null);
}

function nameOf({ thread_id, id }: StructuredInputItem): string {
  return `${thread_id} ${id}`;
}

/** Others may have written there, and an older version of this. */
function entryOf(kept: unknown, input: StructuredInput): Entry {
  const { chosen, own } = (kept ?? {}) as Record<string, unknown>;
  if (!Array.isArray(chosen) || typeof own !== 'string') return nothing;
  const options = input.type === 'multiple_choice' ? (input.options as typeof input.options | undefined) : [];
  const values = options?.map(({ value }) => value) ?? [];
  return { chosen: values.filter((value) => chosen.includes(value)), own };
}
