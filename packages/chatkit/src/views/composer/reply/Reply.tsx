/** A button at what is selected of an answer: the next message quotes it. */
import { autoUpdate, computePosition, flip, offset, shift } from '@floating-ui/dom';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useText } from '../../../i18n';
import styles from '../../../styles/later/reply.css?inline';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import type { PartProps } from '../rich/slots';
import { selectionOf } from './selection';

export { styles };

export function View({ desk, editor }: PartProps) {
  const text = useText();
  const selection = selectionOf(desk);
  const found = useValue(selection);
  const status = useValue(useChat().state.thread)?.status.type ?? 'active';
  const selected = status === 'active' ? found : null; // to be quoted, it must be possible to write
  const button = useRef<HTMLButtonElement>(null);

  useLayoutEffect(() => {
    const floating = button.current;
    if (!selected || !floating) return;
    if (!floating.matches(':popover-open')) floating.showPopover();
    const at = { getBoundingClientRect: selected.rect, contextElement: selected.element };
    return autoUpdate(at, floating, () => {
      void computePosition(at, floating, {
        strategy: 'fixed',
        // Above it is where phones have buttons of their own.
        placement: matchMedia('(pointer: coarse)').matches ? 'bottom' : 'top',
        middleware: [offset(8), flip({ padding: 8 }), shift({ padding: 8 })],
      }).then(({ x, y }) => {
        floating.style.left = `${String(x)}px`;
        floating.style.top = `${String(y)}px`;
      });
    });
  }, [selected]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') selection.value = null;
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [selection]);

  if (!selected) return null;
  return (
    <button
      ref={button}
      type="button"
      class="button reply"
      part="reply-button"
      popover="manual"
      // What is selected stays so until it is quoted.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => {
        desk.setQuote(selected.text);
        selection.value = null;
        document.getSelection()?.removeAllRanges();
        editor.focus();
      }}
    >
      {text('quote.reply')}
    </button>
  );
}
