/** Words for people: `useText()` gives a function from key to text in the reader's language. */
import { computed, signal, type ReadonlySignal } from '@preact/signals-core';
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { useValue } from '../useValue';
import english from './locales/en.json?first';
import type { MessageKey } from './keys';

export type { MessageKey };
export type Direction = 'ltr' | 'rtl';

export type Catalogue = Partial<Record<string, string>>;
export type Params = Readonly<Record<string, string | number>>;
export type TextOf = (key: MessageKey, params?: Params) => string;

/** Knows every locale; null until somebody asks for another one than English. */
const resolver = signal<((tag: string) => string) | null>(null);

/** Resolves when a tag can be resolved, or when the list of locales cannot be had. */
export async function loadLocales(tag: string): Promise<void> {
  if (resolver.peek() || isEnglish(tag)) return;
  await import('./locale').then(
    (module) => (resolver.value = module.resolveLocale),
    () => undefined,
  );
}

/** The one locale that is used and sent for a tag; `en` when there is nothing closer, or as long as that is not known. */
export function resolveLocale(tag: string): string {
  return (!isEnglish(tag) && resolver.value?.(tag)) || 'en';
}

function isEnglish(tag: string): boolean {
  return /^en\b/i.test(tag);
}

export function directionOf(locale: string): Direction {
  return /^(ar|ur)\b/.test(locale) ? 'rtl' : 'ltr';
}

/** English words of views that are fetched later, added to those at hand; other locales are whole as soon as they are there. */
export async function loadLaterWords(): Promise<void> {
  Object.assign(english, (await import('./locales/en.json?later')).default);
}

/** Draws again when the words of later views are there, or cannot be had; they are empty until then. True from then on. */
export function useLaterWords(): boolean {
  const [isOver, end] = useState(false);
  useEffect(() => {
    void loadLaterWords()
      .catch(() => undefined)
      .then(() => end(true));
  }, []);
  return isOver;
}

/** A text with its placeholders filled; a plural is chosen by `count` among the keys `name.one`, `name.other`, … */
export function format(catalogue: Catalogue, locale: string, key: string, params: Params = {}): string {
  const words = catalogue[key] ?? english[key] ?? '';
  return words.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? '';
    if (typeof value === 'number') return value.toLocaleString(locale);
    // From right to left, words in another script keep their own signs beside them.
    return directionOf(locale) === 'rtl' ? `\u2068${value}\u2069` : value;
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

/** Follows a locale; until its catalogue is there the words stay as they were. The words of a page go before both. */
export function createTranslation(
  asked: ReadonlySignal<string>,
  ofPage: ReadonlySignal<Catalogue | undefined>,
): Translation {
  const locale = computed(() => {
    void loadLocales(asked.value);
    return resolveLocale(asked.value);
  });
  const loaded = signal<{ locale: string; words: Catalogue }>({ locale: 'en', words: english });
  let latest = 'en';
  const load = async (wanted: string) => {
    if (wanted === latest) return;
    latest = wanted;
    // English is not in that list: it is at hand, as it is when the others cannot be had.
    const words = await import('./catalogues').then((all) => all.catalogueOf(wanted)).catch(() => english);
    if (latest === wanted) loaded.value = { locale: words === english ? 'en' : wanted, words };
  };
  const text = computed<TextOf>(() => {
    void load(locale.value);
    const { words: ours, locale: shown } = loaded.value;
    // Later words are added to ours, so they are not copied here.
    const words = Object.assign(Object.create(ours) as Catalogue, ofPage.value);
    return (key, params) => {
      const count = params?.['count'];
      const chosen =
        typeof count === 'number' && words[key] === undefined ? pluralKey(words, shown, key, count) : key;
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
