/** The cut Preact draws what the whole one draws, and has no way to write HTML as a string. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { Window } from 'happy-dom';
import * as whole from 'preact';
import * as wholeHooks from 'preact/hooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cutHooks, cutPreact } from './drawingOnly.js';

// What a page gets are the files for modules, whichever files tests import.
const read = (name: string) =>
  readFileSync(fileURLToPath(import.meta.resolve(name)).replace(/\.m?js$/, '.mjs'), 'utf8');
const source = read('preact');
const hooks = read('preact/hooks');
const page = new Window().document as unknown as Document;
const folder = mkdtempSync(`${tmpdir()}/chatkit-`);
let part: typeof whole;
let partHooks: typeof wholeHooks;

beforeAll(async () => {
  writeFileSync(`${folder}/cut.mjs`, cutPreact(source));
  writeFileSync(`${folder}/hooks.mjs`, cutHooks(hooks).replace('"preact"', '"./cut.mjs"'));
  part = (await import(pathToFileURL(`${folder}/cut.mjs`).href)) as typeof whole;
  partHooks = (await import(pathToFileURL(`${folder}/hooks.mjs`).href)) as typeof wholeHooks;
});

afterAll(() => rmSync(folder, { recursive: true }));

type Tree = string | number | null | false | Node;
type Node = { tag: string; key: number | undefined; props: Record<string, unknown>; children: Tree[] };

const leaf = fc.constantFrom<Tree>('word', 'other', 7, null, false);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({
      tag: fc.constantFrom('p', 'ul', 'svg', 'path', 'math', 'input', 'textarea', 'progress', 'Part', 'Still', 'Group'),
      key: fc.constantFrom(undefined, 1, 2, 3),
      props: fc.dictionary(
        fc.constantFrom('class', 'id', 'value', 'checked', 'dir', 'aria-label', 'hidden', 'tabIndex', 'data-x'),
        fc.constantFrom<unknown>('a', 'b', 1, true, false, undefined),
        { maxKeys: 3 },
      ),
      children: fc.array(tie('tree'), { maxLength: 4 }),
    }),
  ),
})); // prettier-ignore

/** Draws one tree after the other in the same place; what stands there each time. */
function drawn(
  { h, render, Fragment, Component, createContext }: typeof whole,
  { useContext }: typeof wholeHooks,
  trees: readonly Tree[],
): string[] {
  const Told = createContext('nothing');
  const Part = ({ children, ...props }: Record<string, never>) =>
    h('section', { ...props, title: useContext(Told) }, children);
  class Still extends Component<{ id?: unknown; children?: unknown }> {
    override shouldComponentUpdate(next: { id?: unknown }): boolean {
      return next.id !== this.props.id;
    }
    override render() {
      return h('b', { id: this.props.id as string }, this.props.children as never);
    }
  }
  const parts: Record<string, unknown> = { Part, Still, Group: Fragment };
  const nodes = (one: Tree): whole.ComponentChildren => {
    if (typeof one !== 'object' || one === null) return one;
    const type = (parts[one.tag] ?? one.tag) as 'p';
    return h(type, { ...one.props, ...(one.key !== undefined && { key: one.key }) }, one.children.map(nodes));
  };
  const place = page.createElement('div');
  const seen = trees.map((one, index) => {
    render(h(Told.Provider, { value: String(index) } as never, nodes(one)), place);
    return place.outerHTML;
  });
  render(null, place);
  return [...seen, place.outerHTML];
}

it('draws any tree after any other as the whole of Preact does', () => {
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 5 }), (trees) => {
      expect(drawn(part, partHooks, trees)).toEqual(drawn(whole, wholeHooks, trees));
    }),
    { numRuns: 500 },
  );
}, 60_000);

it('changes of a text only what differs, so that what is selected of the rest stays selected', () => {
  const place = page.createElement('div');
  const changes: unknown[] = [];
  const draw = (text: string | number) => part.render(part.h('p', null, text), place);
  draw('A word');
  const text = place.firstChild!.firstChild as Text;
  const replace = text.replaceData.bind(text);
  text.replaceData = (...change) => {
    changes.push(change);
    replace(...change);
  };
  for (const next of ['A word', 'A word more', 'A world', 'A', 'B', 17, 1]) {
    draw(next);
    expect(place.textContent).toBe(String(next));
  }
  expect(place.firstChild!.firstChild).toBe(text);
  expect(changes).toEqual([
    [6, 6, ' more'],
    [5, 11, 'ld'],
    [1, 7, ''],
    [0, 1, 'B'],
    [0, 1, '17'],
    [1, 2, ''],
  ]);
});

