"""What the bridge's tests share: a thread with its store, runs made by hand, and a server whose answer is a run."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, cast

from agents import Agent, RawResponsesStreamEvent, Runner, RunResultStreaming
from openai.types.responses import (
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseFunctionToolCall,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseReasoningItem,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
)
from openai.types.responses.response_output_item import ImageGenerationCall

from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer
from chatkit.store import MemoryStore
from chatkit.testing import collect_events
from chatkit.types import (
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)

START = datetime(2026, 1, 2, 3, 4, 5)

Context = AgentContext[str]


def item_of(event: object) -> Any:
    """The item of an added, done or replaced event."""
    return cast("Any", event).item


def kinds(events: Sequence[ThreadStreamEvent]) -> list[str]:
    """What happened, shortly: the event, or the update, without their prefixes."""
    return [
        (event.update.type if isinstance(event, ThreadItemUpdatedEvent) else event.type).removeprefix(
            "thread."
        )
        for event in events
    ]


def done_items(events: Sequence[ThreadStreamEvent]) -> list[ThreadItem]:
    """The items that are done, in order."""
    return [event.item for event in events if isinstance(event, ThreadItemDoneEvent)]


def text_of(item: Any) -> str:
    """The text of an assistant's message."""
    return "".join(part.text for part in item.content)


async def a_context(store: MemoryStore[str] | None = None, thread: ThreadMetadata | None = None) -> Context:
    """A context of a stored thread."""
    store = store or MemoryStore[str](owner=lambda who: who)
    thread = thread or ThreadMetadata(id="thr_1", created_at=START)
    await store.save_thread(thread, "ada")
    return AgentContext[str](thread=thread, store=store, request_context="ada")


async def stored(context: Context) -> list[ThreadItem]:
    """What the thread holds, oldest first."""
    page = await context.store.load_thread_items(context.thread.id, None, 100, "asc", "ada")
    return page.data


class ByHand:
    """A run whose events are given: what the SDK cannot be made to produce on demand.

    An exception in the list is raised; a callable is called, and awaited if it wants to be.
    """

    def __init__(self, *script: Any) -> None:
        self.script = script
        self.cancelled = False
        self.read = 0

    async def stream_events(self) -> AsyncIterator[Any]:
        for step in self.script:
            self.read += 1
            if isinstance(step, Exception):
                raise step
            if callable(step):
                made: Any = step()
                if isinstance(made, Awaitable):
                    await made
                continue
            yield step if hasattr(step, "type") and step.type.endswith("_event") else raw(step)

    def cancel(self) -> None:
        self.cancelled = True


def by_hand(*script: Any) -> RunResultStreaming:
    return cast("RunResultStreaming", ByHand(*script))


async def events_of(context: Context, *script: Any, **options: Any) -> list[ThreadStreamEvent]:
    """All events of a run made by hand."""
    async with aclosing(stream_agent_response(context, by_hand(*script), **options)) as events:
        return [event async for event in events]


# --- events of the SDK, as its own types


def raw(data: Any) -> RawResponsesStreamEvent:
    return RawResponsesStreamEvent(data=data)


def message(id: str, *parts: Any) -> ResponseOutputMessage:
    return ResponseOutputMessage(
        id=id, type="message", role="assistant", status="completed", content=list(parts)
    )


def words(text: str, annotations: Sequence[Any] = ()) -> ResponseOutputText:
    return ResponseOutputText.model_construct(
        type="output_text", text=text, annotations=list(annotations), logprobs=[]
    )


def reasoning(id: str = "rs_1") -> ResponseReasoningItem:
    return ResponseReasoningItem(id=id, type="reasoning", summary=[])


def picture(id: str, result: str | None) -> ImageGenerationCall:
    return ImageGenerationCall(id=id, type="image_generation_call", status="completed", result=result)


def function_call(id: str = "fc_1", call_id: str = "call_1", name: str = "tool") -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(id=id, call_id=call_id, name=name, arguments="{}", type="function_call")


def added(item: Any, index: int = 0) -> ResponseOutputItemAddedEvent:
    return ResponseOutputItemAddedEvent.model_construct(
        type="response.output_item.added", item=item, output_index=index, sequence_number=0
    )


def done(item: Any, index: int = 0) -> ResponseOutputItemDoneEvent:
    return ResponseOutputItemDoneEvent.model_construct(
        type="response.output_item.done", item=item, output_index=index, sequence_number=0
    )


def part_added(id: str, part: Any, index: int = 0) -> ResponseContentPartAddedEvent:
    return ResponseContentPartAddedEvent.model_construct(
        type="response.content_part.added",
        item_id=id,
        output_index=index,
        content_index=0,
        part=part,
        sequence_number=0,
    )


def delta(id: str, text: str, index: int = 0) -> ResponseTextDeltaEvent:
    return ResponseTextDeltaEvent(
        type="response.output_text.delta",
        item_id=id,
        output_index=index,
        content_index=0,
        delta=text,
        logprobs=[],
        sequence_number=0,
    )


def text_done(id: str, text: str, index: int = 0) -> ResponseTextDoneEvent:
    return ResponseTextDoneEvent(
        type="response.output_text.done",
        item_id=id,
        output_index=index,
        content_index=0,
        text=text,
        logprobs=[],
        sequence_number=0,
    )


def completed() -> ResponseCompletedEvent:
    return ResponseCompletedEvent.model_construct(type="response.completed", response=None, sequence_number=0)


# --- a server whose answer is a run of the real SDK


class AgentServer(ChatKitServer[str]):
    """Answers with an agent, as apps do."""

    def __init__(self, agent: Agent[Any], **options: Any) -> None:
        super().__init__(MemoryStore[str](owner=lambda who: who))
        self.agent = agent
        self.options = options
        self.raised: BaseException | None = None

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        page = await self.store.load_thread_items(thread.id, None, 20, "desc", context)
        agent_context = AgentContext[str](thread=thread, store=self.store, request_context=context)
        items = await simple_to_agent_input(page.data[::-1])
        run = Runner.run_streamed(self.agent, items, context=agent_context)
        try:
            async for event in stream_agent_response(agent_context, run, **self.options):
                yield event
        except BaseException as error:
            self.raised = error
            raise

    async def say(self, text: str, thread_id: str | None = None) -> list[ThreadStreamEvent]:
        """What a person's message leads to, from the answer on (what comes before it is left out)."""
        events = await collect_events(self, said(text, thread_id), "ada")
        begun = next(place for place, event in enumerate(events) if event.type == "stream_options")
        return events[begun + 1 :]

    @staticmethod
    def body(request: dict[str, Any]) -> bytes:
        return json.dumps(request).encode()

    async def only_thread(self) -> ThreadMetadata:
        page = await self.store.load_threads(2, None, "desc", "ada")
        assert len(page.data) == 1
        return page.data[0]

    async def kept(self) -> list[ThreadItem]:
        """The items of the only thread, oldest first."""
        thread = await self.only_thread()
        return (await self.store.load_thread_items(thread.id, None, 100, "asc", "ada")).data


def said(text: str, thread_id: str | None = None) -> dict[str, Any]:
    """The request that a person's message is."""
    content = [{"type": "input_text", "text": text}]
    message: dict[str, Any] = {
        "content": content,
        "attachments": [],
        "quoted_text": None,
        "inference_options": {},
    }
    if thread_id is None:
        return {"type": "threads.create", "params": {"input": message}}
    return {"type": "threads.add_user_message", "params": {"input": message, "thread_id": thread_id}}
