"""The contract of stores, as tests. A store's test subclasses `StoreContract`, or the groups that the store promises.

StoreContract
├── CoreContract        what upstream asks of every store (ST-1…9, 11, 13; P12)
├── IsolationContract   what is not yours does not exist (ST-10)
├── OrderContract       lists are ordered by moment, then by insertion (ST-14, 15)
└── UpsertContract      saving twice replaces (P13)

The tests are plain functions that run their own event loop, so they need no plugin. For failures that show both sides,
call `pytest.register_assert_rewrite("chatkit.testing")` in `conftest.py`.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from datetime import datetime, timedelta, timezone
from typing import Any, Generic, TypeVar

import anyio

from chatkit.errors import NotFoundError
from chatkit.store.base import Store, TContext
from chatkit.testing.samples import (
    START,
    a_message,
    a_thread,
    every_kind_of_item,
    text_of,
    two_attachments,
)
from chatkit.types import (
    EndOfTurnItem,
    HiddenContextItem,
    LockedStatus,
    Page,
    Thread,
    ThreadItem,
    ThreadMetadata,
    WidgetItem,
)
from chatkit.widgets import Card, Text

C = TypeVar("C", bound="_Contract[Any]")


def _contract(check: Callable[[C, Store[Any], Any], Awaitable[None]]) -> Callable[[C], None]:
    """A test from a check: makes a store, opens it if it can be opened, runs the check as the first person."""

    async def run(contract: C) -> None:
        made = contract.make_store()
        async with AsyncExitStack() as stack:
            store = (
                await stack.enter_async_context(made)
                if isinstance(made, AbstractAsyncContextManager)
                else made
            )
            await check(contract, store, contract.contexts()[0])

    def test(self: C) -> None:
        anyio.run(run, self)

    # Not functools.wraps: pytest would look through it and ask for the check's arguments as fixtures.
    test.__name__, test.__qualname__, test.__doc__ = check.__name__, check.__qualname__, check.__doc__
    return test


class _Contract(Generic[TContext]):
    """What a store's test fills in."""

    def make_store(self) -> Store[TContext] | AbstractAsyncContextManager[Store[TContext]]:
        """A new, empty store. One that is an async context manager, or comes out of one, is closed after the test."""
        raise NotImplementedError(f"{type(self).__name__} must override make_store()")

    def contexts(self) -> tuple[TContext, TContext]:
        """The contexts of two different people."""
        raise NotImplementedError(f"{type(self).__name__} must override contexts()")


