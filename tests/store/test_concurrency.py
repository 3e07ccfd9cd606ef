"""Many writers, cancelled callers, and a database that goes away: nothing accepted is lost, and no connection leaks."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import Any

import anyio
import pytest
import sqlalchemy as sa

from chatkit.errors import NotFoundError, UnavailableError
from chatkit.store.sql import SQLStore
from chatkit.testing.samples import START, a_message, a_thread, text_of
from chatkit.types import ThreadItem
from chatkit.web.failures import answer_for
from tests.store.conftest import AnyStore
from tests.store.postgres_server import Postgres

ME = "alice"


def said(name: str, thread_id: str = "thr_1") -> ThreadItem:
    return a_message(name, name, thread_id, START)


async def ids(store: AnyStore, thread_id: str = "thr_1") -> list[str]:
    page = await store.load_thread_items(thread_id, None, 1000, "asc", ME)
    return [item.id for item in page.data]


async def test_many_writers_on_one_thread_lose_nothing(store: AnyStore) -> None:
    """ST-14: each writer's items are in the order it wrote them, while others read"""
    await store.save_thread(a_thread("thr_1"), ME)

    async def write(writer: int) -> None:
        for number in range(10):
            await store.add_thread_item("thr_1", said(f"{writer}_{number}"), ME)
            assert (await store.load_item("thr_1", f"{writer}_{number}", ME)).id == f"{writer}_{number}"

    await asyncio.gather(*(write(writer) for writer in range(20)))
    found = await ids(store)
    assert len(found) == 200
    for writer in range(20):
        mine = [name for name in found if name.startswith(f"{writer}_")]
        assert mine == [f"{writer}_{number}" for number in range(10)]


async def test_many_threads_are_written_at_once(store: AnyStore) -> None:
    async def converse(number: int) -> None:
        thread_id = f"thr_{number}"
        await store.save_thread(a_thread(thread_id), ME)
        for name in ("a", "b", "c"):
            await store.add_thread_item(thread_id, said(name, thread_id), ME)
        await store.save_item(thread_id, said("a", thread_id), ME)

    await asyncio.gather(*(converse(number) for number in range(60)))
    for number in range(60):
        assert await ids(store, f"thr_{number}") == ["a", "b", "c"]


async def test_one_item_saved_by_many_keeps_its_place(store: AnyStore) -> None:
    """P13"""
    await store.save_thread(a_thread("thr_1"), ME)
    for name in ("a", "b", "c"):
        await store.add_thread_item("thr_1", said(name), ME)
    versions = [a_message("b", f"version {number}", "thr_1", START) for number in range(30)]
    await asyncio.gather(*(store.save_item("thr_1", version, ME) for version in versions))
    assert await ids(store) == ["a", "b", "c"]
    assert text_of(await store.load_item("thr_1", "b", ME)) in {text_of(one) for one in versions}


async def test_a_thread_deleted_while_it_is_written_is_gone(store: AnyStore) -> None:
    """Whoever comes too late hears that it is not there, not a database's words for it"""
    for _ in range(5):
        await store.save_thread(a_thread("thr_1"), ME)
        writes = [store.add_thread_item("thr_1", said(f"msg_{number}"), ME) for number in range(12)]
        done = await asyncio.gather(
            *writes[:6], store.delete_thread("thr_1", ME), *writes[6:], return_exceptions=True
        )
        assert [one for one in done if one is not None and not isinstance(one, NotFoundError)] == []
        await store.save_thread(a_thread("thr_1"), ME)
        assert await ids(store) == []
        await store.delete_thread("thr_1", ME)


