"""The optional abilities of the bundled stores: checkpoints, all threads, trimming, sweeping (extensions.md §7)."""

import asyncio
from datetime import datetime, timedelta, timezone

import anyio
import pytest

from chatkit.errors import NotFoundError
from chatkit.store import (
    CheckpointStore,
    FilingStore,
    HostedStore,
    LeasingStore,
    RevisingStore,
    SweepingStore,
    TrimmingStore,
)
from chatkit.store.sql import SQLStore
from chatkit.testing.samples import START, a_message, a_thread, every_kind_of_item, text_of
from chatkit.types import FileAttachment, ThreadItem, ThreadMetadata
from tests.store.conftest import AnyStore

ALICE, BOB = "alice", "bob"


def said(id: str, text: str = "", minute: int = 0) -> ThreadItem:
    return a_message(id, text or id, "thr_1", START + timedelta(minutes=minute))


async def ids(store: AnyStore) -> list[str]:
    return [item.id for item in (await store.load_thread_items("thr_1", None, 100, "asc", ALICE)).data]


async def test_the_bundled_stores_have_every_ability(store: AnyStore) -> None:
    for ability in (CheckpointStore, FilingStore, HostedStore, LeasingStore, RevisingStore):
        assert isinstance(store, ability)
    for ability in (SweepingStore, TrimmingStore):
        assert isinstance(store, ability)


async def test_two_who_change_a_thread_do_not_undo_each_other(store: AnyStore) -> None:
    await store.save_thread(a_thread("thr_1", title="0"), ALICE)

    def next_one(thread: ThreadMetadata) -> ThreadMetadata:
        thread.title = str(int(thread.title or "") + 1)
        return thread

    async with anyio.create_task_group() as many:
        for _ in range(20):
            many.start_soon(store.revise_thread, "thr_1", next_one, ALICE)
    revised = await store.revise_thread("thr_1", next_one, ALICE)
    assert revised.title == "21"
    assert await store.load_thread("thr_1", ALICE) == revised == a_thread("thr_1", title="21")
    for thread_id, context in (("thr_1", BOB), ("thr_none", ALICE)):
        with pytest.raises(NotFoundError):
            await store.revise_thread(thread_id, next_one, context)


async def test_a_subclass_that_saves_threads_in_its_own_way_goes_on_to_do_so() -> None:
    saved: list[str | None] = []

    class Audited(SQLStore[str]):
        async def save_thread(self, thread: ThreadMetadata, context: str) -> None:
            saved.append(thread.title)
            await super().save_thread(thread, context)

    async with Audited("sqlite://", owner=str) as store:
        await store.save_thread(a_thread("thr_1", title="Old"), ALICE)
        renamed = await store.revise_thread("thr_1", lambda thread: a_thread(thread.id, title="New"), ALICE)
        assert (await store.load_thread("thr_1", ALICE)).title == renamed.title == "New"
    assert saved == ["Old", "New"]


async def test_a_dead_turns_items_become_stored_ones_once(store: AnyStore) -> None:
    """extensions.md §2.5: of every kind, in their order, without a context"""
    await store.save_thread(a_thread("thr_1"), ALICE)
    pending = every_kind_of_item("thr_1")
    await store.save_checkpoint("turn_1", "thr_1", pending[:1], ALICE)
    await store.save_checkpoint("turn_1", "thr_1", pending, ALICE)
    assert await ids(store) == []  # not before the turn is known to be dead
    assert await store.finish_checkpoint("turn_1") == pending
    assert (await store.load_thread_items("thr_1", None, 100, "asc", ALICE)).data == pending
    assert await store.finish_checkpoint("turn_1") == []
    assert (await store.load_threads(10, None, "asc", BOB)).data == []


async def test_a_turn_that_ended_well_leaves_no_checkpoint(store: AnyStore) -> None:
    await store.save_thread(a_thread("thr_1"), ALICE)
    await store.save_checkpoint("turn_1", "thr_1", [said("msg_1")], ALICE)
    for _ in range(2):  # dropping is idempotent
        await store.drop_checkpoint("turn_1")
    assert await store.finish_checkpoint("turn_1") == []
    assert await ids(store) == []


async def test_what_was_saved_after_the_checkpoint_is_not_overwritten(store: AnyStore) -> None:
    """A turn finished one item, went on, and died before its next checkpoint: the whole text stays"""
    await store.save_thread(a_thread("thr_1"), ALICE)
    await store.add_thread_item("thr_1", said("workflow", "as it was"), ALICE)
    await store.add_thread_item("thr_1", said("removed"), ALICE)
    await store.save_item("thr_1", said("continued", "as it was"), ALICE)
    pending = [said(id, "half") for id in ("workflow", "removed", "continued", "fresh", "done")]
    await store.save_checkpoint("turn_1", "thr_1", pending, ALICE)
    await store.save_item("thr_1", said("workflow", "whole"), ALICE)
    await store.delete_thread_item("thr_1", "removed", ALICE)
    await store.add_thread_item("thr_1", said("done", "whole"), ALICE)
    left = await store.finish_checkpoint("turn_1")
    assert [item.id for item in left] == ["continued", "fresh"]
    page = await store.load_thread_items("thr_1", None, 10, "asc", ALICE)
    assert {item.id: text_of(item) for item in page.data} == {
        "workflow": "whole",
        "continued": "half",
        "done": "whole",
        "fresh": "half",
    }


