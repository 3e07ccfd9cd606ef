/** A card beside what is pointed at or focused. It can be pointed at itself, and Escape takes it away. */
import { autoUpdate, computePosition, flip, offset, shift } from '@floating-ui/dom';
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Source } from '../../../protocol/generated';
import { SourceCard } from './SourceCard';
import { useName } from './useName';

/** Milliseconds in which a pointer may cross from the sign to its card. */
const CROSSING = 150;

type Opening = {
  'aria-describedby': string | undefined;
  onPointerEnter: () => void;
  onPointerLeave: () => void;
  onFocus: () => void;
  onBlur: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
};

export function useCard<E extends HTMLElement>(
  source: Source,
): { open: Opening; card: ComponentChildren; anchor: RefObject<E | null> } {
  const id = useName();
  const anchor = useRef<E>(null);
  const floating = useRef<HTMLDivElement>(null);
  const [shown, show] = useState(false);
  const leaving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const enter = () => {
    clearTimeout(leaving.current);
    show(true);
  };
  const leave = () => {
    clearTimeout(leaving.current);
    leaving.current = setTimeout(() => show(false), CROSSING);
  };

  useEffect(() => () => clearTimeout(leaving.current), []);
  useEffect(() => {
    const [from, card] = [anchor.current, floating.current];
    if (!shown || !from || !card) return;
    card.showPopover();
    return autoUpdate(from, card, () => {
      void computePosition(from, card, {
        strategy: 'fixed',
        placement: 'top',
        middleware: [offset(6), flip(), shift({ padding: 8 })],
      }).then(({ x, y }) => {
        card.style.left = `${String(x)}px`;
        card.style.top = `${String(y)}px`;
      });
    });
  }, [shown]);

  const open: Opening = {
    'aria-describedby': shown ? id : undefined,
    onPointerEnter: enter,
    onPointerLeave: leave,
    onFocus: enter,
    onBlur: () => show(false),
    onKeyDown: (event) => {
      if (event.key !== 'Escape' || !shown) return;
      event.stopPropagation();
      show(false);
    },
  };
  const card = shown && (
    <div
      ref={floating}
      id={id}
      class="source-card"
      part="source-card"
      popover="manual"
      role="tooltip"
      onPointerEnter={enter}
      onPointerLeave={leave}
    >
      <SourceCard source={source} />
    </div>
  );
  return { open, card, anchor };
}
