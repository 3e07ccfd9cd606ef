/**
 * The element's place in its page: growing with it, or floating over it with a button; what an on-screen keyboard leaves
 * of it. Fetched before the first drawing for another layout than `fill`, and on touch screens.
 */
import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals-core';
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { IntegrationError, type Emit } from '../../events';
import { useLaterWords, useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import { paths } from '../../icons/launcher';
import type { ChatKitOptions } from '../../options';
import { adoptStyles } from '../../styles/adopt';
import styles from '../../styles/later/frame.css?inline';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { clearOfKeyboard } from './keyboard';
import { pageAround, type Scroller } from './pane';

export type Frame = {
  readonly View: ComponentType;
  /** What scrolls the conversation, if not its own box. */
  scrollerOf(box: HTMLElement, layout: ChatKitOptions['layout']): Scroller | null;
  /** @throws IntegrationError in a layout that is always open. */
  show(open?: boolean): void;
  remove(): void;
};

export function createFrame(host: HTMLElement, options: ReadonlySignal<ChatKitOptions>, emit: Emit): Frame {
  // A chat that was open when it left the page is open when it comes back.
  const open = signal(host.hasAttribute('data-open'));
  /** What was last told, and followed by the focus: it may be opened before there is a button. */
  const told = { open: open.peek() };
  adoptStyles(host.shadowRoot!, styles);
  const stopFollowing = effect(() => {
    const { layout = 'fill' } = options.value;
    host.dataset['layout'] = layout;
    // What does not float any more is not open either; who sees it goes on seeing it, so the focus stays.
    if (layout !== 'floating') open.value = false;
    host.toggleAttribute('data-open', open.value);
    if (layout === 'floating' || !told.open) return;
    told.open = false;
    emit('chatkit.close');
  });
  const stopClearing = clearOfKeyboard(host);

  return {
    View: () => <Launcher open={open} told={told} emit={emit} />,
    scrollerOf: (box, layout) => (layout === 'document' ? pageAround(host, box) : null),
    show(wanted) {
      if (options.peek().layout !== 'floating')
        throw new IntegrationError('open, close, toggle: the layout is not "floating".');
      open.value = wanted ?? !open.peek();
    },
    remove() {
      stopFollowing();
      stopClearing();
    },
  };
}

type LauncherProps = { open: Signal<boolean>; told: { open: boolean }; emit: Emit };

/** The button of a floating chat, and what opening and closing does to the focus. Nothing in other layouts. */
function Launcher({ open, told, emit }: LauncherProps) {
  const text = useText();
  useLaterWords();
  const { options, root, focusComposer } = useChat();
  const { layout, frameTitle } = useValue(options);
  const isOpen = useValue(open);
  const floats = layout === 'floating';

  useLayoutEffect(() => {
    const panel = root.current!;
    panel.tabIndex = -1;
    panel.inert = floats && !isOpen;
    return () => {
      panel.inert = false;
    };
  }, [root, floats, isOpen]);

  useEffect(() => {
    if (!floats) return;
    const panel = root.current!;
    const shadow = panel.getRootNode() as ShadowRoot;
    const host = shadow.host as HTMLElement;
    let before: Element | null = null;
    const stop = effect(() => {
      const now = open.value;
      if (now === told.open) return;
      told.open = now;
      if (now) {
        before = document.activeElement;
        // At once: the focus cannot wait for the next drawing.
        panel.inert = false;
        host.toggleAttribute('data-open', true);
        // On a touch screen that would bring up the keyboard over what there is to read.
        if (matchMedia('(pointer: fine)').matches) focusComposer();
        if (!panel.contains(shadow.activeElement)) panel.focus();
      } else if (panel.contains(shadow.activeElement)) {
        const back = before?.isConnected && before !== host && before !== document.body ? before : null;
        ((back as HTMLElement | null) ?? shadow.querySelector<HTMLElement>('.launcher'))?.focus();
      }
      emit(now ? 'chatkit.open' : 'chatkit.close');
    });
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (event.key === 'Escape' && open.peek()) open.value = false;
      else if (event.key === 'Tab' && host.clientWidth >= innerWidth) stayInside(event, shadow);
      else return;
    };
    host.addEventListener('keydown', onKey);
    return () => {
      stop();
      host.removeEventListener('keydown', onKey);
    };
  }, [floats, open, told, root, focusComposer, emit]);

  if (!floats) return null;
  return (
    <IconButton
      icon={isOpen ? 'close' : 'launcher'}
      {...(!isOpen && { paths })}
      label={isOpen ? text('close') : (frameTitle ?? text('frame'))}
      class="launcher"
      part="launcher"
      aria-expanded={isOpen}
      onClick={() => {
        open.value = !isOpen;
      }}
    />
  );
}

const FOCUSABLE =
  'button:enabled, a[href], input:enabled, textarea:enabled, select:enabled, [tabindex="0"], .editor';

/** Where the chat covers the page, Tab goes round in it: the page behind cannot be seen. */
function stayInside(event: KeyboardEvent, shadow: ShadowRoot): void {
  const stops = [...shadow.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (one) => one.getClientRects().length,
  );
  const [first, last] = [stops[0], stops.at(-1)];
  const [edge, other] = event.shiftKey ? [first, last] : [last, first];
  if (shadow.activeElement !== edge) return;
  event.preventDefault();
  other?.focus();
}
