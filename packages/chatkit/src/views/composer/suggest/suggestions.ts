/**
 * What is offered behind an `@` (entities, element.md §3.14) or a `/` (commands, §3.12), and what choosing does. No DOM:
 * Suggest.tsx draws it and passes on what a person does.
 */
import { signal } from '@preact/signals-core';
import { IntegrationError } from '../../../events';
import type { Command, CommandSelection, CommandsOption, EntitiesOption, Entity } from '../../../options';
import { TAG, type Range, type Tag } from '../editor/model';
import { folded, triggerBefore, type Sign, type Trigger } from './trigger';

/** Milliseconds without a new letter before the app is asked. */
const PAUSE_MS = 150;

/** Milliseconds that the app may take to find something. */
const FOUND_MS = 15_000;

export type Choice = {
  readonly key: string;
  readonly label: string;
  readonly description?: string | undefined;
  readonly icon?: string | undefined;
  /** Of an icon that is not at hand everywhere. */
  readonly paths?: Readonly<Record<string, string>>;
  readonly group?: string | undefined;
} & (
  | { readonly entity: Entity }
  | { readonly command: Command }
  /** One of the chat's own. */
  | { readonly run: () => void }
);

export type Menu = {
  readonly sign: Sign;
  /** The text that asks for it, and goes when something is chosen. A menu behind a menu begins where that was. */
  readonly start: number;
  readonly query: string;
  readonly state: 'searching' | 'ready' | 'failed';
  readonly choices: readonly Choice[];
  readonly active: number;
  /** What a menu behind a menu is narrowed from; the app is not asked again. */
  readonly all: readonly Choice[] | null;
};

/** The editor, as suggestions see it. */
export type Field = {
  readonly draft: { readonly text: string };
  selection(): Range;
  edit(range: Range, text: string, tags?: readonly Tag[]): void;
};

export type Surroundings = {
  readonly field: Field;
  entities(): EntitiesOption | undefined;
  commands(): CommandsOption | undefined;
  /** The chat's own commands that apply now. */
  own(): readonly Choice[];
  /** The person still writes here. */
  hasFocus(): boolean;
  report(error: Error): void;
};

export class Suggestions {
  readonly menu = signal<Menu | null>(null);
  /** Rises with every question, so that a late answer can see that it has been overtaken. */
  #serial = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  /** Where a menu was closed; it stays closed until something else is asked for. */
  #dismissed: number | null = null;
  #behind: Menu[] = [];
  /** Enter was pressed before there was an answer. */
  #isChoosing = false;

  constructor(private readonly around: Surroundings) {}

  /** The person has typed: opens what is asked for. */
  typed(): void {
    this.#follow(true);
  }

  /** The caret has moved: closes what is left. */
  moved(): void {
    if (this.menu.peek()) this.#follow(false);
  }

  /** Something else comes in place of a range: what was closed there is over. */
  replacing({ start, end }: Range): void {
    const at = this.#dismissed;
    if (at !== null && start <= at && at < end) this.#dismissed = null;
  }

