"""How a database is named, what it needs, and an engine of the app's own."""

import sys
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from chatkit.store.sql import SQLStore
from chatkit.testing.samples import START, a_message, a_thread, two_attachments
from tests.store.postgres_server import Postgres

ME = "alice"


async def use(store: SQLStore[str]) -> None:
    await store.save_thread(a_thread("thr_1"), ME)
    await store.add_thread_item("thr_1", a_message("msg_1", "said", "thr_1", START), ME)
    await store.save_checkpoint("turn_1", "thr_1", [a_message("msg_2", "half", "thr_1", START)], ME)
    assert (await store.load_thread("thr_1", ME)).id == "thr_1"
    await store.delete_thread("thr_1", ME)
    await store.save_thread(a_thread("thr_1"), ME)
    assert (await store.load_thread_items("thr_1", None, 10, "asc", ME)).data == []
    assert await store.finish_checkpoint("turn_1") == []


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_a_postgresql_url_may_be_written_as_people_write_it(postgres: Postgres, scheme: str) -> None:
    """DESIGN 5"""
    plain = postgres.database().partition("://")[2]
    async with SQLStore[str](f"{scheme}://{plain}", owner=str) as store:
        await use(store)


async def test_what_libpq_knows_may_stand_in_a_postgresql_url(postgres: Postgres) -> None:
    url = f"{postgres.database()}&sslmode=disable&application_name=chat"
    async with SQLStore[str](url, owner=str) as store:
        await use(store)
        names = postgres.server.psql("SELECT DISTINCT application_name FROM pg_stat_activity;")
        assert "chat\n" in names


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """DESIGN 14: extras are needed only where they are used"""
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(ModuleNotFoundError, match="pip install asyncpg"):
        SQLStore[str]("postgresql://chat@db.internal/chat", owner=str)
    SQLStore[str]("sqlite://", owner=str)


def test_another_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="SQLite or PostgreSQL, not one that begins with 'mysql'"):
        SQLStore[str]("mysql://chat@db.internal/chat", owner=str)


@pytest.mark.parametrize("name", ["sqlite", "postgres"])
async def test_an_engine_of_the_apps_own_stays_the_apps(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Whole threads are deleted also where its SQLite does not look at foreign keys; closing leaves it open"""
    url = f"sqlite+aiosqlite:///{tmp_path / 'own.db'}"
    if name == "postgres":
        url = "postgresql+asyncpg" + request.getfixturevalue("postgres").database().removeprefix("postgresql")
    engine = create_async_engine(url)
    try:
        async with SQLStore[str](engine, owner=str) as store:
            await use(store)
        async with engine.connect() as connection:
            assert (await connection.exec_driver_sql("SELECT count(*) FROM chatkit_threads")).scalar() == 1
    finally:
        await engine.dispose()


async def test_a_store_forgets_nothing_when_it_is_opened_again(sql: SQLStore[str]) -> None:
    await sql.save_thread(a_thread("thr_1"), ME)
    attachment = two_attachments()[0]
    await sql.save_attachment(attachment, ME)
    await sql.close()
    await sql.close()
    assert await sql.load_attachment(attachment.id, ME) == attachment


async def test_folders_are_made_for_a_new_file(tmp_path: Path) -> None:
    async with SQLStore[str](f"sqlite:///{tmp_path / 'a' / 'b' / 'chat.db'}", owner=str) as store:
        await use(store)
    assert (tmp_path / "a" / "b" / "chat.db").exists()
