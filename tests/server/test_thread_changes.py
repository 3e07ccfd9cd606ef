"""What a responder changes of its thread: when it is told, and that it is saved (S-15, S-16)."""

from collections.abc import Callable

import pytest

from chatkit.clock import now
from chatkit.store import MemoryStore, Store
from chatkit.testing import collect_events
from chatkit.types import (
    ClosedStatus,
    ErrorEvent,
    LockedStatus,
    ThreadMetadata,
    UserMessageItem,
)
from tests.scripted import (
    ALICE,
    Events,
    Scripted,
    answer,
    beginning,
    create,
    delta,
    done,
    raw,
    types,
)

Change = Callable[[ThreadMetadata], None]


def set_title(thread: ThreadMetadata) -> None:
    thread.title = "Named"


def edit_metadata(thread: ThreadMetadata) -> None:
    thread.metadata.setdefault("runs", []).append({"response": "resp_1"})


def lock(thread: ThreadMetadata) -> None:
    thread.status = LockedStatus(reason="Under review")


def close_in_place(thread: ThreadMetadata) -> None:
    thread.status = ClosedStatus()


def allow_pictures(thread: ThreadMetadata) -> None:
    thread.allowed_image_domains = ["img.example.net"]


CHANGES = [set_title, edit_metadata, lock, close_in_place, allow_pictures]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("fails", [False, True])
async def test_a_change_without_any_event_is_saved_and_sent_last(
    store: Store[str], change: Change, fails: bool
) -> None:
    """S-15; S-16: also after an error"""

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        change(thread)
        if fails:
            raise LookupError
        for event in ():
            yield event

    server = Scripted(store, script)
    events = await raw(server, create())
    assert [event["type"] for event in events[3:]] == [*(["error"] if fails else []), "thread.updated"]
    expected = ThreadMetadata(id=server.asked[0][0].id, created_at=now())
    change(expected)
    saved = await store.load_thread(expected.id, ALICE)
    assert saved == expected.model_copy(update={"created_at": saved.created_at})
    shown = events[-1]["thread"]
    assert (shown.get("title"), shown["metadata"]) == (expected.title, {})
    assert shown["status"] == expected.status.model_dump(exclude_none=True)
    assert shown.get("allowed_image_domains") == expected.allowed_image_domains
    assert shown["items"] == {"data": [], "has_more": False}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_between_two_events_is_told_right_after_the_second(
    store: Store[str], change: Change
) -> None:
    """S-15"""

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        yield done(answer("a", "A", thread.id))
        change(thread)
        yield done(answer("b", "B", thread.id))
        yield done(answer("c", "C", thread.id))

    events = await collect_events(Scripted(store, script), create(), ALICE)
    assert types(events)[3:] == ["item.done", "item.done", "updated", "item.done"]


async def test_a_title_given_between_deltas_is_told_at_once(store: Store[str]) -> None:
    """S-15: also where the text runs through the short way"""

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in beginning("m", thread.id):
            yield event
        yield delta("m", "a")
        thread.title = "Named"
        yield delta("m", "b")
        yield delta("m", "c")
        yield done(answer("m", "abc", thread.id))

    events = await collect_events(Scripted(store, script), create(), ALICE)
    assert types(events)[5:] == ["item.updated", "item.updated", "updated", "item.updated", "item.done"]


async def test_metadata_edited_between_deltas_is_saved_by_the_end(store: Store[str]) -> None:
    """S-15, DESIGN (budgets): nested edits may be saved a little late while text streams"""

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in beginning("m", thread.id):
            yield event
        thread.metadata["deep"] = {"list": [1]}
        yield delta("m", "a")
        thread.metadata["deep"]["list"].append(2)

    server = Scripted(store, script)
    await collect_events(server, create(), ALICE)
    assert (await store.load_thread(server.asked[0][0].id, ALICE)).metadata == {"deep": {"list": [1, 2]}}


async def test_what_is_not_set_is_absent(store: Store[str]) -> None:
    """S-15, W-2, W-8"""

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        thread.metadata["secret"] = "value"
        yield ErrorEvent(code="custom")

    events = await raw(Scripted(store, script), create())
    threads = [event["thread"] for event in events if "thread" in event]
    assert len(threads) == 2
    for thread in threads:
        assert set(thread) == {"id", "created_at", "status", "metadata", "items"}
        assert thread["metadata"] == {}


async def test_a_thread_that_stays_the_same_is_not_saved_again() -> None:
    """S-15"""
    saves: list[str] = []

    class Counting(MemoryStore[str]):
        async def save_thread(self, thread: ThreadMetadata, context: str) -> None:
            saves.append(thread.id)
            await super().save_thread(thread, context)

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        thread.title = thread.title
        thread.metadata = dict(thread.metadata)
        yield done(answer("a", "A", thread.id))

    await collect_events(Scripted(Counting(owner=str), script), create(), ALICE)
    assert len(saves) == 1
