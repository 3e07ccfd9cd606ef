/**
 * The text field of the composer: flat text and atomic tags. The browser types and composes; everything else (line
 * breaks, paste, drop, undo, tags) goes through the model, so that it is the same everywhere.
 */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { UserMessageContent } from '../../../protocol/generated';
import { read, select, selected, write } from './dom';
import {
  contentOf,
  draftFrom,
  EMPTY,
  History,
  plain,
  replace,
  type Draft,
  type Range,
  type Tag,
} from './model';

/** What the composer asks of its field. */
export type EditorHandle = Pick<
  EditorCore,
  'box' | 'draft' | 'focus' | 'reset' | 'isEmpty' | 'getContent' | 'setContent' | 'selection' | 'edit'
>;

type Props = {
  api: RefObject<EditorHandle | null>;
  label: string;
  placeholder: string;
  disabled?: boolean;
  onChange(): void;
  onSubmit(): void;
  onArrowUpWhenEmpty?(): void;
};

/** On touch, Enter is the only way to a new line; the button sends. */
const touchOnly = (): boolean => matchMedia('(pointer: coarse) and (hover: none)').matches;

export function Editor({ api, label, placeholder, disabled = false, ...on }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const handlers = useRef(on);
  handlers.current = on;

  // Before anybody can write: what is typed before the first frame is drawn counts, too.
  useLayoutEffect(() => {
    const core = new EditorCore(box.current!, () => handlers.current);
    api.current = core;
    return () => {
      core.release();
      api.current = null;
    };
  }, [api]);

  return (
    <div
      ref={box}
      class="editor"
      part="composer-input"
      role="textbox"
      aria-multiline="true"
      aria-label={label}
      aria-placeholder={placeholder}
      aria-disabled={disabled}
      data-placeholder={placeholder}
      data-empty
      dir="auto"
      enterkeyhint="send"
      spellcheck
      tabIndex={disabled ? -1 : 0}
      contentEditable={disabled ? false : 'plaintext-only'}
    />
  );
}

/** What the component holds between renders; it never renders the text itself. */
class EditorCore {
  draft: Draft = EMPTY;
  readonly #history = new History();
  readonly #stop = new AbortController();
  #caret: Range = { start: 0, end: 0 };
  #composing = false;

  constructor(
    readonly box: HTMLElement,
    private readonly on: () => Pick<Props, 'onChange' | 'onSubmit' | 'onArrowUpWhenEmpty'>,
  ) {
    const signal = this.#stop.signal;
    const listen = <K extends keyof HTMLElementEventMap>(
      name: K,
      run: (event: HTMLElementEventMap[K]) => void,
    ) => {
      box.addEventListener(name, run, { signal });
    };
    listen('keydown', this.#keydown);
    listen('beforeinput', this.#beforeinput);
    listen('input', this.#input);
    listen('compositionstart', () => {
      // What is being composed is one step, however long it takes.
      this.#caret = this.selection();
      this.#remember(true);
      this.#composing = true;
    });
    listen('compositionend', () => {
      this.#input();
      this.#composing = false;
    });
    listen('paste', this.#paste);
  }

  release(): void {
    this.#stop.abort();
  }

  focus(): void {
    this.box.focus();
  }

  isEmpty(): boolean {
    return this.draft.text.trim() === '';
  }

  getContent(): UserMessageContent[] {
    return contentOf(this.draft);
  }

  /** Replaces everything; the caret goes to the end. */
  setContent(content: readonly UserMessageContent[]): void {
    this.#remember(false);
    this.#showAll(draftFrom(content));
  }

  /** Shows another draft: there is nothing to go back to. */
  reset(draft = EMPTY): void {
    this.#history.clear();
    this.#showAll(draft);
  }

  #showAll(draft: Draft): void {
    this.#show(draft, { start: draft.text.length, end: draft.text.length });
  }

  /** What is selected, or the end. */
  selection(): Range {
    return selected(this.box) ?? { start: this.draft.text.length, end: this.draft.text.length };
  }

  /** Puts text, and the tags it stands for, in place of a range; the caret goes behind it. */
  edit(range: Range, text: string, tags?: readonly Tag[]): void {
    this.#remember(false);
    const caret = range.start + text.length;
    this.#show(replace(this.draft, range, text, tags), { start: caret, end: caret });
  }

  #remember(typing: boolean): void {
    this.#history.remember({ draft: this.draft, caret: this.#caret }, typing, performance.now());
  }

  #show(draft: Draft, caret: Range): void {
    write(this.box, draft);
    this.#changed(draft);
    this.#caret = caret;
    const root = this.box.getRootNode() as Document | ShadowRoot;
    if (root.activeElement !== this.box) return; // a selection would take the focus with it
    select(this.box, caret);
    if (draft.text.length - caret.end < 2) this.box.scrollTop = this.box.scrollHeight;
  }

  #changed(draft: Draft): void {
    this.draft = draft;
    const empty = draft.text === '';
    this.box.toggleAttribute('data-empty', empty);
    if (empty && !this.#composing) this.box.replaceChildren();
    this.on().onChange();
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    // keyCode 229 is how some browsers mark the Enter that ends a composition.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    if (event.isComposing || event.keyCode === 229) return;
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (key === 'enter' && !event.shiftKey && !event.altKey && !command && !touchOnly()) {
      event.preventDefault();
      this.on().onSubmit();
    } else if (key === 'enter' && !command) {
      event.preventDefault();
      this.edit(this.selection(), '\n');
    } else if (command && !event.altKey && (key === 'z' || key === 'y')) {
      event.preventDefault();
      this.#travel(key === 'y' || event.shiftKey);
    } else if (key === 'arrowup' && this.draft.text === '') {
      this.on().onArrowUpWhenEmpty?.();
    }
  };

  #travel(forward: boolean): void {
    const present = { draft: this.draft, caret: this.selection() };
    const step = forward ? this.#history.redo(present) : this.#history.undo(present);
    if (step) this.#show(step.draft, step.caret);
  }

  readonly #beforeinput = (event: InputEvent): void => {
    const { inputType } = event;
    if (this.#composing || event.isComposing) {
      if (inputType !== 'insertCompositionText') return;
    }
    const range = this.selection();
    this.#caret = range;
    const isBack = inputType === 'deleteContentBackward';
    if (inputType === 'historyUndo' || inputType === 'historyRedo') {
      event.preventDefault();
      this.#travel(inputType === 'historyRedo');
    } else if (inputType === 'insertParagraph' || inputType === 'insertLineBreak') {
      event.preventDefault();
      this.edit(range, '\n');
    } else if (isBack || inputType === 'deleteContentForward') {
      const { start, end } = range;
      const gone = start < end ? range : isBack ? { start: start - 1, end } : { start, end: end + 1 };
      // Browsers differ in what they delete around a chip, and at a line break at the end.
      if (!/[\n\uFFFC]/.test(this.draft.text.slice(gone.start, gone.end))) return;
      event.preventDefault();
      this.edit(gone, '');
    }
  };

  readonly #input = (): void => {
    const draft = read(this.box);
    if (draft.text === this.draft.text && draft.tags.length === this.draft.tags.length) return;
    if (!this.#composing) this.#remember(true);
    this.#changed(draft);
    this.#caret = this.selection();
  };

  /** As plain text. Files are for whoever listens further out. */
  readonly #paste = (event: ClipboardEvent): void => {
    const { clipboardData: data } = event;
    if (!data || data.files.length > 0) return;
    event.preventDefault();
    const text = plain(data.getData('text/plain'));
    if (text) this.edit(this.selection(), text);
  };
}
