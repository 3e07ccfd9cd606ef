"""A server that answers by a script, and the requests and items that its tests are made of."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from chatkit.clock import now
from chatkit.relay.base import Relay
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import AttachmentStore, Store
from chatkit.turns.places import OnBusy
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
)

Events = AsyncGenerator[ThreadStreamEvent, None]
Script = Callable[[ThreadMetadata, UserMessageItem | None, str], Events]

ALICE, BOB = "alice", "bob"


async def silence(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
    """Says nothing, which is legal (S-11)."""
    for event in ():
        yield event


def saying(*events: ThreadStreamEvent) -> Script:
    """A script that says the same to everybody, with items of this moment and of this thread."""

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in events:
            if isinstance(event, ThreadItemAddedEvent | ThreadItemDoneEvent | ThreadItemReplacedEvent):
                here = {"created_at": now(), "thread_id": thread.id}
                yield event.model_copy(update={"item": event.item.model_copy(update=here)})
            else:
                yield event

    return script


class Scripted(ChatKitServer[str]):
    """Answers by a script and remembers what it was asked. The context is a person's name."""

    def __init__(
        self,
        store: Store[str],
        script: Script = silence,
        attachment_store: AttachmentStore[str] | None = None,
        *,
        relay: Relay | None = None,
        on_busy: OnBusy = "reject",
        grace: float = 10,
    ) -> None:
        super().__init__(store, attachment_store, relay=relay, on_busy=on_busy, grace=grace)
        self.script = script
        self.asked: list[tuple[ThreadMetadata, UserMessageItem | None, str]] = []

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
    ) -> AsyncIterator[ThreadStreamEvent]:
        self.asked.append((thread, input_user_message, context))
        async with aclosing(self.script(thread, input_user_message, context)) as events:
            async for event in events:
                yield event


def spoken(text: str, **more: Any) -> dict[str, Any]:
    """The `input` of a message."""
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": [], "inference_options": {}, **more}


def create(text: str = "Hello", **more: Any) -> dict[str, Any]:
    """The request that begins a thread."""
    return {"type": "threads.create", "params": {"input": spoken(text, **more)}}


def say(thread_id: str, text: str = "Hello", **more: Any) -> dict[str, Any]:
    """The request that says something in a thread."""
    return {
        "type": "threads.add_user_message",
        "params": {"thread_id": thread_id, "input": spoken(text, **more)},
    }


def request(type: str, **params: Any) -> dict[str, Any]:
    """Any other request."""
    return {"type": type, "params": params}


def answer(id: str, text: str, thread_id: str = "thr_1") -> AssistantMessageItem:
    """A finished message of the assistant."""
    content = [AssistantMessageContent(text=text)] if text else []
    return AssistantMessageItem(id=id, thread_id=thread_id, created_at=now(), content=content)


def widget(id: str, text: str = "x", thread_id: str = "thr_1") -> WidgetItem:
    """A finished widget: a card with one line."""
    card = {"type": "Card", "children": [{"type": "Text", "id": "line", "value": text}]}
    return WidgetItem.model_validate(
        {"id": id, "thread_id": thread_id, "created_at": now(), "widget": card, "copy_text": text}
    )


def done(item: ThreadItem) -> ThreadItemDoneEvent:
    return ThreadItemDoneEvent(item=item)


def added(item: ThreadItem) -> ThreadItemAddedEvent:
    return ThreadItemAddedEvent(item=item)


def updated(item_id: str, update: Any) -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)


def delta(item_id: str, text: str, content_index: int = 0) -> ThreadItemUpdatedEvent:
    return updated(item_id, AssistantMessageContentPartTextDelta(content_index=content_index, delta=text))


def beginning(id: str, thread_id: str) -> list[ThreadStreamEvent]:
    """The events with which a message begins to grow."""
    part = AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))
    return [added(answer(id, "", thread_id)), updated(id, part)]


async def items_of(store: Store[str], thread_id: str, context: str = ALICE) -> list[ThreadItem]:
    """Everything that is stored in a thread, oldest first."""
    return (await store.load_thread_items(thread_id, None, 1000, "asc", context)).data


def texts(items: Sequence[ThreadItem]) -> list[str]:
    """What is said in messages; the type of any other item in angle brackets."""
    return [
        "".join(part.text for part in item.content)
        if isinstance(item, AssistantMessageItem | UserMessageItem)
        else f"<{item.type}>"
        for item in items
    ]


def types(events: Sequence[ThreadStreamEvent]) -> list[str]:
    """The types of events, in short: without what they have in common."""
    return [event.type.removeprefix("thread.") for event in events]


async def raw(server: Scripted, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The events as JSON."""
    result = await server.process(json.dumps(body), ALICE)
    assert isinstance(result, StreamingResult)
    return [json.loads(frame.removeprefix(b"data: ")) async for frame in result]
