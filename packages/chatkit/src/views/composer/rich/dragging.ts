/** Tags that are dragged: they stay tags within the chats of a page, and are words anywhere else. */
import { select } from '../editor/dom';
import type { EditorHandle } from '../editor/Editor';
import { plain, type Range } from '../editor/model';
import { cutOut, type Piece } from './clipboard';

/** What is on its way, and from where. */
let dragged: (Piece & { readonly from: HTMLElement; readonly range: Range }) | null = null;

/** Lets a field give and take tags by dragging; returns what ends that. */
export function dragTags(editor: EditorHandle): () => void {
  const { box } = editor;
  const host = (box.getRootNode() as ShadowRoot).host as HTMLElement;
  const stop = new AbortController();
  const { signal } = stop;
  /** Where it ends is known before what the browser does about it. */
  let isDroppedHere = false;
  /** It is to go from where it was. */
  let isMoved = false;
  const begin = ({ dataTransfer }: DragEvent) => {
    isDroppedHere = false;
    const range = editor.selection();
    dragged = { ...cutOut(editor.draft, range), from: box, range };
    dataTransfer?.clearData('text/html'); // it would show how tags are made
    dataTransfer?.setData('text/plain', dragged.words);
  };
  const change = (event: InputEvent) => {
    if (!dragged || !isDroppedHere) return;
    if (event.inputType === 'deleteByDrag' && dragged.from === box) {
      isMoved = true;
    } else {
      const words = event.data ?? event.dataTransfer?.getData('text/plain');
      if (event.inputType !== 'insertFromDrop' || plain(words ?? '') !== dragged.words) return;
      put(editor, dragged, isMoved ? dragged.range : null);
      dragged = null;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  /** A tag takes nothing in: what is dropped on it comes in beside it. */
  const chipAt = ({ target, dataTransfer }: DragEvent) =>
    dataTransfer?.types.includes('text/plain') && (target as Element).closest<HTMLElement>('.tag');
  const isMoving = ({ ctrlKey, altKey }: DragEvent) => dragged?.from === box && !ctrlKey && !altKey;
  const hover = (event: DragEvent) => {
    if (!box.isContentEditable || !chipAt(event)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = isMoving(event) ? 'move' : 'copy';
  };
  const dropBeside = (event: DragEvent) => {
    const chip = box.isContentEditable && chipAt(event);
    if (!chip) return;
    event.preventDefault();
    const { left, width } = chip.getBoundingClientRect();
    const isLeft = event.clientX < left + width / 2;
    const isBefore = isLeft === (getComputedStyle(box).direction === 'ltr');
    const at = [...box.childNodes].indexOf(chip) + (isBefore ? 0 : 1);
    box.focus();
    document.getSelection()?.setBaseAndExtent(box, at, box, at);
    const text = plain(event.dataTransfer!.getData('text/plain'));
    if (dragged?.words === text) put(editor, dragged, isMoving(event) ? dragged.range : null);
    else editor.edit(editor.selection(), text);
    dragged = null;
  };
  box.addEventListener('dragover', hover, { signal });
  box.addEventListener('dragstart', begin, { signal });
  box.addEventListener('dragend', () => (dragged = null), { signal });
  box.addEventListener(
    'drop',
    (event) => {
      isDroppedHere = true;
      isMoved = false;
      dropBeside(event);
    },
    { signal },
  );
  // Some browsers tell of what is dropped only outside of the shadow root.
  host.addEventListener('beforeinput', change, { signal, capture: true });
  return () => stop.abort();
}

/** Puts a piece where the caret is, in one step with taking it from where it was. */
function put(editor: EditorHandle, { text, tags }: Piece, from: Range | null): void {
  const { start } = editor.selection();
  let at = start;
  if (!from) {
    editor.edit({ start, end: start }, text, tags);
  } else if (start < from.start) {
    const after = cutOut(editor.draft, { start, end: from.start });
    editor.edit({ start, end: from.end }, text + after.text, [...tags, ...after.tags]);
  } else if (start > from.end) {
    const before = cutOut(editor.draft, { start: from.end, end: start });
    editor.edit({ start: from.start, end: start }, before.text + text, [...before.tags, ...tags]);
    at = from.start + before.text.length;
  } else {
    at = from.start;
  }
  editor.focus();
  select(editor.box, { start: at, end: at + text.length });
}
