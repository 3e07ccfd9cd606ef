/**
 * Footnotes of one text: numbers in the order in which they are first referred to, and what they say at its end. A place
 * whose footnote is not there, or not there yet, shows what was written.
 */
import { signal, type Signal } from '@preact/signals-core';
import type { Token } from 'marked';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useLaterWords, useText } from '../i18n';
import { Icon } from '../icons/Icon';
import { adoptStyles } from '../styles/adopt';
import styles from '../styles/later/notes.css?inline';
import { useValue } from '../useValue';
import { blocks as drawBlocks } from './Markdown';
import { withoutMarks } from './marks';
import { TextContext } from './rare';
import type { NoteToken, ReferenceToken } from './notesSyntax';

type Notes = {
  readonly numbers: ReadonlyMap<string, number>;
  /** Where focus goes: to a footnote, and back to the place it was read at, or else the first. */
  readonly notes: Map<string, HTMLElement>;
  readonly places: Map<string, HTMLElement>;
};

/** The footnotes of each text, for the places in it. */
const all = new WeakMap<object, Signal<Notes>>();

function useNotes(): Signal<Notes> {
  const text = useContext(TextContext);
  let notes = all.get(text);
  if (!notes) all.set(text, (notes = signal({ numbers: new Map(), notes: new Map(), places: new Map() })));
  return notes;
}

type Props = { tokens: readonly Token[]; headingLevel: number };

/** The list at the end of a text; its places are told their numbers. */
export function Noted({ tokens, headingLevel }: Props) {
  const { labels, bodies } = notesOf(tokens);
  const notes = useNotes();
  const order = labels.join('\n');
  useLayoutEffect(() => {
    const numbers = new Map(order.split('\n').map((label, index) => [label, index + 1]));
    notes.value = { ...notes.peek(), numbers };
  }, [order, notes]);
  if (!labels.length) return null;
  return (
    <List>
      {labels.map((label, index) => (
        <Note key={label} label={label} number={index + 1}>
          {drawBlocks(bodies.get(label)!, false, headingLevel)}
        </Note>
      ))}
    </List>
  );
}

function dress(list: HTMLElement | null): void {
  if (list) adoptStyles(list, styles);
}

function List({ children }: { children: ComponentChildren }) {
  const text = useText();
  useLaterWords();
  return (
    <ol ref={dress} class="md-notes" aria-label={text('note.list')}>
      {children}
    </ol>
  );
}

function Note({ label, number, children }: { label: string; number: number; children: ComponentChildren }) {
  const text = useText();
  useLaterWords();
  const item = useRef<HTMLLIElement>(null);
  const { notes, places } = useNotes().peek();
  useEffect(() => void notes.set(label, item.current!), [notes, label]);
  return (
    <li ref={item} tabIndex={-1}>
      {children}{' '}
      <button
        type="button"
        role="link"
        class="md-note-back"
        aria-label={text('note.back', { number })}
        onClick={() => places.get(label)?.focus()}
      >
        <Icon name="arrow-up" />
      </button>
    </li>
  );
}

/** A place that has a footnote. */
export function Reference({ token: { refersTo: label, raw } }: { token: ReferenceToken }) {
  const text = useText();
  useLaterWords();
  const button = useRef<HTMLButtonElement>(null);
  const { numbers, notes, places } = useValue(useNotes());
  const number = numbers.get(label);
  useEffect(() => {
    if (number && !places.get(label)?.isConnected) places.set(label, button.current!);
  }, [places, number, label]);
  if (!number) return <>{withoutMarks(raw)}</>;
  return (
    <sup class="md-note">
      <button
        ref={button}
        type="button"
        role="link"
        aria-label={text('note.name', { number })}
        onClick={() => {
          places.set(label, button.current!);
          notes.get(label)?.focus();
        }}
      >
        {number}
      </button>
    </sup>
  );
}

type Found = { readonly places: readonly string[]; readonly notes: readonly NoteToken[] };

/** What was found in blocks, which do not change any more: a text that grows has many of them. */
const known = new WeakMap<Token, Found>();

const DEEPEST = 100;

function search(block: Token): Found {
  let found = known.get(block);
  if (found) return found;
  const places: string[] = [];
  const notes: NoteToken[] = [];
  const look = (one: object, depth: number) => {
    if (depth > DEEPEST) return;
    if ('refersTo' in one) places.push((one as ReferenceToken).refersTo);
    if ('explains' in one) {
      const note = one as NoteToken;
      notes.push(note, ...note.body.flatMap((inner) => search(inner).notes));
      return;
    }
    const inner: unknown[] = Array.isArray(one) ? one : Object.values(one).filter(Array.isArray);
    for (const each of inner) if (typeof each === 'object' && each) look(each, depth + 1);
  };
  look(block, 0);
  found = { places, notes };
  known.set(block, found);
  return found;
}

/** The labels in order, each with a footnote; places in footnotes count after those in the text. */
function notesOf(tokens: readonly Token[]): { labels: string[]; bodies: Map<string, readonly Token[]> } {
  const bodies = new Map<string, readonly Token[]>();
  for (const token of tokens) {
    for (const { explains, body } of search(token).notes)
      if (!bodies.has(explains)) bodies.set(explains, body);
  }
  const labels = new Set<string>();
  const enter = (places: readonly string[]) => {
    for (const label of places) if (bodies.has(label)) labels.add(label);
  };
  if (bodies.size) for (const token of tokens) enter(search(token).places);
  // A set that grows while it is walked is walked to its end.
  for (const label of labels) for (const token of bodies.get(label)!) enter(search(token).places);
  return { labels: [...labels], bodies };
}
