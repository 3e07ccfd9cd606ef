/** Words for people: `useText()` gives a function from key to text in the reader's language. */
import { computed, signal, type ReadonlySignal } from '@preact/signals-core';
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { useValue } from '../useValue';
import type all from './locales/en.json';
import english from './locales/en.json?first';
import { directionOf, resolveLocale, type Direction } from './locale';

export { directionOf, resolveLocale, type Direction };

type Key = keyof typeof all;
type Plural<K> = K extends `${infer Name}.other` ? Name : never;

/** What can be said. A plural is named without its form. */
export type MessageKey = Exclude<Key, `${string}.${'one' | 'other'}`> | Plural<Key>;
export type Catalogue = Partial<Record<string, string>>;
export type Params = Readonly<Record<string, string | number>>;
export type TextOf = (key: MessageKey, params?: Params) => string;

/** Catalogues by locale; English is part of the entry. */
const loaders: Record<string, () => Promise<{ default: Catalogue }>> = {
  'de-DE': () => import('./locales/de.json'),
  ar: () => import('./locales/ar.json'),
};

/** English words of views that are fetched later, added to those at hand; other locales are whole as soon as they are there. */
export async function loadLaterWords(): Promise<void> {
  Object.assign(english, (await import('./locales/en.json?later')).default);
}

/** Draws again when the words of later views are there; those that are not are empty until then. */
export function useLaterWords(): void {
  const [, redraw] = useState(false);
  useEffect(() => {
    loadLaterWords().then(
      () => redraw(true),
      () => undefined,
    );
  }, []);
}

/** Locales whose words are translated. */
export const shippedLocales = ['en', ...Object.keys(loaders)];

/** A text with its placeholders filled; a plural is chosen by `count` among the keys `name.one`, `name.other`, … */
export function format(catalogue: Catalogue, locale: string, key: string, params: Params = {}): string {
  const words = catalogue[key] ?? english[key] ?? '';
  return words.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? '';
    return typeof value === 'number' ? value.toLocaleString(locale) : value;
  });
}

/** The key of the plural form that a locale uses for a number. */
export function pluralKey(catalogue: Catalogue, locale: string, name: string, count: number): MessageKey {
  const form = `${name}.${new Intl.PluralRules(locale).select(count)}`;
  return (catalogue[form] === undefined ? `${name}.other` : form) as MessageKey;
}

export type Translation = {
  readonly locale: ReadonlySignal<string>;
  readonly direction: ReadonlySignal<Direction>;
  readonly text: ReadonlySignal<TextOf>;
};

/** Follows a locale; until its catalogue is there the words stay as they were. */
export function createTranslation(asked: ReadonlySignal<string>): Translation {
  const locale = computed(() => resolveLocale(asked.value));
  const loaded = signal<{ locale: string; words: Catalogue }>({ locale: 'en', words: english });
  let latest = 'en';
  const load = async (wanted: string) => {
    if (wanted === latest) return;
    latest = wanted;
    const words = (await loaders[wanted]?.().catch(() => null))?.default ?? english;
    if (latest === wanted) loaded.value = { locale: words === english ? 'en' : wanted, words };
  };
  const text = computed<TextOf>(() => {
    void load(locale.value);
    const { words, locale: shown } = loaded.value;
    return (key, params) => {
      const chosen =
        typeof params?.['count'] === 'number' ? pluralKey(words, shown, key, params['count']) : key;
      return format(words, shown, chosen, params);
    };
  });
  return { locale, direction: computed(() => directionOf(locale.value)), text };
}

const inEnglish: TextOf = (key, params) => format(english, 'en', key, params);

export const TranslationContext = createContext<Translation>({
  locale: signal('en'),
  direction: signal<Direction>('ltr'),
  text: signal<TextOf>(inEnglish),
});

/** The words of the reader's language. */
export function useText(): TextOf {
  return useValue(useContext(TranslationContext).text);
}

/** The resolved locale, for dates and numbers. */
export function useLocale(): string {
  return useValue(useContext(TranslationContext).locale);
}
