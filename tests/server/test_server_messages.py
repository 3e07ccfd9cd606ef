"""What a person says: `threads.create` and `threads.add_user_message` (S-6…S-11)."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from chatkit.errors import NotFoundError
from chatkit.server import StreamingResult
from chatkit.store import MemoryStore, Store
from chatkit.store.ids import StoreItemType
from chatkit.testing import ask, collect_events
from chatkit.types import (
    Attachment,
    ClientToolCallItem,
    FileAttachment,
    InferenceOptions,
    ProgressUpdateEvent,
    Thread,
    ThreadItem,
    ThreadMetadata,
    ToolChoice,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
)
from tests.scripted import (
    ALICE,
    BOB,
    Events,
    Scripted,
    answer,
    create,
    done,
    items_of,
    request,
    say,
    saying,
    texts,
    types,
)

TAGGED: dict[str, Any] = {
    "content": [
        {"type": "input_tag", "id": "dock-4", "text": "Dock 4", "data": {"kind": None}, "interactive": True},
        {"type": "input_text", "text": " beside "},
        {"type": "input_tag", "id": "dock-5", "text": "Dock 5", "data": {}},
    ],
    "attachments": [],
    "quoted_text": "",
    "inference_options": {"tool_choice": {"id": "planner"}, "model": "fast"},
}


def said(server: Scripted, turn: int = -1) -> UserMessageItem:
    """The message that the responder was handed."""
    message = server.asked[turn][1]
    assert message is not None
    return message


async def begun(store: Store[str], *events: Any) -> tuple[Scripted, str]:
    """A server, and a thread that has been begun on it."""
    server = Scripted(store, saying(*events))
    await collect_events(server, create("first"), ALICE)
    return server, server.asked[0][0].id


class Numbering(MemoryStore[str]):
    """Numbers what it gives out."""

    count = 0

    def generate_thread_id(self, context: str) -> str:
        self.count += 1
        return f"thr_custom_{self.count}"

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: str) -> str:
        self.count += 1
        return f"{item_type}_custom_{self.count}_{thread.id}"


async def test_ids_come_from_the_store() -> None:
    """S-6"""
    store = Numbering(owner=str)
    events = await collect_events(Scripted(store), create(), ALICE)
    assert events[0].type == "thread.created"
    assert events[0].thread.id == "thr_custom_1"
    assert events[1].type == "thread.item.done"
    assert events[1].item.id == "message_custom_2_thr_custom_1"
    assert (await store.load_item("thr_custom_1", events[1].item.id, ALICE)).id == events[1].item.id


async def test_ids_of_the_bundled_stores_have_128_bits(store: Store[str]) -> None:
    """S-6, P10"""
    events = await collect_events(Scripted(store), create(), ALICE)
    assert events[0].type == "thread.created"
    assert events[1].type == "thread.item.done"
    for id, prefix in ((events[0].thread.id, "thr_"), (events[1].item.id, "msg_")):
        assert id.startswith(prefix)
        assert len(bytes.fromhex(id.removeprefix(prefix))) == 16


async def test_a_new_thread_is_stored_untitled_before_it_is_announced(store: Store[str]) -> None:
    """S-6"""
    result = await Scripted(store).process(json.dumps(create()), ALICE)
    assert isinstance(result, StreamingResult)
    first = json.loads((await result.json_events.__anext__()).removeprefix(b"data: "))
    assert (first["type"], "title" in first["thread"]) == ("thread.created", False)
    assert (await store.load_thread(first["thread"]["id"], ALICE)).title is None
    await result.json_events.aclose()


async def test_times_are_naive_in_memory_and_utc_on_the_wire(store: Store[str]) -> None:
    """S-6, W-10, P11"""
    server = Scripted(store)
    before = datetime.now()
    events = await collect_events(server, create(), ALICE)
    after = datetime.now()
    thread, message, _ = server.asked[0]
    assert message is not None
    for moment in (thread.created_at, message.created_at):
        assert before <= moment <= after  # an aware one could not be compared
    assert events[0].type == "thread.created"
    assert events[1].type == "thread.item.done"
    for sent, made in (
        (events[0].thread.created_at, thread.created_at),
        (events[1].item.created_at, message.created_at),
    ):
        assert sent.utcoffset() == timedelta(0)
        assert sent == made.astimezone(timezone.utc)


@pytest.mark.parametrize("in_a_new_thread", [True, False])
async def test_a_message_is_copied_with_everything(store: Store[str], in_a_new_thread: bool) -> None:
    """S-7, P17: text and tags keep their order; W-12: an empty quotation is one too"""
    server, thread_id = await begun(store)
    if in_a_new_thread:
        body = {"type": "threads.create", "params": {"input": TAGGED}}
    else:
        body = request("threads.add_user_message", thread_id=thread_id, input=TAGGED)
    await collect_events(server, body, ALICE)
    message = said(server)
    assert message.content == [
        UserMessageTagContent(id="dock-4", text="Dock 4", data={"kind": None}, interactive=True),
        UserMessageTextContent(text=" beside "),
        UserMessageTagContent(id="dock-5", text="Dock 5", data={}),
    ]
    assert message.quoted_text == ""
    assert message.inference_options == InferenceOptions(tool_choice=ToolChoice(id="planner"), model="fast")
    assert await store.load_item(message.thread_id, message.id, ALICE) == message


class Recording(MemoryStore[str]):
    """Keeps the order of writes."""

    def __init__(self) -> None:
        super().__init__(owner=str)
        self.writes: list[str] = []

    async def save_thread(self, thread: ThreadMetadata, context: str) -> None:
        self.writes.append("thread")
        await super().save_thread(thread, context)

    async def save_attachment(self, attachment: Attachment, context: str) -> None:
        self.writes.append(f"attachment {attachment.thread_id}")
        await super().save_attachment(attachment, context)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        self.writes.append(item.type)
        await super().add_thread_item(thread_id, item, context)


def plan(id: str = "atc_1") -> FileAttachment:
    return FileAttachment(id=id, name="plan.pdf", mime_type="application/pdf", metadata={"pages": 3})


@pytest.mark.parametrize("in_a_new_thread", [True, False])
async def test_attachments_belong_to_the_thread_of_their_message(
    store: Store[str], in_a_new_thread: bool
) -> None:
    """S-7, S-8, S-32"""
    server, thread_id = await begun(store)
    await store.save_attachment(plan(), ALICE)
    body = create(attachments=["atc_1"]) if in_a_new_thread else say(thread_id, attachments=["atc_1"])
    result = await server.process(json.dumps(body), ALICE)
    assert isinstance(result, StreamingResult)
    sent = b"".join([frame async for frame in result])
    message = said(server)
    expected = plan().model_copy(update={"thread_id": message.thread_id})
    assert message.attachments == [expected]
    assert (await store.load_attachment("atc_1", ALICE)).thread_id == message.thread_id
    assert b'"name":"plan.pdf"' in sent
    assert b"pages" not in sent


async def test_attachments_are_saved_before_their_message() -> None:
    """S-8, protocol.md §7"""
    store = Recording()
    for id in ("atc_1", "atc_2"):
        await store.save_attachment(plan(id), ALICE)
    store.writes.clear()
    server = Scripted(store)
    await collect_events(server, create(attachments=["atc_1", "atc_2"]), ALICE)
    thread = server.asked[0][0].id
    assert store.writes == ["thread", f"attachment {thread}", f"attachment {thread}", "user_message"]


@pytest.mark.parametrize("missing", ["atc_none", "atc_of_bob"])
async def test_a_message_with_an_attachment_that_is_not_there_changes_nothing(
    store: Store[str], missing: str
) -> None:
    """S-7, P5, ST-10"""
    server, thread_id = await begun(store)
    await store.save_attachment(plan("atc_mine"), ALICE)
    await store.save_attachment(plan("atc_of_bob"), BOB)
    for body in (
        create(attachments=["atc_mine", missing]),
        say(thread_id, attachments=["atc_mine", missing]),
    ):
        with pytest.raises(NotFoundError):
            await collect_events(server, body, ALICE)
    assert len((await store.load_threads(10, None, "asc", ALICE)).data) == 1
    assert texts(await items_of(store, thread_id)) == ["first"]
    assert (await store.load_attachment("atc_mine", ALICE)).thread_id is None


async def test_a_message_is_stored_then_sent_then_answered(store: Store[str]) -> None:
    """S-9"""
    server, thread_id = await begun(store)
    server.script = saying(done(answer("msg_a", "Hi")))
    result = await server.process(json.dumps(say(thread_id, "second")), ALICE)
    assert isinstance(result, StreamingResult)
    order: list[str] = []
    async for frame in result:
        event = json.loads(frame.removeprefix(b"data: "))
        order.append(event["type"])
        if "item" in event:  # by the time it is sent, it is stored
            assert (await store.load_item(thread_id, event["item"]["id"], ALICE)).id == event["item"]["id"]
    assert order == ["thread.item.done", "stream_options", "thread.item.done"]
    assert texts(await items_of(store, thread_id)) == ["first", "second", "Hi"]


async def test_a_client_tool_call_follows_the_options() -> None:
    """S-10"""
    call = ClientToolCallItem(
        id="fc_1", thread_id="t", created_at=datetime.now(), call_id="call_1", name="pick", arguments={}
    )
    events = await collect_events(Scripted(MemoryStore(owner=str), saying(done(call))), create(), ALICE)
    assert types(events) == ["created", "item.done", "stream_options", "item.done"]
    assert events[3].type == "thread.item.done"
    assert events[3].item.type == "client_tool_call"


async def test_progress_comes_before_the_message_it_announces(store: Store[str]) -> None:
    """S-10"""
    script = saying(ProgressUpdateEvent(icon="search", text="Looking"), done(answer("msg_a", "Found")))
    events = await collect_events(Scripted(store, script), create(), ALICE)
    assert types(events) == ["created", "item.done", "stream_options", "progress_update", "item.done"]


async def test_a_responder_may_say_nothing(store: Store[str]) -> None:
    """S-11"""
    server, thread_id = await begun(store)
    assert types(await collect_events(server, say(thread_id), ALICE)) == ["item.done", "stream_options"]
    assert types(await collect_events(server, create(), ALICE)) == ["created", "item.done", "stream_options"]


async def test_a_new_thread_is_handed_over_as_a_thread_without_items(store: Store[str]) -> None:
    """python-sdk.md §7.3: apps of upstream read `thread.items` of a new thread."""
    server, thread_id = await begun(store)
    thread = server.asked[0][0]
    assert isinstance(thread, Thread)
    assert thread.items.data == []
    await collect_events(server, say(thread_id), ALICE)
    assert server.asked[1][0].id == thread_id


@pytest.mark.parametrize("thread_id", ["thr_none", "of_bob"])
async def test_nothing_is_said_in_a_thread_that_is_not_there(store: Store[str], thread_id: str) -> None:
    """P5, ST-10: absent and forbidden are one answer, before any event"""
    server = Scripted(store)
    await store.save_thread(ThreadMetadata(id="of_bob", created_at=datetime.now()), BOB)
    with pytest.raises(NotFoundError) as caught:
        await collect_events(server, say(thread_id), ALICE)
    assert str(caught.value) == f"thread {thread_id!r} is not there"
    assert server.asked == []
    assert await items_of(store, "of_bob", BOB) == []


async def test_a_thread_that_the_app_saved_with_its_items_can_be_read(store: Store[str]) -> None:
    """P14, P21, ST-13"""

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        assert isinstance(thread, Thread)
        thread.items.data.append(answer("msg_x", "in the page", thread.id))
        thread.title = "Mine"
        await store.save_thread(thread, context)
        yield done(answer("msg_a", "Hi", thread.id))

    server = Scripted(store, script)
    await collect_events(server, create("Hello"), ALICE)
    read = await ask(server, request("threads.get_by_id", thread_id=server.asked[0][0].id), ALICE)
    assert (read["title"], len(read["items"]["data"])) == ("Mine", 2)
