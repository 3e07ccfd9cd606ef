/**
 * The builds of the element. `node build/build.js` makes both, `… cdn` or `… npm` one of them.
 *
 *   dist/cdn/chatkit.js        one classic-safe script: the tag, the queue, the options' check
 *   dist/cdn/chunks/*.js       everything else, hashed names; nothing in it imports chatkit.js
 *   dist/npm/{index,define,client}.js   ES modules for bundlers, with types/
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { completeImports } from './declarations.js';
import { lexerOnly } from './lexerOnly.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const shared = { root, configFile: /** @type {const} */ (false), logLevel: /** @type {const} */ ('warn') };
const target = 'es2022';

/** The lazily loaded interface; returns the path of its entry, relative to chatkit.js. */
async function buildChunks() {
  const result = await build({
    ...shared,
    plugins: [lexerOnly()],
    build: {
      target,
      outDir: 'dist/cdn/chunks',
      emptyOutDir: true,
      modulePreload: false,
      // As a library: an application's build would add a loader of its own to every import().
      lib: { entry: { ui: 'src/ui.ts' }, formats: ['es'] },
      rolldownOptions: {
        // What later chunks share with the first one stays in it: two chunks compress worse than one.
        preserveEntrySignatures: 'allow-extension',
        output: {
          minify: true,
          entryFileNames: '[name]-[hash].js',
          chunkFileNames: '[name]-[hash].js',
          assetFileNames: '[name]-[hash][extname]',
        },
      },
    },
  });
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []));
  const entry = outputs.find((one) => one.type === 'chunk' && one.isEntry && one.name === 'ui');
  if (!entry) throw new Error('the build made no ui chunk');
  return `chunks/${entry.fileName}`;
}

/** chatkit.js itself, knowing its interface by its hashed name. */
async function buildShell(/** @type {string} */ uiChunk) {
  await build({
    ...shared,
    define: {
      __CHATKIT_UI__: JSON.stringify(uiChunk),
    },
    build: {
      target,
      outDir: 'dist/cdn',
      emptyOutDir: false,
      modulePreload: false,
      lib: { entry: 'src/shell.ts', formats: ['iife'], name: 'ChatKitScript', fileName: () => 'chatkit.js' },
    },
  });
  const script = readFileSync(`${root}dist/cdn/chatkit.js`, 'utf8');
  // Any of these would make a classic <script> fail to parse.
  if (/^\s*(import|export)\b|import\.meta/m.test(script)) throw new Error('chatkit.js is not classic-safe');
}

/** ES modules for bundlers; what the package depends on stays outside. */
async function buildModules() {
  await build({
    ...shared,
    build: {
      target,
      outDir: 'dist/npm',
      emptyOutDir: true,
      minify: false,
      lib: {
        entry: { index: 'src/index.ts', define: 'src/define.ts', client: 'src/client.ts' },
        formats: ['es'],
      },
      rolldownOptions: {
        external: (id) =>
          Object.keys(manifest.dependencies).some((name) => id === name || id.startsWith(`${name}/`)),
        output: { chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  });
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  execFileSync(process.execPath, [compiler, '-p', 'build/tsconfig.types.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  completeImports(`${root}dist/npm/types`);
}

const wanted = process.argv[2];
if (wanted !== 'npm') {
  rmSync(`${root}dist/cdn`, { recursive: true, force: true });
  await buildShell(await buildChunks());
}
if (wanted !== 'cdn') await buildModules();
