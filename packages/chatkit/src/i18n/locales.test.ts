/** The catalogues, and which of them is meant (element.md §11). */
import { describe, expect, it } from 'vitest';
import { catalogueOf } from './catalogues';
import en from './locales/en.json';
import first from './locales/en.json?first';
import later from './locales/en.json?later';
import { directionOf } from './index';
import { resolveLocale } from './locale';

const TRANSLATED =
  'am ar bg-BG bn-BD bs-BA ca-ES cs-CZ da-DK de-DE el-GR es-419 es-ES et-EE fi-FI fr-CA fr-FR gu-IN hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT ja-JP ka-GE kk kn-IN ko-KR lt lv-LV mk-MK ml mn mr-IN ms-MY my-MM nb-NO nl-NL pa pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sl-SI so-SO sq-AL sr-RS sv-SE sw-TZ ta-IN te-IN th-TH tl tr-TR uk-UA ur vi-VN zh-CN zh-HK zh-TW'.split(
    ' ',
  );
const ALSO_ACCEPTED =
  'bg bn bs ca cs da de el es et fi fr gu hi hr hu hy id is it ja ka kn ko lv mk mr ms my nb nl pl pt ro ru sk sl so sq sr sv sw ta te th tr uk vi zh zh-Hant'.split(
    ' ',
  );

/** Words that are the same as in English, because the language has them. */
const SAME: Record<string, readonly string[]> = {
  'suggest.entities': ['fr-FR', 'fr-CA'],
  frame: [
    'cs-CZ',
    'da-DK',
    'de-DE',
    'es-419',
    'es-ES',
    'it-IT',
    'nb-NO',
    'nl-NL',
    'pt-BR',
    'pt-PT',
    'ro-RO',
    'tl',
  ],
  'composer.label': ['fr-CA', 'fr-FR'],
  'composer.send': ['da-DK', 'nb-NO'],
  'composer.stop': ['da-DK'],
  'thread.log': ['fr-CA', 'fr-FR'],
  details: ['de-DE', 'nl-NL'],
  'diagram.name': ['cs-CZ', 'da-DK', 'hu-HU', 'id-ID', 'nb-NO', 'nl-NL', 'pl-PL', 'sk-SK', 'sl-SI', 'sv-SE'],
  'history.count.one': ['fr-CA', 'fr-FR'],
  'history.count.other': ['fr-CA', 'fr-FR'],
  'sources.count.one': ['fr-CA', 'fr-FR'],
  'sources.count.other': ['fr-CA', 'fr-FR'],
  'picture.download': ['da-DK'],
  'model.menu': [
    'bs-BA',
    'ca-ES',
    'cs-CZ',
    'da-DK',
    'hr-HR',
    'id-ID',
    'ms-MY',
    'nl-NL',
    'pl-PL',
    'ro-RO',
    'sk-SK',
    'sl-SI',
    'tr-TR',
  ],
};

/** Unicode's names of the scripts other than Latin, by their short names. */
const SCRIPTS: Partial<Record<string, RegExp>> = {
  Arab: /\p{Script=Arabic}/u,
  Armn: /\p{Script=Armenian}/u,
  Beng: /\p{Script=Bengali}/u,
  Cyrl: /\p{Script=Cyrillic}/u,
  Deva: /\p{Script=Devanagari}/u,
  Ethi: /\p{Script=Ethiopic}/u,
  Geor: /\p{Script=Georgian}/u,
  Grek: /\p{Script=Greek}/u,
  Gujr: /\p{Script=Gujarati}/u,
  Guru: /\p{Script=Gurmukhi}/u,
  Hans: /\p{Script=Han}/u,
  Hant: /\p{Script=Han}/u,
  Jpan: /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u,
  Knda: /\p{Script=Kannada}/u,
  Kore: /\p{Script=Hangul}/u,
  Latn: /\p{Script=Latin}/u,
  Mlym: /\p{Script=Malayalam}/u,
  Mymr: /\p{Script=Myanmar}/u,
  Taml: /\p{Script=Tamil}/u,
  Telu: /\p{Script=Telugu}/u,
  Thai: /\p{Script=Thai}/u,
};

/** The keys a locale needs: those of English, with the plural forms that the language has. */
function keysOf(locale: string): string[] {
  const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
  return Object.keys(en).flatMap((key) => {
    if (key.endsWith('.one')) return [];
    return key.endsWith('.other') ? forms.map((form) => key.replace(/other$/, form)) : [key];
  });
}

const placeholders = (words: string) => [...words.matchAll(/\{\w+\}/g)].map(([one]) => one).sort();
const entries = async (locale: string) =>
  Object.entries(await catalogueOf(locale)) as [keyof typeof en, string][];

