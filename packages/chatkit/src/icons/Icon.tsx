/** An icon by name; an unknown name draws nothing and takes no room. */
import { signal } from '@preact/signals';
import { paths } from './interface';

const named = signal<Readonly<Record<string, string>> | null>(null);
let loading: Promise<void> | null = null;

function pathOf(name: string): string | null {
  const path = paths[name];
  if (path) return path;
  loading ??= import('./named').then((module) => {
    named.value = module.paths;
  });
  return named.value?.[name] ?? null;
}

type Props = { name: string };

/** Decorative: what it stands for is said by the control it is in. */
export function Icon({ name }: Props) {
  const path = pathOf(name);
  if (!path) return named.value ? null : <span class="icon" />;
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} fill={name.endsWith('-filled') || name === 'stop' ? 'currentColor' : 'none'} />
    </svg>
  );
}
