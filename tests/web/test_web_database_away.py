"""A database that goes away in mid-turn and comes back, over real HTTP (issue: bad input and failures)."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from chatkit.store.sql import SQLStore
from chatkit.types import ThreadMetadata, UserMessageItem
from chatkit.web.app import create_app
from tests.scripted import (
    ALICE,
    Events,
    Scripted,
    answer,
    beginning,
    create,
    delta,
    done,
    items_of,
    say,
    texts,
)
from tests.served import PATIENCE, served, who
from tests.store.postgres_server import Postgres


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server that this test alone may stop."""
    with tempfile.TemporaryDirectory(prefix="chatkit-postgres-", ignore_cleanup_errors=True) as data:
        server = Postgres(data)
        yield server
        server.stop()


async def test_a_database_that_was_away_costs_nothing_that_was_accepted(own_postgres: Postgres) -> None:
    begun, gone = asyncio.Event(), asyncio.Event()

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in beginning("a", thread.id):
            yield event
        yield delta("a", "half")
        begun.set()
        await gone.wait()
        yield done(answer("a", "half and half", thread.id))

    async with SQLStore[str](own_postgres.database(), owner=str) as store:
        server = Scripted(store, script)
        async with served(create_app(server, context=who)) as site:
            with anyio.fail_after(PATIENCE * 3):
                turn = asyncio.ensure_future(site.events(create("one")))
                await begun.wait()
                await anyio.to_thread.run_sync(own_postgres.stop)
                gone.set()
                *_, last = await turn
                assert last.type == "error"  # the answer could not be saved, and the reader is told
                refused = await site.post(create("two"))
                assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
                await anyio.to_thread.run_sync(own_postgres.start)
                [thread] = (await store.load_threads(10, None, "asc", ALICE)).data
                assert texts(await items_of(store, thread.id))[0] == "one"
                events = await site.events(say(thread.id, "three"))
                assert events[-1].type == "thread.item.done"
                assert texts(await items_of(store, thread.id))[-2:] == ["three", "half and half"]


async def test_a_locked_file_is_waited_for_and_nothing_is_lost(tmp_path: Path) -> None:
    """Another process holds SQLite's lock in mid-turn: a backup, or a shell."""
    begun, locked = asyncio.Event(), asyncio.Event()

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in beginning("a", thread.id):
            yield event
        begun.set()
        await locked.wait()
        yield done(answer("a", "whole", thread.id))

    path = tmp_path / "chat.db"
    async with (
        SQLStore[str](f"sqlite:///{path}", owner=str) as store,
        served(create_app(Scripted(store, script), context=who)) as site,
    ):
        with anyio.fail_after(PATIENCE * 3):
            turn = asyncio.ensure_future(site.events(create("one")))
            await begun.wait()
            other = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
            other.execute("BEGIN EXCLUSIVE")
            locked.set()
            health = await site.client.get("/healthz")  # the loop is free while the turn waits
            assert (health.status_code, turn.done()) == (200, False)
            other.execute("COMMIT")
            other.close()
            assert (await turn)[-1].type == "thread.item.done"
            [thread] = (await store.load_threads(10, None, "asc", ALICE)).data
            assert texts(await items_of(store, thread.id)) == ["one", "whole"]
