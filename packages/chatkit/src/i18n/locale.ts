/** From what was asked for to what there is: tags, their fallbacks, and their direction (element.md §11). */

/** Every translation there will be; those without a catalogue yet show English words in their own direction. */
const PLAIN = words('am ar kk lt ml mn pa tl ur');
/** Named with the region where most of their speakers live. */
const WITH_REGION = words(
  'bg bn bs ca cs da de el es et fi fr gu hi hr hu hy id is it ja ka kn ko lv mk mr ms my nb nl pl pt ro ru sk sl so sq sr sv sw ta te th tr uk vi zh',
);
const MORE_REGIONS = words('es-419 fr-CA pt-PT zh-HK zh-TW');

function words(list: string): string[] {
  return list.split(' ');
}

/** The one locale that is used and sent for a tag; `en` when there is nothing closer. */
export function resolveLocale(tag: string): string {
  const asked = tag.toLowerCase();
  const [first = '', region] = asked.split('-');
  const language = first === 'no' || first === 'nn' ? 'nb' : first;
  const exact = MORE_REGIONS.find((one) => one.toLowerCase() === asked);
  if (exact) return exact;
  if (asked.startsWith('zh-hant')) return 'zh-TW';
  // Spanish of the Americas, by United Nations region or country.
  if (language === 'es' && region && region !== 'es') return 'es-419';
  if (PLAIN.includes(language)) return language;
  if (!WITH_REGION.includes(language)) return 'en';
  return `${language}-${new Intl.Locale(language).maximize().region ?? ''}`;
}

export type Direction = 'ltr' | 'rtl';

export function directionOf(locale: string): Direction {
  return /^(ar|ur)\b/.test(locale) ? 'rtl' : 'ltr';
}
