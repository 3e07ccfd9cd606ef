"""Reading, renaming, deleting and thumbs (S-24…S-28, P12)."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from chatkit.clock import now
from chatkit.errors import NotFoundError
from chatkit.store import MemoryStore, Store
from chatkit.testing import ask, collect_events
from chatkit.types import (
    FeedbackKind,
    FileAttachment,
    HiddenContextItem,
    InferenceOptions,
    LockedStatus,
    ThreadMetadata,
    UserMessageItem,
)
from tests.scripted import ALICE, BOB, Events, Scripted, answer, create, items_of, request, say

START = datetime(2026, 3, 1, 10)


async def given_items(store: Store[str], count: int, hidden: Any = ()) -> None:
    """`thr_1` with items `m0`, `m1`, …, a minute apart; those of these numbers are hidden."""
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=START), ALICE)
    for number in range(count):
        at: dict[str, Any] = {"created_at": START + timedelta(minutes=number)}
        item = answer(f"m{number}", str(number)).model_copy(update=at)
        if number in hidden:
            item = HiddenContextItem(id=f"m{number}", thread_id="thr_1", content="whisper", **at)
        await store.add_thread_item("thr_1", item, ALICE)


def ids(page: Any) -> list[str]:
    return [entry["id"] for entry in page["data"]]


def named(numbers: Any) -> list[str]:
    return [f"m{number}" for number in numbers]


async def test_a_thread_is_read_with_its_oldest_items(store: Store[str]) -> None:
    """S-24, W-8"""
    await given_items(store, 25, hidden=(3,))
    thread = await store.load_thread("thr_1", ALICE)
    thread.title, thread.status, thread.metadata = "Docks", LockedStatus(reason="later"), {"secret": 1}
    thread.allowed_image_domains = ["img.example.net"]
    await store.save_thread(thread, ALICE)
    read = await ask(Scripted(store), request("threads.get_by_id", thread_id="thr_1"), ALICE)
    items = read.pop("items")
    assert read == {
        "id": "thr_1",
        "title": "Docks",
        "created_at": START.astimezone(timezone.utc).isoformat().replace("+00:00", "Z"),
        "status": {"type": "locked", "reason": "later"},
        "allowed_image_domains": ["img.example.net"],
        "metadata": {},
    }
    assert ids(items) == named([0, 1, 2, *range(4, 21)])
    assert (items["has_more"], items["after"]) == (True, "m20")


async def test_threads_are_listed_newest_first_in_pages_of_twenty(store: Store[str]) -> None:
    """S-25"""
    for number in range(25):
        at = START + timedelta(minutes=number)
        await store.save_thread(ThreadMetadata(id=f"m{number}", created_at=at, metadata={"k": 1}), ALICE)
    server = Scripted(store)
    for limit in ({}, {"limit": None}, {"limit": 0}, {"limit": 20}, {"limit": -3}):
        first = await ask(server, request("threads.list", **limit), ALICE)
        assert ids(first) == named(range(24, 4, -1))
        assert (first["has_more"], first["after"]) == (True, "m5")
        assert all(thread["items"] == {"data": [], "has_more": False} for thread in first["data"])
        assert all(thread["metadata"] == {} for thread in first["data"])
    rest = await ask(server, request("threads.list", after="m5"), ALICE)
    assert (ids(rest), rest["has_more"], "after" in rest) == (named(range(4, -1, -1)), False, False)
    oldest = await ask(server, request("threads.list", order="asc", limit=2), ALICE)
    assert (ids(oldest), oldest["after"]) == (["m0", "m1"], "m1")


async def test_items_are_listed_newest_first_in_pages_of_twenty(store: Store[str]) -> None:
    """S-26"""
    await given_items(store, 26)
    server = Scripted(store)
    first = await ask(server, request("items.list", thread_id="thr_1"), ALICE)
    assert (ids(first), first["has_more"], first["after"]) == (named(range(25, 5, -1)), True, "m6")
    rest = await ask(server, request("items.list", thread_id="thr_1", after=first["after"]), ALICE)
    assert (ids(rest), rest["has_more"], "after" in rest) == (named(range(5, -1, -1)), False, False)


async def test_a_page_of_an_absurd_size_is_a_page(store: Store[str]) -> None:
    """protocol.md §6: a reader cannot ask for more than the server gives in one page"""
    await given_items(store, 3)
    server = Scripted(store)
    for limit in (1000, 2**31, 2**64, 10**30):
        page = await ask(server, request("items.list", thread_id="thr_1", limit=limit, order="asc"), ALICE)
        assert (ids(page), page["has_more"]) == (named(range(3)), False)
        assert len((await ask(server, request("threads.list", limit=limit), ALICE))["data"]) == 1
    for limit in (-1, -20, -(2**64)):
        page = await ask(server, request("items.list", thread_id="thr_1", limit=limit, order="asc"), ALICE)
        assert (ids(page), page["has_more"]) == (named(range(3)), False)


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    "hidden",
    [(), range(30), range(29), range(1, 30), range(0, 30, 2), [*range(5, 15), *range(20, 30)], [29], [0]],
)
async def test_hidden_items_never_shorten_a_page(store: Store[str], order: str, hidden: Any) -> None:
    """P12, W-9: each visible item comes once, pages are full, and the last one says so"""
    await given_items(store, 30, hidden)
    visible = named(number for number in range(30) if number not in hidden)
    expected = visible if order == "asc" else visible[::-1]
    seen: list[str] = []
    after = None
    while True:
        asked = request("items.list", thread_id="thr_1", limit=4, order=order, after=after)
        page = await ask(Scripted(store), asked, ALICE)
        seen += ids(page)
        if not page["has_more"]:
            break
        assert len(page["data"]) == 4
        after = page["after"]
        assert after == seen[-1]
    assert seen == expected


async def test_attachments_of_listed_messages_have_no_metadata(store: Store[str]) -> None:
    """S-32, W-7"""
    await given_items(store, 0)
    plan = FileAttachment(id="atc", name="p", mime_type="text/plain", metadata={"path": "secret"})
    message = UserMessageItem(
        id="m", thread_id="thr_1", created_at=now(), content=[], attachments=[plan],
        inference_options=InferenceOptions(),
    )  # fmt: skip
    await store.add_thread_item("thr_1", message, ALICE)
    for asked in (request("items.list", thread_id="thr_1"), request("threads.get_by_id", thread_id="thr_1")):
        read = await ask(Scripted(store), asked, ALICE)
        items = read["data"] if "data" in read else read["items"]["data"]
        assert items[0]["attachments"] == [
            {"type": "file", "id": "atc", "name": "p", "mime_type": "text/plain"}
        ]
    saved = await store.load_item("thr_1", "m", ALICE)
    assert saved.type == "user_message"
    assert saved.attachments[0].metadata == {"path": "secret"}


async def test_a_thread_is_renamed(store: Store[str]) -> None:
    """S-27"""
    await given_items(store, 2)
    server = Scripted(store)
    renamed = await ask(server, request("threads.update", thread_id="thr_1", title="Nouveau"), ALICE)
    assert (renamed["title"], renamed["items"]) == ("Nouveau", {"data": [], "has_more": False})
    assert (await store.load_thread("thr_1", ALICE)).title == "Nouveau"
    assert len(await items_of(store, "thr_1")) == 2


async def test_a_title_given_by_the_person_outlives_the_running_turn(store: Store[str]) -> None:
    """S-27, S-15: the turn's own save does not undo it"""
    server = Scripted(store)

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        await ask(server, request("threads.update", thread_id=thread.id, title="By hand"), ALICE)
        thread.metadata["k"] = 1
        for event in ():
            yield event

    server.script = script
    await collect_events(server, create(), ALICE)
    saved = await store.load_thread(server.asked[0][0].id, ALICE)
    assert (saved.title, saved.metadata) == ("By hand", {"k": 1})


