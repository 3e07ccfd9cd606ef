/** What is on the desk, what a message takes from it, and what is kept of it (element.md §3.7, §3.8, §4). */
import { signal } from '@preact/signals-core';
import { expect, test, vi } from 'vitest';
import type { Emit } from '../events';
import type { ChatKitOptions, ComposerOption } from '../options';
import type { UserMessageContent } from '../protocol/generated';
import type { ChatState, Draft } from './chat';
import { setComposerValue } from './composerValue';
import { Desk, type Field } from './desk';
import { filesOf } from './attached';
import { uploaded, type Written } from './drafts';
import { HttpError } from '../transport/errors';
import { createSignals } from './signals';
import { lookThrough } from './uploads';

const report = { type: 'file', id: 'atc_1', name: 'report.pdf', mime_type: 'application/pdf' } as const;
const said = (text: string): UserMessageContent[] => [{ type: 'input_text', text }];

/** A field without a screen. */
function givenField(): Field & { draft: Written; say(text: string): void } {
  const nothing: Written = { text: '', tags: [] };
  const field = {
    draft: nothing,
    isEmpty: () => field.draft.text.trim() === '',
    getContent: () => said(field.draft.text),
    reset: (written = nothing) => {
      field.draft = written;
    },
    setContent: (content: readonly UserMessageContent[]) => {
      field.draft = { text: content.map((part) => part.text).join(''), tags: [] };
      desks.forEach((desk) => desk.changed());
    },
    say: (text: string) => field.setContent(said(text)),
  };
  return field;
}
const desks: Desk[] = [];

function givenDesk(composer: ComposerOption = {}, shelfText: string | null = null) {
  const signals = createSignals();
  const options = signal<ChatKitOptions>({ api: { url: '/chatkit' }, composer });
  const heard: unknown[] = [];
  const emit: Emit = (name, ...[detail]) => {
    heard.push([name, detail]);
  };
  const field = givenField();
  const kept = { text: shelfText };
  const shelf = {
    read: () => kept.text,
    write: (text: string | null) => {
      kept.text = text;
    },
  };
  const open = () => {
    const state = signals as unknown as ChatState;
    const desk = new Desk({ state, options, emit, shelf });
    desks.splice(0, desks.length, desk);
    desk.begin(field, '');
    return desk;
  };
  const desk = open();
  return { desk, open, field, options, signals, heard, kept };
}

const planner = { id: 'planner', label: 'Planner', icon: 'compass' as const };
const search = { id: 'search', label: 'Search', icon: 'search' as const, persistent: true };

test('a message takes everything; a tool stays only if it is persistent, the model always', () => {
  const models = [
    { id: 'old', label: 'Old', disabled: true, default: true },
    { id: 'fast', label: 'Fast' },
    { id: 'deep', label: 'Deep' },
  ];
  const { desk, field } = givenDesk({ tools: [planner, search], models });
  expect(desk.model.value?.id).toBe('fast');
  desk.selectModel('deep');
  desk.selectTool('planner');
  desk.setQuote(' What you said ');
  filesOf(desk).addAttachment(uploaded(report));
  field.say('Hi');
  const rest = { attachments: [report], quotedText: 'What you said', model: 'deep' };
  expect(desk.take(said('Hi'))).toEqual({ content: said('Hi'), ...rest, toolChoice: 'planner' });
  expect([desk.quote.value, desk.attachments.value, desk.tool.value]).toEqual([null, [], null]);
  desk.selectTool('search');
  expect(desk.take(said('Hi')).toolChoice).toBe('search');
  expect(desk.take(said('Hi'))).toMatchObject({ toolChoice: 'search', model: 'deep' });
});

test('every change of the tool is told, the automatic one as well, and that of options without it', () => {
  const { desk, options, heard } = givenDesk({ tools: [planner, search] });
  desk.selectTool('planner');
  desk.selectTool('planner');
  desk.take(said('Hi'));
  desk.selectTool('search');
  options.value = { ...options.value, composer: {} };
  const ids = ['planner', null, 'search', null];
  expect(heard).toEqual(ids.map((toolId) => ['chatkit.tool.change', { toolId }]));
});

test('what is being uploaded, and what failed, cannot be sent; attachments alone can', () => {
  const { desk, field } = givenDesk();
  expect(desk.isSendable.value).toBe(false);
  filesOf(desk).addAttachment({ localId: 'a', state: 'uploading', progress: 0, error: null });
  field.say('Hi');
  expect(desk.isSendable.value).toBe(false);
  filesOf(desk).changeAttachment('a', { state: 'failed', error: 'Too large' });
  expect(desk.isSendable.value).toBe(false);
  filesOf(desk).changeAttachment('a', { state: 'ready', attachment: report, error: null });
  field.say('');
  expect(desk.isSendable.value).toBe(true);
  filesOf(desk).changeAttachment('a', null);
  expect(desk.isSendable.value).toBe(false);
});

