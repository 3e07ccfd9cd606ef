/** What a person has selected of an answer, for the button that quotes it. */
import { signal, type Signal } from '@preact/signals-core';
import type { Desk } from '../../../state/desk';
import { selectedIn } from '../editor/dom';

export type Selected = {
  readonly text: string;
  /** Where on screen it is. */
  readonly rect: () => DOMRect;
  /** What holds it. */
  readonly element: Element;
};

/** Milliseconds in which a selection that is still changing may change again. */
const SETTLING = 200;

const selections = new WeakMap<Desk, Signal<Selected | null>>();

export function selectionOf(desk: Desk): Signal<Selected | null> {
  const known = selections.get(desk) ?? signal<Selected | null>(null);
  selections.set(desk, known);
  return known;
}

/** Keeps the signal of a desk up to date; returns what ends that. */
export function watchSelection(desk: Desk, root: ShadowRoot): () => void {
  const found = selectionOf(desk);
  const stop = new AbortController();
  const { signal: ended } = stop;
  let wait: ReturnType<typeof setTimeout> | undefined;
  let isPressed = false;
  const look = () => {
    clearTimeout(wait);
    // While a pointer draws the selection, nothing may come in its way.
    if (!isPressed) wait = setTimeout(() => (found.value = quotable(root)), SETTLING);
  };
  const onSelection = () => {
    if (found.peek() && !quotable(root)) found.value = null;
    look();
  };
  document.addEventListener('selectionchange', onSelection, { signal: ended });
  document.addEventListener('pointerdown', () => (isPressed = true), { signal: ended, capture: true });
  // What was selected before this listened may still be drawn.
  document.addEventListener('pointermove', ({ buttons }) => (isPressed = buttons > 0), {
    once: true,
    signal: ended,
    capture: true,
  });
  for (const name of ['pointerup', 'pointercancel']) {
    document.addEventListener(
      name,
      () => {
        isPressed = false;
        look();
      },
      { signal: ended, capture: true },
    );
  }
  look();
  return () => {
    clearTimeout(wait);
    stop.abort();
    found.value = null;
  };
}

function quotable(root: ShadowRoot & { getSelection?: () => Selection | null }): Selected | null {
  const range = selectedIn(root);
  if (!range || range.collapsed) return null;
  const answer = answerAround(range.startContainer);
  if (answer?.getRootNode() !== root) return null;
  const live = document.createRange();
  live.setStart(range.startContainer, range.startOffset);
  live.setEnd(range.endContainer, range.endOffset);
  // Three clicks select a paragraph up to the beginning of what comes next, be it outside.
  const all = live.toString().trim();
  if (!answer.contains(range.endContainer)) live.setEnd(answer, answer.childNodes.length);
  if (!all || live.toString().trim() !== all) return null;
  const text = (root.getSelection?.() ?? live).toString().trim();
  return { text, rect: () => live.getBoundingClientRect(), element: answer };
}

function answerAround(node: Node): Element | null {
  return (node instanceof Element ? node : node.parentElement)?.closest('.assistant') ?? null;
}
