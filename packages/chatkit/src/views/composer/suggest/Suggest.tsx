/** The list behind an `@` or a `/`, at the caret. The focus stays in the field, which names the active choice. */
import { autoUpdate, computePosition, flip, offset, shift, size } from '@floating-ui/dom';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useText, type TextOf } from '../../../i18n';
import { Icon } from '../../../icons/Icon';
import { paths } from '../../../icons/tools';
import type { Desk } from '../../../state/desk';
import styles from '../../../styles/later/suggest.css?inline';
import { useValue } from '../../../useValue';
import { useChat, type ViewContext } from '../../context';
import { placeOf } from '../editor/dom';
import type { EditorHandle } from '../editor/Editor';
import type { PartProps } from '../rich/slots';
import { Suggestions, type Choice, type Menu } from './suggestions';

export { styles };

export function View({ desk, editor }: PartProps) {
  const text = useText();
  const words = useRef(text);
  words.current = text;
  const chat = useChat();
  const suggestions = useMemo(
    () =>
      new Suggestions({
        field: editor,
        entities: () => chat.options.peek().entities,
        commands: () => chat.options.peek().commands,
        own: () => ownCommands(chat, desk, words.current),
        hasFocus: () => (editor.box.getRootNode() as ShadowRoot).activeElement === editor.box,
        report: chat.report,
      }),
    [chat, desk, editor],
  );
  const menu = useValue(suggestions.menu);
  useListening(editor, suggestions);
  useNaming(editor.box, menu);
  useSaying(menu);
  const list = usePlace(editor.box, menu);
  if (!menu) return null;
  return (
    <div
      ref={list}
      class="suggestions"
      part="suggestions"
      popover="manual"
      // The field keeps the focus.
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
    >
      {menu.choices.length > 0 && (
        <div
          id="suggestions"
          role="listbox"
          aria-label={text(menu.sign === '@' ? 'suggest.entities' : 'suggest.commands')}
        >
          {groupsOf(menu.choices).map(([group, choices], index) => (
            <div
              key={`${String(index)} ${group}`}
              role={group ? 'group' : 'presentation'}
              aria-label={group || undefined}
            >
              {group && (
                <div class="suggestion-group" aria-hidden="true">
                  <bdi>{group}</bdi>
                </div>
              )}
              {choices.map(([choice, at]) => (
                <Option key={choice.key} choice={choice} at={at} menu={menu} suggestions={suggestions} />
              ))}
            </div>
          ))}
        </div>
      )}
      {(menu.choices.length === 0 || menu.state === 'failed') && (
        <p class="suggestion-state">{text(STATES[menu.state])}</p>
      )}
    </div>
  );
}

const STATES = { searching: 'suggest.searching', ready: 'suggest.none', failed: 'suggest.failed' } as const;

type OptionProps = { choice: Choice; at: number; menu: Menu; suggestions: Suggestions };

function Option({ choice, at, menu, suggestions }: OptionProps) {
  const { label, description, icon, paths: drawn } = choice;
  const isActive = at === menu.active;
  const row = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (isActive) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    <div
      ref={row}
      id={optionId(at)}
      class="suggestion"
      role="option"
      aria-selected={isActive}
      onPointerMove={() => suggestions.point(at)}
      onClick={() => suggestions.choose(choice)}
    >
      {icon && <Icon name={icon} {...(drawn && { paths: drawn })} />}
      <span class="suggestion-words" dir="auto">
        <span>{label}</span>
        {description && <span class="suggestion-about">{description}</span>}
      </span>
    </div>
  );
}

const optionId = (at: number): string => `suggestion-${String(at)}`;

/** Choices of one group stand together already; each with its place among all. */
function groupsOf(choices: readonly Choice[]): [string, [Choice, number][]][] {
  const groups: [string, [Choice, number][]][] = [];
  choices.forEach((choice, at) => {
    const group = choice.group ?? '';
    const last = groups.at(-1);
    if (last?.[0] === group) last[1].push([choice, at]);
    else groups.push([group, [[choice, at]]]);
  });
  return groups;
}

/** Before the editor, which would send at Enter. */
function useListening(editor: EditorHandle, suggestions: Suggestions): void {
  useEffect(() => {
    const { box } = editor;
    const row = box.parentElement!;
    const stop = new AbortController();
    const { signal } = stop;
    row.addEventListener(
      'keydown',
      (event) => {
        // keyCode 229: an input method is at it.
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other sign of it
        if (event.target !== box || event.isComposing || event.keyCode === 229) return;
        if (!suggestions.menu.peek() || !isHandled(event, suggestions)) return;
        event.preventDefault();
        event.stopPropagation();
      },
      { capture: true, signal },
    );
    box.addEventListener('beforeinput', () => suggestions.replacing(editor.selection()), { signal });
    box.addEventListener('input', () => suggestions.typed(), { signal });
    box.addEventListener('blur', () => suggestions.close(), { signal });
    // What was typed before this was there.
    if ((box.getRootNode() as ShadowRoot).activeElement === box) suggestions.typed();
    document.addEventListener('selectionchange', () => suggestions.moved(), { signal });
    return () => {
      stop.abort();
      suggestions.close();
    };
  }, [editor, suggestions]);
}

