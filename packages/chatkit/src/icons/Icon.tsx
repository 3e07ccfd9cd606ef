/** An icon by name; an unknown name draws nothing and takes no room. */
import { onDemand } from '../onDemand';
import { useValue } from '../useValue';
import { paths as own } from './interface';

const others = onDemand(() => import('./others'));

type Props = { name: string; paths?: Readonly<Record<string, string>> | undefined };

/** Decorative: what it stands for is said by the control it is in. */
export function Icon({ name, paths = own }: Props) {
  return draw(paths, name) ?? <OtherIcon name={name} />;
}

/** One of those that options and widgets name; its place is kept until they are there. */
function OtherIcon({ name }: Props) {
  others.ask();
  const known = useValue(others.module);
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
