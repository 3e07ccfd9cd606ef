/** When the app is asked, what of its answers is shown, and what choosing does (element.md §3.12, §3.14). */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Command, CommandsOption, EntitiesOption, Entity } from '../../../options';
import { replace, type Draft, type Range, type Tag } from '../editor/model';
import { Suggestions, type Choice } from './suggestions';
import { folded, triggerBefore } from './trigger';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A field in which the caret is always at the end. */
function given({ entities, commands }: { entities?: EntitiesOption; commands?: CommandsOption } = {}) {
  const field = {
    draft: { text: '', tags: [] } as Draft,
    selection: (): Range => ({ start: field.draft.text.length, end: field.draft.text.length }),
    edit: (range: Range, text: string, tags?: readonly Tag[]) => {
      field.draft = replace(field.draft, range, text, tags);
    },
  };
  const reported: string[] = [];
  const own: Choice[] = [];
  const suggestions = new Suggestions({
    field,
    entities: () => entities,
    commands: () => commands,
    own: () => own,
    hasFocus: () => true,
    report: (error) => reported.push(error.message),
  });
  return {
    field,
    own,
    reported,
    suggestions,
    shown: () => suggestions.menu.value?.choices.map(({ label }) => label) ?? null,
    type: async (text: string) => {
      for (const letter of text) {
        field.draft = { ...field.draft, text: field.draft.text + letter };
        suggestions.typed();
        await vi.advanceTimersByTimeAsync(10);
      }
    },
    erase: async () => {
      field.draft = { ...field.draft, text: field.draft.text.slice(0, -1) };
      suggestions.typed();
      await vi.advanceTimersByTimeAsync(10);
    },
  };
}

const entity = (id: string, more: Partial<Entity> = {}): Entity => ({ id, title: id, ...more });
const command = (id: string, more: Partial<Command> = {}): Command => ({ id, label: id, ...more });

test.each([
  ['@', '@', ''],
  ['Ask @an', '@', 'an'],
  ['line\n/do', '/', 'do'],
  ['(@an', '@', 'an'],
  ['\uFFFC@an', '@', 'an'],
  ['＠an', '@', 'an'],
  ['@Zoë/x', '@', 'Zoë/x'],
])('%j asks for something', (text, sign, query) => {
  expect(triggerBefore(text, text.length)).toMatchObject({ sign, query });
});

test.each(['', 'me@example.org', '1/2', '@ann ', '@\n', 'a//b', 'https://x'])(
  '%j asks for nothing',
  (text) => {
    expect(triggerBefore(text, text.length)).toBeNull();
  },
);

test('case and accents do not matter', () => {
  expect(folded('ÉTÉ Straße')).toBe('ete straße');
});

test('the app is asked for "" at once, and then when no letter has come for a while', async () => {
  const asked: string[] = [];
  const onTagSearch = async (query: string) => {
    asked.push(query);
    return [entity(`found ${query}`)];
  };
  const { type, shown } = given({ entities: { onTagSearch } });
  await type('@');
  expect([asked, shown()]).toEqual([[''], ['found ']]);
  await type('ann');
  expect([asked, shown()]).toEqual([[''], ['found ']]);
  await vi.advanceTimersByTimeAsync(150);
  expect([asked, shown()]).toEqual([['', 'ann'], ['found ann']]);
});

test('an answer that comes after that to a later question is dropped', async () => {
  const answers = new Map<string, (list: Entity[]) => void>();
  const onTagSearch = (query: string) =>
    new Promise<Entity[]>((resolve) => {
      answers.set(query, resolve);
    });
  const { type, shown } = given({ entities: { onTagSearch } });
  await type('@a');
  await vi.advanceTimersByTimeAsync(150);
  answers.get('a')!([entity('new')]);
  await vi.advanceTimersByTimeAsync(0);
  answers.get('')!([entity('old')]);
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toEqual(['new']);
});

test('a choice before there is an answer takes the first of the answer', async () => {
  const onTagSearch = async (query: string) => [entity(`${query}!`, { data: { a: '1' }, icon: 'user' })];
  const { type, suggestions, field } = given({ entities: { onTagSearch } });
  await type('Ask @an');
  expect(suggestions.take()).toBe(true);
  expect(field.draft.text).toBe('Ask @an');
  await vi.advanceTimersByTimeAsync(150);
  expect(field.draft.text).toBe('Ask \uFFFC ');
  expect(field.draft.tags).toEqual([
    { type: 'input_tag', id: 'an!', text: 'an!', interactive: false, data: { a: '1' }, icon: 'user' },
  ]);
  expect(suggestions.menu.value).toBeNull();
});

test('groups stand together in the order in which they first come', async () => {
  const list = [entity('a', { group: 'X' }), entity('b'), entity('c', { group: 'X' }), entity('d')];
  const { type, shown } = given({ entities: { onTagSearch: async () => list } });
  await type('@');
  expect(shown()).toEqual(['a', 'c', 'b', 'd']);
});

test('closed by Escape, it stays closed for what is typed there, and opens for the next', async () => {
  const { type, suggestions, erase } = given({ entities: { onTagSearch: async () => [entity('a')] } });
  await type('@a');
  suggestions.back();
  await type('b');
  expect(suggestions.menu.value).toBeNull();
  await type(' @');
  expect(suggestions.menu.value).not.toBeNull();
  await erase();
  expect(suggestions.menu.value).toBeNull();
  await type('@');
  expect(suggestions.menu.value).not.toBeNull();
});

