"""What tools get to see of a turn: the thread, the store, and a way to stream (python-sdk.md §8.2)."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any, Generic

from pydantic import BaseModel, ConfigDict, PrivateAttr, SkipValidation

from chatkit.agents.merge import EventQueue
from chatkit.clock import now
from chatkit.store.base import Store, TContext
from chatkit.store.ids import StoreItemType
from chatkit.turns.widget_stream import stream_widget
from chatkit.types import (
    CustomSummary,
    DurationSummary,
    GeneratedImageItem,
    Task,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    Workflow,
    WorkflowItem,
    WorkflowSummary,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import WidgetRoot


class ClientToolCall(BaseModel):
    """A tool that the page runs: set it on the context, and stop the run at the tool."""

    name: str
    arguments: dict[str, Any]


class AgentContext(BaseModel, Generic[TContext]):
    """The context of a run of the Agents SDK that answers in ChatKit.

    Pass it as `context=` to `Runner.run_streamed`; tools find it as `ctx.context`. Subclass it to add fields.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    thread: ThreadMetadata
    """The live thread: what a tool changes in it is saved and sent."""
    store: Annotated[Store[TContext], SkipValidation]
    request_context: TContext
    previous_response_id: str | None = None
    client_tool_call: ClientToolCall | None = None
    workflow_item: WorkflowItem | None = None
    generated_image_item: GeneratedImageItem | None = None

    _events: EventQueue[ThreadStreamEvent] = PrivateAttr(default_factory=EventQueue[ThreadStreamEvent])

    def generate_id(self, type: StoreItemType, thread: ThreadMetadata | None = None) -> str:
        """A new id from the store."""
        if type == "thread":
            return self.store.generate_thread_id(self.request_context)
        return self.store.generate_item_id(type, thread or self.thread, self.request_context)

    async def stream(self, event: ThreadStreamEvent) -> None:
        """Send an event; `stream_agent_response` passes it on in order of arrival."""
        self._events.put(event)

    async def stream_widget(
        self, widget: WidgetRoot | AsyncGenerator[WidgetRoot, None], copy_text: str | None = None
    ) -> None:
        """Send a widget, or its states over time."""
        async for event in stream_widget(self.thread, widget, copy_text, self.generate_id):
            await self.stream(event)

    async def start_workflow(self, workflow: Workflow) -> None:
        """Begin a workflow. One that is not reasoning appears with its first task."""
        self.workflow_item = WorkflowItem(
            id=self.generate_id("workflow"), created_at=now(), workflow=workflow, thread_id=self.thread.id
        )
        if workflow.type == "reasoning" or workflow.tasks:
            await self.stream(ThreadItemAddedEvent(item=_snapshot(self.workflow_item)))

    async def add_workflow_task(self, task: Task) -> None:
        """Add a task, beginning a custom workflow if there is none."""
        if self.workflow_item is None:
            await self.start_workflow(Workflow(type="custom", tasks=[]))
        item = self.workflow_item
        assert item is not None
        tasks = item.workflow.tasks
        tasks.append(task)
        if item.workflow.type != "reasoning" and len(tasks) == 1:
            await self.stream(ThreadItemAddedEvent(item=_snapshot(item)))
            return
        added = WorkflowTaskAdded(task=task.model_copy(deep=True), task_index=len(tasks) - 1)
        await self.stream(ThreadItemUpdatedEvent(item_id=item.id, update=added))

    async def update_workflow_task(self, task: Task, task_index: int) -> None:
        """Replace a task.

        Raises:
            ValueError: If no workflow is open.
        """
        if self.workflow_item is None:
            raise ValueError("no workflow is open: call start_workflow() or add_workflow_task() first")
        self.workflow_item.workflow.tasks[task_index] = task
        update = WorkflowTaskUpdated(task=task.model_copy(deep=True), task_index=task_index)
        await self.stream(ThreadItemUpdatedEvent(item_id=self.workflow_item.id, update=update))

    async def end_workflow(self, summary: WorkflowSummary | None = None, expanded: bool = False) -> None:
        """End the open workflow, if there is one.

        Args:
            summary: What is shown of it; how long it took if nothing was said.
            expanded: Whether it stays unfolded.
        """
        item = self.workflow_item
        if item is None:
            return
        ended = finished(item, summary, expanded)
        self.workflow_item = None
        await self.stream(ThreadItemDoneEvent(item=ended))


def _snapshot(item: WorkflowItem) -> WorkflowItem:
    """As it is now: the live one goes on changing while the event waits in the queue."""
    return item.model_copy(deep=True)


def finished(
    item: WorkflowItem, summary: CustomSummary | DurationSummary | None = None, expanded: bool = False
) -> WorkflowItem:
    """The workflow as it ends: with its summary, or how many whole seconds it took."""
    ended = _snapshot(item)
    if summary is not None:
        ended.workflow.summary = summary
    elif ended.workflow.summary is None:
        began = item.created_at
        seconds = (now().astimezone(began.tzinfo) if began.tzinfo else now()) - began
        ended.workflow.summary = DurationSummary(duration=max(0, int(seconds.total_seconds())))
    ended.workflow.expanded = expanded
    item.workflow.summary, item.workflow.expanded = ended.workflow.summary, expanded
    return ended
