/** Registers the tag: `import '@openai/chatkit/define'`. */
import { OpenAIChatKit } from './index';

// Two bundles on one page, or a script loaded twice, must not throw: the first one stays.
if (typeof customElements !== 'undefined' && !customElements.get(OpenAIChatKit.tag)) {
  customElements.define(OpenAIChatKit.tag, OpenAIChatKit);
}
