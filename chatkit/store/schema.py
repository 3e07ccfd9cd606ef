"""Opens a database: pragmas, and migrations under a lock that holds between processes."""

import logging
import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from chatkit.errors import ChatKitError, UnavailableError

LOCK_KEY = 0x636861746B6974  # PostgreSQL's advisory lock of the migrations: "chatkit" in ASCII

_alembic = threading.Lock()  # Alembic keeps its context in module globals


class NewerDatabaseError(ChatKitError):
    """The database was written by a newer version of ChatKit, which this one must not touch."""


def sqlite_pragmas(connection: Any, _record: Any) -> None:
    """Many readers beside one writer, no lost commit on a crash of the process, and waiting instead of failing."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def described(url: sa.URL) -> str:
    """The database in words for an error message, without its password."""
    return (
        f"{url.database}" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    )


async def prepare(engine: AsyncEngine) -> None:
    """Bring the database to this version's schema. Two processes that start at once both succeed.

    Raises:
        NewerDatabaseError: If the database has a revision that this version does not know.
        UnavailableError: If the database cannot be opened or written.
    """
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate, engine.url)
    except OperationalError as error:
        raise UnavailableError(
            f"the database {described(engine.url)} cannot be opened or written: {error.orig}"
        ) from error
    except OSError as error:
        raise UnavailableError(f"the database {described(engine.url)} cannot be reached: {error}") from error


def _migrate(connection: sa.Connection, url: sa.URL) -> None:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    if _revision(connection) == scripts.get_current_head():
        return  # the usual case: no lock, no write
    connection.rollback()
    _lock(connection)
    current = _revision(connection)
    if current is not None and current not in known:
        connection.rollback()
        raise NewerDatabaseError(
            f"the database {described(url)} is at revision {current!r}, which this version of ChatKit does not know "
            f"(its newest is {scripts.get_current_head()!r}): start the newer version again, or use another database"
        )
    with _alembic:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    connection.commit()


def _revision(connection: sa.Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": "chatkit_version"})
    return context.get_current_revision()


def _lock(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    elif connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
