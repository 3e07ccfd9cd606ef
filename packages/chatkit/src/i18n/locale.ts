/** From what was asked for to what there is: tags, their fallbacks, and their direction (element.md §11). */

/** Translated, and named without a region. */
const PLAIN = words('am ar kk lt ml mn pa tl ur');
/** Named with the region where most of their speakers live. */
const WITH_REGION = words(
  'bg bn bs ca cs da de el es et fi fr gu hi hr hu hy id is it ja ka kn ko lv mk mr ms my nb nl pl pt ro ru sk sl so sq sr sv sw ta te th tr uk vi zh',
);
/** Other names of the same language, or of one that its readers understand. */
const ALIASES: Partial<Record<string, string>> = { fil: 'tl', nn: 'nb', no: 'nb' };

function words(list: string): string[] {
  return list.split(' ');
}

/** The one locale that is used and sent for a tag; `en` when there is nothing closer. */
export function resolveLocale(tag: string): string {
  const asked = tag.toLowerCase();
  const [first = ''] = asked.split('-');
  const language = ALIASES[first] ?? first;
  const region = /-([a-z]{2}|\d{3})\b/.exec(asked)?.[1] ?? '';
  if (PLAIN.includes(language)) return language;
  if (!WITH_REGION.includes(language)) return 'en';
  // Some languages are written in more than one way.
  const hongKong = /hk|mo/.test(region);
  if (
    asked.includes('-hant') ||
    (language === 'zh' && !asked.includes('-hans') && (hongKong || region === 'tw'))
  )
    return hongKong ? 'zh-HK' : 'zh-TW';
  if (language === 'fr' && region === 'ca') return 'fr-CA';
  if (language === 'pt' && region && region !== 'br') return 'pt-PT';
  // Spanish outside of Europe, Africa and Asia.
  if (language === 'es' && region && !/ea|es|gq|ic|ph/.test(region)) return 'es-419';
  return `${language}-${new Intl.Locale(language).maximize().region ?? ''}`;
}

export type Direction = 'ltr' | 'rtl';

export function directionOf(locale: string): Direction {
  return /^(ar|ur)\b/.test(locale) ? 'rtl' : 'ltr';
}
