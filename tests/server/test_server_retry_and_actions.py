"""Answering again, and actions of widgets (S-41…S-48)."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatkit.clock import now
from chatkit.errors import ConflictError, NotFoundError
from chatkit.store import MemoryStore, Store
from chatkit.testing import ask, collect_events
from chatkit.types import (
    Action,
    HiddenContextItem,
    SyncCustomActionResponse,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
    WidgetRootUpdated,
)
from tests.scripted import (
    ALICE,
    BOB,
    Scripted,
    answer,
    create,
    done,
    items_of,
    request,
    say,
    saying,
    silence,
    texts,
    types,
    updated,
    widget,
)


async def three_turns(store: Store[str]) -> tuple[Scripted, str, list[str]]:
    """A thread with three questions, each answered by a message and a widget; and the ids of the questions."""
    server = Scripted(store)
    thread = ""
    for turn in range(3):
        server.script = saying(done(answer(f"a{turn}", f"answer {turn}")), done(widget(f"w{turn}")))
        await collect_events(server, say(thread, f"q{turn}") if thread else create("q0"), ALICE)
        thread = server.asked[0][0].id
    questions = [message.id for _, message, _ in server.asked if message is not None]
    server.asked.clear()
    server.script = saying(done(answer("again", "another answer")))
    return server, thread, questions


def retry(thread_id: str, item_id: str) -> dict[str, Any]:
    return request("threads.retry_after_item", thread_id=thread_id, item_id=item_id)


async def test_a_message_is_answered_again(store: Store[str]) -> None:
    """S-41: the same message, and what came after it is gone"""
    server = Scripted(store, saying(done(answer("first", "first answer"))))
    await collect_events(server, create("Hi"), ALICE)
    thread, message, _ = server.asked[0]
    assert message is not None
    server.script = saying(done(answer("second", "second answer")))
    events = await collect_events(server, retry(thread.id, message.id), ALICE)
    assert types(events) == ["stream_options", "item.done"]
    assert server.asked[1][1] == message
    assert texts(await items_of(store, thread.id)) == ["Hi", "second answer"]


@pytest.mark.parametrize(
    ("turn", "kept"),
    [
        (0, ["q0"]),
        (1, ["q0", "answer 0", "<widget>", "q1"]),
        (2, ["q0", "answer 0", "<widget>", "q1", "answer 1", "<widget>", "q2"]),
    ],
)
async def test_only_what_comes_after_the_message_goes(store: Store[str], turn: int, kept: list[str]) -> None:
    """S-43"""
    server, thread, questions = await three_turns(store)
    events = await collect_events(server, retry(thread, questions[turn]), ALICE)
    assert types(events) == ["stream_options", "item.done"]
    assert texts(await items_of(store, thread)) == [*kept, "another answer"]
    assert server.asked[0][1] is not None
    assert server.asked[0][1].id == questions[turn]


async def test_hidden_context_of_the_old_answer_goes_too(store: Store[str]) -> None:
    """S-41"""
    server, thread, questions = await three_turns(store)
    note = HiddenContextItem(id="h", thread_id=thread, created_at=now(), content="stopped")
    await store.add_thread_item(thread, note, ALICE)
    await collect_events(server, retry(thread, questions[2]), ALICE)
    with pytest.raises(NotFoundError):
        await store.load_item(thread, "h", ALICE)


async def test_a_long_answer_is_taken_back_whole(store: Store[str]) -> None:
    """S-41: also over more than one page of the store"""
    server = Scripted(store, saying(*(done(answer(f"a{n}", str(n))) for n in range(230))))
    await collect_events(server, create("Hi"), ALICE)
    thread, message, _ = server.asked[0]
    assert message is not None
    server.script = silence
    await collect_events(server, retry(thread.id, message.id), ALICE)
    assert texts(await items_of(store, thread.id)) == ["Hi"]


async def test_only_a_message_of_a_person_can_be_answered_again(store: Store[str]) -> None:
    """S-42"""
    server, thread, _ = await three_turns(store)
    before = await items_of(store, thread)
    for item in ("a0", "w2"):
        with pytest.raises(ValueError, match="is not a user message") as caught:
            await collect_events(server, retry(thread, item), ALICE)
        assert isinstance(caught.value, ConflictError)
    assert await items_of(store, thread) == before
    assert server.asked == []


async def test_an_unknown_item_changes_and_says_nothing(store: Store[str]) -> None:
    """S-44"""
    server, thread, _ = await three_turns(store)
    before = await items_of(store, thread)
    assert await collect_events(server, retry(thread, "msg_none"), ALICE) == []
    assert await items_of(store, thread) == before
    assert server.asked == []


async def test_a_stranger_cannot_take_an_answer_back(store: Store[str]) -> None:
    """ST-10"""
    server, thread, questions = await three_turns(store)
    before = await items_of(store, thread)
    with pytest.raises(NotFoundError):
        await collect_events(server, retry(thread, questions[0]), BOB)
    assert await items_of(store, thread) == before


# --- actions


class Acting(Scripted):
    """Answers actions by updating their sender."""

    def __init__(self, store: Store[str]) -> None:
        super().__init__(store)
        self.acted: list[tuple[str, Action[str, Any], WidgetItem | None, str]] = []
        self.reply = SyncCustomActionResponse()

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: str
    ) -> AsyncIterator[ThreadStreamEvent]:
        self.acted.append((thread.id, action, sender, context))
        if sender is not None:
            yield updated(sender.id, WidgetRootUpdated(widget=widget("w", "tapped").widget))

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: str
    ) -> SyncCustomActionResponse:
        self.acted.append((thread.id, action, sender, context))
        return self.reply


PAYLOAD: dict[str, Any] = {"to": "crew", "note": {"urgent": True, "by": None}}


def tap(item_id: str | None = None, kind: str = "threads.custom_action", **action: Any) -> dict[str, Any]:
    return request(kind, thread_id="thr_1", item_id=item_id, action={"type": "tap", **action})


SYNC = "threads.sync_custom_action"


async def given(store: Store[str], server: Scripted) -> WidgetItem:
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=now()), ALICE)
    sender = widget("w", "tap me")
    await store.add_thread_item("thr_1", sender, ALICE)
    await store.add_thread_item("thr_1", answer("m", "not a widget"), ALICE)
    return sender


async def test_an_action_reaches_the_app_with_its_sender(store: Store[str]) -> None:
    """S-45"""
    server = Acting(store)
    sender = await given(store, server)
    events = await collect_events(server, tap("w", payload=PAYLOAD), ALICE)
    assert types(events) == ["stream_options", "item.updated"]
    assert events[1].type == "thread.item.updated"
    assert events[1].update.type == "widget.root.updated"
    [(thread, action, seen, context)] = server.acted
    assert (thread, action.type, action.payload, context) == ("thr_1", "tap", PAYLOAD, ALICE)
    assert seen == sender
    assert await store.load_item("thr_1", "w", ALICE) == sender  # an update to a finished item is not stored


async def test_an_action_of_the_page_has_no_sender_and_may_have_no_payload(store: Store[str]) -> None:
    """S-45"""
    server = Acting(store)
    await given(store, server)
    assert types(await collect_events(server, tap(), ALICE)) == ["stream_options"]
    assert [(action.payload, sender) for _, action, sender, _ in server.acted] == [(None, None)]


async def test_an_action_of_something_else_is_one_error(
    store: Store[str], caplog: pytest.LogCaptureFixture
) -> None:
    """S-46"""
    server = Acting(store)
    await given(store, server)
    events = await collect_events(server, tap("m"), ALICE)
    assert [event.model_dump(exclude_none=True) for event in events] == [
        {"type": "error", "code": "stream.error", "allow_retry": False}
    ]
    assert server.acted == []
    assert [record.levelno for record in caplog.records if record.levelno > logging.INFO] == [logging.WARNING]


async def test_an_action_of_nothing_is_not_found(store: Store[str]) -> None:
    """P22"""
    server = Acting(store)
    await given(store, server)
    for kind in ("threads.custom_action", SYNC):
        with pytest.raises(NotFoundError):
            await (ask if kind == SYNC else collect_events)(server, tap("none", kind), ALICE)
        with pytest.raises(NotFoundError):
            await (ask if kind == SYNC else collect_events)(server, tap("w", kind), BOB)
    assert server.acted == []


async def test_actions_that_are_not_supported_say_so_in_the_stream() -> None:
    """S-47"""
    store = MemoryStore[str](owner=str)
    server = Scripted(store)
    await given(store, server)
    events = await collect_events(server, tap("w"), ALICE)
    assert [event.model_dump(exclude_none=True) for event in events] == [
        {"type": "stream_options", "stream_options": {"allow_cancel": True}},
        {"type": "error", "code": "stream.error", "allow_retry": True},
    ]


async def test_an_action_may_change_thread_and_items_like_any_answer(store: Store[str]) -> None:
    """protocol.md §12"""

    class Deciding(Scripted):
        async def action(
            self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: str
        ) -> AsyncIterator[ThreadStreamEvent]:
            thread.title = "Decided"
            yield done(answer("new", "Done", thread.id))

    server = Deciding(store)
    await given(store, server)
    events = await collect_events(server, tap("w"), ALICE)
    assert types(events) == ["stream_options", "item.done", "updated"]
    assert (await store.load_thread("thr_1", ALICE)).title == "Decided"
    assert (await store.load_item("thr_1", "new", ALICE)).type == "assistant_message"


async def test_a_sync_action_answers_with_the_item_of_the_app(store: Store[str]) -> None:
    """S-48: shown and not stored"""
    server = Acting(store)
    sender = await given(store, server)
    liked = widget("w", "Liked")
    server.reply = SyncCustomActionResponse(updated_item=liked)
    reply = SyncCustomActionResponse.model_validate(await ask(server, tap("w", SYNC, payload=PAYLOAD), ALICE))
    assert reply.updated_item is not None
    same_moment = {"created_at": reply.updated_item.created_at}
    assert reply.updated_item == liked.model_copy(update=same_moment)
    assert same_moment["created_at"] == liked.created_at.astimezone()
    assert server.acted[0][1].payload == PAYLOAD
    assert server.acted[0][2] == sender
    assert await store.load_item("thr_1", "w", ALICE) == sender


async def test_a_sync_action_may_change_nothing(store: Store[str]) -> None:
    """S-48"""
    server = Acting(store)
    await given(store, server)
    assert await ask(server, tap(None, SYNC), ALICE) == {}
    assert server.acted[0][2] is None


async def test_a_sync_action_of_something_else_is_a_conflict(store: Store[str]) -> None:
    """S-48"""
    server = Acting(store)
    await given(store, server)
    with pytest.raises(ValueError, match="is not a widget") as caught:
        await ask(server, tap("m", SYNC), ALICE)
    assert isinstance(caught.value, ConflictError)


async def test_sync_actions_that_are_not_supported_say_so() -> None:
    """python-sdk.md §7.3"""
    store = MemoryStore[str](owner=str)
    server = Scripted(store)
    await given(store, server)
    with pytest.raises(NotImplementedError, match="sync_action"):
        await ask(server, tap("w", SYNC), ALICE)