describe.each(TRANSLATED)('%s', (locale) => {
  it('says all that English says in its own plural forms, and nothing else', async () => {
    expect(Object.keys(await catalogueOf(locale)).sort()).toEqual(keysOf(locale).sort());
  });

  it('fills in what English fills in', async () => {
    for (const [key, words] of await entries(locale)) {
      const form = /\.(zero|one|two|few|many|other)$/.exec(key)?.[1];
      const english = form ? en[key.replace(/\w+$/, 'other') as keyof typeof en] : en[key];
      // A form for one number may say it in words, if it is for that number alone.
      if (form && form !== 'other' && !words.includes('{') && locale === 'ar') continue;
      expect([key, placeholders(words)]).toEqual([key, placeholders(english)]);
    }
  });

  it('is not English, and is in its own script', async () => {
    const script = SCRIPTS[new Intl.Locale(locale).maximize().script ?? '']!;
    for (const [key, words] of await entries(locale)) {
      if (!SAME[key]?.includes(locale)) expect([key, words]).not.toEqual([key, en[key]]);
      expect(words.replace(/\{\w+\}|AI/g, '')).toMatch(script);
    }
  });

  it('has real quotes and ellipses, no spaces at its ends', async () => {
    for (const [key, words] of await entries(locale)) {
      expect([key, words]).toEqual([key, words.trim()]);
      expect(words).not.toMatch(/["'`]|\.\.| {2}/);
      if (key in en && en[key].endsWith('…')) expect(words).toMatch(/…$/);
    }
    const waits = (await entries(locale)).filter(([, words]) => words.endsWith('…'));
    const apart = waits.filter(([, words]) => /\s…$/.test(words)).map(([key]) => key);
    expect([[], waits.map(([key]) => key)]).toContainEqual(apart);
  });
});

it('no file is without its locale', () => {
  const files = Object.keys(import.meta.glob('./locales/*.json')).map(
    (path) => /([\w-]+)\.json$/.exec(path)![1]!,
  );
  const fileOf = (locale: string) => files.find((one) => one === locale) ?? locale.split('-')[0]!;
  expect(files.sort()).toEqual(['en', ...new Set(TRANSLATED.map(fileOf))].sort());
});

it('there is no catalogue of what is not translated', async () => {
  await expect(catalogueOf('xx')).rejects.toThrow(RangeError);
});

it('English comes in two parts, which are all of it', () => {
  expect({ ...first, ...later }).toEqual(en);
  expect(Object.keys(first).filter((key) => key in later)).toEqual([]);
  // A connection that has broken off must not be needed to say that it has.
  for (const kind of ['network', 'offline', 'interrupted', 'unavailable', 'server'])
    expect(first).toHaveProperty([`failure.${kind}`]);
});

describe('a tag is resolved', () => {
  it.each(TRANSLATED)('%s to itself, however it is written', (tag) => {
    expect(resolveLocale(tag)).toBe(tag);
    expect(resolveLocale(tag.toLowerCase())).toBe(tag);
  });

  it.each(ALSO_ACCEPTED)('%s to something translated in the same language', (tag) => {
    const locale = resolveLocale(tag);
    expect(TRANSLATED).toContain(locale);
    expect(locale.split('-')[0]).toBe(tag.split('-')[0]);
  });

  it.each([
    ['de', 'de-DE'],
    ['de-AT', 'de-DE'],
    ['es', 'es-ES'],
    ['es-MX', 'es-419'],
    ['es-GQ', 'es-ES'],
    ['es-ec', 'es-419'],
    ['fil-PH', 'tl'],
    ['fr-CH', 'fr-FR'],
    ['sw-KE', 'sw-TZ'],
    ['fr-BE', 'fr-FR'],
    ['no', 'nb-NO'],
    ['nn-NO', 'nb-NO'],
    ['pt', 'pt-BR'],
    ['pt-AO', 'pt-PT'],
    ['ar-EG', 'ar'],
    ['sr-Latn-RS', 'sr-RS'],
    ['zh', 'zh-CN'],
    ['zh-Hans', 'zh-CN'],
    ['zh-Hant', 'zh-TW'],
    ['zh-Hant-HK', 'zh-HK'],
    ['zh-MO', 'zh-HK'],
    ['zh-Hans-HK', 'zh-CN'],
    ['zh-SG', 'zh-CN'],
    ['de_DE', 'de-DE'],
    ['zh_Hant_HK', 'zh-HK'],
    ['en_US', 'en'],
    ['en-GB', 'en'],
    ['xx', 'en'],
    ['', 'en'],
  ])('%j to %s', (asked, locale) => {
    expect(resolveLocale(asked)).toBe(locale);
  });

  it('and reads from right to left in Arabic and Urdu only', () => {
    expect(TRANSLATED.filter((tag) => directionOf(tag) === 'rtl')).toEqual(['ar', 'ur']);
  });
});
