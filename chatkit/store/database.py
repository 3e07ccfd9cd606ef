"""How SQLStore reaches its database: the engine, opening on first use, reading, writing, and when it is away.

A call that has begun goes on to its end on a task of the store's own, also when its caller is cancelled. A driver whose
call is cut off loses its connection, and with a database in memory that would be everything.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from chatkit.errors import UnavailableError
from chatkit.logger import logger
from chatkit.store.schema import described, explain_if_away, prepare

PATIENCE = 5.0
"""Seconds that a call waits for those before it whose callers have left."""

T = TypeVar("T")

Work = Callable[[AsyncConnection], Awaitable[T]]

CONNECT_TIMEOUT = 10
"""Seconds until a PostgreSQL server that does not answer counts as away."""

BUSY_TIMEOUT_MS = 30_000
"""How long SQLite waits for the writer of another process."""


class Database:
    """One database, opened and migrated on first use.

    Args:
        database: A URL, or an engine of the app's own (which the app then disposes of).
    """

    def __init__(self, database: str | AsyncEngine) -> None:
        self._owns_engine = isinstance(database, str)
        self.engine = _engine(database) if isinstance(database, str) else database
        self._is_sqlite = self.engine.dialect.name == "sqlite"
        # A database in memory is one connection; whoever reads would end the transaction of whoever writes.
        self._is_one_connection = isinstance(self.engine.sync_engine.pool, StaticPool)
        self._running: set[asyncio.Task[Any]] = set()
        self._left: set[asyncio.Task[Any]] = set()
        self._start_over()

    def _start_over(self) -> None:
        self._ready = False
        # New ones each time: a lock belongs to the loop it was first waited for in, and the next loop may be another.
        self._opening = asyncio.Lock()
        self._writer = asyncio.Lock()

    async def open(self) -> None:
        """Open and migrate now, instead of on first use."""
        await self._to_its_end(self._open())

    async def close(self) -> None:
        """Wait for calls that have begun, and close the connections. The next call opens again."""
        while self._running:
            await asyncio.wait(self._running)
        self._start_over()
        if self._owns_engine:
            await self.engine.dispose()

    async def all(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """Run one query and return its rows."""
        return await self._to_its_end(self._all(query))

    async def write(self, work: Work[T]) -> T:
        """Do some work in one transaction."""
        return await self._to_its_end(self._write(work))

    def insert(self, table: sa.Table) -> Any:
        """An insert that knows `on_conflict_do_update`; both databases write it alike."""
        return sqlite.insert(table) if self._is_sqlite else postgresql.insert(table)

    def clock(self) -> sa.ColumnElement[float]:
        """Seconds since 1970 by the database's own clock."""
        if self._is_sqlite:
            return sa.literal_column("(julianday('now') - 2440587.5) * 86400.0", sa.Double())
        return sa.literal_column("extract(epoch from clock_timestamp())::double precision", sa.Double())

    async def _to_its_end(self, call: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(self._behind(frozenset(self._left), call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                self._left.add(task)
                task.add_done_callback(self._left.discard)
                task.add_done_callback(_tell_if_failed)
            raise

    async def _behind(self, left: Collection[asyncio.Task[Any]], call: Coroutine[Any, Any, T]) -> T:
        # Else the save of a caller who has left could undo the one that came after it.
        if left:
            await asyncio.wait(left, timeout=PATIENCE)
        return await call

    async def _open(self) -> None:
        async with self._opening:
            if self._ready:
                return
            try:
                _make_folder(self.engine.url)
                await prepare(self.engine)
            except BaseException:
                if self._owns_engine:
                    await self.engine.dispose()
                raise
            self._ready = True

    async def _all(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        if not self._ready:
            await self._open()
        alone = self._writer if self._is_one_connection else nullcontext()
        async with alone, self._reachable(), self.engine.connect() as connection:
            return (await connection.execute(query)).all()

    async def _write(self, work: Work[T]) -> T:
        if not self._ready:
            await self._open()
        # SQLite has one writer at a time: waiting here is fair and quick, waiting in the driver is neither.
        alone = self._writer if self._is_sqlite else nullcontext()
        async with alone, self._reachable(), self.engine.begin() as connection:
            if self._is_sqlite:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            return await work(connection)

    @asynccontextmanager
    async def _reachable(self) -> AsyncGenerator[None]:
        try:
            yield
        except Exception as error:
            reason = explain_if_away(error)
            if reason is None:
                raise
            name = described(self.engine.url)
            raise UnavailableError(f"the database {name} cannot be used right now: {reason}") from error


def _tell_if_failed(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.warning("a store call failed after its caller had left", exc_info=task.exception())


def _engine(url: str) -> AsyncEngine:
    parsed = sa.make_url(url)
    match parsed.drivername:
        case "sqlite" | "sqlite+aiosqlite":
            engine = create_async_engine(parsed.set(drivername="sqlite+aiosqlite"))
            event.listen(engine.sync_engine, "connect", _sqlite_pragmas)
            return engine
        case "postgresql" | "postgres":
            return _postgres(parsed)
        case name if name.startswith("postgresql+"):
            return create_async_engine(parsed, pool_pre_ping=True)
        case name:
            raise ValueError(
                f"SQLStore takes a URL of SQLite or PostgreSQL, not one that begins with {name!r}"
            )


def _postgres(url: sa.URL) -> AsyncEngine:
    try:
        driver: Any = import_module("asyncpg")
    except ImportError as error:
        raise ModuleNotFoundError(
            "SQLStore needs the package 'asyncpg' for PostgreSQL (the extra 'postgres' brings it): pip install asyncpg",
            name="asyncpg",
        ) from error
    # The driver reads the URL itself, so `sslmode`, `host` of a socket and the like mean what they mean to libpq.
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def connect() -> Any:
        return await driver.connect(dsn, timeout=CONNECT_TIMEOUT)

    shown = url.set(drivername="postgresql+asyncpg")
    return create_async_engine(shown, async_creator=connect, pool_pre_ping=True)


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    """No commit lost when the process crashes, and waiting instead of failing. (`schema` turns on the log.)"""
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _make_folder(url: sa.URL) -> None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return
    if str(url.database).startswith("file:"):
        return
    folder = Path(str(url.database)).resolve().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"the folder {str(folder)!r} for the database cannot be made: {error.strerror}"
        ) from error
