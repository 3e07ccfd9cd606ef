/** How an update changes an item that is no message: a picture, a workflow, a widget. Fetched with the first of them. */
import type { ThreadItem, ThreadItemUpdate, WidgetItem, WorkflowItem } from '../protocol/generated';

// Not part of the item, so it is not stored either.
const progress = new WeakMap<ThreadItem, number>();

/** How far a picture is that is being made, from 0 to 1; null if nobody has said. */
export function progressOf(item: ThreadItem): number | null {
  return progress.get(item) ?? null;
}

/** As `fold` (fold.ts), for what is no message. */
export function foldOther(item: ThreadItem, update: ThreadItemUpdate): ThreadItem {
  switch (item.type) {
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
