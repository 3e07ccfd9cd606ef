/** The events of the element: names, details, and the one way to send them (element.md §5); the error of a page's own. */

import type { ThreadItem, UserMessageItem } from './protocol/generated';

/** What each event carries in `detail`. */
export type ChatKitEventDetails = {
  /** The interface is on screen, with valid options. */
  'chatkit.ready': undefined;
  /** Anything that failed: a request, a turn, a callback of the app, the options. */
  'chatkit.error': { error: Error };
  /** Diagnostics; names are ours and may change. */
  'chatkit.log': { name: string; data?: Record<string, unknown> };
  /** The server asked the page to do something. */
  'chatkit.effect': { name: string; data?: Record<string, unknown> };
  /** A `chatkit-link://` link was followed. */
  'chatkit.deeplink': { name: string; data?: Record<string, unknown> };
  'chatkit.response.start': undefined;
  /** The response is over, whichever way. */
  'chatkit.response.end': undefined;
  /** null is the new-thread view. */
  'chatkit.thread.change': { threadId: string | null };
  'chatkit.thread.load.start': { threadId: string };
  'chatkit.thread.load.end': { threadId: string };
  'chatkit.tool.change': { toolId: string | null };
  'chatkit.history.open': undefined;
  'chatkit.history.close': undefined;
  /** A floating chat has been opened. */
  'chatkit.open': undefined;
  'chatkit.close': undefined;
  /** The server has a message of the person. */
  'chatkit.message.sent': { item: UserMessageItem };
  /** Any other item is complete; told once. */
  'chatkit.item.done': { item: ThreadItem };
};

/** The events of the element by name, for `addEventListener`. */
export type ChatKitEvents = {
  [Name in keyof ChatKitEventDetails]: CustomEvent<ChatKitEventDetails[Name]>;
};

/** What listens to one of them. */
export type EventHandler<Name extends keyof ChatKitEvents> = (event: ChatKitEvents[Name]) => unknown;

/** Sends an event; the detail is left out where there is none. */
export type Emit = <Name extends keyof ChatKitEventDetails>(
  name: Name,
  ...detail: ChatKitEventDetails[Name] extends undefined ? [] : [ChatKitEventDetails[Name]]
) => void;

/** The page is at fault: an option, a callback or a call is not what the API asks for. */
export class IntegrationError extends TypeError {
  override name = 'IntegrationError';
}

/** Events do not bubble: a page listens on the element itself. */
export function emitterOf(target: EventTarget): Emit {
  return (name, ...detail) => {
    target.dispatchEvent(new CustomEvent(name, { detail: detail[0] }));
  };
}
