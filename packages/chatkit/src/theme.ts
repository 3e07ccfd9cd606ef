/** The theme of one element: light or dark at once; what goes beyond is computed by a part that is loaded for it. */
import type { ColorScheme, ThemeOption } from './options';
import type * as themeDetails from './themeProperties';

type Details = typeof themeDetails;

let details: Details | null = null;

/** The theme as an object, whichever way it was given. */
export function themeOption(theme: ColorScheme | ThemeOption | undefined): ThemeOption {
  return typeof theme === 'string' ? { colorScheme: theme } : (theme ?? {});
}

/** A stylesheet of its own, the scheme on the host, fonts in the page. */
export class Theme {
  readonly sheet = new CSSStyleSheet();
  readonly #system = matchMedia('(prefers-color-scheme: dark)');
  #theme: ThemeOption = {};
  /** What is shown, to leave it alone when it is asked for again. */
  #shown = '';

  constructor(private readonly host: HTMLElement) {
    // More specific than the defaults of parts that come later, dark ones too.
    this.sheet.replaceSync(':host([data-scheme][data-scheme]){}');
    this.#system.addEventListener('change', this.#draw);
  }

  /** Shows a theme. Resolves when all of it is on; the last one wins. */
  async set(theme: ColorScheme | ThemeOption | undefined): Promise<void> {
    const next = themeOption(theme);
    const asked = JSON.stringify(next);
    if (asked === this.#shown) return;
    this.#shown = asked;
    this.#theme = next;
    if (!details && Object.keys(next).some((key) => key !== 'colorScheme')) {
      this.#draw();
      // Without it the chat is plain, but there; the next theme tries again.
      details = await import('./themeProperties').catch(() => null);
      if (this.#theme !== next) return;
      if (!details) this.#shown = '';
    }
    this.#draw();
  }

  remove(): void {
    this.#theme = {};
    this.#system.removeEventListener('change', this.#draw);
    details?.useFonts(this, []);
  }

  readonly #draw = (): void => {
    const { colorScheme = 'light' } = this.#theme;
    const asked = colorScheme === 'auto' ? (this.#system.matches ? 'dark' : 'light') : colorScheme;
    details?.useFonts(this, this.#theme.typography?.fontSources ?? []);
    const { scheme, properties } = details?.themeProperties(this.#theme, asked) ?? { scheme: asked };
    this.host.dataset['scheme'] = scheme;
    const { style } = this.sheet.cssRules[0] as CSSStyleRule;
    style.cssText = '';
    for (const [name, value] of Object.entries(properties ?? {})) style.setProperty(name, value);
  };
}
