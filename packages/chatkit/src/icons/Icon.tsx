/** An icon by name; an unknown name draws nothing and takes no room. */
import { signal } from '@preact/signals-core';
import { useValue } from '../useValue';
import { paths as own } from './interface';
import type * as Others from './others';

const others = signal<typeof Others | null>(null);
let loading: Promise<void> | null = null;

type Props = { name: string; paths?: Readonly<Record<string, string>> | undefined };

/** Decorative: what it stands for is said by the control it is in. */
export function Icon({ name, paths = own }: Props) {
  return draw(paths, name) ?? <OtherIcon name={name} />;
}

/** One of those that options and widgets name; its place is kept while they are fetched. */
function OtherIcon({ name }: Props) {
  loading ??= import('./others').then((module) => {
    others.value = module;
  });
  const known = useValue(others);
  return known ? <known.Named name={name} /> : <span class="icon" />;
}

/** A drawing of these, or null. */
export function draw(paths: Readonly<Record<string, string>>, name: string) {
  if (!Object.hasOwn(paths, name)) return null; // `constructor` is no icon
  const fill = name.endsWith('-filled') || name === 'stop' ? 'currentColor' : 'none';
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} fill={fill} />
    </svg>
  );
}
