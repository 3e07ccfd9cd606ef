/** A button that opens a menu: arrow keys, type-ahead, Escape back to the button (LOOK.md "menus"). */
import { autoUpdate, computePosition, flip, offset, shift, size, type Placement } from '@floating-ui/dom';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../icons/Icon';

/** Milliseconds between two letters of the same word. */
const TYPING = 600;

export type MenuEntry = {
  readonly key: string;
  readonly label: string;
  readonly description?: string | undefined;
  readonly icon?: string | undefined;
  /** Drawings beside those of the interface. */
  readonly paths?: Readonly<Record<string, string>> | undefined;
  /** One of several of which one is chosen. */
  readonly checked?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  /** Called when the menu is closed and the focus is back on its button. */
  readonly choose: () => void;
};

type Props = {
  /** The name of the button and of its menu. */
  label: string;
  entries: readonly MenuEntry[];
  /** What the button shows. */
  children: ComponentChildren;
  class?: string;
  part?: string;
  disabled?: boolean;
  placement?: Placement;
};

export function MenuButton({ label, entries, children, placement = 'top-start', ...rest }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  /** Which time it is that it is open; 0 while it is closed. */
  const [open, setOpen] = useState(0);
  const times = useRef(0);
  /** Which end is focused when it opens. */
  const from = useRef<'first' | 'last'>('first');
  const typed = useRef({ letters: '', at: 0 });

  useEffect(() => {
    // The browser's own tie: a click on the button of an open menu closes it, rather than close and open it again.
    button.current!.popoverTargetElement = menu.current;
  }, []);

  useLayoutEffect(() => {
    const [anchor, floating] = [button.current, menu.current];
    if (!open || !anchor || !floating) return;
    const items = enabled(floating);
    const start =
      items.find((item) => item.ariaChecked === 'true') ?? items.at(from.current === 'first' ? 0 : -1);
    start?.focus();
    return autoUpdate(anchor, floating, () => {
      void computePosition(anchor, floating, {
        strategy: 'fixed',
        placement,
        middleware: [
          offset(6),
          flip(),
          shift({ padding: 8 }),
          size({
            padding: 8,
            apply: ({ availableHeight }) => {
              floating.style.maxHeight = `${String(Math.max(120, availableHeight))}px`;
            },
          }),
        ],
      }).then(({ x, y }) => {
        floating.style.left = `${String(x)}px`;
        floating.style.top = `${String(y)}px`;
      });
    });
  }, [open, placement]);

  const show = (end: 'first' | 'last') => {
    from.current = end;
    menu.current?.showPopover();
  };
  const close = () => {
    menu.current?.hidePopover();
    button.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const items = enabled(menu.current!);
    const focused = (menu.current!.getRootNode() as ShadowRoot).activeElement as HTMLElement;
    const place = items.indexOf(focused);
    const moves: Record<string, number> = {
      ArrowDown: (place + 1) % items.length,
      ArrowUp: (place <= 0 ? items.length : place) - 1,
      Home: 0,
      End: items.length - 1,
    };
    const next = moves[event.key];
    if (next !== undefined) items[next]?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey)
      search(event.key, items, place);
    else return;
    // Tab goes on from the button.
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  };

  const search = (letter: string, items: HTMLElement[], place: number) => {
    const now = performance.now();
    const { letters, at } = typed.current;
    const word = (now - at > TYPING ? '' : letters) + letter.toLocaleLowerCase();
    typed.current = { letters: word, at: now };
    // The same letter again goes to the next of its entries.
    const isRepeated = word === letter.toLocaleLowerCase().repeat(word.length);
    const wanted = isRepeated ? word[0]! : word;
    const after = isRepeated ? place + 1 : Math.max(place, 0);
    [...items.slice(after), ...items.slice(0, after)]
      .find((item) => item.dataset['label']?.toLocaleLowerCase().startsWith(wanted))
      ?.focus();
  };

  const isChoice = entries.some(({ checked }) => checked !== undefined);
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open > 0}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          event.stopPropagation();
          show(event.key === 'ArrowUp' ? 'last' : 'first');
        }}
        {...rest}
      >
        {children}
      </button>
      <div
        ref={menu}
        class="menu"
        part="menu"
        role="menu"
        popover="auto"
        aria-label={label}
        tabIndex={-1}
        onKeyDown={onKeyDown}
        onToggle={(event) => {
          // Browsers make one event of closing and opening again at once: that is another time all the same.
          const isOpen = event.newState === 'open';
          setOpen(isOpen ? ++times.current : 0);
          if (!isOpen) from.current = 'first';
        }}
      >
        {open > 0 &&
          entries.map((entry) => (
            <button
              key={entry.key}
              type="button"
              class="menu-item"
              role={entry.checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={entry.checked}
              aria-disabled={entry.disabled}
              tabIndex={-1}
              data-label={entry.label}
              onClick={() => {
                if (entry.disabled) return;
                close();
                entry.choose();
              }}
            >
              {entry.icon && <Icon name={entry.icon} paths={entry.paths} />}
              <span class="menu-text" dir="auto">
                {entry.label}
                {entry.description && <small>{entry.description}</small>}
              </span>
              {isChoice && <span class="menu-check">{entry.checked && <Icon name="check" />}</span>}
            </button>
          ))}
      </div>
    </>
  );
}

/** Entries that can be chosen, in their order. */
function enabled(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('.menu-item:not([aria-disabled="true"])')];
}
