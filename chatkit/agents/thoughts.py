"""Summaries of a model's reasoning as the thoughts of a workflow."""

from typing import Any

from chatkit.agents.workflows import add_task, replace_task
from chatkit.types import Task, ThoughtTask, ThreadItemAddedEvent, ThreadItemUpdatedEvent, WorkflowItem

Events = list[ThreadItemAddedEvent | ThreadItemUpdatedEvent]


class Thoughts:
    """The first thought of a reasoning workflow streams; others, and those in a custom one, come whole (A-4).

    Chat Completions never says that a summary is complete: it is when the reasoning is, or when an answer begins.
    """

    def __init__(self) -> None:
        self._streaming: tuple[Any, Any] | None = None
        self._shown: ThoughtTask | None = None
        """What streams, as the workflow holds it: an app may have put another task in its place meanwhile."""
        self._unsaid: dict[tuple[Any, Any], str] = {}

    def grows(self, workflow: WorkflowItem | None, event: Any) -> Events:
        """A delta of a summary."""
        if workflow is None:
            return []
        place, tasks = (event.item_id, event.summary_index), workflow.workflow.tasks
        if not tasks and workflow.workflow.type == "reasoning":
            self._streaming, self._shown = place, ThoughtTask(content=event.delta)
            return [add_task(workflow, self._shown)]
        index = self._index(place, tasks)
        if index is None or self._shown is None:
            self._unsaid[place] = self._unsaid.get(place, "") + event.delta
            return []
        self._shown = self._shown.model_copy(update={"content": self._shown.content + event.delta})
        return [replace_task(workflow, self._shown, index)]

    def done(self, workflow: WorkflowItem | None, event: Any) -> Events:
        """A summary is complete."""
        if workflow is None:
            return []
        place, tasks = (event.item_id, event.summary_index), workflow.workflow.tasks
        self._unsaid.pop(place, None)
        index = self._index(place, tasks)
        if index is None or self._shown is None:
            return [add_task(workflow, ThoughtTask(content=event.text))]
        whole = self._shown.model_copy(update={"content": event.text})
        self._streaming = self._shown = None
        return [replace_task(workflow, whole, index)]

    def over(self, workflow: WorkflowItem | None) -> Events:
        """The reasoning is complete: thoughts that nobody has called done are."""
        self._streaming = self._shown = None
        unsaid, self._unsaid = self._unsaid, {}
        if workflow is None:
            return []
        return [add_task(workflow, ThoughtTask(content=text)) for text in unsaid.values()]

    def _index(self, place: tuple[Any, Any], tasks: list[Task]) -> int | None:
        """Where the thought of this place streams, if it does."""
        if self._streaming != place:
            return None
        return next((index for index, task in enumerate(tasks) if task is self._shown), None)
