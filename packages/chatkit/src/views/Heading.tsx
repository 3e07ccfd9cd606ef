/** A heading at the level the page asks for: the thread's title at `headingLevel`, answers below it. */
import type { ComponentChildren } from 'preact';
import { useValue } from '../useValue';
import { useChat } from './context';

type Props = { class: string; children: ComponentChildren };

export function Heading({ class: name, children }: Props) {
  const Level = `h${useValue(useChat().options).headingLevel ?? 2}` as 'h2';
  return (
    <Level class={name} dir="auto">
      {children}
    </Level>
  );
}
