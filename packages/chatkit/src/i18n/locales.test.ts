/** The catalogues, and which of them is meant (element.md §11). */
import { describe, expect, it } from 'vitest';
import ar from './locales/ar.json';
import de from './locales/de.json';
import en from './locales/en.json';
import first from './locales/en.json?first';
import later from './locales/en.json?later';
import { directionOf, resolveLocale } from './locale';

/** The name of a text without the form of its plural. */
const names = (catalogue: object) => [
  ...new Set(Object.keys(catalogue).map((key) => key.replace(/\.(zero|one|two|few|many|other)$/, ''))),
];
const placeholders = (words: string) => [...words.matchAll(/\{\w+\}/g)].map(([one]) => one).sort();

describe.each(Object.entries({ de, ar }))('%s', (_, catalogue: Partial<Record<string, string>>) => {
  it('says all that English says, and nothing else', () => {
    expect(names(catalogue).sort()).toEqual(names(en).sort());
  });

  it('fills in what English fills in', () => {
    for (const [key, words] of Object.entries(en)) {
      if (key.endsWith('.one')) continue; // a form for one number may say it in words
      const translated = catalogue[key];
      if (translated !== undefined)
        expect([key, placeholders(translated)]).toEqual([key, placeholders(words)]);
    }
  });
});

it('English comes in two parts, which are all of it', () => {
  expect({ ...first, ...later }).toEqual(en);
  expect(Object.keys(first).filter((key) => key in later)).toEqual([]);
  // A connection that has broken off must not be needed to say that it has.
  for (const kind of ['network', 'offline', 'interrupted', 'unavailable', 'server'])
    expect(first).toHaveProperty([`failure.${kind}`]);
});

describe('a tag is resolved', () => {
  const all =
    'am ar bg-BG bn-BD bs-BA ca-ES cs-CZ da-DK de-DE el-GR es-419 es-ES et-EE fi-FI fr-CA fr-FR gu-IN hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT ja-JP ka-GE kk kn-IN ko-KR lt lv-LV mk-MK ml mn mr-IN ms-MY my-MM nb-NO nl-NL pa pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sl-SI so-SO sq-AL sr-RS sv-SE sw-TZ ta-IN te-IN th-TH tl tr-TR uk-UA ur vi-VN zh-CN zh-HK zh-TW';

  it.each(all.split(' '))('%s to itself, however it is written', (tag) => {
    expect(resolveLocale(tag)).toBe(tag);
    expect(resolveLocale(tag.toLowerCase())).toBe(tag);
  });

  it.each([
    ['de', 'de-DE'],
    ['de-AT', 'de-DE'],
    ['es', 'es-ES'],
    ['es-MX', 'es-419'],
    ['fr-BE', 'fr-FR'],
    ['no', 'nb-NO'],
    ['nn-NO', 'nb-NO'],
    ['pt', 'pt-BR'],
    ['pt-AO', 'pt-BR'],
    ['ar-EG', 'ar'],
    ['sr-Latn-RS', 'sr-RS'],
    ['zh', 'zh-CN'],
    ['zh-Hans', 'zh-CN'],
    ['zh-Hant-HK', 'zh-TW'],
    ['en-GB', 'en'],
    ['xx', 'en'],
    ['', 'en'],
  ])('%j to %s', (asked, locale) => {
    expect(resolveLocale(asked)).toBe(locale);
  });

  it('and reads from right to left in Arabic and Urdu only', () => {
    expect(all.split(' ').filter((tag) => directionOf(tag) === 'rtl')).toEqual(['ar', 'ur']);
  });
});
