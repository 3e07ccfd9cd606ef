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

type Scrolling = {
  scroller: RefObject<HTMLDivElement | null>;
  /** Something of the conversation is below what can be seen. */
  hasBelow: boolean;
  jumpToEnd: () => void;
};

/** What is being read, and where it stood when the reader last moved. */
type Anchor = { readonly element: Element; readonly top: number };

type Asked = { turns: readonly Turn[]; follow: boolean; loadOlder: (() => void) | null };

export function useScrolling({ turns, follow, loadOlder }: Asked): Scrolling {
  const scroller = useRef<HTMLDivElement>(null);
  const [hasBelow, setBelow] = useState(false);
  /** Where there is no room there is nothing to scroll: what happens meanwhile is made up for. */
  const [hasRoom, setHasRoom] = useState(true);
  const seen = useRef<{ first: string | undefined; last: string | undefined }>({
    first: undefined,
    last: undefined,
  });
  const anchor = useRef<Anchor | null>(null);
  /** The reader came to the end and has not gone up since: what comes meanwhile takes nobody away from there. */
  const atEnd = useRef(true);
  const top = useRef(0);
  /** When a movement of our own will be over; until then nothing is held. */
  const movingUntil = useRef(0);
  /** A thread that was opened shows its newest end until the reader moves: what is fetched late may make it longer. */
  const opened = useRef(false);
  /** The last question is at the top, or was: below it there is room for its answer. */
  const asked = useRef(false);
  const older = useRef(loadOlder);
  older.current = loadOlder;
  const { frame, options, state } = useChat();
  const known = useValue(frame);
  const { layout } = useValue(options);
  /** What scrolls the conversation. */
  const boxOf = useCallback(
    () => known?.scrollerOf(scroller.current!, layout) ?? scroller.current!,
    [known, layout],
  );

  const measure = useCallback(() => {
    if (!scroller.current) return;
    const box = boxOf();
    const edge = box.getBoundingClientRect();
    const below = endOf(box) - edge.bottom;
    setBelow(below > NEAR / 2);
    if (below <= NEAR) atEnd.current = true;
    else if (box.scrollTop < top.current) atEnd.current = opened.current = false;
    top.current = box.scrollTop;
    const first = [...box.querySelectorAll('.turn')].find(
      (turn) => turn.getBoundingClientRect().bottom > edge.top,
    );
    const moving = performance.now() < movingUntil.current;
    anchor.current = first && !moving ? { element: first, top: first.getBoundingClientRect().top } : null;
    if (box.scrollTop < EARLY) older.current?.();
  }, [boxOf]);

  const moveBy = useCallback((box: Scroller, top: number, smoothly: boolean) => {
    const smooth = smoothly && !matchMedia('(prefers-reduced-motion: reduce)').matches;
    anchor.current = null;
    opened.current = false;
    movingUntil.current = smooth ? performance.now() + MOVE_MS : 0;
    box.scrollBy({ top, behavior: smooth ? 'smooth' : 'instant' });
  }, []);

  const toQuestion = useCallback(
    (box: Scroller, smoothly: boolean) => {
      setRoom(box, (asked.current = true));
      const turn = box.querySelector('.turn.last');
      const top = turn ? turn.getBoundingClientRect().top - box.getBoundingClientRect().top - 16 : 0;
      moveBy(box, top, smoothly);
    },
    [moveBy],
  );
  const toEnd = useCallback((box: Scroller) => {
    setRoom(box, (asked.current = false));
    box.scrollTop += endOf(box) - box.getBoundingClientRect().bottom + 16;
    opened.current = true;
  }, []);

  useEffect(() => {
    const own = scroller.current!;
    const box = boxOf();
    box.addEventListener('scroll', measure, { passive: true });
    const resized = new ResizeObserver(() => {
      setHasRoom(own.clientHeight > 0);
      setRoom(box, asked.current);
      // Turns far away have guessed sizes; when they are drawn, what is being read must not move.
      if (follow && atEnd.current) box.scrollTop = box.scrollHeight;
      else if (!opened.current) hold(box, anchor.current);
      else if (state.phase.peek() === 'idle') toEnd(box);
      else toQuestion(box, false); // its answer is still being written: that does not carry its reader along
      measure();
    });
    resized.observe(own);
    resized.observe(own.firstElementChild!);
    return () => {
      box.removeEventListener('scroll', measure);
      resized.disconnect();
    };
  }, [follow, measure, boxOf, toEnd, toQuestion, state]);

  const first = turns[0]?.key;
  const last = turns.at(-1)?.key;
  const several = turns.length > 1;
  useLayoutEffect(() => {
    if (!hasRoom || !scroller.current!.clientHeight) return;
    const box = boxOf();
    const before = seen.current;
    seen.current = { first, last };
    if (before.last === undefined && last !== undefined && several) {
      toEnd(box);
    } else if (before.last !== last && last !== undefined) {
      toQuestion(box, before.last !== undefined);
    } else if (before.first !== first) {
      hold(box, anchor.current);
    }
  }, [first, last, several, toEnd, toQuestion, boxOf, hasRoom]);

  // What does not fill the view cannot be scrolled: more is asked for all the same.
  useEffect(() => {
    if (scroller.current!.clientHeight && boxOf().scrollTop < EARLY) older.current?.();
  }, [first, boxOf, hasRoom]);

  const jumpToEnd = () => {
    const box = boxOf();
    moveBy(box, endOf(box) - box.getBoundingClientRect().bottom + 24, true);
    atEnd.current = true;
  };

  return { scroller, hasBelow, jumpToEnd };
}

/** Puts what is being read back to where it was. */
function hold(box: Scroller, anchor: Anchor | null): void {
  if (!anchor?.element.isConnected) return;
  const moved = anchor.element.getBoundingClientRect().top - anchor.top;
  if (Math.abs(moved) >= 1) box.scrollTop += moved;
}

/** Where the conversation really ends, the room kept free for the answer left out. */
function endOf(box: Scroller): number {
  const last = box.querySelector('.turn.last')?.lastElementChild;
  return last?.getBoundingClientRect().bottom ?? 0;
}

/**
 * Where something was asked, its turn is at least as high as the view, so that the question can stand at the top; and the
 * scroll bar takes its room from the padding of the column, which so stays in line with the composer.
 */
function setRoom(box: Scroller, asked: boolean): void {
  box.style.setProperty('--ck-bar', `${box.offsetWidth - box.clientWidth}px`);
  const several = asked && box.querySelectorAll('.turn').length > 1;
  box.style.setProperty('--ck-room', several ? `${box.clientHeight - 64}px` : '0px');
}
