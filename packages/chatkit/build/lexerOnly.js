/**
 * A build step: keeps of marked what the element uses, its lexer with GitHub's rules. Its HTML renderer may not be used
 * here at all; its other dialect, its hooks and blocks of HTML never are.
 */
import { minify_sync } from 'terser';
import { minifySync, parseAst, Visitor } from 'vite';
import { changed } from './changes.js';

/** Options that are the same in every `new Lexer(…)` of ours (markdown/blocks.ts), and so are known to the build. */
const KNOWN = {
  gfm: 'true',
  breaks: 'true',
  pedantic: 'false',
  hooks: 'null',
  silent: 'false',
};

/** Pieces of the source that are known or not wanted, and what stands in their place. */
const CHANGES = /** @type {const} */ ([
  // Raw HTML is shown as the text it is, so a block of it need be no more than a paragraph. What stays is the tag within
  // a line: it keeps an address in an attribute from becoming a link.
  [/if\(\w+=this\.tokenizer\.html\(\w+\)\)\{.+?continue\}/g, ''],
  [/\bhtml\(\w+\)\{let \w+=this\.rules\.block\.html\.exec\(.+?\}\}(?=def\()/g, ''],
  [/(\bhtmlBeginRegex:)\w+\(\w+=>new RegExp\(`.+?`,"i"\)\)/g, '$1()=>/(?!)/'],
  [/\|html(?=\|table\b)/g, ''],
  [/\.replace\((?:"html"|\/html\/g),\w+\)/g, ''],
  [/,(\w)=this\.rules\.other\.htmlBeginRegex\(\w\)([^]+?)(?=\bdef\()/g, withoutTests],
  // Tables come from outside (src/markdown/tablesSyntax.ts), when a text may have one.
  [/if\(\w+=this\.tokenizer\.table\(\w+\)\)\{.+?continue\}/g, ''],
  [/\btable\(\w+\)\{let \w+=this\.rules\.block\.table\.exec\([^]+?\}(?=lheading\()/g, ''],
  [/\|table(?=\|\[ \\t\]\+\\n\))/g, ''],
  [/\.replace\("\|?table",(?:\w+|"")\)/g, ''],
  // References to characters are read where text is drawn (src/markdown/entities.ts), whatever it stands in.
  [
    /let (\w)=this\.lexer\.state\.inRawBlock;return\{type:"text",raw:(\w)\[0\],text:\1\?\2\[0\]:\w+\(\2\[0\]\),escaped:\1\}/g,
    'return{type:"text",raw:$2[0],text:$2[0]}',
  ],
  [/,!this\.lexer\.state\.inRawBlock&&.+?inRawBlock=!1\)(?=,\{type:"html")/g, ''],
  [/,inRawBlock:this\.lexer\.state\.inRawBlock/g, ''],
  [/,\w=\w\.state\.inRawBlock(?=[,;])/g, ''],
  [/\w\.state\.inRawBlock=\w;/g, ''],
  [/this\.state\.inRawBlock=!1,/g, ''],
  [/,inRawBlock:!1/g, ''],
  [/&&!\w\.escaped\?/g, '?'],
  [/,escaped:!1/g, ''],
  // A rule that is there twice, and read in its other form.
  [/,del:\/\^\(~~\?\).+?\/(?=,text:)/g, ''],
  [/\bdel:\w+,(?=delLDelim:)/g, ''],
  // The box of a task is drawn with its item, which knows whether it is ticked.
  [
    /let (\w)=(this\.rules\.other\.listTaskCheckbox\.exec\(\w\.raw\));if\(\1\)\{let \w=.+?;(\w\.checked=)\w\.checked,.+?\}(?=\}else \w\.task)/g,
    '$3$2?.[0]!=="[ ]"',
  ],
  // Which way a block of code was written makes no difference here.
  [/,codeBlockStyle:["`]indented["`]/g, ''],
  // Every browser that this is built for can look behind.
  [/\(\(\w+=""\)=>\{try\{return!!new RegExp\("\(\?<=1\).+?catch\{return!1\}\}\)\(\)/g, '!0'],
  // The tokenizer is always marked's own, and the lexer is always made with `new`.
  [
    /this\.options\.tokenizer=this\.options\.tokenizer\|\|(new \w+),this\.tokenizer=[\w.]+/g,
    'this.tokenizer=$1',
  ],
  [/this\.tokenizer\.(\w+)===\w+\.prototype\.\1/g, '!0'],
  [/this\.tokenizer\.(\w+)!==\w+\.prototype\.\1/g, '!1'],
  [/static get rules\(\)\{.+?\}\}static lex\(.+?\}static lexInline\(.+?\}(?=lex\()/g, ''],
  [/(this\.options=(\w+))\|\|\w+(?=[,}])/g, '$1'],
]);

/** The source of what is between without a rule that never holds. */
function withoutTests(/** @type {string} */ _, /** @type {string} */ name, /** @type {string} */ source) {
  return source.replace(new RegExp(`\\|\\|${name}\\.test\\([\\w$]\\)`, 'g'), '');
}

/** What extensions give and call, and what tokens have. */
const SEEN_OUTSIDE = ['startBlock', 'startInline', 'childTokens', 'inLink', 'blockTokens'];

/**
 * marked's one file makes a ready instance of everything, so no bundler can drop what we do not import. This cuts the
 * file before that instance, and puts what is known in its place; what only the rest held falls away.
 *
 * @returns {import('vite').Plugin}
 */
export function lexerOnly() {
  return {
    name: 'marked-lexer-only',
    transform(code, id) {
      if (!/\/marked\/lib\/marked\.esm\.js$/.test(id.replaceAll('\\', '/'))) return null;
      return { code: cut(code), map: null };
    },
  };
}

/** The source of marked, cut. */
export function cut(/** @type {string} */ code) {
  const instance = code.search(/var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse\(/);
  const lexer = /(\w+) as Lexer\b/.exec(code.slice(instance))?.[1];
  // The builder of regular expressions: without a note that it has no effects, unused ones would stay.
  const builder = /function (\w+)\(\w+,\w+=""\)\{let \w+=typeof \w+=="string"/.exec(code)?.[1];
  if (instance === -1 || !lexer || !builder) {
    throw new Error('marked has another shape than this build expects: see build/lexerOnly.js');
  }
  let kept = code.slice(0, instance);
  for (const [name, value] of Object.entries(KNOWN)) kept = kept.replaceAll(`this.options.${name}`, value);
  // The dialect without extensions is set first, and then never used.
  kept = kept.replaceAll('.normal', '.gfm');
  kept = changed(kept, CHANGES, 'marked', 'lexerOnly');
  const used = minifySync('marked.js', `${kept}export{${lexer} as Lexer};`, { module: true, mangle: false });
  const call = new RegExp(`(?<!function )\\b${builder}\\(`, 'g');
  return withRulesAtHand(withoutDialects(withoutUnread(withShortNames(used.code)))).replace(
    call,
    '/* @__PURE__ */ $&',
  );
}

/** There is one set of rules, which need not be asked of whoever holds it. */
function withRulesAtHand(/** @type {string} */ code) {
  const set = /\{other:(\w+),block:(\w+(?:\.\w+)?),inline:(\w+(?:\.\w+)?)\}/.exec(code);
  if (!set) throw new Error('marked has no set of rules any more: see build/lexerOnly.js');
  const [, other, block, inline] = set;
  return code
    .replace(/this\.rules\.other(?=\.)/g, String(other))
    .replace(/this\.rules\.block(?=\.)/g, String(block))
    .replace(/this\.(?:tokenizer\.)?rules\.inline(?=[.;,])/g, String(inline));
}

/** Rules and fields that only the lexer itself reads get short names: those in camel case, which are no one else's. */
function withShortNames(/** @type {string} */ code) {
  const builtIn = new Set(
    [String, Array, RegExp, Object, Number, WeakMap].flatMap((one) => [
      ...Object.getOwnPropertyNames(one),
      ...Object.getOwnPropertyNames(one.prototype),
    ]),
  );
  const names = new Set([...code.matchAll(/\.([a-z_]+[A-Z]\w*)\b/g)].map(([, name]) => name ?? ''));
  const own = [...names].filter((name) => !builtIn.has(name) && !SEEN_OUTSIDE.includes(name));
  const properties = { keep_quoted: true, regex: new RegExp(`^(?:${own.join('|')})$`) };
  return minify_sync(code, { compress: false, mangle: { properties } }).code ?? code;
}

/**
 * Tables are what constants of the module are. This writes out those that take entries over from another one, and leaves
 * the entries out that no one names.
 */
function withoutUnread(/** @type {string} */ code) {
  const program = parseAst(code);
  /** @type {Set<string>} */
  const read = new Set();
  new Visitor({
    MemberExpression({ computed, property }) {
      if (!computed && property.type === 'Identifier') read.add(property.name);
    },
    ObjectPattern({ properties }) {
      for (const one of properties) {
        if (one.type === 'Property' && one.key.type === 'Identifier') read.add(one.key.name);
      }
    },
  }).visit(program);

  /** @type {Map<string, Map<string, string>>} the source of each entry by its name, or by itself where it has none */
  const tables = new Map();
  /** @type {[start: number, end: number, entries: Iterable<string>][]} */
  const places = [];
  for (const statement of program.body) {
    if (statement.type !== 'VariableDeclaration') continue;
    for (const { id, init } of statement.declarations) {
      if (id.type !== 'Identifier' || init?.type !== 'ObjectExpression') continue;
      /** @type {Map<string, string>} */
      const entries = new Map();
      for (const one of init.properties) {
        const source = code.slice(one.start, one.end);
        if (one.type === 'SpreadElement') {
          const base = one.argument.type === 'Identifier' ? tables.get(one.argument.name) : undefined;
          for (const [name, taken] of base ?? [[source, source]]) entries.set(name, taken ?? '');
        } else if (one.computed || one.key.type !== 'Identifier') entries.set(source, source);
        else if (read.has(one.key.name)) entries.set(one.key.name, source);
      }
      tables.set(id.name, entries);
      places.push([init.start, init.end, entries.values()]);
    }
  }
  for (const [start, end, entries] of places.reverse()) {
    code = `${code.slice(0, start)}{${[...entries].join()}}${code.slice(end)}`;
  }
  return code;
}

/**
 * Of the dialects in a table of tables one is named; the others fall away once it is named directly. What is left of a
 * table that only lends entries to another one is those entries.
 */
function withoutDialects(/** @type {string} */ code) {
  const dialects = /,(\w+)=\{gfm:(\w+),breaks:(\w+)\}/.exec(code);
  if (!dialects) throw new Error('marked has no table of dialects any more: see build/lexerOnly.js');
  const [whole, all, plain, chosen] = dialects;
  code = code
    .replace(whole, '')
    .replaceAll(`${String(all)}.gfm`, String(chosen))
    .replaceAll(`${String(all)}.breaks`, String(chosen));
  const lent = new Set(
    [...code.matchAll(new RegExp(`(?<![\\w$.])${String(plain)}\\.(\\w+)`, 'g'))].map(([, name]) => name),
  );
  const program = parseAst(code);
  for (const statement of program.body) {
    if (statement.type !== 'VariableDeclaration') continue;
    for (const { id, init } of statement.declarations) {
      if (id.type !== 'Identifier' || id.name !== plain || init?.type !== 'ObjectExpression') continue;
      const kept = init.properties
        .filter((one) => one.type === 'Property' && one.key.type === 'Identifier' && lent.has(one.key.name))
        .map((one) => code.slice(one.start, one.end));
      return `${code.slice(0, init.start)}{${kept.join()}}${code.slice(init.end)}`;
    }
  }
  return code;
}