async def test_a_checkpoint_goes_with_its_thread(store: AnyStore) -> None:
    await store.save_thread(a_thread("thr_1"), ALICE)
    await store.save_checkpoint("turn_1", "thr_1", [said("msg_1")], ALICE)
    await store.delete_thread("thr_1", ALICE)
    await store.save_thread(a_thread("thr_1"), BOB)  # the id is free again
    assert await store.finish_checkpoint("turn_1") == []
    assert (await store.load_thread_items("thr_1", None, 10, "asc", BOB)).data == []


async def test_a_stranger_cannot_write_a_checkpoint(store: AnyStore) -> None:
    """ST-10: neither in another's thread nor over another's turn"""
    await store.save_thread(a_thread("thr_1"), ALICE)
    await store.save_thread(a_thread("thr_2"), BOB)
    await store.save_checkpoint("turn_1", "thr_1", [said("msg_1")], ALICE)
    for thread_id in ("thr_1", "thr_2", "thr_none"):
        with pytest.raises(NotFoundError):
            await store.save_checkpoint("turn_1", thread_id, [said("forged")], BOB)
    assert [item.id for item in await store.finish_checkpoint("turn_1")] == ["msg_1"]


async def test_turns_that_have_not_ended_are_found_by_their_silence(store: AnyStore) -> None:
    """extensions.md §2.5: a worker that was killed says nothing any more"""
    for id, owner in (("thr_1", ALICE), ("thr_2", BOB)):
        await store.save_thread(a_thread(id), owner)
    assert await store.open_checkpoints() == []
    await store.save_checkpoint("turn_1", "thr_1", [], ALICE)  # nothing was said yet
    await store.save_checkpoint("turn_2", "thr_2", [], BOB)
    found = await store.open_checkpoints()
    assert [(one.owner, one.thread_id, one.turn_id) for one in found] == [
        (ALICE, "thr_1", "turn_1"),
        (BOB, "thr_2", "turn_2"),
    ]
    assert all(-0.1 < one.silent < 60 for one in found)  # a clock may be read to the millisecond
    assert await store.open_checkpoints(3600) == []
    assert [one.turn_id for one in await store.open_checkpoints(thread_id="thr_2")] == ["turn_2"]
    await asyncio.sleep(0.2)
    await store.save_checkpoint("turn_1", "thr_1", [said("msg_1")], ALICE)  # it is still there
    assert [one.turn_id for one in await store.open_checkpoints()] == ["turn_2", "turn_1"]
    [late, _] = await store.open_checkpoints()
    assert [one.turn_id for one in await store.open_checkpoints(0.2)][:1] == ["turn_2"]
    assert late.silent >= 0.19
    await store.drop_checkpoint("turn_1")
    await store.finish_checkpoint("turn_2")
    assert await store.open_checkpoints() == []


async def given_threads(store: AnyStore) -> None:
    for minute, owner in enumerate([ALICE, BOB, ALICE, ALICE, BOB, ALICE]):
        await store.save_thread(a_thread(f"thr_{minute}", minute), owner)


async def test_everybodys_threads_are_listed_with_their_owners(store: AnyStore) -> None:
    """openai-api.md §3"""
    await given_threads(store)
    page = await store.list_threads(None, None, None, 10, "asc")
    owners = [ALICE, BOB, ALICE, ALICE, BOB, ALICE]
    assert [(one.owner, one.thread) for one in page.data] == [
        (owner, a_thread(f"thr_{minute}", minute)) for minute, owner in enumerate(owners)
    ]
    assert (page.has_more, page.after) == (False, None)
    assert [one.thread.id for one in (await store.list_threads(BOB, None, None, 10, "desc")).data] == [
        "thr_4",
        "thr_1",
    ]
    assert (await store.list_threads("nobody", None, None, 10, "desc")).data == []


