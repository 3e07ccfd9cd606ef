"""Replays `protocol/conversations/`: the same events end in the same thread, here as in the element."""

import json
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from chatkit.server import StreamingResult
from chatkit.server.results import Frames, to_bytes, wire_item, wire_thread
from chatkit.store import MemoryStore, Store
from chatkit.store.ids import StoreItemType
from chatkit.turns.fold import fold
from chatkit.types import (
    Action,
    Thread,
    ThreadItem,
    ThreadItemUpdate,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
    parse_request,
)
from tests.scripted import ALICE, Events, Scripted

FOLDER = Path(__file__).resolve().parents[2] / "protocol" / "conversations"
FILES = sorted(FOLDER.glob("*.json"))
EVENT: TypeAdapter[ThreadStreamEvent] = TypeAdapter(ThreadStreamEvent)
ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
UPDATE: TypeAdapter[ThreadItemUpdate] = TypeAdapter(ThreadItemUpdate)

each = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))


class Reader:
    """What a reader holds: the element's timeline, without drawing."""

    def __init__(self, before: dict[str, Any]) -> None:
        self.thread = before["thread"] and Thread.model_validate(before["thread"])
        self.items = [ITEM.validate_python(item) for item in before["items"]]

    def place(self, item_id: str) -> int | None:
        return next((place for place, item in enumerate(self.items) if item.id == item_id), None)

    def put(self, item: ThreadItem) -> None:
        place = self.place(item.id)
        if place is None:
            self.items.append(item)
        else:
            self.items[place] = item

    def take(self, event: ThreadStreamEvent) -> None:
        match event.type:
            case "thread.created" | "thread.updated":
                self.thread = event.thread
            case "thread.item.added" | "thread.item.done" | "thread.item.replaced":
                self.put(event.item)
            case "thread.item.updated":
                place = self.place(event.item_id)
                if place is not None:
                    self.items[place] = fold(self.items[place], event.update)
            case "thread.item.removed":
                self.items = [item for item in self.items if item.id != event.item_id]
            case _:
                pass

    def holds(self) -> dict[str, Any]:
        """The same as JSON of the wire."""
        thread = self.thread and json.loads(to_bytes(wire_thread(self.thread)))
        return {"thread": thread, "items": [json.loads(to_bytes(wire_item(item))) for item in self.items]}


def test_the_conversations_cover_the_protocol() -> None:
    """protocol.md §4: every event and every update is in at least one of them."""
    assert len(FILES) >= 10
    events = [event for file in FILES for event in read(file)["events"]]
    assert {event["type"] for event in events} == set(EVENT.json_schema()["discriminator"]["mapping"])
    updates = {event["update"]["type"] for event in events if "update" in event}
    assert updates == set(UPDATE.json_schema()["discriminator"]["mapping"])
    shown = {event["item"]["type"] for event in events if "item" in event}
    hidden = {"hidden_context_item", "sdk_hidden_context"}
    assert shown == set(ITEM.json_schema()["discriminator"]["mapping"]) - hidden


@each
def test_a_conversation_is_what_the_readme_says(file: Path) -> None:
    conversation = read(file)
    assert list(conversation) == ["name", "covers", "before", "request", "events", "after"]
    assert conversation["covers"]
    assert parse_request(json.dumps(conversation["request"])).type == conversation["request"]["type"]


@each
def test_each_event_is_written_as_it_was_read(file: Path) -> None:
    """W-1…W-10, S-3"""
    for event in read(file)["events"]:
        frame = Frames().encode(EVENT.validate_python(event))
        assert (frame[:6], frame[-2:], frame.count(b"\n")) == (b"data: ", b"\n\n", 2)
        assert json.loads(frame[6:]) == event


@each
def test_the_same_events_end_in_the_same_thread(file: Path) -> None:
    """protocol.md §4.1"""
    conversation = read(file)
    reader = Reader(conversation["before"])
    if conversation["request"]["type"] == "threads.retry_after_item":
        place = reader.place(conversation["request"]["params"]["item_id"])
        assert place is not None
        reader.items = reader.items[: place + 1]
    for event in conversation["events"]:
        reader.take(EVENT.validate_python(event))
    assert reader.holds() == conversation["after"]


@each
def test_folding_changes_nothing_in_place(file: Path) -> None:
    """S-18: an item that somebody else holds stays as it was."""
    reader = Reader(read(file)["before"])
    for event in map(EVENT.validate_python, read(file)["events"]):
        held, before = list(reader.items), [item.model_copy(deep=True) for item in reader.items]
        reader.take(event)
        assert held == before


class AsWritten(MemoryStore[str]):
    """Gives out the ids of a conversation."""

    def __init__(self, events: list[ThreadStreamEvent]) -> None:
        super().__init__(owner=str)
        said = [e.item.id for e in events if e.type == "thread.item.done" and e.item.type == "user_message"]
        self.ids = {"thread": deque(["thr_1"]), "message": deque(said)}

    def generate_thread_id(self, context: str) -> str:
        return self.ids["thread"].popleft()

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: str) -> str:
        return self.ids[item_type].popleft()


class Replaying(Scripted):
    """Yields what an app would have to yield for a conversation, and changes the thread before a `thread.updated`."""

    def __init__(self, store: Store[str], events: list[ThreadStreamEvent]) -> None:
        super().__init__(store, self.replay)
        self.events = events

    async def replay(self, thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event, after in zip(self.events, [*self.events[1:], None], strict=True):
            if after is not None and after.type == "thread.updated":
                thread.title, thread.status = after.thread.title, after.thread.status
                thread.allowed_image_domains = after.thread.allowed_image_domains
            if event.type != "thread.updated":
                yield event

    def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: str
    ) -> AsyncIterator[ThreadStreamEvent]:
        return self.replay(thread, None, context)


def of_the_app(events: list[ThreadStreamEvent]) -> list[ThreadStreamEvent]:
    """What follows the server's own events."""
    start = next(place for place, event in enumerate(events) if event.type == "stream_options") + 1
    answers_a_form = events[start].type == "thread.item.replaced" and start == 1
    return events[start + answers_a_form :]


def undated(event: dict[str, Any]) -> dict[str, Any]:
    """Without the times that the server chooses."""
    for part in (event.get("thread"), event.get("item")):
        if part is not None and part.get("type") in (None, "user_message"):
            part.pop("created_at")
    return event


@each
async def test_the_server_sends_the_conversation(file: Path) -> None:
    """protocol.md §7: order, statuses and bytes, given what the app says."""
    conversation = read(file)
    events = [EVENT.validate_python(event) for event in conversation["events"]]
    store = AsWritten(events)
    if conversation["before"]["thread"]:
        await store.save_thread(Thread.model_validate(conversation["before"]["thread"]), ALICE)
        for item in conversation["before"]["items"]:
            await store.add_thread_item("thr_1", ITEM.validate_python(item), ALICE)
    for event in events:
        if event.type == "thread.item.done" and isinstance(event.item, UserMessageItem):
            for attachment in event.item.attachments:
                await store.save_attachment(attachment.model_copy(update={"thread_id": None}), ALICE)
    server = Replaying(store, of_the_app(events))
    result = await server.process(json.dumps(conversation["request"]), ALICE)
    assert isinstance(result, StreamingResult)
    frames = [frame async for frame in result]
    sent = [undated(json.loads(frame.removeprefix(b"data: "))) for frame in frames]
    assert sent == [undated(event) for event in conversation["events"]]
