/**
 * The words of all locales, side by side.
 *
 *   node scripts/words.mjs                 what each locale misses of English, and what it has beyond it
 *   node scripts/words.mjs merge FILE      adds {"key": {"locale": "text" or {"one": "…", "other": "…"}}} from a JSON file
 *
 * A locale is named as its file is. Files keep the order of en.json, plurals that of their forms.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../packages/chatkit/src/i18n/locales/', import.meta.url));
const FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'];

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const english = read(`${folder}en.json`);
const locales = readdirSync(folder)
  .map((name) => name.replace(/\.json$/, ''))
  .filter((name) => name !== 'en');

/** The keys that a locale must have, in order. */
function keysOf(locale) {
  const used = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
  return Object.keys(english).flatMap((key) => {
    if (key.endsWith('.one')) return [];
    if (!key.endsWith('.other')) return [key];
    return FORMS.filter((form) => used.includes(form)).map((form) => key.replace(/other$/, form));
  });
}

/** Prints what is to be done, which is what this command is for; returns how much. */
function list() {
  let wrong = 0;
  for (const locale of locales) {
    const words = read(`${folder}${locale}.json`);
    const keys = keysOf(locale);
    const missing = keys.filter((key) => !words[key]);
    const beyond = Object.keys(words).filter((key) => !keys.includes(key));
    if (missing.length) console.log(`${locale} misses ${missing.join(' ')}`);
    if (beyond.length) console.log(`${locale} has beyond English ${beyond.join(' ')}`);
    wrong += missing.length + beyond.length;
  }
  return wrong;
}

function merge(table) {
  for (const locale of locales) {
    const words = read(`${folder}${locale}.json`);
    for (const [key, texts] of Object.entries(table)) {
      const text = texts[locale];
      if (typeof text === 'string') words[key] = text;
      else for (const [form, one] of Object.entries(text ?? {})) words[`${key}.${form}`] = one;
    }
    const ordered = keysOf(locale).flatMap((key) => (words[key] ? [[key, words[key]]] : []));
    writeFileSync(`${folder}${locale}.json`, `${JSON.stringify(Object.fromEntries(ordered), null, 2)}\n`);
  }
}

const [command, file] = process.argv.slice(2);
if (command === 'merge') merge(read(file));
process.exitCode = list() ? 1 : 0;
