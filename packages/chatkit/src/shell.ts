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
  static override load = async (): Promise<UiModule> => {
    try {
      return (await import(/* @vite-ignore */ ui)) as UiModule;
    } catch (error) {
      if (attempt++ === 0) throw error;
      // Some browsers remember that a module failed to load: another address makes them try again.
      return (await import(/* @vite-ignore */ `${ui}?retry=${String(attempt)}`)) as UiModule;
    }
  };
}

if (!customElements.get(OpenAIChatKit.tag)) {
  customElements.define(OpenAIChatKit.tag, OpenAIChatKit);
  void OpenAIChatKit.preload();
}
dispatchEvent(new Event('chatkit-script-loaded'));
