/** A message of the person: as it is sent, and as it stands in the thread until the server has it. */
import type { UserMessageContent, UserMessageInput, UserMessageItem } from '../protocol/generated';
import type { Draft } from './chat';

let serial = 0;

export function messageInput(draft: Draft): UserMessageInput {
  return {
    content: draft.content as UserMessageContent[],
    attachments: (draft.attachments ?? []).map(({ id }) => id),
    quoted_text: draft.quotedText ?? null,
    inference_options: {
      ...(draft.toolChoice != null && { tool_choice: { id: draft.toolChoice } }),
      ...(draft.model != null && { model: draft.model }),
    },
  };
}

export function pendingMessage(
  threadId: string | null,
  input: UserMessageInput,
  { attachments = [] }: Draft,
): UserMessageItem {
  return {
    type: 'user_message',
    id: `pending-${String(++serial)}`,
    thread_id: threadId ?? '',
    created_at: new Date().toISOString(),
    content: input.content,
    attachments: [...attachments],
    inference_options: input.inference_options,
    ...(input.quoted_text != null && { quoted_text: input.quoted_text }),
  };
}
