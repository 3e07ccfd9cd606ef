/** An icon by name; an unknown name draws nothing and takes no room. */
import { signal } from '@preact/signals-core';
import { useValue } from '../useValue';
import { paths as own } from './interface';

const named = signal<Readonly<Record<string, string>> | null>(null);
let loading: Promise<void> | null = null;

type Props = { name: string; paths?: Readonly<Record<string, string>> | undefined };

/** Decorative: what it stands for is said by the control it is in. */
export function Icon({ name, paths = own }: Props) {
  const path = paths[name];
  return path ? draw(name, path) : <NamedIcon name={name} />;
}

/** One of those that options and widgets name; its place is kept while they are fetched. */
function NamedIcon({ name }: Props) {
  loading ??= import('./named').then((module) => {
    named.value = module.paths;
  });
  const all = useValue(named);
  if (!all) return <span class="icon" />;
  return all[name] ? draw(name, all[name]) : null;
}

function draw(name: string, path: string) {
  const fill = name.endsWith('-filled') || name === 'stop' ? 'currentColor' : 'none';
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} fill={fill} />
    </svg>
  );
}
