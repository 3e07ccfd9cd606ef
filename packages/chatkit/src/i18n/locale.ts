/** From what was asked for to what there is: tags and their fallbacks (element.md §11). Loaded for whoever does not ask for English. */

/** Translated, and named without a region. */
const PLAIN = words('am ar kk lt ml mn pa tl ur');
/** Named with the region where most of their speakers live. */
const WITH_REGION = words(
  'bg bn bs ca cs da de el es et fi fr gu hi hr hu hy id is it ja ka kn ko lv mk mr ms my nb nl pl pt ro ru sk sl so sq sr sv sw ta te th tr uk vi zh',
);

function words(list: string): string[] {
  return list.split(' ');
}

/** The one locale that is used and sent for a tag; `en` when there is nothing closer. */
export function resolveLocale(tag: string): string {
  // Some frameworks write `de_DE`.
  const asked = tag.toLowerCase().replaceAll('_', '-');
  const [first = ''] = asked.split('-');
  // Filipino, and Norwegian by its other names.
  const language = first === 'fil' ? 'tl' : first === 'no' || first === 'nn' ? 'nb' : first;
  if (PLAIN.includes(language)) return language;
  if (!WITH_REGION.includes(language)) return 'en';
  // Some are written in more than one way.
  if (/^zh-(hant|hk|mo|tw)/.test(asked)) return /-(hk|mo)/.test(asked) ? 'zh-HK' : 'zh-TW';
  if (asked.startsWith('fr-ca')) return 'fr-CA';
  if (/^pt-(?!br)/.test(asked)) return 'pt-PT';
  // Not the Spanish of Spain, the Canaries, Ceuta, Equatorial Guinea and the Philippines.
  if (/^es-(?!e[as]|gq|ic|ph)/.test(asked)) return 'es-419';
  return `${language}-${new Intl.Locale(language).maximize().region ?? ''}`;
}
