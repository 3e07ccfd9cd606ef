/**
 * The builds of the element. `node build/build.js` makes both, `… cdn` or `… npm` one of them.
 *
 *   dist/cdn/chatkit.js        one classic-safe script: the tag, the queue, the options' check
 *   dist/cdn/chunks/*.js       everything else, hashed names; nothing in it imports chatkit.js
 *   dist/cdn/**.js.{gz,br}     the same, compressed
 *   dist/npm/{index,define,client}.js   ES modules for bundlers, with types/
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { buildCdn, cssTarget, root, shared, target } from './cdn.js';
import { compress } from './compressed.js';
import { completeImports, listKeys } from './declarations.js';
import { shortJsx } from './shortJsx.js';
import { wordsInParts } from './wordsInParts.js';

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** ES modules for bundlers; what the package depends on stays outside. */
async function buildModules() {
  await build({
    ...shared,
    plugins: [shortJsx(), wordsInParts()],
    build: {
      target,
      cssTarget,
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
  const types = `${root}dist/npm/types`;
  listKeys(`${types}/i18n/keys.d.ts`, JSON.parse(readFileSync(`${root}src/i18n/locales/en.json`, 'utf8')));
  completeImports(types);
}

const wanted = process.argv[2];
if (wanted !== 'npm') {
  await buildCdn(`${root}dist/cdn`);
  await compress(`${root}dist/cdn`);
}
if (wanted !== 'cdn') await buildModules();
