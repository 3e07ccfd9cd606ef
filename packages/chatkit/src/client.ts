/** `@openai/chatkit/client`: a chat without an interface, for those who draw their own. Needs no DOM; runs in Node, too. */
import type { ChatKitEventDetails, Emit } from './events';
import type { ClientToolHandler, CustomApiConfig } from './options';
import { createChat, type RunningChat } from './state/commands';
import { Client } from './transport/client';

/** What a chat without an element needs. */
export type HeadlessOptions = {
  /** `url` must be absolute where there is no page for it to be relative to. */
  api: Pick<CustomApiConfig, 'url' | 'fetch'>;
  /** Sent with every request, as one tag. Default "en". */
  locale?: string;
  onClientTool?: ClientToolHandler;
  /** The events of the element, by the same names. */
  onEvent?: <Name extends keyof ChatKitEventDetails>(name: Name, detail: ChatKitEventDetails[Name]) => void;
};

/** Starts a chat in the new-thread view. Its state is signals; its commands reject with errors for developers. */
export function createHeadlessChat({
  api,
  locale = 'en',
  onClientTool,
  onEvent,
}: HeadlessOptions): RunningChat {
  const emit: Emit = (name, ...[detail]) => {
    onEvent?.(name, detail as ChatKitEventDetails[typeof name]);
  };
  const client = new Client({
    endpoint: () => api,
    locale: () => locale,
    log: (name, data) => {
      emit('chatkit.log', { name, data });
    },
  });
  return createChat({ client, emit, clientTool: () => onClientTool });
}

export type { RunningChat };
export type * from './state/chat';
export * from './transport/errors';
