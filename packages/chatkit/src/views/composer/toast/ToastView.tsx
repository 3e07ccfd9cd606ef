/** Words above the composer that go by themselves, but not while somebody is at them. */
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useText } from '../../../i18n';
import { IconButton } from '../../../icons/IconButton';
import { useValue } from '../../../useValue';
import styles from '../../../styles/later/toast.css?inline';
import { useChat } from '../../context';
import type { PartProps } from '../rich/slots';
import { toastOf, type Toast } from './toasts';

export { styles };

/** Milliseconds for a line, and for each that follows it. */
const SHOWN = 6000;
const MORE = 1500;

/** Pixels between the composer and what is told, as in toast.css. */
const GAP = 20;

export function View({ desk, editor }: PartProps) {
  const toast = toastOf(desk);
  const shown = useValue(toast);
  const box = useRef<HTMLDivElement>(null);
  const close = () => {
    if (box.current?.matches(':focus-within')) editor.focus(); // before what has it is gone
    toast.value = null;
  };
  return (
    <div ref={box} class="toast-place">
      {shown && <One key={shown} toast={shown} onClose={close} />}
    </div>
  );
}

function One({ toast, onClose }: { toast: Toast; onClose: () => void }) {
  const text = useText();
  const close = useRef(onClose);
  const [stay, go] = useMemo(() => {
    let clock: ReturnType<typeof setTimeout> | undefined;
    const stay = () => clearTimeout(clock);
    const go = () => {
      stay();
      clock = setTimeout(() => close.current(), SHOWN + MORE * (toast.lines.length - 1));
    };
    return [stay, go];
  }, [toast]);
  useEffect(() => {
    go();
    return stay;
  }, [go, stay]);
  const box = useRef<HTMLDivElement>(null);
  const { root } = useChat();
  // Where the composer leaves no room above itself, it is covered rather than the words.
  useLayoutEffect(() => {
    const { style } = box.current!;
    const place = () => {
      style.insetBlockEnd = '';
      const missing =
        root.current!.getBoundingClientRect().top + 8 - box.current!.getBoundingClientRect().top;
      if (missing > 0) style.insetBlockEnd = `${GAP - missing}px`;
    };
    const resized = new ResizeObserver(place);
    resized.observe(root.current!);
    resized.observe(box.current!.closest('.footer')!);
    return () => resized.disconnect();
  }, [root]);
  return (
    <div
      ref={box}
      class="toast"
      part="toast"
      role="alert"
      onPointerEnter={stay}
      onPointerLeave={go}
      onFocusCapture={stay}
      onBlurCapture={go}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div dir="auto">
        {toast.lines.map((line, index) => (
          <p key={index}>{line}</p>
        ))}
      </div>
      <IconButton icon="close" label={text('dismiss')} onClick={onClose} />
    </div>
  );
}