async def test_a_deleted_thread_is_gone(store: Store[str]) -> None:
    """S-27"""
    await given_items(store, 2)
    server = Scripted(store)
    result = await server.process(b'{"type":"threads.delete","params":{"thread_id":"thr_1"}}', ALICE)
    assert getattr(result, "json", None) == b"{}"
    with pytest.raises(NotFoundError):
        await ask(server, request("threads.get_by_id", thread_id="thr_1"), ALICE)
    with pytest.raises(NotFoundError):
        await collect_events(server, say("thr_1"), ALICE)
    assert await items_of(store, "thr_1") == []


@pytest.mark.parametrize(
    "asked",
    [
        request("threads.get_by_id", thread_id="thr_1"),
        request("threads.update", thread_id="thr_1", title="Taken"),
        request("threads.delete", thread_id="thr_1"),
        request("items.feedback", thread_id="thr_1", item_ids=["m0"], kind="negative"),
        request("threads.sync_custom_action", thread_id="thr_1", action={"type": "x"}),
    ],
)
async def test_a_stranger_cannot_tell_a_thread_from_none(store: Store[str], asked: dict[str, Any]) -> None:
    """ST-10: the answer is the same, and nothing has changed"""
    await given_items(store, 2)
    before = await store.load_thread("thr_1", ALICE)
    server = Scripted(store)
    with pytest.raises(NotFoundError) as theirs:
        await ask(server, asked, BOB)
    asked = {**asked, "params": {**asked["params"], "thread_id": "thr_0"}}
    with pytest.raises(NotFoundError) as nobodys:
        await ask(server, asked, BOB)
    assert str(theirs.value).replace("thr_1", "thr_0") == str(nobodys.value)
    assert await store.load_thread("thr_1", ALICE) == before


async def test_the_items_of_a_stranger_are_none(store: Store[str]) -> None:
    """ST-10"""
    await given_items(store, 2)
    for after in (None, "m0"):
        asked = request("items.list", thread_id="thr_1", after=after)
        with pytest.raises(NotFoundError):
            await ask(Scripted(store), asked, BOB)
        with pytest.raises(NotFoundError):
            await ask(Scripted(store), {**asked, "params": {"thread_id": "thr_none", "after": after}}, ALICE)


async def test_thumbs_reach_the_app() -> None:
    """S-28, protocol.md §1.4: those for a thread of the caller's own"""
    seen: list[Any] = []

    class Listening(Scripted):
        async def add_feedback(self, t: str, i: list[str], f: FeedbackKind, c: str) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
            seen.append((t, i, f, c))

    store = MemoryStore[str](owner=str)
    await given_items(store, 2)
    server = Listening(store)
    for kind in ("positive", "negative"):
        asked = request("items.feedback", thread_id="thr_1", item_ids=["a", "b"], kind=kind)
        assert await ask(server, asked, ALICE) == {}
        with pytest.raises(NotFoundError):
            await ask(server, asked, BOB)
    assert seen == [("thr_1", ["a", "b"], kind, ALICE) for kind in ("positive", "negative")]


async def test_thumbs_go_nowhere_unless_the_app_wants_them() -> None:
    """S-28"""
    store = MemoryStore[str](owner=str)
    await given_items(store, 2)
    asked = request("items.feedback", thread_id="thr_1", item_ids=["a"], kind="positive")
    assert await ask(Scripted(store), asked, ALICE) == {}
