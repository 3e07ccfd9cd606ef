/** Gives relative imports in the declaration files the endings that Node's own resolution asks for. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const relativeImport = /((?:from|import)\s*\(?\s*['"])(\.{1,2}\/[^'"]+?)(['"])/g;

/** Rewrites every `.d.ts` below a folder in place: `./state/chat` → `./state/chat.js`, `../i18n` → `../i18n/index.js`. */
export function completeImports(/** @type {string} */ folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(folder, name);
    const complete = (
      /** @type {string} */ _,
      /** @type {string} */ before,
      /** @type {string} */ path,
      /** @type {string} */ after,
    ) => {
      const target = join(dirname(file), path);
      const ending = existsSync(`${target}.d.ts`)
        ? '.js'
        : existsSync(join(target, 'index.d.ts'))
          ? '/index.js'
          : '';
      return `${before}${path}${ending}${after}`;
    };
    writeFileSync(file, readFileSync(file, 'utf8').replace(relativeImport, complete));
  }
}
