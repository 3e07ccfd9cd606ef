/** Icons that the interface does not need itself: those that options and servers name, and all of Lucide's. */
import { onDemand } from '../onDemand';
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
  .map(([path, load]) => ({
    first: path.slice('./lucide/lucide-'.length, -'.json'.length),
    ...onDemand(load),
  }))
  .sort((one, other) => (one.first < other.first ? -1 : 1));

/** Its place is kept until it is known whether there is such an icon: better a gap than words that jump. */
function Lucide({ name }: { name: string }) {
  const { module, ask } = parts.findLast((part) => part.first <= name) ?? parts[0]!;
  ask();
  const paths = useValue(module);
  return paths ? draw(paths, name) : <span class="icon" />;
}