PROCESS = """
import asyncio, sys
from chatkit.store.sql import SQLStore
from chatkit.testing.samples import START, a_message

async def main(url, name):
    async with SQLStore(url, owner=str) as store:
        await asyncio.gather(*(
            store.add_thread_item("thr_1", a_message(f"{name}_{n}", "said", "thr_1", START), "alice")
            for n in range(150)
        ))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_processes_write_to_one_thread_at_once(url: str) -> None:
    """A locked database stays a matter between SQLite and us"""
    async with SQLStore[str](url, owner=str) as store:
        await store.save_thread(a_thread("thr_1"), ME)
        pipe = asyncio.subprocess.PIPE
        processes = [
            await asyncio.create_subprocess_exec(sys.executable, "-c", PROCESS, url, name, stderr=pipe)
            for name in ("one", "two")
        ]
        ours = 0
        while any(process.returncode is None for process in processes) or ours < 50:
            await store.add_thread_item("thr_1", said(f"ours_{ours}"), ME)
            ours += 1
            await asyncio.sleep(0.005)  # leaves the machine to the others
        for process in processes:
            _, complaints = await process.communicate()
            assert (process.returncode, complaints.decode()) == (0, "")
        query = sa.text("SELECT count(*) FROM chatkit_items")
        async with engine_of(store).connect() as connection:
            assert (await connection.execute(query)).scalar() == 300 + ours


def engine_of(store: SQLStore[str]) -> Any:
    return store._database.engine  # pyright: ignore[reportPrivateUsage]


async def leave_by_cancelling(call: Coroutine[Any, Any, Any], turns: int) -> bool:
    """Cancel the call after so many turns of the loop; whether it had returned by then."""
    task = asyncio.create_task(call)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return not task.cancelled()


async def leave_by_scope(call: Coroutine[Any, Any, Any], turns: int) -> bool:
    """The same by anyio, which cancels again at each further wait."""
    returned = False

    async def run() -> None:
        nonlocal returned
        await call
        returned = True

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        for _ in range(turns):
            await asyncio.sleep(0)
        group.cancel_scope.cancel()
    return returned


LEAVING = pytest.mark.parametrize("leave", [leave_by_cancelling, leave_by_scope])
Leaving = Callable[[Coroutine[Any, Any, Any], int], Coroutine[Any, Any, bool]]


@pytest.fixture(params=["sqlite", "sqlite in memory", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[SQLStore[str]]:
    """A SQLStore on each kind of database, the one in memory included."""
    if request.param == "postgres":
        made = request.getfixturevalue("postgres").database()
    else:
        made = f"sqlite:///{tmp_path / 'chat.db'}" if request.param == "sqlite" else "sqlite://"
    store = SQLStore[str](made, owner=str)
    yield store
    await store.close()


def free(store: SQLStore[str]) -> bool:
    """No connection is in anybody's hands. (The one of a database in memory is not counted.)"""
    pool = engine_of(store).sync_engine.pool
    return isinstance(pool, sa.StaticPool) or pool.checkedout() == 0


@LEAVING
async def test_a_caller_cancelled_while_the_database_opens_changes_nothing(
    database: SQLStore[str], leave: Leaving
) -> None:
    """P2: the first call opens and migrates, and may be cancelled at any time of it"""
    turns, returned = 1, False
    while not returned:
        returned = await leave(database.save_thread(a_thread("thr_1"), ME), turns)
        assert (await database.load_thread("thr_1", ME)).id == "thr_1"  # what has begun is done
        await database.close()
        assert free(database)
        turns = turns * 2


@LEAVING
async def test_a_cancelled_call_goes_on_to_its_end(database: SQLStore[str], leave: Leaving) -> None:
    """P2: whenever its caller is cancelled; what was accepted stays, nothing is done by halves, nothing leaks"""
    store, turns, returned = database, 1, list[bool]()
    await store.save_thread(a_thread("thr_1"), ME)
    await store.add_thread_item("thr_1", said("first"), ME)
    while returned != [True] * 5:
        name = f"msg_{turns}"
        returned = [
            await leave(store.add_thread_item("thr_1", said(name), ME), turns),
            await leave(store.save_checkpoint("turn_1", "thr_1", [said(f"{name}_pending")], ME), turns),
            await leave(store.load_thread_items("thr_1", None, 10, "asc", ME), turns),
            await leave(store.finish_checkpoint("turn_1"), turns),
            await leave(store.delete_items_after("thr_1", "first", ME), turns),
        ]
        await store.add_thread_item("thr_1", said(f"{name}_accepted"), ME)  # at once, beside what was left
        await database_is_at_rest(store)
        assert f"{name}_accepted" in await ids(store)
        assert set(await ids(store)) <= {"first", name, f"{name}_pending", f"{name}_accepted"}
        await store.delete_items_after("thr_1", "first", ME)
        assert free(store)
        turns += 1 + turns // 4


