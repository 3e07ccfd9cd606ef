"""What tools get to see of a turn: the thread, the store, and a way to stream (python-sdk.md §8.2)."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any, Generic

from pydantic import BaseModel, ConfigDict, PrivateAttr, SkipValidation

from chatkit.agents.merge import EventQueue
from chatkit.agents.workflows import add_task, finish, is_shown_at_once, replace_task, snapshot
from chatkit.clock import now
from chatkit.store.base import Store, TContext
from chatkit.store.ids import StoreItemType
from chatkit.turns.widget_stream import stream_widget
from chatkit.types import (
    GeneratedImageItem,
    Task,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    Workflow,
    WorkflowItem,
    WorkflowSummary,
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
    _calls: list[ClientToolCall] = PrivateAttr(default_factory=list[ClientToolCall])
    """All that `client_tool_call` was set to, in order."""
    _unseen: set[str] = PrivateAttr(default_factory=set[str])
    """Workflows that have begun and whose appearance has not been passed on yet."""

    def model_post_init(self, context: Any, /) -> None:
        if self.client_tool_call is not None:
            self._calls.append(self.client_tool_call)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "client_tool_call":  # each adds one; reading gives the newest, None takes all back
            if value is None:
                self._calls.clear()
            else:
                self._calls.append(value)

    @property
    def client_tool_calls(self) -> list[ClientToolCall]:
        """The calls that the page is to answer: every one that `client_tool_call` was set to."""
        return list(self._calls)

    def generate_id(self, type: StoreItemType, thread: ThreadMetadata | None = None) -> str:
        """A new id from the store."""
        if type == "thread":
            return self.store.generate_thread_id(self.request_context)
        return self.store.generate_item_id(type, thread or self.thread, self.request_context)

    async def stream(self, event: ThreadStreamEvent) -> None:
        """Send an event; `stream_agent_response` passes it on in order of arrival.

        A workflow that is added this way becomes the open one.
        """
        if isinstance(event, ThreadItemAddedEvent) and isinstance(event.item, WorkflowItem):
            if self.workflow_item is None or self.workflow_item.id != event.item.id:
                await self._begin(event.item)
                event = ThreadItemAddedEvent(item=snapshot(event.item))
        elif (
            isinstance(event, ThreadItemDoneEvent)
            and self.workflow_item is not None
            and self.workflow_item.id == event.item.id
        ):
            self.workflow_item = None
        self._events.put(event)

    async def stream_widget(
        self, widget: WidgetRoot | AsyncGenerator[WidgetRoot, None], copy_text: str | None = None
    ) -> None:
        """Send a widget, or its states over time."""
        async for event in stream_widget(self.thread, widget, copy_text, self.generate_id):
            await self.stream(event)

    async def start_workflow(self, workflow: Workflow) -> None:
        """Begin a workflow, ending the one before it. One that is not reasoning appears with its first task."""
        id = self.generate_id("workflow")
        item = WorkflowItem(id=id, created_at=now(), workflow=workflow, thread_id=self.thread.id)
        await self._begin(item)
        if is_shown_at_once(item):
            await self.stream(ThreadItemAddedEvent(item=snapshot(item)))

    async def add_workflow_task(self, task: Task) -> None:
        """Add a task, beginning a custom workflow if there is none."""
        if self.workflow_item is None:
            await self.start_workflow(Workflow(type="custom", tasks=[]))
        assert self.workflow_item is not None
        await self.stream(add_task(self.workflow_item, task))

    async def update_workflow_task(self, task: Task, task_index: int) -> None:
        """Replace a task.

        Raises:
            ValueError: If no workflow is open.
        """
        if self.workflow_item is None:
            raise ValueError("no workflow is open: call start_workflow() or add_workflow_task() first")
        await self.stream(replace_task(self.workflow_item, task, task_index))

    async def end_workflow(self, summary: WorkflowSummary | None = None, expanded: bool = False) -> None:
        """End the open workflow, if there is one.

        Args:
            summary: What is shown of it; how long it took if nothing was said.
            expanded: Whether it stays unfolded.
        """
        item = self.workflow_item
        if item is None:
            return
        self.workflow_item = None
        await self.stream(ThreadItemDoneEvent(item=finish(item, summary, expanded)))

    async def _begin(self, item: WorkflowItem) -> None:
        before = self.workflow_item
        if before is not None and (is_shown_at_once(before) or before.id not in self._unseen):
            await self.end_workflow()
        self.workflow_item = item
        self._unseen.add(item.id)
