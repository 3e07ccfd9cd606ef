/**
 * Tells what came over the wire apart. A guard looks at what its callers rely on and no further: unknown fields pass,
 * unknown types do not. Fields with a default are always sent (protocol.md W-5), but not every server is ours: the ones
 * that every chat relies on are filled in.
 */
import type { Page, Thread, ThreadItem, ThreadItemUpdate, ThreadStreamEvent } from './generated';

type Fields = Record<string, unknown>;
type Check = (value: unknown, fields: Fields, name: string) => boolean;
/** What is looked at of each type: fields, and what they must be. */
type Checks = Record<string, Check>;

/** A JSON object, not null and not an array. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isString: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isList: Check = (value) => Array.isArray(value);
const isListOrNone: Check = (_, fields, name) => isList((fields[name] ??= []), fields, name);
const isPart = (value: unknown): boolean =>
  isRecord(value) && typeof (value['text'] ??= '') === 'string' && isListOrNone(0, value, 'annotations');
const hasParts: Check = (value) => Array.isArray(value) && value.every(isPart);
const hasTasks: Check = (value) => isRecord(value) && Array.isArray(value['tasks']);

// Typed by the unions: a type added in Python does not compile here until it has its line.
const ITEMS: Record<ThreadItem['type'], Checks> = {
  user_message: { content: isList, attachments: isListOrNone },
  assistant_message: { content: hasParts },
  client_tool_call: { call_id: isString, name: isString },
  widget: { widget: isRecord },
  generated_image: {},
  structured_input: { inputs: isList },
  task: { task: isRecord },
  workflow: { workflow: hasTasks },
  end_of_turn: {},
  hidden_context_item: {},
  sdk_hidden_context: {},
};

const UPDATES: Record<ThreadItemUpdate['type'], Checks> = {
  'assistant_message.content_part.added': { content_index: isNumber, content: isPart },
  'assistant_message.content_part.text_delta': { content_index: isNumber, delta: isString },
  'assistant_message.content_part.annotation_added': { content_index: isNumber, annotation: isRecord },
  'assistant_message.content_part.done': { content_index: isNumber, content: isPart },
  'widget.streaming_text.value_delta': { component_id: isString, delta: isString },
  'widget.root.updated': { widget: isRecord },
  'widget.component.updated': { component_id: isString, component: isRecord },
  'workflow.task.added': { task_index: isNumber, task: isRecord },
  'workflow.task.updated': { task_index: isNumber, task: isRecord },
  'generated_image.updated': { image: isRecord },
};

const EVENTS: Record<ThreadStreamEvent['type'], Checks> = {
  'thread.created': { thread: isThread },
  'thread.updated': { thread: isThread },
  'thread.item.added': { item: isThreadItem },
  'thread.item.updated': { item_id: isString, update: isThreadItemUpdate },
  'thread.item.done': { item: isThreadItem },
  'thread.item.removed': { item_id: isString },
  'thread.item.replaced': { item: isThreadItem },
  stream_options: { stream_options: isRecord },
  progress_update: { text: isString },
  client_effect: { name: isString },
  error: {},
  notice: { level: isString, message: isString },
};

function isOneOf(types: Record<string, Checks>, value: unknown): boolean {
  if (!isRecord(value) || typeof value['type'] !== 'string' || !Object.hasOwn(types, value['type']))
    return false;
  const checks = types[value['type']]!;
  for (const name in checks) if (!checks[name]!(value[name], value, name)) return false;
  return true;
}

export function isThreadItem(value: unknown): value is ThreadItem {
  return isOneOf(ITEMS, value) && typeof (value as Fields)['id'] === 'string';
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
    isRecord((value['status'] ??= { type: 'active' })) &&
    isRecord(value['items'])
  );
}
