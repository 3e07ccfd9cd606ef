/**
 * What is selected of a conversation stays so while more is written. A text that only grows keeps it by itself
 * (build/drawingOnly.js); where the browser loses it, because something else took the text's place, it is put back.
 */
import { selectedIn } from '../composer/editor/dom';

/** A place in the text of a block. */
type Place = { readonly block: Element; readonly offset: number };

const BLOCKS = '.md > *';

/** Begins to care for the selection in a conversation; returns what ends that. */
export function keepSelection(viewport: HTMLElement): () => void {
  const root = viewport.getRootNode() as ShadowRoot;
  let kept: { start: Place; end: Place; isBackward: boolean } | null = null;

  const onSelection = () => {
    const range = selectedIn(root);
    if (!range || range.collapsed) {
      kept = null;
      return;
    }
    const start = placeOf(range.startContainer, range.startOffset);
    const end = placeOf(range.endContainer, range.endOffset);
    const selection = selectionOf(root);
    kept = start && end && { start, end, isBackward: selection?.anchorNode === range.endContainer };
  };
  // Before the browser tells of a selection that was changed by what is drawn.
  const observer = new MutationObserver(() => {
    if (!kept) return;
    const { start, end, isBackward } = kept;
    const [from, to] = [nodeAt(start, true), nodeAt(end, false)];
    const now = selectedIn(root);
    if (!from || !to || !now) return;
    if (isAt(now.startContainer, now.startOffset, start) && isAt(now.endContainer, now.endOffset, end))
      return;
    const [base, extent] = isBackward ? [to, from] : [from, to];
    selectionOf(root)?.setBaseAndExtent(...base, ...extent);
  });
  onSelection();
  document.addEventListener('selectionchange', onSelection);
  observer.observe(viewport, { subtree: true, childList: true, characterData: true });
  return () => {
    document.removeEventListener('selectionchange', onSelection);
    observer.disconnect();
  };
}

function selectionOf(root: ShadowRoot & { getSelection?: () => Selection | null }): Selection | null {
  return root.getSelection?.() ?? document.getSelection();
}

function placeOf(node: Node, offset: number): Place | null {
  const block = (node instanceof Element ? node : node.parentElement)?.closest(BLOCKS);
  if (!block) return null;
  const before = document.createRange();
  before.setStart(block, 0);
  before.setEnd(node, offset);
  return { block, offset: before.toString().length };
}

function isAt(node: Node, offset: number, place: Place): boolean {
  const now = placeOf(node, offset);
  return now?.block === place.block && now.offset === place.offset;
}

/** Between two texts, what begins there begins with the second. */
function nodeAt({ block, offset }: Place, begins: boolean): [Node, number] | null {
  if (!block.isConnected) return null;
  const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let rest = offset;
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const { length } = text.nodeValue ?? '';
    if (rest < length || (rest === length && !begins)) return [text, rest];
    rest -= length;
  }
  return null;
}
