/** What code is once its block is complete: coloured, or the diagram it describes. Nodes, never HTML. */
import hljs from 'highlight.js/lib/core';
import type { ComponentChildren } from 'preact';
import type { LanguageFn } from 'highlight.js';
import { adoptStyles } from '../styles/adopt';
import styles from '../styles/later/code.css?inline';

const languages: Record<string, () => Promise<{ default: LanguageFn }>> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  go: () => import('highlight.js/lib/languages/go'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  php: () => import('highlight.js/lib/languages/php'),
  python: () => import('highlight.js/lib/languages/python'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};

const aliases: Record<string, string> = {
  'c++': 'cpp', cs: 'csharp', 'c#': 'csharp', golang: 'go', html: 'xml', svg: 'xml', js: 'javascript', jsx: 'javascript',
  jsonc: 'json', kt: 'kotlin', make: 'makefile', md: 'markdown', py: 'python', rb: 'ruby', rs: 'rust', sh: 'bash',
  shell: 'bash', console: 'bash', zsh: 'bash', toml: 'ini', ts: 'typescript', tsx: 'typescript', yml: 'yaml',
}; // prettier-ignore

/** Longer code, and code in longer lines, stays plain: nobody waits for its colours. */
const LONGEST = 20_000;
const LONG_LINE = /.{1001}/;

/** Grammars look far ahead, and there are texts over which they look for ever: longer code is tried in pieces first. */
const PIECE = 4_000;
const PATIENCE = 100; // milliseconds for a piece that takes five

/** Deeper in there are no more colours: drawing would run out of stack. */
const DEEPEST = 50;

type Branch = string | { scope?: string; children: Branch[] };

/** What stands below the head of a block, or null if there is nothing better than plain code. */
export async function finish(code: string, language: string, place: Node): Promise<ComponentChildren> {
  const asked = language.toLowerCase();
  if (asked === 'mermaid') {
    const { Diagram, styles: ofDiagrams } = await import('./Diagram');
    adoptStyles(place, ofDiagrams);
    return <Diagram source={code} />;
  }
  const pieces = await coloured(code, asked);
  if (!pieces) return null;
  adoptStyles(place, styles);
  return (
    <pre tabIndex={0}>
      <code>{pieces}</code>
    </pre>
  );
}

async function coloured(code: string, asked: string): Promise<ComponentChildren> {
  const name = aliases[asked] ?? asked;
  const load = Object.hasOwn(languages, name) ? languages[name] : undefined;
  if (!load || code.length > LONGEST || LONG_LINE.test(code)) return null;
  if (!hljs.getLanguage(name)) hljs.registerLanguage(name, (await load()).default);
  if (code.length > PIECE && isTiresome(code, name)) return null;
  const { _emitter } = hljs.highlight(code, { language: name, ignoreIllegals: true });
  // The tree behind the HTML that highlight.js would print; absent, the code stays plain.
  const root = (_emitter as unknown as { rootNode?: { children: Branch[] } }).rootNode;
  return root?.children.map((one, key) => piece(one, key, 0));
}

function isTiresome(code: string, language: string): boolean {
  for (let start = 0; start < code.length; start += PIECE) {
    const before = performance.now();
    hljs.highlight(code.slice(start, start + PIECE), { language, ignoreIllegals: true });
    if (performance.now() - before > PATIENCE) return true;
  }
  return false;
}

function piece(branch: Branch, key: number, depth: number): ComponentChildren {
  if (typeof branch === 'string') return branch;
  if (depth > DEEPEST) return wordsOf(branch);
  const { scope } = branch;
  const [first, ...rest] = (scope ?? '').split('.');
  const name = [`hljs-${first!}`, ...rest.map((part, index) => `${part}${'_'.repeat(index + 1)}`)].join(' ');
  return (
    <span key={key} class={scope && name}>
      {branch.children.map((one, index) => piece(one, index, depth + 1))}
    </span>
  );
}

/** What is written in a branch; the way down is a list, however deep it is. */
function wordsOf(branch: Branch): string {
  const words: string[] = [];
  const waiting = [branch];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'string') words.push(next);
    else for (let index = next.children.length - 1; index >= 0; index--) waiting.push(next.children[index]!);
  }
  return words.join('');
}