test('closed by Escape, it opens for the same sign where that takes the place of all there was', async () => {
  const { type, suggestions, field } = given({ entities: { onTagSearch: async () => [entity('a')] } });
  await type('@a');
  suggestions.back();
  suggestions.replacing({ start: 1, end: 2 });
  await type('b');
  expect(suggestions.menu.value).toBeNull();
  suggestions.replacing({ start: 0, end: 3 });
  field.edit({ start: 0, end: 3 }, '');
  await type('@');
  expect(suggestions.menu.value).not.toBeNull();
});

test('a caret that moves opens nothing', () => {
  const { field, suggestions } = given({ entities: { onTagSearch: async () => [] } });
  field.draft = { text: '@an', tags: [] };
  suggestions.moved();
  expect(suggestions.menu.value).toBeNull();
});

test.each([undefined, 7, [{ title: 'x' }], [null]])(
  'an answer like %j is an error of the page',
  async (answer) => {
    const onTagSearch = (async () => answer) as never;
    const { type, suggestions, reported } = given({ entities: { onTagSearch } });
    await type('@');
    const isNothing = answer === undefined;
    expect(suggestions.menu.value?.state).toBe(isNothing ? 'ready' : 'failed');
    expect(reported).toEqual(
      isNothing ? [] : ['options.entities.onTagSearch gave no list of objects with an id.'],
    );
  },
);

test('commands of the chat come first and at once; one of them does not wait for the app', async () => {
  const onSearch = () => new Promise<Command[]>(() => undefined);
  const { type, suggestions, own, shown, field } = given({ commands: { enabled: true, onSearch } });
  const ran: string[] = [];
  own.push({ key: 'n', label: 'New chat', run: () => ran.push('new') });
  own.push({ key: 'h', label: 'History', run: () => ran.push('history') });
  await type('and /his');
  expect(shown()).toEqual(['History']);
  expect(suggestions.take()).toBe(true);
  expect([ran, field.draft.text]).toEqual([['history'], 'and ']);
});

test('a command may lead to menus; Escape goes back through them; what is typed narrows them', async () => {
  const menus: Record<string, Command[]> = { top: [command('one'), command('two')], two: [command('last')] };
  const onSelect = async ({ id }: Command) =>
    menus[id] ? { type: 'menu' as const, commands: menus[id] } : undefined;
  const commands = { enabled: true, onSearch: async () => [command('top'), command('else')], onSelect };
  const { type, suggestions, shown, field } = given({ commands });
  await type('/');
  expect(suggestions.take()).toBe(true);
  await vi.advanceTimersByTimeAsync(0);
  expect([shown(), field.draft.text]).toEqual([['one', 'two'], '']);
  await type('tw');
  expect(shown()).toEqual(['two']);
  suggestions.take();
  await vi.advanceTimersByTimeAsync(0);
  expect([shown(), field.draft.text]).toEqual([['last'], '']);
  await type('la');
  suggestions.back();
  expect([shown(), field.draft.text]).toEqual([['one', 'two'], '']);
  suggestions.back();
  expect(shown()).toEqual(['top', 'else']);
  suggestions.back();
  expect(shown()).toBeNull();
});

test('what a command leads to is dropped when the person has gone on', async () => {
  let answer: (selection: unknown) => void = () => undefined;
  const onSelect = () =>
    new Promise((resolve) => {
      answer = resolve;
    }) as never;
  const commands = { enabled: true, onSearch: async () => [command('top')], onSelect };
  const { type, suggestions, shown } = given({ commands });
  await type('/');
  suggestions.take();
  await type('something else');
  answer({ type: 'menu', commands: [command('late')] });
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toBeNull();
});

test('a search that gives nothing for long has failed, and holds no key back', async () => {
  const { type, suggestions, reported } = given({
    entities: { onTagSearch: () => new Promise(() => undefined) },
  });
  await type('@');
  expect(suggestions.take()).toBe(true); // Enter waits for the answer
  await vi.advanceTimersByTimeAsync(15_000);
  expect(suggestions.menu.value?.state).toBe('failed');
  expect(reported).toEqual(['options.entities.onTagSearch gave nothing within 15 seconds.']);
  expect(suggestions.take()).toBe(false); // now it sends
});

test.each([42, {}, { type: 'entity' }, { type: 'entity', entity: { id: 'x' } }, [null], 'menu'])(
  'a command that gives %j is told of, and leaves the field as it is',
  async (wrong) => {
    const { type, suggestions, field, reported } = given({
      commands: {
        enabled: true,
        onSearch: () => Promise.resolve([command('a')]),
        onSelect: () => Promise.resolve(wrong as never),
      },
    });
    await type('/a');
    await vi.advanceTimersByTimeAsync(200);
    suggestions.take();
    await vi.advanceTimersByTimeAsync(0);
    expect(reported).toEqual([expect.stringContaining('options.commands.onSelect gave')]);
    expect([field.draft.text, suggestions.menu.value]).toEqual(['', null]);
  },
);
