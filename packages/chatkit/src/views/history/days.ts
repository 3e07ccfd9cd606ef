/** Threads by the day they began, newest first, under words a person would use. */
import type { ThreadInfo } from '../../state/chat';

export type Day = { readonly label: string; readonly threads: readonly ThreadInfo[] };

const DAY_MS = 86_400_000;

/** A time without a zone is local (protocol.md W-10). */
function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Groups threads, keeping their order. */
export function byDay(threads: readonly ThreadInfo[], locale: string, now: Date): Day[] {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' });
  const full = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
  const days = new Map<string, ThreadInfo[]>();
  for (const thread of threads) {
    const told = new Date(thread.createdAt);
    const date = Number.isNaN(told.getTime()) ? now : told; // no day at all would take the list away
    const ago = Math.round((startOfDay(now) - startOfDay(date)) / DAY_MS);
    const words =
      ago < 2
        ? relative.format(-Math.max(0, ago), 'day')
        : ago < 7
          ? weekday.format(date)
          : full.format(date);
    const label = capitalised(words, locale);
    days.set(label, [...(days.get(label) ?? []), thread]);
  }
  return [...days].map(([label, list]) => ({ label, threads: list }));
}

/** As at the start of a sentence. Georgian has capitals, but only for whole words. */
function capitalised(words: string, locale: string): string {
  if (locale.startsWith('ka')) return words;
  return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1);
}
