"""Changes to a live workflow, each with the event that tells of it. What goes out is a copy: the live one goes on."""

from chatkit.clock import now
from chatkit.types import (
    DurationSummary,
    Task,
    ThreadItemAddedEvent,
    ThreadItemUpdatedEvent,
    WorkflowItem,
    WorkflowSummary,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)


def snapshot(item: WorkflowItem) -> WorkflowItem:
    """As it is now."""
    return item.model_copy(deep=True)


def is_shown_at_once(item: WorkflowItem) -> bool:
    """Reasoning appears when it begins; other work appears with its first task."""
    return item.workflow.type == "reasoning" or bool(item.workflow.tasks)


def add_task(item: WorkflowItem, task: Task) -> ThreadItemAddedEvent | ThreadItemUpdatedEvent:
    """One more task. The first one brings along a workflow that has not appeared yet."""
    shown = is_shown_at_once(item)
    item.workflow.tasks.append(task)
    if not shown:
        return ThreadItemAddedEvent(item=snapshot(item))
    update = WorkflowTaskAdded(task=task.model_copy(deep=True), task_index=len(item.workflow.tasks) - 1)
    return ThreadItemUpdatedEvent(item_id=item.id, update=update)


def replace_task(item: WorkflowItem, task: Task, index: int) -> ThreadItemUpdatedEvent:
    """Another state of a task."""
    item.workflow.tasks[index] = task
    update = WorkflowTaskUpdated(task=task.model_copy(deep=True), task_index=index)
    return ThreadItemUpdatedEvent(item_id=item.id, update=update)


def finish(
    item: WorkflowItem, summary: WorkflowSummary | None = None, expanded: bool = False
) -> WorkflowItem:
    """End it: with the summary given, else the one it has, else how many whole seconds it took."""
    workflow = item.workflow
    if summary is not None:
        workflow.summary = summary
    elif workflow.summary is None:
        began = item.created_at
        took = (now().astimezone(began.tzinfo) if began.tzinfo else now()) - began
        workflow.summary = DurationSummary(duration=max(0, int(took.total_seconds())))
    workflow.expanded = expanded
    return snapshot(item)
