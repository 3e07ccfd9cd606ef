/** A heading at the level the page asks for: the thread's title at `headingLevel`, answers below it. */
import type { ComponentChildren } from 'preact';

type Props = { level?: number; class: string; children: ComponentChildren };

export function Heading({ level = 2, class: name, children }: Props) {
  const Level = `h${Math.min(6, level)}` as 'h2';
  return <Level class={name}>{children}</Level>;
}
