/** What only some pages ask for: calls of the element's methods, a link to something of theirs. Fetched with the first of them. */
import type { ReadonlySignal } from '@preact/signals-core';
import type { Calls, SendUserMessageParams } from './element';
import { IntegrationError, type Emit } from './events';
import type { ChatKitOptions } from './options';
import type { Action, UserMessageContent } from './protocol/generated';
import type { ChatCommands } from './state/chat';
import type { RunningChat } from './state/commands';
import type { Frame } from './views/frame/frame';
import { isWritten } from './state/composerValue';
import { asSent } from './state/desk';

/** The methods of the element, but those that cannot wait (ui.ts). */
export function callsOf(
  chat: RunningChat,
  options: ReadonlySignal<ChatKitOptions>,
  frame: () => Promise<Frame>,
): Omit<Calls, 'focusComposer' | 'stop'> {
  const { commands } = chat;
  return {
    async setThreadId(threadId: unknown) {
      if (threadId !== null && typeof threadId !== 'string')
        throw new IntegrationError('setThreadId: expected an id or null.');
      await commands.openThread(threadId);
    },
    sendUserMessage: (message) => send(message, commands),
    async setComposerValue(value) {
      await chat.composer?.setValue(value);
    },
    sendCustomAction: (action, itemId) => sendAction(action, itemId, chat),
    fetchUpdates: () => chat.refresh(),
    async showHistory() {
      if (options.peek().history?.enabled === false)
        throw new IntegrationError('showHistory: the history is disabled.');
      await commands.openHistory();
    },
    async hideHistory() {
      commands.closeHistory();
    },
    show: async (open) => (await frame()).show(open),
  };
}

/** Sends a message of the page's as the person's. Resolves when the server has accepted it. */
async function send(message: SendUserMessageParams, commands: ChatCommands): Promise<void> {
  checkMessage(message);
  const content = contentOf(message);
  if (message.newThread) await commands.openThread(null);
  await commands.send({
    content,
    attachments: message.attachments ?? [],
    ...(message.reply !== undefined && { quotedText: message.reply }),
    ...(message.toolChoice && { toolChoice: message.toolChoice.id }),
    ...(message.model !== undefined && { model: message.model }),
  });
}

/** Sends an action of the page's own. Resolves when it has been answered. */
async function sendAction(action: unknown, itemId: unknown, chat: RunningChat): Promise<void> {
  const { type, payload = null } = (action ?? {}) as Partial<Action>;
  if (typeof type !== 'string')
    throw new IntegrationError('sendCustomAction: expected an action, which has a type.');
  if (itemId != null && typeof itemId !== 'string')
    throw new IntegrationError('sendCustomAction: the id of the item is not a string.');
  await chat.sendAction({ type, payload }, itemId ?? null);
}

function contentOf({ text, content, attachments }: SendUserMessageParams): UserMessageContent[] {
  const broken = attachments?.findIndex((one: { id?: unknown } | null) => typeof one?.id !== 'string') ?? -1;
  if (broken !== -1) {
    throw new IntegrationError(
      `sendUserMessage: attachments[${String(broken)}] has no id; upload the file first.`,
    );
  }
  const odd = content?.findIndex((part) => !isWritten(part)) ?? -1;
  if (odd !== -1)
    throw new IntegrationError(`sendUserMessage: content[${String(odd)}] is neither text nor a tag.`);
  const parts = content?.map(asSent) ?? (text ? [{ type: 'input_text' as const, text }] : []);
  if (!parts.length && !attachments?.length)
    throw new IntegrationError('sendUserMessage: there is nothing to send.');
  return parts;
}

/** Pages are mostly not type-checked. */
function checkMessage(message: unknown): asserts message is SendUserMessageParams {
  const fields = message as Record<string, unknown> | null | undefined;
  if (typeof fields !== 'object' || fields === null)
    throw new IntegrationError('sendUserMessage: expected an object.');
  for (const key of ['text', 'reply', 'model']) {
    if (fields[key] !== undefined && typeof fields[key] !== 'string')
      throw new IntegrationError(`sendUserMessage: ${key} is not a string.`);
  }
  for (const key of ['content', 'attachments']) {
    if (fields[key] !== undefined && !Array.isArray(fields[key]))
      throw new IntegrationError(`sendUserMessage: ${key} is not an array.`);
  }
  const tool = fields['toolChoice'] as { id?: unknown } | null | undefined;
  if (tool != null && typeof tool.id !== 'string')
    throw new IntegrationError('sendUserMessage: toolChoice has no id.');
}

/** `chatkit-link://open-order?id=7` is for the page, by name and data. */
export function followDeepLink(href: string, emit: Emit): void {
  const url = new URL(href);
  // Older engines know no host in a scheme that is not theirs.
  const name = (url.host + url.pathname).replace(/^\/+|\/+$/g, '');
  emit('chatkit.deeplink', { name: decoded(name), data: Object.fromEntries(url.searchParams) });
}

/** What stands for characters that an address cannot hold, as these; as it is where it stands for none. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
