/** An icon by name; an unknown name draws nothing and takes no room. */
import { signal } from '@preact/signals-core';
import { useValue } from '../useValue';
import { paths as own } from './interface';

const named = signal<Readonly<Record<string, string>> | null>(null);
let loading: Promise<void> | null = null;

type Props = { name: string; paths?: Readonly<Record<string, string>> | undefined };

/** Decorative: what it stands for is said by the control it is in. */
export function Icon({ name, paths = own }: Props) {
  return draw(paths, name) ?? <NamedIcon name={name} />;
}

/** One of those that options and widgets name; its place is kept while they are fetched. */
function NamedIcon({ name }: Props) {
  loading ??= import('./named').then((module) => {
    named.value = module.paths;
  });
  const all = useValue(named);
  if (!all) return <span class="icon" />;
  return draw(all, name);
}

function draw(paths: Readonly<Record<string, string>>, name: string) {
  if (!Object.hasOwn(paths, name)) return null; // `constructor` is no icon
  const fill = name.endsWith('-filled') || name === 'stop' ? 'currentColor' : 'none';
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} fill={fill} />
    </svg>
  );
}
