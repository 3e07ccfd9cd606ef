/** The build of chatkit.js and its chunks, into any folder. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { drawingOnly } from './drawingOnly.js';
import { lexerOnly } from './lexerOnly.js';
import { plainExports } from './plainExports.js';
import { shortJsx } from './shortJsx.js';
import { signalsOnly } from './signalsOnly.js';
import { smallest } from './smallest.js';
import { wordsInParts } from './wordsInParts.js';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const shared = {
  root,
  configFile: /** @type {const} */ (false),
  logLevel: /** @type {const} */ ('warn'),
};
export const target = 'es2022';
/** The first browsers with all that the styles use, `oklch()` and `color-mix()` among it: nothing need be said twice. */
export const cssTarget = ['chrome111', 'firefox113', 'safari16.4'];

/** Stands in names for the hash of all chunks, which is known last. As long as that. */
const UNKNOWN = '00000000';

/**
 * The lazily loaded interface, whose files share one hash: each of them imports the entry, so whatever changes changes all
 * of them, and the same letters thirty times weigh little. Returns the path of its entry, relative to chatkit.js.
 */
async function buildChunks(/** @type {string} */ folder) {
  const result = await build({
    ...shared,
    plugins: [lexerOnly(), drawingOnly(), signalsOnly(), shortJsx(), wordsInParts(), smallest()],
    build: {
      target,
      cssTarget,
      write: false,
      modulePreload: false,
      // As a library: an application's build would add a loader of its own to every import().
      lib: { entry: { ui: 'build/ui.js' }, formats: ['es'] },
      rolldownOptions: {
        preserveEntrySignatures: 'allow-extension',
        checks: { pluginTimings: false },
        output: {
          minify: false,
          // What later chunks share with the entry stays in it: several chunks compress worse than one, and load later.
          codeSplitting: { groups: [{ name: 'ui', test: /build.ui\.js$/ }] },
          entryFileNames: `[name]-${UNKNOWN}.js`,
          chunkFileNames: `[name]-${UNKNOWN}.js`,
        },
      },
    },
  });
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []));
  const made = outputs.map((one) => {
    if (one.type !== 'chunk') throw new Error(`the build made ${one.fileName}, which is no chunk`);
    return /** @type {const} */ ([one.fileName, one.code]);
  });
  const chunks = plainExports(made, `ui-${UNKNOWN}.js`, ['mount']);
  const hash = createHash('sha256')
    .update(JSON.stringify(chunks))
    .digest('base64url')
    .replace(/[-_]/g, '0')
    .slice(0, UNKNOWN.length);
  mkdirSync(`${folder}/chunks`, { recursive: true });
  // Where two names are one but for their case, the bundler has put a number behind the second.
  const named = (/** @type {string} */ text) =>
    text.replace(new RegExp(`-${UNKNOWN}(\\d*)\\.js`, 'g'), `$1-${hash}.js`);
  for (const [name, code] of chunks) {
    if (!named(name).endsWith(`-${hash}.js`)) throw new Error(`${name} would have no hash in its name`);
    writeFileSync(`${folder}/chunks/${named(name)}`, named(code));
  }
  return `chunks/ui-${hash}.js`;
}

/** chatkit.js itself, knowing its interface by its hashed name. */
async function buildShell(/** @type {string} */ folder, /** @type {string} */ uiChunk) {
  await build({
    ...shared,
    plugins: [smallest()],
    define: {
      __CHATKIT_UI__: JSON.stringify(uiChunk),
    },
    build: {
      target,
      outDir: folder,
      emptyOutDir: false,
      modulePreload: false,
      lib: { entry: 'src/shell.ts', formats: ['iife'], name: 'ChatKitScript', fileName: () => 'chatkit.js' },
      rolldownOptions: { output: { minify: false } },
    },
  });
  const script = readFileSync(`${folder}/chatkit.js`, 'utf8');
  // Any of these would make a classic <script> fail to parse.
  if (/^\s*(import|export)\b|import\.meta/m.test(script)) throw new Error('chatkit.js is not classic-safe');
}

/** Empties a folder, given by its absolute path, and builds into it. */
export async function buildCdn(/** @type {string} */ folder) {
  rmSync(folder, { recursive: true, force: true });
  await buildShell(folder, await buildChunks(folder));
}
