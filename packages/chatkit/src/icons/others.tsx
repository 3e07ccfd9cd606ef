/** Icons that the interface does not need itself: those that options and servers name, and all of Lucide's. */
import { signal, type ReadonlySignal } from '@preact/signals-core';
import { useMemo } from 'preact/hooks';
import { useValue } from '../useValue';
import { draw } from './Icon';
import { paths } from './named';

/** One of ours; else, as after `lucide:`, one of Lucide's. `vendor:` is for nobody here. */
export function Named({ name }: { name: string }) {
  const [, lucide] = /^(?:lucide:)?([a-z\d]+(?:-[a-z\d]+)*)$/.exec(name) ?? [];
  return draw(paths, name) ?? (lucide ? <Lucide name={lucide} /> : null);
}

type Paths = Readonly<Record<string, string>>;

/** Lucide in parts by the alphabet, each named by its first icon (scripts/icons.mjs). */
const files = import.meta.glob<Paths>('./lucide/*.json', { import: 'default' });
const parts = Object.entries(files)
  .map(([path, load]) => ({ first: path.slice('./lucide/lucide-'.length, -'.json'.length), load }))
  .sort((one, other) => (one.first < other.first ? -1 : 1));

/** What was asked for already; null until it is there, empty if it cannot be had. */
const asked = new Map<string, ReadonlySignal<Paths | null>>();

/** The part that an icon is in, if there is such an icon. */
function partWith(name: string): ReadonlySignal<Paths | null> {
  const { first, load } = parts.findLast((part) => part.first <= name) ?? parts[0]!;
  const known = asked.get(first);
  if (known) return known;
  const loading = signal<Paths | null>(null);
  asked.set(first, loading);
  load().then(
    (all) => (loading.value = all),
    () => {
      loading.value = {};
      asked.delete(first); // whoever is drawn next tries again
    },
  );
  return loading;
}

/** Its place is kept until it is known whether there is such an icon. */
function Lucide({ name }: { name: string }) {
  const part = useValue(useMemo(() => partWith(name), [name]));
  return part ? draw(part, name) : <span class="icon" />;
}
