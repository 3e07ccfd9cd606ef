/**
 * Tells what came over the wire apart. A guard looks at what its callers rely on and no further: unknown fields pass,
 * unknown types do not.
 */
import type { ChatKitReq, Page, Thread, ThreadItem, ThreadItemUpdate, ThreadStreamEvent } from './generated';

type Fields = Record<string, unknown>;
type Check = (fields: Fields) => boolean;

/** A JSON object, not null and not an array. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const string =
  (name: string): Check =>
  (fields) =>
    typeof fields[name] === 'string';
const number =
  (name: string): Check =>
  (fields) =>
    typeof fields[name] === 'number';
const record =
  (name: string): Check =>
  (fields) =>
    isRecord(fields[name]);
const list =
  (name: string): Check =>
  (fields) =>
    Array.isArray(fields[name]);
const anything: Check = () => true;
const all =
  (...checks: Check[]): Check =>
  (fields) =>
    checks.every((check) => check(fields));

const item: Check = (fields) => isThreadItem(fields['item']);
const thread: Check = (fields) => isThread(fields['thread']);

// Typed by the unions: a type added in Python does not compile here until it has its line.
const ITEMS: Record<ThreadItem['type'], Check> = {
  user_message: list('content'),
  assistant_message: list('content'),
  client_tool_call: all(string('call_id'), string('name')),
  widget: record('widget'),
  generated_image: anything,
  structured_input: list('inputs'),
  task: record('task'),
  workflow: (fields) => isRecord(fields['workflow']) && Array.isArray(fields['workflow']['tasks']),
  end_of_turn: anything,
  hidden_context_item: anything,
  sdk_hidden_context: anything,
};

const UPDATES: Record<ThreadItemUpdate['type'], Check> = {
  'assistant_message.content_part.added': all(number('content_index'), record('content')),
  'assistant_message.content_part.text_delta': all(number('content_index'), string('delta')),
  'assistant_message.content_part.annotation_added': all(number('content_index'), record('annotation')),
  'assistant_message.content_part.done': all(number('content_index'), record('content')),
  'widget.streaming_text.value_delta': all(string('component_id'), string('delta')),
  'widget.root.updated': record('widget'),
  'widget.component.updated': all(string('component_id'), record('component')),
  'workflow.task.added': all(number('task_index'), record('task')),
  'workflow.task.updated': all(number('task_index'), record('task')),
  'generated_image.updated': record('image'),
};

const EVENTS: Record<ThreadStreamEvent['type'], Check> = {
  'thread.created': thread,
  'thread.updated': thread,
  'thread.item.added': item,
  'thread.item.updated': all(string('item_id'), (fields) => isThreadItemUpdate(fields['update'])),
  'thread.item.done': item,
  'thread.item.removed': string('item_id'),
  'thread.item.replaced': item,
  stream_options: record('stream_options'),
  progress_update: string('text'),
  client_effect: string('name'),
  error: anything,
  notice: all(string('level'), string('message')),
};

const STREAMING: Record<ChatKitReq['type'], boolean> = {
  'threads.create': true,
  'threads.add_user_message': true,
  'threads.add_client_tool_output': true,
  'threads.add_structured_input': true,
  'threads.retry_after_item': true,
  'threads.custom_action': true,
  'threads.attach': true,
  'threads.watch': true,
  'threads.get_by_id': false,
  'threads.list': false,
  'threads.sync_custom_action': false,
  'threads.update': false,
  'threads.delete': false,
  'items.list': false,
  'items.feedback': false,
  'attachments.create': false,
  'attachments.delete': false,
  'input.transcribe': false,
  'threads.cancel': false,
};

function isOneOf(checks: Record<string, Check>, value: unknown): boolean {
  if (!isRecord(value) || typeof value['type'] !== 'string') return false;
  return Object.hasOwn(checks, value['type']) && checks[value['type']]!(value);
}

export function isThreadItem(value: unknown): value is ThreadItem {
  return isOneOf(ITEMS, value) && isRecord(value) && typeof value['id'] === 'string';
}

export function isThreadItemUpdate(value: unknown): value is ThreadItemUpdate {
  return isOneOf(UPDATES, value);
}

/** False for events of a newer server, which a client skips (protocol.md §1.2). */
export function isThreadStreamEvent(value: unknown): value is ThreadStreamEvent {
  return isOneOf(EVENTS, value);
}

/** A page whose elements all pass `isElement`. */
export function isPage<T>(value: unknown, isElement: (element: unknown) => element is T): value is Page<T> {
  return isRecord(value) && Array.isArray(value['data']) && value['data'].every(isElement);
}

/** A thread; its items are not looked at, since a newer server may send kinds we do not know. */
export function isThread(value: unknown): value is Thread {
  return (
    isRecord(value) &&
    typeof value['id'] === 'string' &&
    isRecord(value['status']) &&
    isRecord(value['items'])
  );
}

/** Whether an operation is answered with events. */
export function isStreaming(request: ChatKitReq): boolean {
  return STREAMING[request.type];
}
