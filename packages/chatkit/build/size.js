/** Prints the size of what a plain chat loads, and of what it loads later, as the server sends it with gzip. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Bytes; DESIGN's "`chatkit.js` and all it loads for a plain chat". More fails the check. */
const BUDGET = 45_000;

const folder = fileURLToPath(new URL('../dist/cdn/', import.meta.url));
if (!existsSync(`${folder}chatkit.js`)) {
  console.error('There is no build to measure: npm run build --workspace packages/chatkit');
  process.exit(1);
}

const read = (/** @type {string} */ name) => readFileSync(`${folder}chunks/${name}`, 'utf8');
const gzipped = (/** @type {string} */ name) => statSync(`${folder}${name}.gz`).size;

const chunks = readdirSync(`${folder}chunks`).filter((name) => name.endsWith('.js'));
const entry = chunks.find((name) => name.startsWith('ui-'));
if (!entry) throw new Error('there is no ui chunk');

/** @type {Set<string>} */
const first = new Set();
/** A chunk and what it cannot start without. */
function collect(/** @type {string} */ name) {
  if (first.has(name)) return;
  first.add(name);
  for (const [, path] of read(name).matchAll(/(?:\bfrom|\bimport)\s*["'`](\.\/[^"'`]+)["'`]/g)) {
    if (path) collect(basename(path));
  }
}
collect(entry);

let total = 0;
const print = (/** @type {string} */ name, /** @type {number} */ bytes) => {
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${name}`);
};
const script = gzipped('chatkit.js');
print('chatkit.js', script);
total += script;
for (const name of first) {
  const bytes = gzipped(`chunks/${name}`);
  print(name, bytes);
  total += bytes;
}
print(`a plain chat (budget ${BUDGET / 1000})`, total);
const later = chunks.filter((name) => !first.has(name));
if (later.length) console.log('\nlater, when needed:');
for (const name of later) if (!name.startsWith('lucide-')) print(name, gzipped(`chunks/${name}`));
const icons = later.filter((name) => name.startsWith('lucide-')).map((name) => gzipped(`chunks/${name}`));
print(`the largest of ${String(icons.length)} parts of Lucide`, Math.max(...icons));

if (total > BUDGET) {
  console.error(`\nA plain chat loads ${((total - BUDGET) / 1000).toFixed(1)} kB more than its budget.`);
  process.exit(1);
}
