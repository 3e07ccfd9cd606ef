"""What has to be remembered from one event of a run to the next, and what each event becomes (python-sdk.md §8.4)."""

from collections.abc import Sequence
from typing import Any

from chatkit.agents.context import AgentContext, ClientToolCall
from chatkit.agents.identity import FAKE_IDS, OpenItems, is_stored
from chatkit.agents.outputs import ResponseStreamConverter, to_annotation, to_content
from chatkit.agents.shape import kind, read
from chatkit.agents.thoughts import Thoughts
from chatkit.agents.workflows import finish, is_shown_at_once, snapshot
from chatkit.clock import now
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageItem,
    ClientToolCallItem,
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    HiddenContextItem,
    SDKHiddenContextItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    Workflow,
    WorkflowItem,
)
from chatkit.types.deltas import text_delta

BESIDE_A_WORKFLOW = (ClientToolCallItem, HiddenContextItem, SDKHiddenContextItem)
"""Items that do not end an open workflow, since nobody sees them."""

Events = list[ThreadStreamEvent]


class Run:
    """One run of the Agents SDK, as a reader sees it.

    Args:
        context: The context the run was started with.
        converter: Converts citations and pictures.
    """

    def __init__(self, context: AgentContext[Any], converter: ResponseStreamConverter) -> None:
        self.context = context
        self.converter = converter
        self.produced: dict[str, None] = {}
        """Ids of the items that this run has made known, in order."""
        self.calls: list[tuple[str, str | None, str | None]] = []
        """Function calls of the model: name, item id, call id."""
        self._unseen = context._unseen  # pyright: ignore[reportPrivateUsage]  # the other half of this room
        self._messages = OpenItems[AssistantMessageItem]()
        self._silent: dict[str, Events] = {}
        """Messages that have said nothing and are not shown yet, by id, with what is to come before their text."""
        self._images = OpenItems[GeneratedImageItem]()
        self._annotations: dict[tuple[str, int], int] = {}
        self._thoughts = Thoughts()
        self._adopted: str | None = None

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
            self._adopted = left.id

    def _end_workflow(self) -> Events:
        """The end of the open workflow, if the reader has seen it begin (A-6)."""
        item = self.context.workflow_item
        if item is None or item.id in self._unseen:
            return []
        self.context.workflow_item = None
        if item.id != self._adopted:  # that one was there before this run
            self.produced[item.id] = None
        said = self._told(self._thoughts.over(item))
        return [*said, ThreadItemDoneEvent(item=finish(item))]

    def _begin_reasoning(self) -> Events:
        if self.context.workflow_item is not None:
            return []
        item = WorkflowItem(
            id=self.context.generate_id("workflow"),
            thread_id=self.context.thread.id,
            created_at=now(),
            workflow=Workflow(type="reasoning", tasks=[]),
        )
        self.context.workflow_item = item
        self.produced[item.id] = None
        return [ThreadItemAddedEvent(item=snapshot(item))]

    def _told(self, thoughts: Sequence[ThreadStreamEvent]) -> Events:
        """Thoughts, of which the first brings along a workflow that has not appeared yet."""
        return [made for event in thoughts for made in self.queued(event)]

    # --- events that the app streamed itself

    def queued(self, event: ThreadStreamEvent) -> Events:
        """An event from the context's queue (A-3)."""
        if not isinstance(event, ThreadItemAddedEvent | ThreadItemDoneEvent):
            return [event]
        item, ended = event.item, Events()
        if isinstance(item, WorkflowItem):
            self._unseen.discard(item.id)
        elif not isinstance(item, BESIDE_A_WORKFLOW):
            ended = self._end_workflow()
        if item.id != self._adopted:
            self.produced[item.id] = None
        return [*ended, event]

    # --- events of the model's own stream

    def text(self, event: Any) -> ThreadItemUpdatedEvent | None:
        """A text delta of a message that has begun: what most events are. None if `response()` must look at it."""
        message = self._messages.exactly(event, event.item_id)
        if message is None or message.id in self._silent:
            return None
        return text_delta(message.id, event.content_index, event.delta)

    async def response(self, event: Any) -> Events:
        """An event of the model's stream (A-4)."""
        match kind(event):
            case "response.output_text.delta":
                if not event.delta and self._silent_message(event) is not None:
                    return []
                message, begun = await self._message_of(event)
                return [*begun, text_delta(message.id, event.content_index, event.delta)]
            case "response.created":
                self._messages.new_response()
                self._images.new_response()
            case "response.content_part.added" if kind(event.part) != "reasoning_text":
                if content := await to_content(self.converter, event.part):
                    return await self._part(
                        event,
                        AssistantMessageContentPartAdded(content_index=event.content_index, content=content),
                    )
            case "response.output_text.done":
                content = AssistantMessageContent(text=event.text, annotations=[])
                return await self._part(
                    event, AssistantMessageContentPartDone(content_index=event.content_index, content=content)
                )
            case "response.output_text.annotation.added":
                return await self._annotated(event)
            case "response.output_item.added":
                return await self._added(event)
            case "response.output_item.done":
                return await self._done(event)
            case "response.reasoning_summary_text.delta":
                return self._told(self._thoughts.grows(self.context.workflow_item, event))
            case "response.reasoning_summary_text.done":
                return self._told(self._thoughts.done(self.context.workflow_item, event))
            case "response.image_generation_call.partial_image":
                return await self._partial_image(event)
            case _:
                pass
        return []

    async def _added(self, event: Any) -> Events:
        match kind(event.item):
            case "message":
                provider_id = read(event.item, "id") or ""
                if self._messages.exactly(event, provider_id) is not None:
                    return []  # announced twice: some releases do so for a refusal after text
                content = await self._content(event.item)
                message = await self._begin_message(event, provider_id)
                message.content = content
                self._silent[message.id] = []
                # Chat Completions begins any reply with a chunk that has no words, a call of a tool too. Some releases
                # make a message of it.
                return [] if provider_id in FAKE_IDS and not _says(content) else self._show(message)
            case "reasoning":
                return self._begin_reasoning()
            case "image_generation_call":
                return [ThreadItemAddedEvent(item=self._begin_image(event))]
            case _:
                return []

    async def _done(self, event: Any) -> Events:
        provider_id = read(event.item, "id") or ""
        match kind(event.item):
            case "message":
                message = self._messages.find(event, provider_id)
                content = await self._content(event.item)
                if message is None:  # done without ever having been added
                    begun = self._end_workflow()
                    message = await self._begin_message(event, provider_id)
                    self.produced[message.id] = None
                elif message.id in self._silent and not _says(content):
                    del self._silent[message.id]
                    self._messages.remove(message)
                    return []
                else:
                    begun = self._show(message)
                self._messages.remove(message)
                return [*begun, ThreadItemDoneEvent(item=message.model_copy(update={"content": content}))]
            case "reasoning":
                return self._told(self._thoughts.over(self.context.workflow_item))
            case "image_generation_call" if read(event.item, "result"):
                image = self._images.find(event, provider_id) or self._begin_image(event)
                self._images.remove(image)
                url = await self.converter.base64_image_to_url(provider_id, read(event.item, "result"), None)
                self.context.generated_image_item = None
                made = image.model_copy(update={"image": GeneratedImage(id=provider_id, url=url)})
                return [ThreadItemDoneEvent(item=made)]
            case _:
                return []

    # --- messages

    async def _begin_message(self, event: Any, provider_id: str) -> AssistantMessageItem:
        """Under the provider's id if nothing else has it; else under a new one, for all its life."""
        id = provider_id
        if id in FAKE_IDS or id in self.produced or await is_stored(self.context, id):
            id = self.context.generate_id("message")
        message = AssistantMessageItem(id=id, thread_id=self.context.thread.id, created_at=now(), content=[])
        self._messages.add(event, provider_id, message)
        return message

    def _show(self, message: AssistantMessageItem) -> Events:
        """The beginning of a message that has not been shown yet."""
        waiting = self._silent.pop(message.id, None)
        if waiting is None:
            return []
        ended = self._end_workflow()
        self.produced[message.id] = None
        message.created_at = now()
        return [*ended, ThreadItemAddedEvent(item=message), *waiting]

    def _silent_message(self, event: Any) -> AssistantMessageItem | None:
        message = self._messages.find(event, event.item_id or "")
        return message if message is not None and message.id in self._silent else None

    async def _message_of(self, event: Any) -> tuple[AssistantMessageItem, Events]:
        """The message that an event is about, and its beginning if nobody has told of it."""
        provider_id: str = event.item_id or ""
        message = self._messages.find(event, provider_id)
        if message is not None:
            return message, self._show(message)
        message = await self._begin_message(event, provider_id)
        self.produced[message.id] = None
        # Under the provider's own id it may be an item that the app itself has added: leave it alone.
        return message, [] if message.id == provider_id else [ThreadItemAddedEvent(item=message)]

    async def _part(
        self, event: Any, update: AssistantMessageContentPartAdded | AssistantMessageContentPartDone
    ) -> Events:
        """A part of a message begins or is complete; without words it does not yet show the message."""
        if not update.content.text and (silent := self._silent_message(event)) is not None:
            self._silent[silent.id].append(ThreadItemUpdatedEvent(item_id=silent.id, update=update))
            return []
        message, begun = await self._message_of(event)
        return [*begun, ThreadItemUpdatedEvent(item_id=message.id, update=update)]

    async def _annotated(self, event: Any) -> Events:
        annotation = await to_annotation(self.converter, event.annotation)
        if annotation is None:
            return []
        message, begun = await self._message_of(event)
        place = (message.id, event.content_index)
        index = self._annotations.get(place, 0)
        self._annotations[place] = index + 1
        update = AssistantMessageContentPartAnnotationAdded(
            content_index=event.content_index, annotation_index=index, annotation=annotation
        )
        return [*begun, ThreadItemUpdatedEvent(item_id=message.id, update=update)]

    async def _content(self, item: Any) -> list[AssistantMessageContent]:
        parts: list[Any] = read(item, "content") or []
        made = [await to_content(self.converter, part) for part in parts]
        return [part for part in made if part is not None]

    # --- pictures

    def _begin_image(self, event: Any) -> GeneratedImageItem:
        image = GeneratedImageItem(
            id=self.context.generate_id("message"),
            thread_id=self.context.thread.id,
            created_at=now(),
            image=None,
        )
        self._images.add(event, read(event.item, "id") or "", image)
        self.context.generated_image_item = image
        self.produced[image.id] = None
        return image

    async def _partial_image(self, event: Any) -> Events:
        image = self._images.find(event, event.item_id)
        if image is None:
            return []
        index = event.partial_image_index
        url = await self.converter.base64_image_to_url(event.item_id, event.partial_image_b64, index)
        progress = self.converter.partial_image_index_to_progress(index)
        partial = GeneratedImageUpdated(image=GeneratedImage(id=event.item_id, url=url), progress=progress)
        return [ThreadItemUpdatedEvent(item_id=image.id, update=partial)]

    # --- the end

    def note_call(self, item: Any) -> None:
        """Remember a function call: a client tool call takes its ids (A-11)."""
        raw = read(item, "raw_item")
        if kind(raw) == "function_call" and kind(item) != "handoff_call_item":
            self.calls.append((read(raw, "name") or "", read(raw, "id"), read(raw, "call_id")))

    async def to_remove(self) -> list[str]:
        """Ids of everything this run has made known, when a guardrail takes it back (A-9)."""
        ids = dict(self.produced)
        for _, id, _ in self.calls:
            # A provider that counts from 1 in each response may mean a call of an earlier turn, which stays.
            if id and id not in FAKE_IDS and id not in ids and not await is_stored(self.context, id):
                ids[id] = None
        return list(ids)

    async def leave(self) -> list[ThreadStreamEvent]:
        """Keep an open workflow for the next turn (A-10), then hand the page its calls (A-11, extensions.md §3)."""
        context = self.context
        left = context.workflow_item
        if left is not None and (left.id not in self._unseen or is_shown_at_once(left)):
            await context.store.add_thread_item(context.thread.id, left, context.request_context)
        calls, free, handed = context.client_tool_calls, list(self.calls), list[ThreadStreamEvent]()
        for place, call in enumerate(calls):
            # Among parallel calls, the tools of this name; tools with a name of their own are the last calls.
            named = [known for known in free if known[0] == call.name] or free
            like = sum(other.name == call.name for other in calls[place:])
            chosen = named[max(0, len(named) - like)] if named else ("", None, None)
            if named:
                free.remove(chosen)
            handed.append(await self._handed(call, chosen[1], chosen[2]))
        return handed

    async def _handed(self, call: ClientToolCall, id: str | None, call_id: str | None) -> ThreadStreamEvent:
        context = self.context
        if not id or id in FAKE_IDS or id in self.produced or await is_stored(context, id):
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


def _says(content: list[AssistantMessageContent]) -> bool:
    return any(part.text for part in content)
