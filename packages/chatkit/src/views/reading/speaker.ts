/** Which words of a conversation are said, and when: each block of an answer once, as soon as nothing more comes to it. */
import { effect } from '@preact/signals-core';
import type { TextOf } from '../../i18n';
import type { ChatState, Row } from '../../state/chat';

/** Milliseconds between two looks at what is drawn. */
const PAUSE = 250;
/** Longer blocks are cut: whoever wants to hear all of a listing goes and reads it. */
const LONGEST = 1000;

/** How many blocks of an item have been said, or were there before anybody listened; by the id of the item. */
const known = new WeakMap<ChatState, Map<string, number>>();

/**
 * Says what comes from now on; returns what ends that.
 *
 * @param viewport What the conversation is drawn in.
 * @param say Takes one thing at a time, in the order in which they are to be heard.
 */
export function speak(
  state: ChatState,
  viewport: HTMLElement,
  text: TextOf,
  say: (words: string) => void,
): () => void {
  let said = known.get(state);
  if (!said) known.set(state, (said = new Map<string, number>()));
  /** An answer has been on its way since the last look: what is new belongs to it. */
  let hears = false;
  let isBegun = false;
  let threadId: string | null = null;
  let clock: ReturnType<typeof setTimeout> | undefined;

  const soon = () => {
    clock ??= setTimeout(look, PAUSE);
  };
  const begin = () => {
    if (!isBegun) say(text('thread.answering'));
    isBegun = true;
  };
  const look = () => {
    clock = undefined;
    const drawn = drawnOf(viewport, state.rows.peek());
    if (!drawn) {
      soon(); // it is about to be
      return;
    }
    for (const [{ id }, blocks] of drawn) {
      const before = said.get(id) ?? 0;
      if (blocks.length <= before) continue;
      said.set(id, blocks.length);
      if (!hears) continue;
      begin();
      for (const words of blocks.slice(before).map(wordsOf)) if (words) say(words);
    }
    if (state.phase.peek() !== 'idle') return;
    if (isBegun && !state.failure.peek())
      say(text(state.stopped.peek() ? 'thread.stopped' : 'thread.answered'));
    hears = isBegun = false;
  };

  const stops = [
    effect(() => {
      const now = state.threadId.value;
      // A new thread gets its id while its first answer is on its way.
      if (now !== threadId && threadId !== null) hears = isBegun = false;
      threadId = now;
      const [phase] = [state.phase.value, state.rows.value];
      if (phase !== 'idle') hears = true;
      if (phase === 'waiting' || phase === 'streaming') begin();
      soon();
    }),
    effect(() => {
      const { value } = state.progress;
      if (!value) return;
      begin(); // whichever is told first
      say(value.text);
    }),
  ];
  const observer = new MutationObserver(soon);
  observer.observe(viewport, { subtree: true, childList: true, attributeFilter: ['aria-busy'] });
  return () => {
    clearTimeout(clock);
    observer.disconnect();
    for (const stop of stops) stop();
  };
}

/** The items of the last turn with their finished blocks; null while what is drawn is not what there is. */
function drawnOf(viewport: HTMLElement, rows: readonly Row[]): [Row, HTMLElement[]][] | null {
  const start = rows.findLastIndex((row) => row.item.peek().type === 'user_message');
  const answers = rows.slice(start + 1);
  const articles = viewport.querySelectorAll('.turn.last > [aria-busy]');
  if (articles.length !== answers.length) return null;
  const drawn: [Row, HTMLElement[]][] = [];
  for (const [index, row] of answers.entries()) {
    const article = articles[index]!;
    const isGrowing = article.ariaBusy === 'true';
    if (isGrowing !== row.streaming.peek()) return null;
    const blocks = [...article.querySelectorAll<HTMLElement>(':scope > .md > *')];
    drawn.push([row, isGrowing ? blocks.slice(0, -1) : blocks]);
  }
  return drawn;
}

function wordsOf(block: HTMLElement): string {
  const words = block.innerText.trim() || (block.querySelector('img')?.alt ?? '');
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}
