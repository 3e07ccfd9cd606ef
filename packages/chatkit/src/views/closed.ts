/**
 * What stands in place of the chat when it may not be shown: no secret, or not on this domain (element.md §7, §8). Drawn
 * without the rest of the interface, which may not be there yet.
 */
import { directionOf, format, loadLaterWords, loadLocales, resolveLocale, type Catalogue } from '../i18n';
import { catalogueOf } from '../i18n/catalogues';
import type { ChatKitOptions } from '../options';
import { adoptStyles } from '../styles/adopt';
import styles from '../styles/later/closed.css?inline';

const SCHEMES = { light: 'light', dark: 'dark', auto: 'light dark' };

export class Closed {
  #view: { readonly again: Promise<void>; remove(): void } | null = null;
  /** Rises when it is hidden, so that words that come later draw nothing. */
  #turn = 0;

  constructor(
    private readonly root: ShadowRoot,
    private readonly options: () => ChatKitOptions,
  ) {}

  /** Shows it; resolves when the person wants it to be tried again. `began` is true where there is a chat behind it. */
  async show(began: boolean): Promise<void> {
    const turn = this.#turn;
    const words = await this.#words();
    if (turn !== this.#turn) await new Promise(() => undefined); // nobody waits for it any more
    await (this.#view ??= this.#draw(words, began)).again;
    this.hide();
  }

  hide(): void {
    this.#turn++;
    this.#view?.remove();
    this.#view = null;
  }

  #draw(words: Words, began: boolean) {
    const { root } = this;
    const behind = root.querySelector<HTMLElement>('.chat');
    const parts = [...(behind?.children ?? [])] as HTMLElement[];
    const focused = root.activeElement as HTMLElement | null;
    const box = document.createElement('div');
    box.className = 'closed-gate';
    box.setAttribute('part', 'closed');
    box.lang = words.locale;
    box.dir = directionOf(words.locale);
    const { theme } = this.options();
    box.style.colorScheme = SCHEMES[(typeof theme === 'string' ? theme : theme?.colorScheme) ?? 'light'];
    const text = document.createElement('p');
    text.setAttribute('role', 'alert');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = words.of('retry') || 'Try again';
    box.append(text, button);
    (behind ?? root).append(box);
    adoptStyles(box, styles);
    // Only what comes into a region that is there already is read out.
    const reason = navigator.onLine ? (began ? 'unauthorized' : 'chat') : 'offline';
    text.textContent = words.of(`failure.${reason}`) || 'The chat could not be loaded.';
    for (const part of parts) part.inert = true;
    if (focused) button.focus();
    return {
      again: new Promise<void>((resolve) => {
        button.onclick = () => resolve();
      }),
      remove() {
        const hadFocus = box.contains(root.activeElement);
        box.remove();
        for (const part of parts) part.inert = false;
        if (hadFocus) focused?.focus();
      },
    };
  }

  /** In the reader's language, as far as words can be had at all. */
  async #words(): Promise<Words> {
    const { locale: tag = navigator.language, strings } = this.options();
    await Promise.allSettled([loadLocales(tag), loadLaterWords()]);
    const locale = resolveLocale(tag);
    const ours: Catalogue = locale === 'en' ? {} : await catalogueOf(locale).catch(() => ({}));
    return { locale, of: (key) => format({ ...ours, ...strings }, locale, key) };
  }
}

type Words = { readonly locale: string; readonly of: (key: string) => string };
