/** The draft as plain data: what edits, deletions and undoing make of it, and the way to a message and back. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { UserMessageContent } from '../../../protocol/generated';
import { contentOf, draftFrom, EMPTY, History, plain, replace, TAG, type Draft, type Tag } from './model';

const tag = (id: string): Tag => ({ type: 'input_tag', id, text: id, data: {}, interactive: false });
const draft = (text: string, ...ids: string[]): Draft => ({ text, tags: ids.map(tag) });
const idsOf = ({ tags }: Draft) => tags.map(({ id }) => id);
const caret = { start: 0, end: 0 };

// What people see as one character, however many code units it has.
const graphemes = ['a', ' ', '\n', 'é', 'e\u0301', '😀', '👩‍👩‍👧', '🇩🇪', '👍🏽', 'नि', TAG];
const drafts = fc
  .array(fc.constantFrom(...graphemes), { maxLength: 12 })
  .map((parts) =>
    draft(parts.join(''), ...parts.filter((part) => part === TAG).map((_, index) => `t${index}`)),
  );
const ranges = (text: string) =>
  fc.tuple(fc.nat(text.length), fc.nat(text.length)).map(([one, other]) => ({
    start: Math.min(one, other),
    end: Math.max(one, other),
  }));

describe('replacing a range', () => {
  it('takes the tags inside of it away, and leaves those around it', () => {
    const before = draft(`a${TAG}b${TAG}c${TAG}d`, 'one', 'two', 'three');
    const after = replace(before, { start: 2, end: 5 }, 'x');
    expect([after.text, idsOf(after)]).toEqual([`a${TAG}x${TAG}d`, ['one', 'three']]);
  });

  it('puts new tags between those that stay', () => {
    const after = replace(draft(`${TAG}${TAG}`, 'one', 'three'), { start: 1, end: 1 }, TAG, [tag('two')]);
    expect(idsOf(after)).toEqual(['one', 'two', 'three']);
  });

  it('does to the text what splicing does, and has one tag for each of its places', () => {
    fc.assert(
      fc.property(
        drafts.chain((before) => fc.tuple(fc.constant(before), ranges(before.text))),
        drafts,
        ([before, { start, end }], { text, tags }) => {
          const after = replace(before, { start, end }, text, tags);
          expect(after.text).toBe(before.text.slice(0, start) + text + before.text.slice(end));
          expect(after.text.split(TAG)).toHaveLength(after.tags.length + 1);
        },
      ),
    );
  });

  it('changes nothing in place', () => {
    const before = Object.freeze({ text: `${TAG}b`, tags: Object.freeze([tag('one')]) });
    expect(replace(before, { start: 0, end: 2 }, '')).toEqual(EMPTY);
    expect(before).toEqual(draft(`${TAG}b`, 'one'));
  });
});

describe('a message', () => {
  const text = (words: string): UserMessageContent => ({ type: 'input_text', text: words });

  it('is the draft without outer white space and empty pieces', () => {
    expect(contentOf(draft(`  to ${TAG}${TAG}\n`, 'one', 'two'))).toEqual([
      text('to '),
      tag('one'),
      tag('two'),
    ]);
    expect(contentOf(draft(' \n '))).toEqual([]);
  });

  it('becomes the same draft again', () => {
    fc.assert(
      fc.property(drafts, (before) => {
        expect(draftFrom(contentOf(before))).toEqual({ ...before, text: before.text.trim() });
      }),
    );
  });

  it('comes back from its draft as it was, with neighbouring texts in one', () => {
    const words = fc.string({ minLength: 1, maxLength: 8 }).map((one) => plain(one));
    const parts = fc.oneof(
      words.map(text),
      fc.constantFrom('one', 'two').map((id): UserMessageContent => tag(id)),
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (content) => {
        const back = contentOf(draftFrom(content));
        const flat = (all: readonly UserMessageContent[]) =>
          all.map((part) => (part.type === 'input_tag' ? `<${part.id}>` : part.text)).join('');
        expect(flat(back)).toBe(flat(content).trim());
        expect(back.filter((part, index) => part.type === 'input_text' && back[index + 1]?.type === 'input_text'))
          .toEqual([]); // prettier-ignore
      }),
    );
  });

  test('a text from elsewhere cannot pretend to be a tag', () => {
    const pasted = plain(`a${TAG}b\r\nc\rd\0`);
    expect(pasted).toBe('ab\nc\nd');
    expect(draftFrom([text(`x${TAG}y`), tag('one')])).toEqual(draft(`xy${TAG}`, 'one'));
  });
});

describe('the history of a draft', () => {
  const step = (words: string) => ({ draft: draft(words), caret });

  it('goes back and forth through what was remembered', () => {
    const history = new History();
    history.remember(step(''), false, 0);
    history.remember(step('one'), false, 1);
    expect(history.undo(step('two'))).toEqual(step('one'));
    expect(history.undo(step('one'))).toEqual(step(''));
    expect(history.undo(step(''))).toBeNull();
    expect(history.redo(step(''))).toEqual(step('one'));
    expect(history.redo(step('one'))).toEqual(step('two'));
    expect(history.redo(step('two'))).toBeNull();
  });

  it('takes quick typing as one step, and a pause as the beginning of another', () => {
    const history = new History();
    history.remember(step(''), true, 5000);
    history.remember(step('a'), true, 5500);
    history.remember(step('ab'), true, 6400);
    history.remember(step('abc'), true, 7400);
    expect(history.undo(step('abcd'))).toEqual(step('abc'));
    expect(history.undo(step('abc'))).toEqual(step(''));
  });

  it('does not join typing with what was done before or undone since', () => {
    const history = new History();
    history.remember(step(''), true, 5000);
    history.remember(step('a'), false, 5100); // a paste
    history.remember(step('a+'), true, 5200);
    expect(history.undo(step('a+b'))).toEqual(step('a+'));
    history.remember(step('a+'), true, 5300);
    expect(history.undo(step('a+c'))).toEqual(step('a+'));
    expect(history.undo(step('a+'))).toEqual(step('a'));
  });

  it('begins a step with what is typed after something else, in the first second of a page too', () => {
    const history = new History();
    history.remember(step(''), false, 10);
    history.remember(step('set'), true, 20);
    expect(history.undo(step('set!'))).toEqual(step('set'));
  });

  it('has nothing to do again after a new change', () => {
    const history = new History();
    history.remember(step(''), false, 0);
    history.undo(step('one'));
    history.remember(step(''), false, 1);
    expect(history.redo(step('two'))).toBeNull();
  });

  it('ends at a clearing, and forgets what is two hundred steps ago', () => {
    const history = new History();
    for (let index = 0; index < 250; index++) history.remember(step(String(index)), false, index);
    let oldest = step('now');
    for (let one = history.undo(oldest); one; one = history.undo(one)) oldest = one;
    expect(oldest).toEqual(step('50'));
    history.clear();
    expect([history.undo(oldest), history.redo(oldest)]).toEqual([null, null]);
  });
});