class CoreContract(_Contract[TContext]):
    """What upstream asks of every store (python-sdk.md ST-1…9, 11, 13)."""

    @_contract
    async def test_a_thread_comes_back_as_it_was_saved(self, store: Store[Any], me: Any) -> None:
        """ST-1"""
        full = ThreadMetadata(
            id="thr_1",
            title="Plans",
            created_at=START,
            status=LockedStatus(reason="later"),
            allowed_image_domains=["example.org"],
            metadata={"previous": {"response": "resp_1"}, "list": [1, None]},
        )
        bare = a_thread("thr_2")
        for thread in (full, bare):
            await store.save_thread(thread, me)
        assert await store.load_thread("thr_1", me) == full
        assert await store.load_thread("thr_2", me) == bare

    @_contract
    async def test_saving_a_thread_again_overwrites_it(self, store: Store[Any], me: Any) -> None:
        """ST-2"""
        await store.save_thread(a_thread("thr_1", title="Old"), me)
        await store.save_thread(a_thread("thr_1"), me)
        assert (await store.load_thread("thr_1", me)).title is None
        assert len((await store.load_threads(10, None, "asc", me)).data) == 1

    @_contract
    async def test_every_kind_of_item_comes_back_equal(self, store: Store[Any], me: Any) -> None:
        """ST-3"""
        await store.save_thread(a_thread("thr_1"), me)
        items = every_kind_of_item("thr_1")
        for item in items:
            await store.add_thread_item("thr_1", item, me)
        assert (await store.load_thread_items("thr_1", None, 100, "asc", me)).data == items
        for item in items:
            assert await store.load_item("thr_1", item.id, me) == item

    @_contract
    async def test_attachments_come_back_equal_until_deleted(self, store: Store[Any], me: Any) -> None:
        """ST-4"""
        for attachment in two_attachments():
            await store.save_attachment(attachment, me)
            assert await store.load_attachment(attachment.id, me) == attachment
            await store.delete_attachment(attachment.id, me)
            await _gone(store.load_attachment(attachment.id, me))

    @_contract
    async def test_threads_are_paged_by_age(self, store: Store[Any], me: Any) -> None:
        """ST-5"""
        for minute in (1, 0, 2):
            await store.save_thread(a_thread(f"thr_{minute}", minute), me)
        first = await store.load_threads(limit=2, after=None, order="asc", context=me)
        assert (_ids(first), first.has_more, first.after) == (["thr_0", "thr_1"], True, "thr_1")
        rest = await store.load_threads(limit=2, after="thr_1", order="asc", context=me)
        assert (_ids(rest), rest.has_more, bool(rest.after)) == (["thr_2"], False, False)

    @_contract
    async def test_items_come_oldest_first_or_newest_first(self, store: Store[Any], me: Any) -> None:
        """ST-6"""
        await _given_messages(store, me, 3)
        assert _ids(await store.load_thread_items("thr_1", None, 10, "asc", me)) == [
            "msg_0",
            "msg_1",
            "msg_2",
        ]
        assert _ids(await store.load_thread_items("thr_1", None, 10, "desc", me)) == [
            "msg_2",
            "msg_1",
            "msg_0",
        ]

    @_contract
    async def test_a_page_of_items_starts_after_the_cursor(self, store: Store[Any], me: Any) -> None:
        """ST-7"""
        await _given_messages(store, me, 5)
        rest = await store.load_thread_items("thr_1", "msg_1", 3, "asc", me)
        assert (_ids(rest), rest.has_more, bool(rest.after)) == (["msg_2", "msg_3", "msg_4"], False, False)
        first = await store.load_thread_items("thr_1", None, 2, "asc", me)
        assert (_ids(first), first.has_more, first.after) == (["msg_0", "msg_1"], True, "msg_1")
        older = await store.load_thread_items("thr_1", "msg_3", 2, "desc", me)
        assert (_ids(older), older.has_more, older.after) == (["msg_2", "msg_1"], True, "msg_1")

    @_contract
    async def test_a_page_is_as_long_as_asked_for_also_with_hidden_items(
        self, store: Store[Any], me: Any
    ) -> None:
        """P12: what readers may not see is filtered by the server, which counts on full pages."""
        await store.save_thread(a_thread("thr_1"), me)
        for minute in range(5):
            kind = HiddenContextItem if minute % 2 else EndOfTurnItem
            fields: dict[str, Any] = {"content": "note"} if minute % 2 else {}
            moment = START + timedelta(minutes=minute)
            item = kind(id=f"msg_{minute}", thread_id="thr_1", created_at=moment, **fields)
            await store.add_thread_item("thr_1", item, me)
        for order, expected in (("asc", ["msg_0", "msg_1", "msg_2"]), ("desc", ["msg_4", "msg_3", "msg_2"])):
            page = await store.load_thread_items("thr_1", None, 3, order, me)
            assert (_ids(page), page.has_more, page.after) == (expected, True, "msg_2")

    @_contract
    async def test_a_reader_sees_each_item_once_across_pages(self, store: Store[Any], me: Any) -> None:
        """ST-7: whatever the size of the pages and the order"""
        await _given_messages(store, me, 7)
        for order in ("asc", "desc"):
            for size in (1, 2, 3, 6, 7, 8):
                seen: list[str] = []
                after: str | None = None
                while True:
                    page = await store.load_thread_items("thr_1", after, size, order, me)
                    seen += _ids(page)
                    if not page.has_more:
                        break
                    after = page.after
                expected = [f"msg_{number}" for number in range(7)]
                assert seen == (expected if order == "asc" else expected[::-1])

    @_contract
    async def test_a_saved_change_is_loaded(self, store: Store[Any], me: Any) -> None:
        """ST-8"""
        await _given_messages(store, me, 1)
        await store.save_item("thr_1", a_message("msg_0", "changed", "thr_1", START), me)
        assert await store.load_item("thr_1", "msg_0", me) == a_message("msg_0", "changed", "thr_1", START)
        widget = WidgetItem(
            id="w", thread_id="thr_1", created_at=START, widget=Card(children=[Text(value="same")])
        )
        for save in (store.add_thread_item, store.save_item):
            await save("thr_1", widget, me)
            assert await store.load_item("thr_1", "w", me) == widget

    @_contract
    async def test_what_is_unknown_is_not_found(self, store: Store[Any], me: Any) -> None:
        """ST-9"""
        await store.save_thread(a_thread("thr_1"), me)
        await _gone(store.load_item("thr_1", "msg_none", me))
        await _gone(store.load_thread("thr_none", me))
        await _gone(store.load_attachment("atc_none", me))

    @_contract
    async def test_new_ids_differ_for_every_kind(self, store: Store[Any], me: Any) -> None:
        """ST-11"""
        thread = a_thread("thr_1")
        made = [store.generate_thread_id(me) for _ in range(100)]
        for kind in ("message", "tool_call", "task", "workflow", "attachment", "sdk_hidden_context"):
            made += [store.generate_item_id(kind, thread, me) for _ in range(100)]
        assert len(set(made)) == len(made)

    @_contract
    async def test_a_thread_saved_with_items_is_stored_without(self, store: Store[Any], me: Any) -> None:
        """ST-13"""
        page = Page[ThreadItem](data=[a_message("msg_0", "in the page", "thr_1", START)])
        await store.save_thread(Thread(id="thr_1", title="T", created_at=START, items=page), me)
        assert await store.load_thread("thr_1", me) == a_thread("thr_1", title="T")
        assert (await store.load_thread_items("thr_1", None, 10, "asc", me)).data == []

    @_contract
    async def test_what_is_deleted_is_gone_and_the_rest_stays(self, store: Store[Any], me: Any) -> None:
        await _given_messages(store, me, 3)
        await store.delete_thread_item("thr_1", "msg_1", me)
        assert _ids(await store.load_thread_items("thr_1", None, 10, "asc", me)) == ["msg_0", "msg_2"]
        await store.save_thread(a_thread("thr_2"), me)
        await store.delete_thread("thr_1", me)
        await _gone(store.load_thread("thr_1", me))
        assert _ids(await store.load_threads(10, None, "asc", me)) == ["thr_2"]
        await store.save_thread(a_thread("thr_1"), me)
        assert (await store.load_thread_items("thr_1", None, 10, "asc", me)).data == []