@pytest.mark.parametrize(
    ("owner", "after", "before", "limit", "order", "expected", "has_more"),
    [
        (None, None, None, 2, "asc", "01", True),
        (None, None, None, 2, "desc", "54", True),
        (None, "1", None, 2, "asc", "23", True),
        (None, "3", None, 2, "asc", "45", False),
        (None, "3", None, 2, "desc", "21", True),
        (None, None, "4", 2, "asc", "23", True),
        (None, None, "2", 2, "asc", "01", False),
        (None, None, "1", 2, "desc", "32", True),
        (None, "0", "4", 2, "asc", "12", True),
        (None, "0", "3", 2, "asc", "12", False),
        (None, "5", "2", 9, "desc", "43", False),
        (ALICE, "0", None, 2, "asc", "23", True),
        (ALICE, None, "5", 2, "asc", "23", True),
        (ALICE, "1", None, 9, "asc", "", False),  # Bob's: not in this list
        (None, "x", None, 9, "asc", "", False),
        (None, None, "x", 9, "asc", "", False),
        (None, None, None, 0, "asc", "", False),
    ],
)
async def test_a_list_of_threads_starts_after_and_ends_before(
    store: AnyStore,
    owner: str | None,
    after: str | None,
    before: str | None,
    limit: int,
    order: str,
    expected: str,
    has_more: bool,
) -> None:
    """openai-api.md §3: `after` and `before` in the chosen order; `has_more` is right, or clients would never stop"""
    await given_threads(store)
    start, end = (f"thr_{one}" if one else None for one in (after, before))
    page = await store.list_threads(owner, start, end, limit, order)
    assert ("".join(one.thread.id[-1] for one in page.data), page.has_more) == (expected, has_more)
    assert page.after == (f"thr_{expected[-1]}" if has_more else None)


async def test_a_threads_owner_is_known(store: AnyStore) -> None:
    await given_threads(store)
    assert [await store.owner_of_thread(id) for id in ("thr_0", "thr_1")] == [ALICE, BOB]
    await store.delete_thread("thr_1", BOB)
    for gone in ("thr_1", "thr_none"):
        with pytest.raises(NotFoundError):
            await store.owner_of_thread(gone)


async def test_trimming_deletes_what_is_behind_an_item(store: AnyStore) -> None:
    """S-41, S-43: in the order of the thread, not of the ids; other threads stay"""
    for thread_id in ("thr_1", "thr_2"):
        await store.save_thread(a_thread(thread_id), ALICE)
    for id, minute in (("z", 0), ("c", 1), ("a", 1), ("b", 1), ("y", 2)):
        await store.add_thread_item("thr_1", said(id, minute=minute), ALICE)
        await store.add_thread_item("thr_2", said(id, minute=minute), ALICE)
    await store.delete_items_after("thr_1", "a", ALICE)
    assert await ids(store) == ["z", "c", "a"]
    await store.delete_items_after("thr_1", "a", ALICE)
    assert await ids(store) == ["z", "c", "a"]
    assert len((await store.load_thread_items("thr_2", None, 10, "asc", ALICE)).data) == 5


async def test_trimming_behind_what_is_not_there_deletes_nothing(store: AnyStore) -> None:
    """S-44, ST-10"""
    await store.save_thread(a_thread("thr_1"), ALICE)
    for id in ("a", "b"):
        await store.add_thread_item("thr_1", said(id), ALICE)
    for thread_id, item_id, context in (("thr_1", "x", ALICE), ("thr_x", "a", ALICE), ("thr_1", "a", BOB)):
        with pytest.raises(NotFoundError):
            await store.delete_items_after(thread_id, item_id, context)
    assert await ids(store) == ["a", "b"]


async def test_sweeping_forgets_what_was_never_sent(store: AnyStore) -> None:
    """issue 3: of everybody, by the time of its first save; what a thread has taken stays"""
    await store.save_thread(a_thread("thr_1"), ALICE)
    file = FileAttachment(id="atc_old", name="a.txt", mime_type="text/plain")
    await store.save_attachment(file, ALICE)
    await store.save_attachment(file.model_copy(update={"id": "atc_bob"}), BOB)
    sent = file.model_copy(update={"id": "atc_sent"})
    await store.save_attachment(sent, ALICE)
    await store.save_attachment(sent.model_copy(update={"thread_id": "thr_1"}), ALICE)
    later = datetime.now(timezone.utc)
    await store.save_attachment(file.model_copy(update={"id": "atc_new"}), ALICE)
    await store.save_attachment(
        file.model_copy(update={"name": "b.txt"}), ALICE
    )  # saved again: as old as before

    assert await store.sweep_attachments(later - timedelta(days=1)) == 0
    assert await store.sweep_attachments(later) == 2
    assert await store.sweep_attachments(later) == 0
    for id, owner in (("atc_old", ALICE), ("atc_bob", BOB)):
        with pytest.raises(NotFoundError):
            await store.load_attachment(id, owner)
    assert (await store.load_attachment("atc_new", ALICE)).id == "atc_new"
    assert (await store.load_attachment("atc_sent", ALICE)).thread_id == "thr_1"
    await store.save_attachment(file.model_copy(update={"id": "atc_bob"}), ALICE)  # its id is free
