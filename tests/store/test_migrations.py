"""A database is brought to this version's schema from wherever it stands, by one process at a time, or left alone."""

import asyncio
import os
import sqlite3
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import anyio
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from chatkit.errors import UnavailableError
from chatkit.store.database import Database
from chatkit.store.schema import VERSION_TABLE, NewerDatabaseError, alembic_config
from chatkit.store.sql import SQLStore
from chatkit.store.tables import metadata, to_bodies, to_body
from chatkit.testing.samples import START, a_message, a_thread, every_kind_of_item, two_attachments
from tests.store.postgres_server import Postgres

SCRIPTS = ScriptDirectory.from_config(alembic_config())
HEAD = str(SCRIPTS.get_current_head())
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
"""From the first to the newest: a further one is tested without a change here."""

NOBODY = 65534


async def in_sync(url: str, work: Any, *arguments: Any) -> Any:
    """Run blocking SQLAlchemy code on a connection of its own."""
    engine: AsyncEngine = Database(url).engine
    try:
        async with engine.connect() as connection:
            done = await connection.run_sync(work, *arguments)
            await connection.commit()
            return done
    finally:
        await engine.dispose()


def run(connection: sa.Connection, statement: str) -> None:
    connection.execute(sa.text(statement))


def migrate_to(connection: sa.Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def fill(connection: sa.Connection) -> None:
    """Put a conversation into whatever columns this revision has."""
    thread, items = a_thread("thr_1", title="Old"), every_kind_of_item("thr_1")
    pending = a_message("msg_pending", "was being said", "thr_1", START + timedelta(days=1))

    def utc(moment: datetime) -> datetime:
        return moment.astimezone(timezone.utc).replace(tzinfo=None)

    common: dict[str, Any] = {"owner": "alice", "thread_id": "thr_1"}
    rows: dict[str, list[dict[str, Any]]] = {
        "chatkit_threads": [{"id": thread.id, "created_at": utc(thread.created_at), "body": to_body(thread)}],
        "chatkit_items": [
            {"id": item.id, "type": item.type, "created_at": utc(item.created_at), "body": to_body(item)}
            for item in items
        ],
        "chatkit_attachments": [
            {"id": one.id, "name": one.name, "mime_type": one.mime_type, "body": to_body(one)}
            for one in two_attachments()
        ],
        "chatkit_checkpoints": [{"turn_id": "turn_1", "body": to_bodies([pending])}],
    }
    found = sa.MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        for row in rows.get(table.name, []):
            known = {name: value for name, value in {**common, **row}.items() if name in table.c}
            connection.execute(sa.insert(table).values(known))


def revision_of(connection: sa.Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def contents(connection: sa.Connection) -> dict[str, list[Any]]:
    """Every row of every table, and the schema itself."""
    found = sa.MetaData()
    found.reflect(connection)
    rows = {
        table.name: [tuple(row) for row in connection.execute(sa.select(table))]
        for table in found.sorted_tables
    }
    return {**rows, "": [(table.name, column.name) for table in found.sorted_tables for column in table.c]}


@pytest.mark.parametrize("revision", REVISIONS)
async def test_what_an_earlier_version_stored_is_there_after_the_upgrade(url: str, revision: str) -> None:
    """DESIGN 5: from every revision there ever was, with data in every table"""
    await in_sync(url, migrate_to, revision)
    await in_sync(url, fill)
    async with SQLStore[str](url, owner=str) as store:
        assert await in_sync(url, revision_of) == HEAD
        assert await store.load_thread("thr_1", "alice") == a_thread("thr_1", title="Old")
        page = await store.load_thread_items("thr_1", None, 100, "asc", "alice")
        assert page.data == every_kind_of_item("thr_1")
        for attachment in two_attachments():
            assert await store.load_attachment(attachment.id, "alice") == attachment
        assert [one.turn_id for one in await store.open_checkpoints(3600)] == ["turn_1"]  # long ago
        assert [item.id for item in await store.finish_checkpoint("turn_1")] == ["msg_pending"]
        await store.save_item(
            "thr_1", a_message("msg_new", "new", "thr_1", START + timedelta(days=2)), "alice"
        )
        newest = await store.load_thread_items("thr_1", None, 2, "desc", "alice")
        assert [item.id for item in newest.data] == ["msg_new", "msg_pending"]


async def test_uploads_of_before_count_as_new(url: str) -> None:
    """0003: what was uploaded shortly before the upgrade is not swept right after it"""
    unsent = two_attachments()[0]
    row = {"id": "'a'", "owner": "'alice'", "name": "'a'", "mime_type": "'b'", "body": "'{}'"}
    await in_sync(url, migrate_to, "0002")
    insert = f"INSERT INTO chatkit_attachments ({', '.join(row)}) VALUES ({', '.join(row.values())})"
    await in_sync(url, run, insert)
    async with SQLStore[str](url, owner=str) as store:
        await store.save_attachment(unsent.model_copy(update={"thread_id": None}), "alice")
        now = datetime.now(timezone.utc)
        assert await store.sweep_attachments(now - timedelta(hours=1)) == 0
        assert await store.sweep_attachments(now + timedelta(hours=1)) == 2


async def test_the_migrations_end_in_the_tables_of_the_code(url: str) -> None:
    """DESIGN 5"""

    def differences(connection: sa.Connection) -> list[Any]:
        # SQLite does not look at lengths, so no migration changes them there.
        types_matter = connection.dialect.name != "sqlite"
        options = {"version_table": VERSION_TABLE, "compare_type": types_matter}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    await in_sync(url, migrate_to, "head")
    assert await in_sync(url, differences) == []


PROCESS = """
import asyncio, sys
from chatkit.store.sql import SQLStore
from chatkit.testing.samples import START, a_message, a_thread

async def main(url, name):
    store = SQLStore(url, owner=str)
    print("ready", flush=True)
    sys.stdin.readline()
    await store.save_thread(a_thread("thr_" + name), "alice")
    for number in range(25):
        message = a_message(f"msg_{number}", "said", "thr_" + name, START)
        await store.add_thread_item("thr_" + name, message, "alice")
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_processes_that_open_an_empty_database_at_once_all_write_to_it(url: str) -> None:
    """extensions.md §2.6: opened and migrated on first use, under a lock that holds between processes"""
    pipe = asyncio.subprocess.PIPE
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROCESS, url, str(number), stdin=pipe, stdout=pipe, stderr=pipe
        )
        for number in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        await process.stdin.drain()
    for process in started:
        _, complaints = await process.communicate()
        assert (process.returncode, complaints.decode()) == (0, "")
    async with SQLStore[str](url, owner=str) as store:
        assert len((await store.load_threads(10, None, "asc", "alice")).data) == 4
        for number in range(4):
            page = await store.load_thread_items(f"thr_{number}", None, 100, "asc", "alice")
            assert [item.id for item in page.data] == [f"msg_{said}" for said in range(25)]


async def test_stores_of_one_process_open_beside_each_other(tmp_path: Path, postgres: Postgres) -> None:
    """Alembic keeps its state in module globals: stores that open at once must neither mix nor block each other"""
    shared = postgres.database()
    urls = [f"sqlite:///{tmp_path / f'{number}.db'}" for number in range(3)]
    urls += [urls[0], "sqlite://", postgres.database(), shared, shared]
    stores = [SQLStore[str](url, owner=str) for url in urls]
    with anyio.fail_after(60):  # it either works or never ends
        await asyncio.gather(*(store.open() for store in stores))
    for number, store in enumerate(stores):
        await store.save_thread(a_thread(f"thr_{number}"), "alice")
    counts = [len((await store.load_threads(10, None, "asc", "alice")).data) for store in stores]
    assert counts == [2, 1, 1, 2, 1, 1, 2, 2]
    await asyncio.gather(*(store.close() for store in stores))


async def test_many_first_calls_open_the_database_once(url: str) -> None:
    store = SQLStore[str](url, owner=str)
    await asyncio.gather(*(store.save_thread(a_thread(f"thr_{number}"), "alice") for number in range(20)))
    assert len((await store.load_threads(50, None, "asc", "alice")).data) == 20
    await store.close()
    assert len((await store.load_threads(50, None, "asc", "alice")).data) == 20  # it opens again
    await store.close()


async def test_a_newer_database_is_named_and_left_as_it_is(url: str) -> None:
    """DESIGN 5: the message says which revision, and what to do"""
    await in_sync(url, migrate_to, "head")
    await in_sync(url, fill)
    await in_sync(url, run, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    before = await in_sync(url, contents)
    store = SQLStore[str](url, owner=str)
    for _ in range(2):  # and again, when the app tries again
        with pytest.raises(NewerDatabaseError, match=r"revision '9999'.*newer version.*another database"):
            await store.load_thread("thr_1", "alice")
    await store.close()
    assert await in_sync(url, contents) == before


async def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    """Schema changes are one transaction in both databases"""
    await in_sync(url, run, "CREATE TABLE chatkit_items (mine INTEGER)")
    before = await in_sync(url, contents)
    store = SQLStore[str](url, owner=str)
    with pytest.raises((UnavailableError, ProgrammingError), match="chatkit_items"):
        await store.open()
    assert await in_sync(url, contents) == before
    await in_sync(url, run, "DROP TABLE chatkit_items")
    await store.save_thread(a_thread("thr_1"), "alice")  # once it is out of the way, the same store works
    await store.close()


@contextmanager
def without_rights(folder: Path) -> Generator[None]:
    """Be somebody who may read here but not write, also where the tests run as root."""
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)
        return
    paths = [folder, *folder.iterdir()]
    modes = [path.stat().st_mode for path in paths]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path, mode in zip(paths, modes, strict=True):
            path.chmod(mode)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others may look into; pytest's own are private."""
    with tempfile.TemporaryDirectory(prefix="chatkit-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


async def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "warm-up.db")):
        async with SQLStore[str]("sqlite://", owner=str):
            pass  # what is imported late is imported now, while we may read everything
    for path in (folder / "chat.db", folder / "new" / "chat.db"):
        store = SQLStore[str](f"sqlite:///{path}", owner=str)
        with without_rights(folder), pytest.raises(UnavailableError) as refused:
            await store.open()
        assert str(folder) in str(refused.value)
        assert "cannot be" in str(refused.value)
        await store.open()  # allowed now
        await store.close()


async def test_a_file_that_cannot_be_written_is_named(folder: Path) -> None:
    path = folder / "chat.db"
    async with SQLStore[str](f"sqlite:///{path}", owner=str) as store:
        await store.save_thread(a_thread("thr_1"), "alice")
    store = SQLStore[str](f"sqlite:///{path}", owner=str)
    with without_rights(folder), pytest.raises(UnavailableError, match=r"chat\.db") as refused:
        await store.save_thread(a_thread("thr_2"), "alice")
    assert any(word in str(refused.value) for word in ("readonly", "unable to open"))
    await store.save_thread(a_thread("thr_2"), "alice")
    await store.close()


async def test_a_file_that_is_no_database_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are my notes, and no database at all.\n" * 100)
    store = SQLStore[str](f"sqlite:///{path}", owner=str)
    with pytest.raises(UnavailableError, match=r"notes\.txt.*not a database"):
        await store.open()
    assert path.read_text() == "These are my notes, and no database at all.\n" * 100
    with pytest.raises(UnavailableError, match="cannot be made"):
        await SQLStore[str](f"sqlite:///{path}/chat.db", owner=str).open()


async def test_a_server_that_refuses_is_named_without_its_password(postgres: Postgres) -> None:
    socket = postgres.database().partition("host=")[2]
    for url, reason in (
        (f"postgresql://postgres:hush@/nothing_here?host={socket}", "does not exist"),
        (f"postgresql://nobody:hush@/postgres?host={socket}", "does not exist"),
        ("postgresql://chat:hush@127.0.0.1:9/chat", "127.0.0.1"),
        (f"postgres://chat:hush@/chat?host={socket}/nowhere", "No such file"),
    ):
        with pytest.raises(UnavailableError, match=reason) as refused:
            await SQLStore[str](url, owner=str).open()
        assert "hush" not in str(refused.value)


def test_revisions_follow_each_other() -> None:
    """One line of revisions, and none that offers a way back: downgrades are not offered"""
    assert len(SCRIPTS.get_heads()) == 1
    for revision in REVISIONS:
        module = SCRIPTS.get_revision(revision).module
        assert hasattr(module, "upgrade")
        assert not hasattr(module, "downgrade")
    assert sorted(REVISIONS) == REVISIONS