test('an upload goes on in a draft that was left for another thread', () => {
  const { desk, signals, kept } = givenDesk();
  filesOf(desk).addAttachment({ localId: 'a', state: 'uploading', progress: 0, error: null });
  signals.threadId.value = 'thr_1';
  expect(desk.attachments.value).toEqual([]);
  filesOf(desk).changeAttachment('a', { progress: 0.5 });
  filesOf(desk).changeAttachment('a', { state: 'ready', attachment: report, progress: 1 });
  expect(kept.text).toContain(report.id);
  signals.threadId.value = null;
  expect(desk.attachments.value).toEqual([
    { localId: 'a', state: 'ready', attachment: report, progress: 1, error: null },
  ]);
  filesOf(desk).changeAttachment('a', null);
  expect(desk.attachments.value).toEqual([]);
});

test('a tag goes out with its data, and without its icon', () => {
  const { desk } = givenDesk();
  const tag = { type: 'input_tag', id: 'p1', text: 'Ann', icon: 'user', group: 'People' } as never;
  expect(desk.take([tag]).content).toEqual([
    { type: 'input_tag', id: 'p1', text: 'Ann', group: 'People', interactive: false, data: {} },
  ]);
});

test('every thread has its own draft, and a new thread that gets its id goes on with its one', () => {
  const { desk, field, signals } = givenDesk({ tools: [search] });
  field.say('for a new thread');
  desk.setQuote('quoted');
  signals.threadId.value = 'thr_1';
  expect([field.draft.text, desk.quote.value]).toEqual(['', null]);
  field.say('for the first');
  desk.selectTool('search');
  signals.threadId.value = null;
  expect([field.draft.text, desk.quote.value, desk.tool.value]).toEqual(['for a new thread', 'quoted', null]);
  signals.phase.value = 'waiting';
  signals.threadId.value = 'thr_2';
  expect([field.draft.text, desk.quote.value]).toEqual(['for a new thread', 'quoted']);
  signals.phase.value = 'idle';
  signals.threadId.value = null;
  expect(field.draft.text).toBe('');
  signals.threadId.value = 'thr_1';
  expect([field.draft.text, desk.tool.value?.id]).toEqual(['for the first', 'search']);
});

test('another server has other drafts', () => {
  const { field, options } = givenDesk();
  field.say('for one server');
  options.value = { api: { url: '/another' } };
  expect(field.draft.text).toBe('');
  options.value = { api: { url: '/chatkit' } };
  expect(field.draft.text).toBe('for one server');
});

test('a draft is there again after a reload, with what is uploaded of its attachments', () => {
  const before = givenDesk({ tools: [planner] });
  before.field.say('half a thought');
  before.desk.selectTool('planner');
  filesOf(before.desk).addAttachment(uploaded(report));
  filesOf(before.desk).addAttachment({ localId: 'b', state: 'uploading', progress: 0.5, error: null });
  before.desk.end();
  const { desk, field } = givenDesk({ tools: [planner] }, before.kept.text);
  expect(field.draft.text).toBe('half a thought');
  expect(desk.tool.value?.id).toBe('planner');
  expect(desk.attachments.value).toEqual([uploaded(report)]);
  desk.take(said('half a thought'));
  desk.end();
  expect(givenDesk({}, before.kept.text).field.draft.text).toBe('half a thought');
});

test.each([
  '',
  'nonsense',
  '[]',
  '7',
  '{" /chatkit ":7}',
  '{" /chatkit ":{"written":{"text":"\uFFFC"},"attachments":[{}]}}',
])('what cannot be read is no draft: %j', (text) => {
  const { desk, field } = givenDesk({}, text);
  expect([field.draft.text, desk.quote.value, desk.attachments.value]).toEqual(['', null, []]);
});

test('thirty drafts are kept, those changed last', () => {
  const { desk, field, signals, kept } = givenDesk();
  for (let number = 0; number < 35; number++) {
    signals.threadId.value = `thr_${String(number)}`;
    field.say(`draft ${String(number)}`);
  }
  desk.end();
  const places = Object.keys(JSON.parse(kept.text!) as object);
  expect(places).toHaveLength(30);
  expect(places.at(-1)).toBe(' /chatkit thr_34');
});

test('what could not be sent comes back to its own thread, unless something new is written there', () => {
  const { desk, field, signals } = givenDesk();
  signals.threadId.value = 'thr_1';
  field.say('first');
  desk.setQuote('quoted');
  const first = desk.take(said('first'));
  signals.threadId.value = 'thr_2';
  desk.putBack(first);
  expect(field.draft.text).toBe('');
  signals.threadId.value = 'thr_1';
  expect([field.draft.text, desk.quote.value]).toEqual(['first', 'quoted']);
  const again = desk.take(said('first'));
  field.say('second');
  desk.putBack(again);
  expect([field.draft.text, desk.quote.value]).toEqual(['second', null]);
});