  close(): void {
    this.#serial++;
    clearTimeout(this.#pause);
    this.#behind = [];
    this.#isChoosing = false;
    this.menu.value = null;
  }

  /** Back to the menu before, or closed for what is typed here. */
  back(): void {
    const menu = this.menu.peek();
    if (!menu) return;
    const before = this.#behind.pop();
    if (!before) {
      this.#dismissed = menu.start;
      this.close();
      return;
    }
    const { field } = this.around;
    field.edit({ start: menu.start, end: field.selection().end }, '');
    const all = before.all ?? before.choices;
    this.menu.value = { ...before, start: menu.start, query: '', state: 'ready', all, choices: all };
  }

  /** Moves to another choice, around the ends. */
  move(step: number): void {
    const menu = this.menu.peek();
    const count = menu?.choices.length;
    if (menu && count) this.menu.value = { ...menu, active: (menu.active + step + count) % count };
  }

  point(active: number): void {
    const menu = this.menu.peek();
    if (menu && menu.active !== active) this.menu.value = { ...menu, active };
  }

  /** Takes the active choice, or the first one of the answer that is awaited. False if there is nothing to take. */
  take(): boolean {
    const menu = this.menu.peek();
    const choice = menu?.choices[menu.active];
    if (menu?.state === 'searching' && !(choice && 'run' in choice)) {
      this.#isChoosing = true;
      return true;
    }
    if (choice) this.choose(choice);
    return choice !== undefined;
  }

  choose(choice: Choice): void {
    const menu = this.menu.peek();
    if (!menu) return;
    const { field } = this.around;
    const range = { start: menu.start, end: Math.max(menu.start, field.selection().end) };
    if ('entity' in choice) {
      this.close();
      this.#insert(range, choice.entity);
      return;
    }
    const behind = [...this.#behind, menu];
    this.close();
    field.edit(range, '');
    if ('run' in choice) choice.run();
    else void this.#select(choice.command, range.start, behind);
  }

  #insert(range: Range, { id, title, icon, interactive = false, group, data = {} }: Entity): void {
    const tag: Tag = {
      type: 'input_tag',
      id,
      text: title,
      interactive,
      data,
      ...(group && { group }),
      ...(icon && { icon }),
    };
    const { field } = this.around;
    const isApart = /^\s/.test(field.draft.text.slice(range.end));
    field.edit(range, isApart ? TAG : `${TAG} `, [tag]);
  }

  async #select(command: Command, start: number, behind: Menu[]): Promise<void> {
    const serial = this.#serial;
    const name = 'options.commands.onSelect';
    const selection = await this.#ask(name, async () => {
      const next = (await this.around.commands()?.onSelect?.(command)) as CommandSelection | undefined;
      return next == null ? next : selectionOf(next, name);
    });
    if (!selection || serial !== this.#serial) return;
    const { field } = this.around;
    if (selection.type === 'entity') this.#insert(field.selection(), selection.entity);
    else if (this.around.hasFocus() && field.selection().start === start) {
      const all = selection.commands.map(choiceOfCommand);
      this.#behind = behind;
      const rest = { start, query: '', state: 'ready', active: 0 } as const;
      this.menu.value = { sign: '/', ...rest, all, choices: all };
    }
  }

  // --- what is asked for -----------------------------------------------------------------------

  #follow(mayOpen: boolean): void {
    const { field } = this.around;
    const { start, end } = field.selection();
    const menu = this.menu.peek();
    if (menu?.all) {
      const query = field.draft.text.slice(menu.start, end);
      if (start !== end || end < menu.start || /\s|\uFFFC/.test(query)) this.close();
      else if (query !== menu.query) {
        this.menu.value = { ...menu, query, active: 0, choices: matching(menu.all, query) };
      }
      return;
    }
    const trigger = start === end ? this.#trigger(end) : null;
    if (!trigger) {
      this.#dismissed = null;
      if (menu) this.close();
    } else if (menu && menu.start === trigger.range.start && menu.sign === trigger.sign) {
      if (menu.query !== trigger.query) this.#search(trigger, menu);
    } else if (mayOpen && trigger.range.start !== this.#dismissed) {
      this.close();
      this.#search(trigger, null);
    } else if (menu) this.close();
  }

  #trigger(caret: number): Trigger | null {
    const trigger = triggerBefore(this.around.field.draft.text, caret);
    if (trigger?.sign === '@') return this.around.entities()?.onTagSearch ? trigger : null;
    return this.around.commands()?.enabled ? trigger : null;
  }

  #search({ sign, range: { start }, query }: Trigger, before: Menu | null): void {
    const serial = ++this.#serial;
    const own = sign === '/' ? matching(this.around.own(), query) : [];
    // Until the answer is there, what was found before stays in sight.
    const found = before?.choices.filter((one) => !('run' in one)) ?? [];
    const asks = sign === '@' || this.around.commands()?.onSearch !== undefined;
    this.#show({
      sign,
      start,
      query,
      state: asks ? 'searching' : 'ready',
      choices: [...own, ...(asks ? found : [])],
      active: 0,
      all: null,
    });
    clearTimeout(this.#pause);
    if (!asks) return;
    const search = async () => {
      const answer = await this.#find(sign, query);
      if (serial !== this.#serial) return;
      const choices = [...own, ...(answer ?? [])];
      this.#show({ sign, start, query, state: answer ? 'ready' : 'failed', choices, active: 0, all: null });
      if (this.#isChoosing) {
        this.#isChoosing = false;
        this.take();
      }
    };
    if (before) this.#pause = setTimeout(() => void search(), PAUSE_MS);
    else void search();
  }

  /** Shows a menu; the choice that a person moved to stays the active one. */
  #show(menu: Menu): void {
    const before = this.menu.peek();
    const key = before?.query === menu.query ? before.choices[before.active]?.key : undefined;
    const at = menu.choices.findIndex((one) => one.key === key);
    this.menu.value = { ...menu, active: Math.max(at, 0) };
  }

  /** null if the app failed, which has been reported by then. */
  async #find(sign: Sign, query: string): Promise<readonly Choice[] | null> {
    if (sign === '@') {
      const name = 'options.entities.onTagSearch';
      const list = await this.#ask(name, async () =>
        listOf((await inTime(this.around.entities()?.onTagSearch?.(query), name)) ?? [], name),
      );
      return list && grouped(list.map(choiceOfEntity));
    }
    const name = 'options.commands.onSearch';
    const list = await this.#ask(name, async () =>
      listOf((await inTime(this.around.commands()?.onSearch?.(query), name)) ?? [], name),
    );
    return list && grouped(list.map(choiceOfCommand));
  }

  async #ask<T>(name: string, call: () => T | Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause);
      this.around.report(
        cause instanceof IntegrationError ? cause : new IntegrationError(`${name}: ${words}`, { cause }),
      );
      return null;
    }
  }
}

