/** The draft on screen: one flat line of text nodes and tag chips inside an editable box, read and written by offset. */
import { EMPTY, TAG, type Draft, type Range, type Tag } from './model';

export const tagOf = new WeakMap<Node, Tag>();

/** Shows a draft. A line break at the very end needs a filler, or the caret cannot go there. */
export function write(box: HTMLElement, draft: Draft): void {
  const nodes: Node[] = [];
  draft.text.split(TAG).forEach((piece, index) => {
    const tag = draft.tags[index - 1];
    if (index > 0 && tag) nodes.push(chip(tag));
    if (piece) nodes.push(document.createTextNode(piece));
  });
  if (draft.text.endsWith('\n')) nodes.push(document.createElement('br'));
  box.replaceChildren(...nodes);
}

const isText = (node: Node): node is Text => node.nodeType === Node.TEXT_NODE;

function chip(tag: Tag): HTMLElement {
  const element = document.createElement('span');
  element.className = 'tag';
  element.contentEditable = 'false';
  element.textContent = `@${tag.text}`;
  tagOf.set(element, tag);
  return element;
}

/** Reads what is there, whatever the browser made of it while typing or composing. */
export function read(box: HTMLElement): Draft {
  const tags: Tag[] = [];
  let text = '';
  const visit = (parent: Node): void => {
    for (const node of parent.childNodes) {
      const tag = tagOf.get(node);
      if (tag) {
        tags.push(tag);
        text += TAG;
      } else if (isText(node)) {
        text += node.data.replaceAll(TAG, '').replaceAll('\u00A0', ' ');
      } else if (node.nodeName === 'BR') {
        // The last break of the box only holds the line open.
        if (node.nextSibling || parent !== box) text += '\n';
      } else if (node.nodeName !== 'IMG') {
        // An image only gives the caret a place (rich/chips.tsx).
        if (text && !text.endsWith('\n')) text += '\n';
        visit(node);
      }
    }
  };
  visit(box);
  return text === '' && tags.length === 0 ? EMPTY : { text, tags };
}

/** What is selected in a shadow root or elsewhere in the page; browsers tell in three ways of one inside a root. */
export function selectedIn(
  root: ShadowRoot & { getSelection?: () => Selection | null },
): AbstractRange | null {
  const selection = root.getSelection?.() ?? document.getSelection();
  if (!root.getSelection && selection && 'getComposedRanges' in selection)
    return selection.getComposedRanges({ shadowRoots: [root] })[0] ?? null;
  return selection?.rangeCount ? selection.getRangeAt(0) : null;
}

/** The selection inside the box, as offsets; null when it is elsewhere. Works inside a shadow root. */
export function selected(box: HTMLElement): Range | null {
  const range = selectedIn(box.getRootNode() as ShadowRoot);
  if (!range || !box.contains(range.startContainer) || !box.contains(range.endContainer)) return null;
  return {
    start: offsetOf(box, range.startContainer, range.startOffset),
    end: offsetOf(box, range.endContainer, range.endOffset),
  };
}

/** Selects a range of the draft. */
export function select(box: HTMLElement, { start, end }: Range): void {
  const [anchor, anchorOffset] = placeOf(box, start);
  const [focus, focusOffset] = placeOf(box, end);
  document.getSelection()?.setBaseAndExtent(anchor, anchorOffset, focus, focusOffset);
}

function lengthOf(node: Node): number {
  if (tagOf.has(node)) return 1;
  if (isText(node)) return node.length;
  if (node.nodeName === 'BR') return node.nextSibling ? 1 : 0;
  return node.textContent?.length ?? 0;
}

function offsetOf(box: HTMLElement, node: Node, within: number): number {
  let child: Node | null = node;
  if (node === box) {
    return [...box.childNodes].slice(0, within).reduce((sum, one) => sum + lengthOf(one), 0);
  }
  while (child.parentNode && child.parentNode !== box) child = child.parentNode;
  let offset = tagOf.has(child) ? 0 : within;
  for (let before = child.previousSibling; before; before = before.previousSibling)
    offset += lengthOf(before);
  return offset;
}

export function placeOf(box: HTMLElement, offset: number): [Node, number] {
  let rest = offset;
  let index = 0;
  for (const node of box.childNodes) {
    const length = lengthOf(node);
    if (isText(node) && rest <= length) return [node, rest];
    if (rest < length || (rest === 0 && !tagOf.has(node) && !isText(node))) return [box, index];
    rest -= length;
    index++;
  }
  return [box, index];
}
