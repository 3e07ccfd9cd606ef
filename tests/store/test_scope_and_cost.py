"""Every query is scoped by its owner, a page costs the same in a thread of any length, and odd input finds nothing."""

import inspect
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from chatkit.errors import NotFoundError
from chatkit.server import ChatKitServer
from chatkit.store import AttachmentStore, MemoryStore, default_generate_id
from chatkit.store.ids import StoreItemType
from chatkit.store.sql import SQLStore
from chatkit.store.tables import items, threads, to_body
from chatkit.testing import collect_events
from chatkit.testing.samples import START, a_message, a_thread, two_attachments
from chatkit.types import ThreadCreatedEvent, ThreadItemDoneEvent, ThreadMetadata, UserMessageItem
from tests.store.conftest import AnyStore

ME, STRANGER = "alice", "mallory"
FORGED = a_message("msg_1", "forged", "thr_1", START)
FILE = two_attachments()[0].model_copy(update={"thread_id": "thr_1"})

Call = Callable[[AnyStore, str], Coroutine[Any, Any, Any]]

SCOPED: dict[str, Call] = {
    "load_thread": lambda store, who: store.load_thread("thr_1", who),
    "save_thread": lambda store, who: store.save_thread(a_thread("thr_1", title="forged"), who),
    "revise_thread": lambda store, who: store.revise_thread(
        "thr_1", lambda thread: thread.model_copy(update={"title": "forged"}), who
    ),
    "load_threads": lambda store, who: store.load_threads(10, None, "asc", who),
    "delete_thread": lambda store, who: store.delete_thread("thr_1", who),
    "load_thread_items": lambda store, who: store.load_thread_items("thr_1", None, 10, "asc", who),
    "add_thread_item": lambda store, who: store.add_thread_item("thr_1", FORGED, who),
    "save_item": lambda store, who: store.save_item("thr_1", FORGED, who),
    "load_item": lambda store, who: store.load_item("thr_1", "msg_1", who),
    "delete_thread_item": lambda store, who: store.delete_thread_item("thr_1", "msg_1", who),
    "delete_items_after": lambda store, who: store.delete_items_after("thr_1", "msg_1", who),
    "save_attachment": lambda store, who: store.save_attachment(
        FILE.model_copy(update={"name": "forged"}), who
    ),
    "load_attachment": lambda store, who: store.load_attachment(FILE.id, who),
    "delete_attachment": lambda store, who: store.delete_attachment(FILE.id, who),
    "attachments_of": lambda store, who: store.attachments_of("thr_1", who),
    "save_checkpoint": lambda store, who: store.save_checkpoint("turn_1", "thr_1", [FORGED], who),
}
ANSWERS_EMPTY = {"load_threads", "load_thread_items", "attachments_of"}
CHANGES_NOTHING = {"delete_thread_item", "delete_attachment"}
UNSCOPED = {
    *("open", "close", "finish_checkpoint", "drop_checkpoint", "list_threads", "owner_of_thread"),
    *("open_checkpoints", "sweep_attachments"),
}
"""They take no context: a server calls them for nobody in particular, and no request of a client names their ids."""


@pytest.mark.parametrize("kind", [MemoryStore, SQLStore])
def test_every_public_method_is_walked_below(kind: type[Any]) -> None:
    """DESIGN 6: a new method has to say here whose data it looks at"""
    public = {name for name, _ in inspect.getmembers(kind, inspect.iscoroutinefunction) if name[0] != "_"}
    assert public - UNSCOPED <= set(SCOPED)
    for name in public & UNSCOPED:
        assert "context" not in inspect.signature(getattr(kind, name)).parameters


@pytest.mark.parametrize("name", SCOPED)
async def test_no_method_reaches_what_is_anothers(store: AnyStore, name: str) -> None:
    """ST-10, DESIGN 6"""
    await store.save_thread(a_thread("thr_1"), ME)
    for id in ("msg_1", "msg_2"):
        await store.add_thread_item("thr_1", a_message(id, "mine", "thr_1", START), ME)
    await store.save_attachment(FILE, ME)
    await store.save_checkpoint("turn_1", "thr_1", [], ME)
    if name in ANSWERS_EMPTY:
        found = await SCOPED[name](store, STRANGER)
        assert (found if isinstance(found, list) else found.data) == []
    elif name in CHANGES_NOTHING:
        await SCOPED[name](store, STRANGER)
    else:
        with pytest.raises(NotFoundError):
            await SCOPED[name](store, STRANGER)
    assert await store.load_thread("thr_1", ME) == a_thread("thr_1")
    assert await store.load_attachment(FILE.id, ME) == FILE
    assert (await store.load_thread_items("thr_1", None, 10, "asc", ME)).data == [
        a_message(id, "mine", "thr_1", START) for id in ("msg_1", "msg_2")
    ]
    assert await store.finish_checkpoint("turn_1") == []