function choiceOfEntity(entity: Entity): Choice {
  const { id, title, icon, group, data } = entity;
  return { key: `entity ${id}`, label: title, icon, group, description: data?.['description'], entity };
}

function choiceOfCommand(command: Command): Choice {
  const { id, label, description, icon, group } = command;
  return { key: `command ${id}`, label, description, icon, group, command };
}

/** Choices of one group stand together, in the order in which the groups first appear. */
function grouped(choices: readonly Choice[]): readonly Choice[] {
  const groups = new Map<string | undefined, Choice[]>();
  for (const one of choices) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return [...groups.values()].flat();
}

function matching(choices: readonly Choice[], query: string): readonly Choice[] {
  const wanted = folded(query);
  return choices.filter(({ label }) => folded(label).includes(wanted));
}

/** @throws IntegrationError unless it is what may come of a command (element.md §3.12). */
function selectionOf(value: CommandSelection, name: string): CommandSelection {
  if (value.type === 'menu') {
    listOf(value.commands, name);
    return value;
  }
  const { type, entity } = value as { type?: unknown; entity?: Partial<Entity> };
  if (type !== 'entity' || typeof entity?.id !== 'string' || typeof entity.title !== 'string')
    throw new IntegrationError(`${name} gave neither an entity with an id and a title nor a menu.`);
  return value;
}

/** @throws IntegrationError if it takes too long: what waits for ever would keep the key that sends. */
async function inTime<T>(answer: T, name: string): Promise<Awaited<T>> {
  let clock: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const words = `${name} gave nothing within ${String(FOUND_MS / 1000)} seconds.`;
    clock = setTimeout(() => reject(new IntegrationError(words)), FOUND_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(clock);
  }
}

/** @throws IntegrationError unless it is a list of things with an id. */
function listOf<T>(value: readonly T[], name: string): readonly T[] {
  const isNamed = (one: unknown) => typeof (one as { id?: unknown } | null)?.id === 'string';
  const isList: boolean = Array.isArray(value);
  if (!isList || !value.every(isNamed))
    throw new IntegrationError(`${name} gave no list of objects with an id.`);
  return value;
}