class IsolationContract(_Contract[TContext]):
    """What is not yours does not exist (python-sdk.md ST-10)."""

    @_contract
    async def test_a_stranger_finds_nothing(self, store: Store[Any], me: Any) -> None:
        """ST-10"""
        stranger = self.contexts()[1]
        await _given_messages(store, me, 1)
        await store.save_attachment(two_attachments()[0], me)
        await _gone(store.load_thread("thr_1", stranger))
        await _gone(store.load_item("thr_1", "msg_0", stranger))
        await _gone(store.load_attachment("atc_1", stranger))
        for page in (
            await store.load_thread_items("thr_1", None, 10, "asc", stranger),
            await store.load_thread_items("thr_1", "msg_0", 10, "desc", stranger),
            await store.load_threads(10, None, "asc", stranger),
        ):
            assert (page.data, page.has_more) == ([], False)

    @_contract
    async def test_a_stranger_changes_nothing(self, store: Store[Any], me: Any) -> None:
        """ST-10: a store may refuse the attempt, or keep it beside; what is mine stays as it was"""
        stranger = self.contexts()[1]
        await _given_messages(store, me, 2)
        mine = two_attachments()[0]
        await store.save_attachment(mine, me)
        forged = a_message("msg_0", "forged", "thr_1", START)
        for attempt in (
            store.save_thread(a_thread("thr_1", title="forged"), stranger),
            store.save_item("thr_1", forged, stranger),
            store.add_thread_item("thr_1", forged, stranger),
            store.save_attachment(mine.model_copy(update={"name": "forged"}), stranger),
            store.delete_thread_item("thr_1", "msg_1", stranger),
            store.delete_attachment(mine.id, stranger),
            store.delete_thread("thr_1", stranger),
        ):
            with suppress(NotFoundError):
                await attempt
        assert await store.load_thread("thr_1", me) == a_thread("thr_1")
        assert await store.load_attachment(mine.id, me) == mine
        found = (await store.load_thread_items("thr_1", None, 10, "asc", me)).data
        assert [(item.id, text_of(item)) for item in found] == [("msg_0", "text 0"), ("msg_1", "text 1")]


