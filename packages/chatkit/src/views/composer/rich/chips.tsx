/** What tags in the field need beyond what the field itself does: icons, and a caret that never stands inside of one. */
import { render } from 'preact';
import { Icon } from '../../../icons/Icon';
import { selectedIn, tagOf } from '../editor/dom';

/** Begins to care for the tags of a field, those to come as well; returns what ends that. */
export function careForTags(box: HTMLElement): () => void {
  const dress = () => {
    for (const chip of box.querySelectorAll<HTMLElement>('.tag:not([data-dressed])')) {
      chip.dataset['dressed'] = '';
      // A tag leaves no place for the caret at the beginning of a line, an image does.
      if (chip.previousSibling?.nodeValue?.endsWith('\n')) chip.before(placeForCaret());
      const icon = tagOf.get(chip)?.icon;
      if (!icon) continue;
      const place = document.createElement('span');
      chip.prepend(place);
      render(<Icon name={icon} />, place);
    }
  };
  dress();
  const observer = new MutationObserver(dress);
  observer.observe(box, { childList: true });
  const root = box.getRootNode() as ShadowRoot & { getSelection?: () => Selection | null };
  const leaveTags = () => {
    // Where a shadow root tells nothing of its selection, the browser keeps the caret out by itself.
    const selection = root.getSelection?.();
    const { anchorNode, focusNode } = selection ?? {};
    if (!selection || !anchorNode || !focusNode) return;
    const anchor = outside(box, anchorNode, selection.anchorOffset);
    const focus = outside(box, focusNode, selection.focusOffset);
    if (!anchor && !focus) return;
    selection.setBaseAndExtent(
      ...(anchor ?? ([anchorNode, selection.anchorOffset] as const)),
      ...(focus ?? ([focusNode, selection.focusOffset] as const)),
    );
  };
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener('selectionchange', leaveTags, { signal });
  // That is told late: a key that follows at once, as after a composition that was given up, would write nothing.
  box.addEventListener('compositionend', leaveTags, { signal });
  box.addEventListener('keydown', leaveTags, { signal, capture: true });
  // On either side of such an image there is a place, which for the person is the same one.
  const passImage = ({ key }: KeyboardEvent) => {
    const selection = root.getSelection?.();
    if (!/^Arrow(Left|Right)$/.test(key) || !selection?.anchorNode || !selection.focusNode) return;
    const { anchorNode, anchorOffset, focusNode, focusOffset, isCollapsed } = selection;
    const forward = (key === 'ArrowRight') === (getComputedStyle(box).direction === 'ltr');
    const index = indexAt(box, focusNode, focusOffset) - (forward ? 0 : 1);
    if (box.childNodes[index]?.nodeName !== 'IMG') return;
    const to = [box, forward ? index + 1 : index] as const;
    selection.setBaseAndExtent(...(isCollapsed ? to : ([anchorNode, anchorOffset] as const)), ...to);
  };
  box.addEventListener('keydown', passImage, { signal, capture: true });
  // Pressed, a tag is selected as the one thing that it is, and can be dragged, as can a selection that it is part of.
  let pressed: Element | null = null;
  const selectTag = (chip: Element) => {
    const at = [...box.childNodes].indexOf(chip);
    document.getSelection()?.setBaseAndExtent(box, at, box, at + 1);
  };
  const tagAt = ({ target, button, shiftKey }: MouseEvent) =>
    button === 0 && !shiftKey ? (target as Element).closest('.tag') : null;
  box.addEventListener(
    'mousedown',
    (event) => {
      pressed = tagAt(event);
      const range = selectedIn(root);
      if (!pressed || (range && isAround(range, box, pressed))) return;
      box.focus();
      selectTag(pressed);
    },
    { signal },
  );
  box.addEventListener(
    'mouseup',
    (event) => {
      const chip = tagAt(event);
      if (!chip || chip !== pressed) return;
      event.preventDefault(); // there is no place for a caret inside of it
      selectTag(chip);
    },
    { signal },
  );
  return () => {
    observer.disconnect();
    stop.abort();
  };
}

function placeForCaret(): HTMLElement {
  const image = new Image();
  image.alt = '';
  return image;
}

/** Before which node of the box a place is; NaN within a text. */
function indexAt(box: HTMLElement, node: Node, offset: number): number {
  if (node === box) return offset;
  return offset === node.nodeValue?.length ? [...box.childNodes].indexOf(node as ChildNode) + 1 : NaN;
}

/** Whether a selection in the box holds a node. */
function isAround(selected: AbstractRange, box: HTMLElement, node: Node): boolean {
  if (selected.collapsed || !box.contains(selected.startContainer)) return false;
  const range = document.createRange();
  range.setStart(selected.startContainer, selected.startOffset);
  range.setEnd(selected.endContainer, selected.endOffset);
  return range.intersectsNode(node);
}

/** The place beside a tag for one inside of it; null for any other. Nothing can be typed inside. */
function outside(box: HTMLElement, node: Node, offset: number): readonly [Node, number] | null {
  const chip = (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>('.tag');
  if (!chip || chip.parentNode !== box) return null;
  const at = [...box.childNodes].indexOf(chip);
  return [box, offset === 0 ? at : at + 1];
}
