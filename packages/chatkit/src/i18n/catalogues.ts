/** Where the words of every locale but English are. Loaded with the first of them: nobody else needs the list. */
import type { Catalogue } from './index';

const files = import.meta.glob<Catalogue>(['./locales/*.json', '!./locales/en.json'], { import: 'default' });

/** The words of a resolved locale. A file has the name of its locale, or of the language when that has only one. */
export async function catalogueOf(locale: string): Promise<Catalogue> {
  const [language = ''] = locale.split('-');
  const load = files[`./locales/${locale}.json`] ?? files[`./locales/${language}.json`];
  if (!load) throw new RangeError(`There are no words for ${locale}.`);
  return load();
}
