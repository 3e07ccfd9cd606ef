/**
 * Where the reader is. On sending, the question goes to the top and stays there; with `autoScroll` the view follows the
 * answer as long as the reader is at its end. Older messages come in without moving what is being read.
 */
import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import type { Scroller } from '../frame/pane';
import type { Turn } from '../turns';

/** Pixels from the end that still count as being there. */
const NEAR = 80;
/** Pixels from the start at which older messages are asked for. */
const EARLY = 600;

/** As long as browsers take to scroll smoothly, at most. */
const MOVE_MS = 1000;

export type Scrolling = {
  scroller: RefObject<HTMLDivElement | null>;
  /** Something of the conversation is below what can be seen. */
  hasBelow: boolean;
  reader: Reader;
  /** What scrolls the conversation. */
  boxOf: () => Scroller;
};

/** What is being read, and where in the view it stood when the reader last moved. */
type Anchor = { readonly element: Spot; readonly top: number };

type Spot = { readonly isConnected: boolean; getBoundingClientRect(): { readonly top: number } };

type Asked = { turns: readonly Turn[]; follow: boolean; loadOlder: (() => void) | null };

/** What is known of the reader. */
export type Reader = {
  /** Says what exactly of a turn is being read, as soon as somebody is in the middle of something (Latest.tsx). */
  find?: (turn: Element, top: number) => Spot;
  anchor?: Anchor | false | null | undefined; // none while the view moves
  /** They came to the end and have not gone up since: what comes meanwhile takes nobody away from there. */
  atEnd: boolean;
  /** A thread that was opened shows its newest end until they move: what is fetched late may make it longer. */
  opened?: boolean;
  /** The last question is at the top, or was: below it there is room for its answer. */
  asked?: boolean;
  /** Where the box stood. */
  top?: number;
  /** How high the view was. */
  height?: number;
  /** When a movement of our own will be over; until then nothing is held. */
  movingUntil?: number;
  /** The last turn. */
  last?: string | undefined;
};

export function useScrolling({ turns, follow, loadOlder }: Asked): Scrolling {
  const scroller = useRef<HTMLDivElement>(null);
  const [hasBelow, setBelow] = useState(false);
  /** Where there is no room there is nothing to scroll: what happens meanwhile is made up for. */
  const [hasRoom, setHasRoom] = useState(true);
  const reader = useRef<Reader>({ atEnd: true }).current;
  const older = useRef(loadOlder);
  older.current = loadOlder;
  const { frame, options, state } = useChat();
  const known = useValue(frame);
  const { layout } = useValue(options);
  const boxOf = useCallback(
    () => known?.scrollerOf(scroller.current!, layout) ?? scroller.current!,
    [known, layout],
  );

  const measure = useCallback(() => {
    if (!scroller.current) return;
    const box = boxOf();
    if (box.clientHeight !== reader.height) return; // a browser's own movement, to be taken back
    const below = belowOf(box);
    setBelow(below > NEAR / 2);
    if (below <= NEAR) reader.atEnd = true;
    else if (box.scrollTop < reader.top!) reader.atEnd = reader.opened = false;
    reader.top = box.scrollTop;
    const { top } = box.getBoundingClientRect();
    const first = [...box.querySelectorAll('.turn')].find(
      (turn) => turn.getBoundingClientRect().bottom > top,
    );
    const moving = performance.now() < reader.movingUntil!;
    const element = first && !moving && (reader.find?.(first, top) ?? first);
    reader.anchor = element && { element, top: topIn(box, element) };
    if (box.scrollTop < EARLY) older.current?.();
  }, [boxOf, reader]);

  useEffect(() => {
    const own = scroller.current!;
    const box = boxOf();
    box.addEventListener('scroll', measure, { passive: true });
    const resized = new ResizeObserver(() => {
      setHasRoom(own.clientHeight > 0);
      reader.height = box.clientHeight;
      setRoom(box, reader);
      // Turns far away have guessed sizes; when they are drawn, what is being read must not move.
      if (follow && reader.atEnd) box.scrollTop = box.scrollHeight;
      else if (!reader.opened) hold(box, reader.anchor);
      else if (state.phase.peek() === 'idle') toEnd(box, reader);
      else toQuestion(box, reader, false); // its answer is being written: that does not carry its reader along
      measure();
    });
    resized.observe(own);
    resized.observe(own.firstElementChild!);
    return () => {
      box.removeEventListener('scroll', measure);
      resized.disconnect();
    };
  }, [follow, measure, boxOf, reader, state]);

  const first = turns[0]?.key;
  const last = turns.at(-1)?.key;
  const several = turns.length > 1;
  const isOwn = turns.at(-1)?.rows[0]?.pending;
  useLayoutEffect(() => {
    if (!hasRoom || !scroller.current!.clientHeight) return;
    const box = boxOf();
    const { last: lastBefore } = reader;
    reader.last = last;
    // A question from elsewhere takes nobody away from what they read.
    const isShown = !lastBefore || reader.atEnd || isOwn;
    if (!lastBefore && several) toEnd(box, reader);
    else if (lastBefore !== last && last && isShown) toQuestion(box, reader, !!lastBefore);
    else hold(box, reader.anchor);
    // What does not fill the view cannot be scrolled: more is asked for all the same.
    if (box.scrollTop < EARLY) older.current?.();
  }, [first, last, several, isOwn, boxOf, reader, hasRoom]);

  return { scroller, hasBelow, reader, boxOf };
}

export function moveBy(box: Scroller, reader: Reader, top: number, smoothly: boolean): void {
  const smooth = smoothly && !matchMedia('(prefers-reduced-motion: reduce)').matches;
  reader.anchor = null;
  reader.opened = false;
  reader.movingUntil = smooth ? performance.now() + MOVE_MS : 0;
  box.scrollBy({ top, behavior: smooth ? 'smooth' : 'instant' });
}

function toQuestion(box: Scroller, reader: Reader, smoothly: boolean): void {
  reader.asked = true;
  setRoom(box, reader);
  const turn = box.querySelector('.turn.last');
  moveBy(box, reader, turn ? topIn(box, turn) - 16 : 0, smoothly);
}

function toEnd(box: Scroller, reader: Reader): void {
  reader.asked = false;
  setRoom(box, reader);
  box.scrollTop += belowOf(box) + 16;
  reader.opened = true;
}

/** Puts what is being read back to where it was. */
function hold(box: Scroller, anchor: Reader['anchor']): void {
  if (!anchor || !anchor.element.isConnected) return;
  const moved = topIn(box, anchor.element) - anchor.top;
  if (Math.abs(moved) >= 1) box.scrollTop += moved;
}

/** Where something stands in the view, wherever that stands in its page. */
function topIn(box: Scroller, element: Spot): number {
  return element.getBoundingClientRect().top - box.getBoundingClientRect().top;
}

/** How far below what can be seen the conversation ends, the room kept free for the answer left out. */
export function belowOf(box: Scroller): number {
  const last = box.querySelector('.turn.last')?.lastElementChild;
  return (last?.getBoundingClientRect().bottom ?? 0) - box.getBoundingClientRect().bottom;
}

/**
 * Where something was asked, its turn is at least as high as the view, so that the question can stand at the top; and the
 * scroll bar takes its room from the padding of the column, which so stays in line with the composer.
 */
function setRoom(box: Scroller, { asked }: Reader): void {
  box.style.setProperty('--ck-bar', `${box.offsetWidth - box.clientWidth}px`);
  const several = asked && box.querySelectorAll('.turn').length > 1;
  box.style.setProperty('--ck-room', several ? `${box.clientHeight - 64}px` : '0px');
}
