/** What the compiler's declaration files need before others can use them. */
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

/** Writes the names of the texts as a list: the type they are taken from is a JSON file, which the package does not have. */
export function listKeys(/** @type {string} */ file, /** @type {Record<string, string>} */ words) {
  const names = new Set(Object.keys(words).map((key) => key.replace(/\.(one|other)$/, '')));
  const list = [...names].map((name) => `\n  | '${name}'`).join('');
  writeFileSync(
    file,
    `/** What can be said. A plural is named without its form. */\nexport type MessageKey =${list};\n`,
  );
}