class OrderContract(_Contract[TContext]):
    """Lists are ordered by moment, then by insertion (python-sdk.md ST-14, 15)."""

    @_contract
    async def test_items_of_one_moment_stay_in_order_of_insertion(self, store: Store[Any], me: Any) -> None:
        """ST-14"""
        await store.save_thread(a_thread("thr_1"), me)
        names = ["c", "a", "d", "b", "e"]
        for name in names:
            await store.add_thread_item("thr_1", a_message(name, name, "thr_1", START), me)
        assert _ids(await store.load_thread_items("thr_1", None, 10, "asc", me)) == names
        newest = await store.load_thread_items("thr_1", None, 2, "desc", me)
        older = await store.load_thread_items("thr_1", newest.after, 10, "desc", me)
        assert _ids(newest) + _ids(older) == names[::-1]

    @_contract
    async def test_threads_of_one_moment_stay_in_order_of_insertion(self, store: Store[Any], me: Any) -> None:
        """ST-14, also when the first of them is saved again"""
        for id in ("thr_c", "thr_a", "thr_b", "thr_c"):
            await store.save_thread(a_thread(id), me)
        first = await store.load_threads(2, None, "asc", me)
        rest = await store.load_threads(2, first.after, "asc", me)
        assert _ids(first) + _ids(rest) == ["thr_c", "thr_a", "thr_b"]

    @_contract
    async def test_items_added_in_turn_by_many_stay_in_that_turn(self, store: Store[Any], me: Any) -> None:
        """ST-14: ten threads are written at once, each in its own order"""
        names = [f"msg_{number}" for number in range(10)]

        async def write(thread_id: str) -> None:
            await store.save_thread(a_thread(thread_id), me)
            for name in names:
                await store.add_thread_item(thread_id, a_message(name, name, thread_id, START), me)

        async with anyio.create_task_group() as group:
            for number in range(10):
                group.start_soon(write, f"thr_{number}")
        for number in range(10):
            assert _ids(await store.load_thread_items(f"thr_{number}", None, 20, "asc", me)) == names

    @_contract
    async def test_times_with_offsets_are_moments(self, store: Store[Any], me: Any) -> None:
        """ST-15"""
        await store.save_thread(a_thread("thr_1"), me)
        noon = datetime(2026, 1, 2, 12, 0, 0, 1, tzinfo=timezone.utc)
        moments = {
            "second": noon.astimezone(timezone(timedelta(hours=-9))),
            "first": (noon - timedelta(hours=1)).astimezone(timezone(timedelta(hours=5, minutes=30))),
            "third": (noon + timedelta(hours=1)).astimezone().replace(tzinfo=None),  # naive: local
        }
        for name, moment in moments.items():
            await store.add_thread_item("thr_1", a_message(name, name, "thr_1", moment), me)
        found = (await store.load_thread_items("thr_1", None, 10, "asc", me)).data
        assert [item.id for item in found] == ["first", "second", "third"]
        for item in found:
            assert item.created_at.astimezone(timezone.utc) == moments[item.id].astimezone(timezone.utc)