/** What happens to components whose states change, in order; and what stands there at the end. */
async function lived(
  { h, render, createContext }: typeof whole,
  { useCallback, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState }: typeof wholeHooks,
  steps: readonly { at: number; to: number }[],
): Promise<string[]> {
  const log: string[] = [];
  const Told = createContext(0);
  const set: ((to: number) => void)[] = [];
  const Inner = ({ name }: { name: number }) => {
    const [value, change] = useState(() => name);
    const told = useContext(Told);
    const drawings = useRef(0);
    const odd = useMemo(() => (log.push(`${String(name)} computes`), value % 2), [value, name]);
    const say = useCallback(
      (what: string) => log.push(`${String(name)} ${what} ${String(value)}`),
      [value, name],
    );
    set[name] = change;
    useLayoutEffect(() => {
      say('is laid out');
      return () => say('is not');
    }, [say]);
    useEffect(() => {
      say('is shown');
      return () => say('is not shown');
    }, [odd, say]);
    return h('i', null, [name, value, told, odd, ++drawings.current].join(' '));
  };
  const Outer = () => {
    const [count, change] = useState(2);
    set[0] = change;
    const names = Array.from({ length: (count % 3) + 1 }, (_, index) => index + 1);
    return h(
      Told.Provider,
      { value: count },
      names.map((name) => h(Inner, { key: name, name })),
    );
  };
  const place = page.createElement('div');
  render(h(Outer, null), place);
  for (const { at, to } of steps) {
    set[at]?.(to);
    log.push(`${String(at)} to ${String(to)}`);
    // Longer than the hooks wait for a frame that does not come here.
    if (to > 2) await new Promise((resolve) => setTimeout(resolve, 80));
  }
  render(null, place);
  await new Promise((resolve) => setTimeout(resolve, 80));
  return [...log, place.outerHTML];
}

it('lets components live as the whole of its hooks does', async () => {
  const step = fc.record({ at: fc.nat(3), to: fc.nat(5) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 4 }), async (steps) => {
      const [one, other] = await Promise.all([
        lived(part, partHooks, steps),
        lived(whole, wholeHooks, steps),
      ]);
      expect(one).toEqual(other);
    }),
    { numRuns: 15 },
  );
}, 60_000);

it('throws what a component throws, as it does', () => {
  const failing = ({ h, render }: typeof whole) => {
    const Failing = () => {
      throw new Error('no');
    };
    render(h(Failing, null), page.createElement('div'));
  };
  expect(() => failing(whole)).toThrow('no');
  expect(() => failing(part)).toThrow('no');
});

it('lets a component around one that fails draw something else, at first and later, as it does', async () => {
  const seen = async ({ h, render, Component }: typeof whole) => {
    const Failing = ({ bad }: { bad: boolean }) => {
      if (bad) throw new Error('no');
      return h('i', null, 'fine');
    };
    class Guard extends Component<{ bad: boolean }, { failed?: boolean }> {
      override componentDidCatch() {
        this.setState({ failed: true });
      }
      override render({ bad }: { bad: boolean }, { failed = false }: { failed?: boolean }) {
        return h('p', null, 'before', failed ? h('b', null, 'failed') : h(Failing, { bad }), 'after');
      }
    }
    const place = page.createElement('div');
    const html: string[][] = [];
    for (const first of [true, false]) {
      const all: string[] = [];
      for (const [index, bad] of [first, false, true].entries()) {
        render(h('section', null, h(Guard, { bad }), h('u', null, index)), place);
        await new Promise((resolve) => setTimeout(resolve)); // what is asked for is drawn
        all.push(place.outerHTML);
      }
      render(null, place);
      html.push(all);
    }
    return html;
  };
  const [one, other] = [await seen(part), await seen(whole)];
  expect(one).toEqual(other);
  expect(one[0]![0]).toContain('failed');
});

it('cannot write HTML as a string', () => {
  expect(source).toContain('innerHTML');
  expect(cutPreact(source)).not.toMatch(/innerHTML|__html/i);
});

it('says so when Preact has become another shape', () => {
  expect(() => cutPreact('export const h = 1;')).toThrow('build/drawingOnly.js');
  expect(() => cutHooks('export const useId = 1;')).toThrow('build/drawingOnly.js');
});