async def test_deleting_a_thread_spares_anothers_file(store: AnyStore) -> None:
    """A stranger's record may name my thread; it is theirs all the same"""
    await store.save_thread(a_thread("thr_1"), ME)
    await store.save_attachment(FILE, STRANGER)
    await store.delete_thread("thr_1", ME)
    assert await store.load_attachment(FILE.id, STRANGER) == FILE


async def test_ids_of_any_length_and_with_any_character_are_kept_apart(store: AnyStore) -> None:
    """Providers make ids of several hundred characters; clients make up anything"""
    long = "x" * 1200
    await store.save_thread(a_thread(long), "owner-" + long)
    item = a_message(long + "é🙂'\"%_", "said", long, START)
    await store.add_thread_item(long, item, "owner-" + long)
    assert await store.load_item(long, item.id, "owner-" + long) == item
    odd = FILE.model_copy(update={"name": "a\0b", "mime_type": "text/" + long})
    await store.save_attachment(odd, ME)
    assert await store.load_attachment(FILE.id, ME) == odd
    for made_up in ("", "\0", "a\0b", "'; --", "%", long + "y"):
        with pytest.raises(NotFoundError):
            await store.load_thread(made_up, ME)
        assert (await store.load_threads(10, made_up or "none", "asc", ME)).data == []
    for limit in (0, -3):
        page = await store.load_threads(limit, None, "asc", "owner-" + long)
        assert (page.data, page.has_more, page.after) == ([], False, None)
    assert len((await store.load_threads(10**30, None, "asc", "owner-" + long)).data) == 1


# --- what a page costs


def engine_of(store: SQLStore[str]) -> Any:
    return store._database.engine  # pyright: ignore[reportPrivateUsage]