async def database_is_at_rest(store: SQLStore[str]) -> None:
    running = store._database._running  # pyright: ignore[reportPrivateUsage]
    while running:
        await asyncio.wait(running)


async def test_what_a_caller_left_is_never_done_after_what_comes_next(database: SQLStore[str]) -> None:
    """A late write must not overwrite the final text (demand.md, lessons from peers)"""
    await database.save_thread(a_thread("thr_1"), ME)
    for number in range(20):
        draft, final = (a_message("msg", f"{kind} {number}", "thr_1", START) for kind in ("draft", "final"))
        await leave_by_cancelling(database.save_item("thr_1", draft, ME), number % 5 + 1)
        await database.save_item("thr_1", final, ME)
        await database_is_at_rest(database)
        assert text_of(await database.load_item("thr_1", "msg", ME)) == f"final {number}"


async def test_closing_waits_for_what_was_left(sql: SQLStore[str]) -> None:
    await sql.save_thread(a_thread("thr_1"), ME)
    task = asyncio.create_task(sql.add_thread_item("thr_1", said("left"), ME))
    await asyncio.sleep(0)  # it has begun
    task.cancel()
    await sql.close()
    assert await ids(sql) == ["left"]


async def test_a_call_that_fails_when_its_caller_has_left_is_told_to_the_log(
    sql: SQLStore[str], caplog: pytest.LogCaptureFixture
) -> None:
    task = asyncio.create_task(sql.add_thread_item("thr_none", said("left"), ME))
    await asyncio.sleep(0)
    task.cancel()
    await sql.close()
    assert "after its caller had left" in caplog.text


async def test_a_database_that_comes_back_is_used_again(postgres: Postgres) -> None:
    """protocol.md §1.4: while it is away, 503 with Retry-After; afterwards the next calls work"""
    url = postgres.database()
    async with SQLStore[str](url, owner=str) as store:
        await store.save_thread(a_thread("thr_1"), ME)
        await asyncio.gather(*(store.add_thread_item("thr_1", said(f"a_{n}"), ME) for n in range(5)))
        postgres.stop()
        try:
            for call in (
                store.load_thread("thr_1", ME),
                store.add_thread_item("thr_1", said("lost"), ME),
                store.load_threads(10, None, "asc", ME),
            ):
                with pytest.raises(UnavailableError, match="cannot be used right now") as away:
                    await call
                answer = answer_for(away.value)
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            with pytest.raises(UnavailableError):
                await SQLStore[str](url, owner=str).open()
        finally:
            postgres.start()
        await asyncio.gather(*(store.add_thread_item("thr_1", said(f"b_{n}"), ME) for n in range(5)))
        assert sorted(await ids(store)) == [f"{part}_{n}" for part in "ab" for n in range(5)]


async def test_connections_that_the_server_ends_are_replaced(postgres: Postgres) -> None:
    """An idle connection that was cut off is not the caller's trouble"""
    async with SQLStore[str](postgres.database(), owner=str) as store:
        await store.save_thread(a_thread("thr_1"), ME)
        for number in range(3):
            postgres.server.psql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'chat_%';"
            )
            await store.add_thread_item("thr_1", said(f"msg_{number}"), ME)
        assert await ids(store) == ["msg_0", "msg_1", "msg_2"]


async def test_more_callers_than_connections_all_get_their_turn(sql: SQLStore[str]) -> None:
    await sql.save_thread(a_thread("thr_1"), ME)
    found = await asyncio.gather(*(sql.load_thread("thr_1", ME) for _ in range(200)))
    assert len(found) == 200
    assert engine_of(sql).sync_engine.pool.checkedout() == 0