function isHandled(event: KeyboardEvent, suggestions: Suggestions): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
  const hasChoices = suggestions.menu.peek()!.choices.length > 0;
  switch (event.key) {
    case 'Escape':
      suggestions.back();
      return true;
    case 'Enter':
    case 'Tab':
      return suggestions.take();
    case 'ArrowDown':
    case 'ArrowUp':
      suggestions.move(event.key === 'ArrowDown' ? 1 : -1);
      return hasChoices;
    default:
      return false;
  }
}

/** While there is a list, the field is what opens it and says which of it is meant. */
function useNaming(box: HTMLElement, menu: Menu | null): void {
  const active = menu?.choices.length ? optionId(menu.active) : null;
  useLayoutEffect(() => {
    if (active === null) return;
    // ARIA knows no field that has a list and several lines, nor one that has a list and a placeholder.
    const attributes = {
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox',
      'aria-expanded': 'true',
      'aria-controls': 'suggestions',
      'aria-activedescendant': active,
    };
    for (const [name, value] of Object.entries(attributes)) box.setAttribute(name, value);
    box.removeAttribute('aria-multiline');
    box.removeAttribute('aria-placeholder');
    return () => {
      for (const name of Object.keys(attributes)) box.removeAttribute(name);
      box.setAttribute('role', 'textbox');
      box.setAttribute('aria-multiline', 'true');
      box.setAttribute('aria-placeholder', box.dataset['placeholder'] ?? '');
    };
  }, [box, active]);
}

/** How much there is, once it is known. */
function useSaying(menu: Menu | null): void {
  const { announce } = useChat();
  const text = useText();
  const words =
    !menu || menu.state === 'searching'
      ? null
      : menu.choices.length > 0
        ? text('suggest.count', { count: menu.choices.length })
        : text(STATES[menu.state]);
  useEffect(() => {
    if (words) announce(words);
  }, [words, announce]);
}

/** Puts the list at the sign that it stands behind, wherever there is room. */
function usePlace(box: HTMLElement, menu: Menu | null) {
  const list = useRef<HTMLDivElement>(null);
  const start = menu?.start;
  useLayoutEffect(() => {
    const floating = list.current;
    if (start === undefined || !floating) return;
    if (!floating.matches(':popover-open')) floating.showPopover();
    const caret = { getBoundingClientRect: () => rectAt(box, start), contextElement: box };
    return autoUpdate(caret, floating, () => {
      void computePosition(caret, floating, {
        strategy: 'fixed',
        placement: 'top-start',
        middleware: [
          offset(6),
          flip({ padding: 8 }),
          shift({ padding: 8 }),
          size({
            padding: 8,
            apply: ({ availableHeight }) => {
              floating.style.maxHeight = `${String(Math.min(availableHeight, 320))}px`;
            },
          }),
        ],
      }).then(({ x, y }) => {
        floating.style.left = `${String(x)}px`;
        floating.style.top = `${String(y)}px`;
      });
    });
  }, [box, start, menu?.choices]);
  return list;
}

function rectAt(box: HTMLElement, offsetInText: number): DOMRect {
  const [node, at] = placeOf(box, offsetInText);
  const range = document.createRange();
  range.setStart(node, at);
  range.collapse(true);
  return range.getClientRects()[0] ?? box.getBoundingClientRect();
}

function ownCommands({ state, commands, options }: ViewContext, desk: Desk, text: TextOf): Choice[] {
  const { composer, history } = options.peek();
  const own: Choice[] = [];
  if (desk.takeFiles.peek())
    own.push({
      key: 'attach',
      label: text('attach.add'),
      icon: 'attach',
      paths,
      run: () => desk.pickFiles?.(),
    });
  for (const { id, label, icon } of composer?.tools ?? [])
    own.push({ key: `tool ${id}`, label, icon, run: () => desk.selectTool(id) });
  for (const { id, label, description, disabled } of composer?.models ?? [])
    if (!disabled) own.push({ key: `model ${id}`, label, description, run: () => desk.selectModel(id) });
  if (state.threadId.peek() !== null)
    own.push({
      key: 'new',
      label: text('header.newChat'),
      icon: 'compose',
      run: () => void commands.openThread(null),
    });
  if (history?.enabled !== false)
    own.push({
      key: 'history',
      label: text('header.history'),
      icon: 'history',
      run: () => void commands.openHistory(),
    });
  return own;
}
