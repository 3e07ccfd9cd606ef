"""A run of the Agents SDK as events of a turn (python-sdk.md §8.4)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from agents import InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered, RunResultStreaming

from chatkit.agents.context import AgentContext, finished
from chatkit.agents.merge import Sourced, merge
from chatkit.agents.outputs import ResponseStreamConverter, to_annotation, to_content
from chatkit.agents.shape import kind, read
from chatkit.clock import now
from chatkit.logger import logger
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ClientToolCallItem,
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    HiddenContextItem,
    SDKHiddenContextItem,
    ThoughtTask,
    ThreadItemAddedEvent,
    ThreadItemBase,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

FAKE_IDS = ("__fake_id__", "")
"""Ids that the SDK gives to everything when the provider gives none: never to be stored (P9)."""

BESIDE_A_WORKFLOW = (ClientToolCallItem, HiddenContextItem, SDKHiddenContextItem)
"""Items that do not end an open workflow, since nobody sees them."""


class _Run:
    """What has to be remembered from one event of a run to the next."""

    def __init__(self, context: AgentContext[Any], converter: ResponseStreamConverter) -> None:
        self.context = context
        self.converter = converter
        self.produced: dict[str, None] = {}
        self.ids: dict[str, str] = {}
        self.annotations: dict[tuple[str, int], int] = {}
        self.images: dict[str, GeneratedImageItem] = {}
        self.announced: set[str] = set()
        self.thought: tuple[Any, Any] | None = None
        self.call: tuple[str | None, str | None] = (None, None)

    # --- ids

    async def own_id(self, provider_id: str | None) -> str:
        """The provider's id if it can serve as ours; else a new one, under which the item is known from now on."""
        chosen = provider_id or ""
        if chosen in FAKE_IDS or chosen in self.produced or await self._is_stored(chosen):
            chosen = self.context.generate_id("message")
        self.ids[provider_id or ""] = chosen
        self.produced[chosen] = None
        return chosen

    async def _is_stored(self, id: str) -> bool:
        context = self.context
        try:
            found: Any = await context.store.load_item(context.thread.id, id, context.request_context)
        except Exception:  # stores of apps say "not there" in many ways
            return False
        return isinstance(found, ThreadItemBase)

    def known(self, provider_id: str | None) -> str:
        return self.ids.get(provider_id or "", provider_id or "")

    # --- workflows

    async def adopt_workflow(self) -> None:
        """Go on with a workflow that the turn before left open (A-1)."""
        context = self.context
        page = await context.store.load_thread_items(
            context.thread.id, None, 2, "desc", context.request_context
        )
        newest = page.data[0] if page.data else None
        before = page.data[1] if len(page.data) > 1 else None
        left = before if isinstance(newest, ClientToolCallItem) else newest
        if isinstance(left, WorkflowItem):
            context.workflow_item = left
            self.announced.add(left.id)

    def end_workflow(self) -> ThreadItemDoneEvent | None:
        """The end of the open workflow, if the reader has seen it begin (A-6)."""
        item = self.context.workflow_item
        if item is None or item.id not in self.announced:
            return None
        self.context.workflow_item = None
        self.produced[item.id] = None
        return ThreadItemDoneEvent(item=finished(item))

    # --- events

    async def queued(self, event: ThreadStreamEvent) -> AsyncIterator[ThreadStreamEvent]:
        """An event that the app streamed itself (A-3)."""
        if isinstance(event, ThreadItemAddedEvent | ThreadItemDoneEvent):
            item = event.item
            open_workflow = self.context.workflow_item
            if isinstance(item, WorkflowItem):
                if isinstance(event, ThreadItemAddedEvent):
                    if open_workflow is None or open_workflow.id != item.id:
                        if ended := self.end_workflow():
                            yield ended
                        self.context.workflow_item = item
                    self.announced.add(item.id)
            elif not isinstance(item, BESIDE_A_WORKFLOW) and (ended := self.end_workflow()):
                yield ended
            self.produced[item.id] = None
        yield event

    async def response(self, event: Any) -> AsyncIterator[ThreadStreamEvent]:
        """An event of the model's own stream (A-4)."""
        match kind(event):
            case "response.output_text.delta":
                delta = AssistantMessageContentPartTextDelta(
                    content_index=event.content_index, delta=event.delta
                )
                yield self.update(event, delta)
            case "response.content_part.added" if kind(event.part) != "reasoning_text":
                if content := await to_content(self.converter, event.part):
                    added = AssistantMessageContentPartAdded(
                        content_index=event.content_index, content=content
                    )
                    yield self.update(event, added)
            case "response.output_text.done":
                content = AssistantMessageContent(text=event.text, annotations=[])
                yield self.update(
                    event, AssistantMessageContentPartDone(content_index=event.content_index, content=content)
                )
            case "response.output_text.annotation.added":
                if annotation := await to_annotation(self.converter, event.annotation):
                    place = (self.known(event.item_id), event.content_index)
                    index = self.annotations.get(place, 0)
                    self.annotations[place] = index + 1
                    yield self.update(
                        event,
                        AssistantMessageContentPartAnnotationAdded(
                            content_index=event.content_index, annotation_index=index, annotation=annotation
                        ),
                    )
            case "response.output_item.added":
                async for made in self.item_added(event.item):
                    yield made
            case "response.output_item.done":
                async for made in self.item_done(event.item):
                    yield made
            case "response.reasoning_summary_text.delta":
                if made := self.thinking(event):
                    yield made
            case "response.reasoning_summary_text.done":
                if made := self.thought_done(event):
                    yield made
            case "response.image_generation_call.partial_image":
                if made := await self.partial_image(event):
                    yield made
            case _:
                pass

    def update(self, event: Any, update: ThreadItemUpdate) -> ThreadItemUpdatedEvent:
        return ThreadItemUpdatedEvent(item_id=self.known(event.item_id), update=update)

    async def item_added(self, item: Any) -> AsyncIterator[ThreadStreamEvent]:
        context = self.context
        thread_id = context.thread.id
        match kind(item):
            case "message":
                if ended := self.end_workflow():
                    yield ended
                id = await self.own_id(read(item, "id"))
                yield ThreadItemAddedEvent(item=await self.message(item, id))
            case "reasoning" if context.workflow_item is None:
                workflow = Workflow(type="reasoning", tasks=[])
                id = context.generate_id("workflow")
                context.workflow_item = WorkflowItem(
                    id=id, thread_id=thread_id, created_at=now(), workflow=workflow
                )
                self.produced[id] = None
                self.announced.add(id)
                yield ThreadItemAddedEvent(item=context.workflow_item.model_copy(deep=True))
            case "image_generation_call":
                id = context.generate_id("message")
                image = GeneratedImageItem(id=id, thread_id=thread_id, created_at=now(), image=None)
                self.images[str(read(item, "id"))] = context.generated_image_item = image
                self.produced[id] = None
                yield ThreadItemAddedEvent(item=image)
            case _:
                pass

    async def item_done(self, item: Any) -> AsyncIterator[ThreadStreamEvent]:
        match kind(item):
            case "message":
                provider_id = read(item, "id")
                if (provider_id or "") not in self.ids:  # done without ever having been added
                    await self.own_id(provider_id)
                yield ThreadItemDoneEvent(item=await self.message(item, self.known(provider_id)))
            case "image_generation_call" if read(item, "result"):
                call_id = str(read(item, "id"))
                image = self.images.pop(call_id, None)
                if image is not None:
                    url = await self.converter.base64_image_to_url(call_id, read(item, "result"), None)
                    self.context.generated_image_item = None
                    made = image.model_copy(update={"image": GeneratedImage(id=call_id, url=url)})
                    yield ThreadItemDoneEvent(item=made)
            case _:
                pass

    async def message(self, item: Any, id: str) -> AssistantMessageItem:
        said: list[Any] = read(item, "content") or []
        parts = [await to_content(self.converter, part) for part in said]
        content = [part for part in parts if part is not None]
        return AssistantMessageItem(
            id=id, thread_id=self.context.thread.id, created_at=now(), content=content
        )

    def thinking(self, event: Any) -> ThreadStreamEvent | None:
        """The first thought of a reasoning workflow streams; later ones come whole."""
        item = self.context.workflow_item
        if item is None or item.workflow.type != "reasoning":
            return None
        place = (event.item_id, event.summary_index)
        tasks = item.workflow.tasks
        if not tasks:
            self.thought = place
            tasks.append(ThoughtTask(content=event.delta))
            added = WorkflowTaskAdded(task=tasks[0].model_copy(), task_index=0)
            return ThreadItemUpdatedEvent(item_id=item.id, update=added)
        if self.thought != place or not isinstance(tasks[-1], ThoughtTask):
            return None
        tasks[-1] = ThoughtTask(content=tasks[-1].content + event.delta, title=tasks[-1].title)
        updated = WorkflowTaskUpdated(task=tasks[-1].model_copy(), task_index=len(tasks) - 1)
        return ThreadItemUpdatedEvent(item_id=item.id, update=updated)

    def thought_done(self, event: Any) -> ThreadStreamEvent | None:
        item = self.context.workflow_item
        if item is None or item.workflow.type != "reasoning":
            return None
        tasks, task = item.workflow.tasks, ThoughtTask(content=event.text)
        streamed = self.thought == (event.item_id, event.summary_index) and bool(tasks)
        if streamed:
            self.thought = None
            tasks[-1] = task
        else:
            tasks.append(task)
        change = WorkflowTaskUpdated if streamed else WorkflowTaskAdded
        return ThreadItemUpdatedEvent(
            item_id=item.id, update=change(task=task.model_copy(), task_index=len(tasks) - 1)
        )

    async def partial_image(self, event: Any) -> ThreadStreamEvent | None:
        image = self.images.get(event.item_id)
        if image is None:
            return None
        index = event.partial_image_index
        url = await self.converter.base64_image_to_url(event.item_id, event.partial_image_b64, index)
        progress = self.converter.partial_image_index_to_progress(index)
        partial = GeneratedImageUpdated(image=GeneratedImage(id=event.item_id, url=url), progress=progress)
        return ThreadItemUpdatedEvent(item_id=image.id, update=partial)

    def note_call(self, item: Any) -> None:
        """Remember the last function call: a client tool call takes its ids (A-11)."""
        raw = read(item, "raw_item")
        if kind(raw) == "function_call":
            self.call = (read(raw, "id"), read(raw, "call_id"))

    # --- the end

    async def leave(self) -> ThreadStreamEvent | None:
        """Keep an open workflow for the next turn (A-10), then hand the page its call (A-11)."""
        context = self.context
        open_workflow = context.workflow_item
        if open_workflow is not None and (open_workflow.id in self.announced or open_workflow.workflow.tasks):
            await context.store.add_thread_item(context.thread.id, open_workflow, context.request_context)
        call = context.client_tool_call
        if call is None:
            return None
        id, call_id = self.call
        if not id or id in FAKE_IDS or id in self.produced:
            id = context.generate_id("tool_call")
        self.produced[id] = None
        item = ClientToolCallItem(
            id=id,
            thread_id=context.thread.id,
            created_at=now(),
            call_id=call_id or context.generate_id("tool_call"),
            name=call.name,
            arguments=call.arguments,
        )
        return ThreadItemDoneEvent(item=item)


