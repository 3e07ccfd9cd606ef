"""Summaries of a model's reasoning as the thoughts of a reasoning workflow."""

from typing import Any

from chatkit.types import (
    ThoughtTask,
    ThreadItemUpdatedEvent,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)


class Thoughts:
    """The first thought of a workflow streams; later ones come whole (A-4).

    Chat Completions never says that a summary is complete: it is when the reasoning is, or when an answer begins.
    """

    def __init__(self) -> None:
        self._streaming: tuple[Any, Any] | None = None
        self._unsaid: dict[tuple[Any, Any], str] = {}

    def grows(self, workflow: WorkflowItem | None, event: Any) -> list[ThreadItemUpdatedEvent]:
        """A delta of a summary."""
        if workflow is None or workflow.workflow.type != "reasoning":
            return []
        place, tasks = (event.item_id, event.summary_index), workflow.workflow.tasks
        if not tasks:
            self._streaming = place
            tasks.append(ThoughtTask(content=event.delta))
            added = WorkflowTaskAdded(task=tasks[0].model_copy(), task_index=0)
            return [ThreadItemUpdatedEvent(item_id=workflow.id, update=added)]
        first = tasks[0]
        if self._streaming != place or not isinstance(first, ThoughtTask):
            self._unsaid[place] = self._unsaid.get(place, "") + event.delta
            return []
        tasks[0] = ThoughtTask(content=first.content + event.delta, title=first.title)
        updated = WorkflowTaskUpdated(task=tasks[0].model_copy(), task_index=0)
        return [ThreadItemUpdatedEvent(item_id=workflow.id, update=updated)]

    def done(self, workflow: WorkflowItem | None, event: Any) -> list[ThreadItemUpdatedEvent]:
        """A summary is complete."""
        if workflow is None or workflow.workflow.type != "reasoning":
            return []
        self._unsaid.pop((event.item_id, event.summary_index), None)
        tasks, task = workflow.workflow.tasks, ThoughtTask(content=event.text)
        if tasks and self._streaming == (event.item_id, event.summary_index):
            self._streaming = None
            tasks[0] = task
            update = WorkflowTaskUpdated(task=task.model_copy(), task_index=0)
        else:
            tasks.append(task)
            update = WorkflowTaskAdded(task=task.model_copy(), task_index=len(tasks) - 1)
        return [ThreadItemUpdatedEvent(item_id=workflow.id, update=update)]

    def over(self, workflow: WorkflowItem | None) -> list[ThreadItemUpdatedEvent]:
        """The reasoning is complete: thoughts that nobody has called done are."""
        self._streaming = None
        unsaid, self._unsaid = self._unsaid, {}
        if workflow is None or workflow.workflow.type != "reasoning":
            return []
        tasks, updates = workflow.workflow.tasks, list[ThreadItemUpdatedEvent]()
        for text in unsaid.values():
            tasks.append(ThoughtTask(content=text))
            update = WorkflowTaskAdded(task=ThoughtTask(content=text), task_index=len(tasks) - 1)
            updates.append(ThreadItemUpdatedEvent(item_id=workflow.id, update=update))
        return updates
