/** `@openai/chatkit`: the element's class and the public types. Importing it changes nothing; `./define` registers the tag. */
import { ChatKitElement } from './element';

/** The chat as a custom element. Its interface is loaded when the first one is connected. */
export class OpenAIChatKit extends ChatKitElement {
  static override load = () => import('./ui');
}

export type * from './options';
export type { Attachment, ToolChoice } from './protocol/generated';
export type { ChatKitEventDetails, ChatKitEvents, EventHandler } from './events';
export type { ChatKitSnapshot, ChatKitStore, SendUserMessageParams, SetComposerValueParams } from './element';

declare global {
  interface HTMLElementTagNameMap {
    'openai-chatkit': OpenAIChatKit;
  }
}