_DEFAULT = ResponseStreamConverter()


async def stream_agent_response(
    context: AgentContext[Any], result: RunResultStreaming, *, converter: ResponseStreamConverter = _DEFAULT
) -> AsyncGenerator[ThreadStreamEvent, None]:
    """The events of a run and those that its tools stream, in order of arrival.

    Args:
        context: The context the run was started with.
        result: The run, from `Runner.run_streamed`.
        converter: Converts citations and pictures.

    Raises:
        InputGuardrailTripwireTriggered: After everything the run produced has been removed (A-9).
        OutputGuardrailTripwireTriggered: The same.
    """
    run = _Run(context, converter)
    await run.adopt_workflow()
    queue = context._events  # pyright: ignore[reportPrivateUsage]  # the other half of this room
    try:
        async with aclosing(merge(result.stream_events(), queue)) as events:
            async for event in events:
                if not isinstance(event, Sourced):
                    async for made in run.queued(event):
                        yield made
                elif (source := kind(event.value)) == "raw_response_event":
                    async for made in run.response(read(event.value, "data")):
                        yield made
                elif source == "run_item_stream_event":
                    run.note_call(read(event.value, "item"))
    except (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered):
        logger.info("a guardrail stopped the run in thread %s", context.thread.id)
        queue.clear()
        context.workflow_item = None
        for id in run.produced:
            yield ThreadItemRemovedEvent(item_id=id)
        raise
    except (asyncio.CancelledError, GeneratorExit):
        result.cancel()  # nobody reads any more: the model need not go on either
        raise
    if last := await run.leave():
        yield last
