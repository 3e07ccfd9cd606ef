/**
 * chatkit.js: a small script that defines the tag at once and loads the interface from beside itself.
 *
 * It runs as classic, `async` and module script and by `import()`, so it has no import, export or import.meta when
 * built (build/build.js checks that).
 */
import { ChatKitElement, type UiModule } from './element';
import { scriptUrl } from './scriptUrl';

const ui = new URL(__CHATKIT_UI__, scriptUrl()).href;
let attempt = 0;

class OpenAIChatKit extends ChatKitElement {
  // A browser may remember that a module failed to load; another address makes it try again.
  static override load = (): Promise<UiModule> =>
    import(/* @vite-ignore */ attempt++ ? `${ui}?retry=${String(attempt)}` : ui) as Promise<UiModule>;
}

if (!customElements.get(OpenAIChatKit.tag)) {
  customElements.define(OpenAIChatKit.tag, OpenAIChatKit);
  void OpenAIChatKit.preload();
}
dispatchEvent(new Event('chatkit-script-loaded'));
