"""Brings a database to this version's schema, under a lock that holds between processes; words for what goes wrong."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chatkit.errors import ChatKitError, UnavailableError

VERSION_TABLE = "chatkit_version"

LOCK_KEY = 0x636861746B6974  # PostgreSQL's advisory lock of the migrations: "chatkit" in ASCII

POLL = 0.01
"""Seconds between two tries for a lock that nobody announces."""

LOG_TRIES = 3000
"""Tries to turn on SQLite's write-ahead log: half a minute."""

# What PostgreSQL says when the database, not the query, is the matter: connection lost, refused, unknown database, too
# many connections, shutting down; a replica that takes no writes; a role that may not create tables.
_AWAY = ("08", "28", "3D", "53", "57", "25006", "42501")

_alembic = threading.Lock()  # Alembic keeps its context in module globals


class NewerDatabaseError(ChatKitError):
    """The database was written by a newer version of ChatKit, which this one must not touch."""


def described(url: sa.URL) -> str:
    """The database in words for an error message, without its password."""
    if url.get_backend_name() == "sqlite":
        return repr(url.database or ":memory:")
    return repr(url.set(drivername="postgresql", query={}).render_as_string(hide_password=True))


def explain_if_away(error: Exception) -> str | None:
    """What keeps the database from being used, or None if the error is of another kind."""
    cause = getattr(error, "orig", None) or error
    away = (
        # `DatabaseError` itself, not its kinds: SQLite's word for a file that is no database.
        isinstance(error, (OperationalError, NoFreeConnectionError, OSError, asyncio.TimeoutError))
        or type(error) is DatabaseError
        or (isinstance(error, DBAPIError) and error.connection_invalidated)
        or str(getattr(cause, "sqlstate", None) or "").startswith(_AWAY)
    )
    return (str(cause) or type(cause).__name__) if away else None


async def prepare(engine: AsyncEngine) -> None:
    """Bring the database to this version's schema. Processes that start at once all succeed.

    Raises:
        NewerDatabaseError: If the database has a revision that this version does not know.
        UnavailableError: If the database cannot be opened or written.
    """
    scripts = _scripts()
    try:
        async with engine.connect() as connection:
            if await connection.run_sync(_is_current, scripts):
                return  # the usual case: no lock, no write
            await connection.rollback()
            if engine.dialect.name == "sqlite":
                await _log_ahead(connection)
            async with _alone():
                await connection.run_sync(_migrate, scripts)
    except Exception as error:
        reason = explain_if_away(error)
        if reason is None:
            raise
        raise UnavailableError(
            f"the database {described(engine.url)} cannot be opened or written: {reason}"
        ) from error


def alembic_config() -> Config:
    """Where the migrations are. Whoever runs them adds `attributes["connection"]`."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return ScriptDirectory.from_config(alembic_config())


def _is_current(connection: sa.Connection, scripts: ScriptDirectory) -> bool:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    current, head = context.get_current_revision(), scripts.get_current_head()
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerDatabaseError(
            f"the database {described(connection.engine.url)} is at revision {current!r}, which this version of "
            f"ChatKit does not know (its newest is {head!r}): run the newer version again, or use another database"
        )
    return current == head


def _migrate(connection: sa.Connection, scripts: ScriptDirectory) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    if not _is_current(connection, scripts):  # while we waited, another process may have done it
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    connection.commit()


async def _log_ahead(connection: AsyncConnection) -> None:
    """Turn on the write-ahead log: many readers beside one writer. The file remembers it."""
    for _ in range(LOG_TRIES):
        try:
            await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            return
        except OperationalError as error:
            # Two who switch at once: SQLite refuses one of them right away, whatever its busy timeout.
            if "locked" not in str(error.orig):
                raise
            await connection.rollback()
            await asyncio.sleep(POLL)
    raise UnavailableError("another process keeps SQLite's file locked")


@asynccontextmanager
async def _alone() -> AsyncGenerator[None]:
    """One migration at a time in this process. Never blocks the loop: the one before may need it to finish."""
    while not _alembic.acquire(blocking=False):  # noqa: ASYNC110  (a lock between loops has no event)
        await asyncio.sleep(POLL)
    try:
        yield
    finally:
        _alembic.release()