@contextmanager
def statements(store: SQLStore[str]) -> Generator[list[tuple[str, Any]]]:
    """What is sent to the database meanwhile, but for the bounds of transactions."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    engine = engine_of(store).sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def given_long_threads(store: SQLStore[str]) -> None:
    """One thread of 10,000 items and 200 short ones; 10,000 threads, every fifth of them mine."""

    def utc(row: int) -> Any:
        return START + timedelta(seconds=row)

    short = to_body(a_message("msg", "said", "thr_long", START))
    async with engine_of(store).begin() as connection:
        body = to_body(a_thread("thr"))
        rows: list[dict[str, Any]] = [
            {
                "id": f"thr_{n}",
                "owner": f"other_{n % 97}" if n % 5 else ME,
                "created_at": utc(n),
                "body": body,
            }
            for n in range(10_000)
        ]
        await connection.execute(sa.insert(threads), rows)
        rows = [
            {"thread_id": "thr_0", "id": f"msg_{n}", "type": "x", "created_at": utc(n), "body": short}
            for n in range(10_000)
        ]
        rows += [
            {
                "thread_id": f"thr_{1 + n % 200}",
                "id": f"msg_{n}",
                "type": "x",
                "created_at": utc(n),
                "body": short,
            }
            for n in range(4_000)
        ]
        await connection.execute(sa.insert(items), rows)
        await connection.execute(sa.text("ANALYZE"))


PAGES: dict[str, tuple[str, Call]] = {
    "first items": (
        "chatkit_items_in_order",
        lambda store, who: store.load_thread_items("thr_0", None, 20, "desc", who),
    ),
    "items in the middle": (
        "chatkit_items_in_order",
        lambda store, who: store.load_thread_items("thr_0", "msg_5000", 20, "desc", who),
    ),
    "items upwards": (
        "chatkit_items_in_order",
        lambda store, who: store.load_thread_items("thr_0", "msg_5000", 20, "asc", who),
    ),
    "threads": (
        "chatkit_threads_by_owner",
        lambda store, who: store.load_threads(20, "thr_5000", "desc", who),
    ),
    "threads as a server lists them": (
        "chatkit_threads_by_owner",
        lambda store, who: store.list_threads(who, None, "thr_5000", 20, "desc"),
    ),
}


async def test_a_page_is_one_query_that_walks_an_index(sql: SQLStore[str]) -> None:
    """DESIGN, budgets: paging in a thread of 10,000 items costs the same as in one of 100"""
    await given_long_threads(sql)
    explain = "EXPLAIN QUERY PLAN " if engine_of(sql).dialect.name == "sqlite" else "EXPLAIN "
    for name, (index, call) in PAGES.items():
        with statements(sql) as seen:
            page = await call(sql, ME)
        assert (len(page.data), page.has_more) == (20, True), name
        assert len(seen) == 1, f"{name} took {len(seen)} queries"
        statement, parameters = seen[0]
        async with engine_of(sql).connect() as connection:
            rows = await connection.exec_driver_sql(explain + statement, parameters)
            plan = "\n".join(str(row[-1]) for row in rows)
        assert index in plan, f"{name}:\n{plan}"
        for word in ("Sort", "TEMP B-TREE", "Seq Scan", "SCAN chatkit_items"):
            assert word not in plan, f"{name}:\n{plan}"


# --- ids


PREFIXES: dict[StoreItemType, str] = {
    "thread": "thr_",
    "message": "msg_",
    "tool_call": "tc_",
    "task": "tsk_",
    "workflow": "wf_",
    "attachment": "atc_",
    "sdk_hidden_context": "shcx_",
}


@pytest.mark.parametrize("kind", PREFIXES)
def test_default_ids_have_the_prefix_of_their_kind(kind: StoreItemType) -> None:
    """ST-11, P10: and 128 bits that rise"""
    made = [default_generate_id(kind) for _ in range(200)]
    assert all(id.startswith(PREFIXES[kind]) and len(id) == len(PREFIXES[kind]) + 32 for id in made)
    assert made == sorted(set(made))


def test_ids_rise_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """ST-11, P10: summer time, a corrected clock"""
    now = time.time_ns()
    clock = iter([now, now - 3_600_000_000_000, now - 3_599_000_000_000, now + 1_000_000_000])
    monkeypatch.setattr(time, "time_ns", lambda: next(clock))
    made = [default_generate_id("message") for _ in range(4)]
    assert made == sorted(set(made))


class Numbered(MemoryStore[str]):
    """An app's own ids."""

    def __init__(self) -> None:
        super().__init__(owner=str)
        self.asked: list[tuple[str, str, str]] = []

    def generate_thread_id(self, context: str) -> str:
        return f"{context}-thread"

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: str) -> str:
        self.asked.append((item_type, thread.id, context))
        return f"{context}-{item_type}-{len(self.asked)}"


class Silent(ChatKitServer[str]):
    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
    ) -> AsyncIterator[Any]:
        return
        yield


async def test_overridden_ids_are_used_for_everything() -> None:
    """ST-12: threads and items, with the kind, the thread and the context handed in"""
    store = Numbered()
    content = [{"type": "input_text", "text": "Hi"}]
    message: dict[str, Any] = {"content": content, "attachments": [], "inference_options": {}}
    request: dict[str, Any] = {"type": "threads.create", "params": {"input": message}}
    events = await collect_events(Silent(store), request, ME)
    created = [one.thread.id for one in events if isinstance(one, ThreadCreatedEvent)]
    said = [one.item.id for one in events if isinstance(one, ThreadItemDoneEvent)]
    assert (created, said) == (["alice-thread"], ["alice-message-1"])
    assert store.asked == [("message", "alice-thread", ME)]
    assert (await store.load_item("alice-thread", "alice-message-1", ME)).type == "user_message"


async def test_two_phase_uploads_need_a_store_that_can() -> None:
    """python-sdk.md §4: the default names the class"""

    class Plain(AttachmentStore[str]):
        async def delete_attachment(self, attachment_id: str, context: str) -> None: ...

    with pytest.raises(NotImplementedError, match="Plain"):
        await Plain().create_attachment(None, ME)  # type: ignore[arg-type]
    assert Plain().generate_attachment_id("image/png", ME).startswith("atc_")
