"""(item, update) → item: what a reader's item becomes when an update arrives.

`packages/chatkit/src/state/fold.ts` is the same function in the other language; both replay
`protocol/conversations/` and must agree (protocol.md §4.1).
"""

from collections.abc import Callable
from typing import Any, cast

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    GeneratedImageItem,
    GeneratedImageUpdated,
    ThreadItem,
    ThreadItemUpdate,
    WidgetComponentUpdated,
    WidgetItem,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)


def fold(item: ThreadItem, update: ThreadItemUpdate) -> ThreadItem:
    """The item after the update. Neither argument is changed; an update for another kind of item does nothing.

    Args:
        item: The item as it was.
        update: A change to it.
    """
    match item, update:
        case AssistantMessageItem(), (
            AssistantMessageContentPartAdded()
            | AssistantMessageContentPartTextDelta()
            | AssistantMessageContentPartAnnotationAdded()
            | AssistantMessageContentPartDone()
        ):
            return _with_part(item, update)
        case WidgetItem(), WidgetRootUpdated():
            return item.model_copy(update={"widget": update.widget})
        case WidgetItem(), WidgetComponentUpdated():
            return _with_node(item, update.component_id, lambda _: update.component)
        case WidgetItem(), WidgetStreamingTextValueDelta():
            return _with_node(item, update.component_id, lambda node: _appended(node, update))
        case WorkflowItem(), WorkflowTaskAdded() | WorkflowTaskUpdated():
            tasks = list(item.workflow.tasks)
            if isinstance(update, WorkflowTaskAdded):
                tasks.insert(update.task_index, update.task)
            else:
                tasks[update.task_index : update.task_index + 1] = [update.task]
            return item.model_copy(update={"workflow": item.workflow.model_copy(update={"tasks": tasks})})
        case GeneratedImageItem(), GeneratedImageUpdated():
            return item.model_copy(update={"image": update.image})
        case _:
            return item


def _with_part(
    item: AssistantMessageItem,
    update: AssistantMessageContentPartAdded
    | AssistantMessageContentPartTextDelta
    | AssistantMessageContentPartAnnotationAdded
    | AssistantMessageContentPartDone,
) -> AssistantMessageItem:
    content = list(item.content)
    while len(content) <= update.content_index:
        content.append(AssistantMessageContent(text=""))
    part = content[update.content_index]
    match update:
        case AssistantMessageContentPartAdded():
            part = update.content
        case AssistantMessageContentPartTextDelta():
            part = part.model_copy(update={"text": part.text + update.delta})
        case AssistantMessageContentPartAnnotationAdded():
            annotations = list(part.annotations)
            annotations.insert(update.annotation_index, update.annotation)
            part = part.model_copy(update={"annotations": annotations})
        case AssistantMessageContentPartDone():
            # The agents bridge ends a part without its annotations; they must not vanish until the item is done.
            kept = update.content.annotations or part.annotations
            part = update.content.model_copy(update={"annotations": kept})
    content[update.content_index] = part
    return item.model_copy(update={"content": content})


def _appended(node: Any, update: WidgetStreamingTextValueDelta) -> Any:
    changes: dict[str, Any] = {"value": (getattr(node, "value", None) or "") + update.delta}
    if update.done:
        changes["streaming"] = False
    return node.model_copy(update=changes)


def _with_node(item: WidgetItem, id: str, change: Callable[[Any], Any]) -> WidgetItem:
    root = _changed(item.widget, id, change)
    return item if root is item.widget else item.model_copy(update={"widget": root})


def _changed(node: Any, id: str, change: Callable[[Any], Any]) -> Any:
    """The tree with the first node of this id changed; the very same object when there is none."""
    if getattr(node, "id", None) == id:
        return change(node)
    children: Any = getattr(node, "children", None)
    if children is None:
        return node
    if not isinstance(children, list):
        changed = _changed(children, id, change)
        return node if changed is children else node.model_copy(update={"children": changed})
    siblings = cast("list[Any]", children)
    for place, child in enumerate(siblings):
        changed = _changed(child, id, change)
        if changed is not child:
            return node.model_copy(update={"children": [*siblings[:place], changed, *siblings[place + 1 :]]})
    return node