test('a file that the server misses comes back as one that failed, the others as they were', () => {
  const { desk, signals } = givenDesk();
  desk.lookThrough = lookThrough;
  const other = { ...report, id: 'atc_2' };
  filesOf(desk).addAttachment(uploaded(report));
  filesOf(desk).addAttachment(uploaded(other));
  const states = () => desk.attachments.value.map(({ state, error }) => [state, error]);
  const missing = (message: string) => new HttpError(message, 409, 'attachment_missing', null);
  desk.putBack(desk.take([]), missing('attachment "atc_2" has not been uploaded'));
  expect(states()).toEqual([
    ['ready', null],
    ['failed', 'attachment'],
  ]);
  expect(desk.isSendable.value).toBe(false);
  // A server that does not say which: it may be any of them.
  signals.threadId.value = 'thr_2';
  filesOf(desk).addAttachment(uploaded(report));
  filesOf(desk).addAttachment(uploaded(other));
  desk.putBack(desk.take([]), missing('not there'));
  expect(states()).toEqual([
    ['failed', 'attachment'],
    ['failed', 'attachment'],
  ]);
  signals.threadId.value = 'thr_3';
  filesOf(desk).addAttachment(uploaded(report));
  desk.putBack(desk.take([]), new HttpError('atc_1', 409, 'conflict', null));
  expect(states()).toEqual([['ready', null]]);
});

test('a message that went through at the second try is no draft any more; one that is written anew stays', () => {
  const { desk, field, signals } = givenDesk();
  field.say('Hi');
  desk.setQuote('quoted');
  const first: Draft = desk.take(said('Hi'));
  field.say('Hi');
  signals.accepted.value = first;
  expect(field.draft.text).toBe('Hi');
  desk.setQuote('quoted');
  const second: Draft = desk.take(said('Hi'));
  desk.putBack(second);
  expect([field.draft.text, desk.quote.value]).toEqual(['Hi', 'quoted']);
  signals.accepted.value = second;
  expect([field.draft.text, desk.quote.value]).toEqual(['', null]);
});

test('setComposerValue sets what is given, replaces attachments by attachments and files, and leaves the rest', async () => {
  const { desk, field, options } = givenDesk({ tools: [planner], attachments: { enabled: true } });
  filesOf(desk).addAttachment({ localId: 'old', state: 'uploading', progress: 0, error: null });
  await setComposerValue(desk, field, { text: 'Hi', reply: 'quoted', selectedToolId: 'planner' });
  expect([field.draft.text, desk.quote.value, desk.tool.value?.id]).toEqual(['Hi', 'quoted', 'planner']);
  expect(desk.attachments.value).toHaveLength(1);
  await setComposerValue(desk, field, { selectedToolId: null, reply: '' });
  expect([field.draft.text, desk.quote.value, desk.tool.value]).toEqual(['Hi', null, null]);

  const files = [new File(['x'], 'x.txt')];
  await expect(setComposerValue(desk, field, { files })).rejects.toThrow('uploadStrategy does not say');
  expect(desk.attachments.value).toHaveLength(1);
  options.value = { ...options.value, api: { url: '/chatkit', uploadStrategy: { type: 'two_phase' } } };
  const taken: string[] = [];
  const dropped: string[] = [];
  desk.dropFile = ({ localId }) => dropped.push(localId);
  const setting = setComposerValue(desk, field, { files, attachments: [report] });
  desk.takeFiles.value = (given) => taken.push(...given.map(({ name }) => name));
  await setting;
  expect([taken, dropped]).toEqual([['x.txt'], ['old']]);
  expect(desk.attachments.value).toEqual([uploaded(report)]);
});

test.each(['the time is up', 'the chat is left'])(
  'files are not waited for any more when %s and nothing attaches them',
  async (end) => {
    vi.useFakeTimers();
    const { desk, field, options } = givenDesk({ attachments: { enabled: true } });
    options.value = { ...options.value, api: { url: '/chatkit', uploadStrategy: { type: 'two_phase' } } };
    const setting = setComposerValue(desk, field, { text: 'no', files: [new File(['x'], 'x.txt')] });
    const refused = expect(setting).rejects.toThrow('could not be loaded');
    if (end === 'the chat is left') desk.end();
    else vi.advanceTimersByTime(30_000);
    await refused;
    expect(field.draft.text).toBe('');
    vi.useRealTimers();
  },
);

test.each([
  [null, 'expected an object'],
  [{ text: 7 }, 'text is not a string'],
  [{ text: 'no', selectedToolId: 'none' }, 'there is no tool "none"'],
  [{ text: 'no', selectedModelId: 'old' }, 'there is no model "old" to choose'],
  [{ text: 'no', content: [{ type: 'input_tag', text: 'x' }] }, 'content[0] is neither text nor a tag'],
  [{ text: 'no', attachments: [{ id: 'atc_1' }] }, 'attachments[0] has no id or no name'],
  [{ text: 'no', files: ['x'] }, 'files[0] is not a file'],
  [{ text: 'no', files: [new File([], 'x')] }, 'attachments is not enabled'],
])('setComposerValue refuses %j, and sets nothing', async (value, words) => {
  const models = [{ id: 'old', label: 'Old', disabled: true }];
  const { desk, field } = givenDesk({ models });
  await expect(setComposerValue(desk, field, value as never)).rejects.toThrow(words);
  expect(field.draft.text).toBe('');
});
