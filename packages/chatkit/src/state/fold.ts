/** How one update changes one item: the same function as chatkit/turns/fold.py, in the other language (protocol.md §4.1). */
import type {
  AssistantMessageContent,
  AssistantMessageItem,
  ThreadItem,
  ThreadItemUpdate,
  ThreadStreamEvent,
} from '../protocol/generated';
import type * as Others from './foldOthers';

/** What knows pictures, workflows and widgets, once it has been fetched. */
let others: typeof Others | null = null;

/** Whether something would be lost of an event without what is fetched for it. */
export function needsOthers(event: ThreadStreamEvent): boolean {
  return (
    !others && event.type === 'thread.item.updated' && !event.update.type.startsWith('assistant_message.')
  );
}

export async function fetchOthers(): Promise<void> {
  others = await import('./foldOthers');
}

/** A new item with the update in it; the same one where the update does not apply to its kind. Changes nothing in place. */
export function fold(item: ThreadItem, update: ThreadItemUpdate): ThreadItem {
  return item.type === 'assistant_message'
    ? foldMessage(item, update)
    : (others?.foldOther(item, update) ?? item);
}

const emptyPart: AssistantMessageContent = { type: 'output_text', text: '', annotations: [] };

function foldMessage(item: AssistantMessageItem, update: ThreadItemUpdate): ThreadItem {
  if (!('content_index' in update)) return item;
  const index = update.content_index;
  const content = item.content.slice();
  while (content.length <= index) content.push(emptyPart);
  const part = content[index] ?? emptyPart;
  switch (update.type) {
    case 'assistant_message.content_part.added':
      content[index] = update.content;
      break;
    case 'assistant_message.content_part.text_delta':
      content[index] = { ...part, text: part.text + update.delta };
      break;
    case 'assistant_message.content_part.annotation_added': {
      // Past the end, splice appends.
      const annotations = part.annotations.slice();
      annotations.splice(update.annotation_index, 0, update.annotation);
      content[index] = { ...part, annotations };
      break;
    }
    case 'assistant_message.content_part.done': {
      // The agents bridge sends an empty list here and the full one with the item: what is on screen stays.
      const { annotations } = update.content;
      content[index] = {
        ...update.content,
        annotations: annotations.length ? annotations : part.annotations,
      };
      break;
    }
  }
  return { ...item, content };
}