class UpsertContract(_Contract[TContext]):
    """Saving twice replaces, and a replaced item keeps its place (demand.md P13)."""

    @_contract
    async def test_an_item_added_twice_is_there_once_as_it_came_last(
        self, store: Store[Any], me: Any
    ) -> None:
        """P13"""
        await store.save_thread(a_thread("thr_1"), me)
        for id, text in (("a", "draft"), ("b", "between"), ("a", "whole")):
            await store.add_thread_item("thr_1", a_message(id, text, "thr_1", START), me)
        found = (await store.load_thread_items("thr_1", None, 10, "asc", me)).data
        assert found == [a_message("a", "whole", "thr_1", START), a_message("b", "between", "thr_1", START)]

    @_contract
    async def test_a_changed_item_keeps_its_place(self, store: Store[Any], me: Any) -> None:
        """P13, protocol.md §6: an upsert keeps its `seq`, whichever way it comes"""
        await store.save_thread(a_thread("thr_1"), me)
        for name in ("a", "b", "c"):
            await store.add_thread_item("thr_1", a_message(name, name, "thr_1", START), me)
        for save in (store.save_item, store.add_thread_item):
            for name in ("b", "a"):
                await save("thr_1", a_message(name, "again", "thr_1", START), me)
        assert _ids(await store.load_thread_items("thr_1", None, 10, "asc", me)) == ["a", "b", "c"]

    @_contract
    async def test_an_item_may_become_one_of_another_kind(self, store: Store[Any], me: Any) -> None:
        """P13, S-34"""
        await _given_messages(store, me, 2)
        widget = WidgetItem(id="msg_0", thread_id="thr_1", created_at=START, widget=Card(children=[]))
        await store.save_item("thr_1", widget, me)
        found = (await store.load_thread_items("thr_1", None, 10, "asc", me)).data
        assert (found[0], found[1].id) == (widget, "msg_1")

    @_contract
    async def test_saving_an_unknown_item_adds_it(self, store: Store[Any], me: Any) -> None:
        """P13"""
        await _given_messages(store, me, 1)
        await store.save_item("thr_1", a_message("new", "new", "thr_1", START + timedelta(hours=1)), me)
        assert _ids(await store.load_thread_items("thr_1", None, 10, "asc", me)) == ["msg_0", "new"]

    @_contract
    async def test_an_attachment_saved_twice_is_as_it_came_last(self, store: Store[Any], me: Any) -> None:
        """P13, protocol.md §14.3"""
        attachment = two_attachments()[0]
        sent = attachment.model_copy(update={"thread_id": "thr_1"})
        for version in (attachment, sent):
            await store.save_attachment(version, me)
        assert await store.load_attachment(attachment.id, me) == sent


class StoreContract(
    CoreContract[TContext], IsolationContract[TContext], OrderContract[TContext], UpsertContract[TContext]
):
    """Everything the bundled stores promise. Override `make_store()` and `contexts()`.

    ```
    class TestMyStore(StoreContract[User]):
        def make_store(self):
            return MyStore()

        def contexts(self):
            return User("alice"), User("bob")
    ```
    """


def _ids(page: Page[Any]) -> list[str]:
    return [model.id for model in page.data]


async def _given_messages(store: Store[Any], context: Any, count: int) -> None:
    await store.save_thread(a_thread("thr_1"), context)
    for number in range(count):
        message = a_message(f"msg_{number}", f"text {number}", "thr_1", START + timedelta(minutes=number))
        await store.add_thread_item("thr_1", message, context)


async def _gone(loading: Awaitable[Any]) -> None:
    try:
        found = await loading
    except NotFoundError:
        return
    raise AssertionError(f"expected NotFoundError, found {found!r}")
