/** How one update changes one item: the same function as chatkit/turns/fold.py, in the other language (protocol.md §4.1). */
import type {
  AssistantMessageContent,
  AssistantMessageItem,
  ThreadItem,
  ThreadItemUpdate,
  WidgetItem,
  WorkflowItem,
} from '../protocol/generated';

// Not part of the item, so it is not stored either.
const progress = new WeakMap<ThreadItem, number>();

/** How far a picture is that is being made, from 0 to 1; null if nobody has said. */
export function progressOf(item: ThreadItem): number | null {
  return progress.get(item) ?? null;
}

/** A new item with the update in it; the same one where the update does not apply to its kind. Changes nothing in place. */
export function fold(item: ThreadItem, update: ThreadItemUpdate): ThreadItem {
  switch (item.type) {
    case 'assistant_message':
      return foldMessage(item, update);
    case 'widget':
      return foldWidget(item, update);
    case 'workflow':
      return foldWorkflow(item, update);
    case 'generated_image': {
      if (update.type !== 'generated_image.updated') return item;
      const next = { ...item, image: update.image };
      if (update.progress != null) progress.set(next, update.progress);
      return next;
    }
    default:
      return item;
  }
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

type Node = { readonly id?: unknown; readonly children?: unknown; readonly [prop: string]: unknown };

function foldWidget(item: WidgetItem, update: ThreadItemUpdate): ThreadItem {
  const widget = item.widget as unknown as Node;
  let changed: Node;
  switch (update.type) {
    case 'widget.root.updated':
      return { ...item, widget: update.widget };
    case 'widget.component.updated':
      changed = replaceNode(widget, update.component_id, () => update.component as unknown as Node);
      break;
    case 'widget.streaming_text.value_delta':
      changed = replaceNode(widget, update.component_id, (node) => ({
        ...node,
        value: (typeof node['value'] === 'string' ? node['value'] : '') + update.delta,
        ...(update.done && { streaming: false }),
      }));
      break;
    default:
      return item;
  }
  return changed === widget ? item : { ...item, widget: changed as unknown as WidgetItem['widget'] };
}

/** The tree with one node exchanged; the same tree where no node has the id. */
function replaceNode(node: Node, id: string, change: (node: Node) => Node): Node {
  if (node.id === id) return change(node);
  const { children } = node;
  if (typeof children !== 'object' || children === null) return node;
  if (!Array.isArray(children)) {
    const child = replaceNode(children as Node, id, change);
    return child === children ? node : { ...node, children: child };
  }
  for (const [index, child] of (children as Node[]).entries()) {
    const changed = replaceNode(child, id, change);
    if (changed === child) continue;
    const next = (children as Node[]).slice();
    next[index] = changed;
    return { ...node, children: next };
  }
  return node;
}

function foldWorkflow(item: WorkflowItem, update: ThreadItemUpdate): ThreadItem {
  if (update.type !== 'workflow.task.added' && update.type !== 'workflow.task.updated') return item;
  const tasks = item.workflow.tasks.slice();
  // Past the end, both append.
  tasks.splice(update.task_index, update.type === 'workflow.task.added' ? 0 : 1, update.task);
  return { ...item, workflow: { ...item.workflow, tasks } };
}
