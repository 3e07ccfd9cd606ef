/** From what was asked for to what there is: tags, their fallbacks, and their direction (element.md §11). */

/** Every translation there will be; those without a catalogue yet show English words in their own direction. */
const TRANSLATED =
  'am ar bg-BG bn-BD bs-BA ca-ES cs-CZ da-DK de-DE el-GR es-419 es-ES et-EE fi-FI fr-CA fr-FR gu-IN hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT ja-JP ka-GE kk kn-IN ko-KR lt lv-LV mk-MK ml mn mr-IN ms-MY my-MM nb-NO nl-NL pa pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sl-SI so-SO sq-AL sr-RS sv-SE sw-TZ ta-IN te-IN th-TH tl tr-TR uk-UA ur vi-VN zh-CN zh-HK zh-TW'.split(
    ' ',
  );

const EXPLICIT: Readonly<Record<string, string>> = {
  es: 'es-ES',
  fr: 'fr-FR',
  no: 'nb-NO',
  nn: 'nb-NO',
  pt: 'pt-BR',
  zh: 'zh-CN',
  'zh-hans': 'zh-CN',
  'zh-hant': 'zh-TW',
};

/** The one locale that is used and sent for a tag; `en` when there is nothing closer. */
export function resolveLocale(tag: string): string {
  const asked = tag.toLowerCase();
  const exact = TRANSLATED.find((one) => one.toLowerCase() === asked) ?? EXPLICIT[asked];
  if (exact) return exact;
  const [language = '', region = ''] = asked.split('-');
  // Spanish of the Americas, by United Nations region or country.
  if (language === 'es' && region !== 'es' && region !== '') return 'es-419';
  if (asked.startsWith('zh-hant')) return 'zh-TW';
  if (EXPLICIT[language]) return EXPLICIT[language];
  const sameLanguage = TRANSLATED.filter((one) => one.toLowerCase().split('-')[0] === language);
  return sameLanguage.length === 1 ? sameLanguage[0]! : 'en';
}

export type Direction = 'ltr' | 'rtl';

export function directionOf(locale: string): Direction {
  return /^(ar|ur)\b/.test(locale) ? 'rtl' : 'ltr';
}
