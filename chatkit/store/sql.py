"""SQLStore: threads, items and attachments in SQLite or PostgreSQL, through SQLAlchemy Core.

Opened and migrated on first use, so constructing it costs nothing and needs no running loop. Every query is scoped by
owner.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from typing_extensions import Self

from chatkit.errors import NotFoundError, UnavailableError
from chatkit.store.base import Store, TContext
from chatkit.store.schema import prepare, sqlite_pragmas
from chatkit.store.tables import (
    attachments,
    checkpoints,
    items,
    local_times,
    threads,
    to_bodies,
    to_body,
)
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata, attachment_adapter, item_adapter

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


def _engine(url: str) -> AsyncEngine:
    parsed = sa.make_url(url)
    parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
    if parsed.get_backend_name() == "sqlite":
        engine = create_async_engine(parsed)
        event.listen(engine.sync_engine, "connect", sqlite_pragmas)
        return engine
    return create_async_engine(parsed, pool_pre_ping=True)


class SQLStore(Store[TContext]):
    """Keeps everything in a SQL database: `sqlite:///path/to/file.db` or `postgresql://…`.

    Args:
        database: A URL, or an engine of the app's own (which the app then disposes of).
        owner: Tells whose data a context is about. What is not theirs does not exist for them.

    Raises:
        NewerDatabaseError: On first use, if the database was written by a newer version.
        UnavailableError: On any use, if the database cannot be opened.
    """

    def __init__(self, database: str | AsyncEngine, *, owner: Callable[[TContext], str]) -> None:
        self._owner = owner
        self._owns_engine = isinstance(database, str)
        self._engine = _engine(database) if isinstance(database, str) else database
        self._ready = False
        self._opening = asyncio.Lock()
        self._writer = asyncio.Lock()

    def owner_of(self, context: TContext) -> str | None:
        return self._owner(context)

    async def open(self) -> None:
        """Open and migrate the database now, instead of on first use."""
        async with self._opening:
            if not self._ready:
                try:
                    _make_folder(self._engine.url)
                    await prepare(self._engine)
                except BaseException:
                    await self.close()
                    raise
                self._ready = True

    async def close(self) -> None:
        """Close the connections. The store opens again when it is used again."""
        self._ready = False
        if self._owns_engine:
            await self._engine.dispose()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # --- threads

    async def load_thread(self, thread_id: str, context: TContext) -> ThreadMetadata:
        query = sa.select(threads.c.body).where(
            threads.c.id == thread_id, threads.c.owner == self._owner(context)
        )
        body = await self._scalar(query)
        if body is None:
            raise NotFoundError(f"thread {thread_id!r} is not there")
        return local_times(ThreadMetadata.model_validate_json(body))

    async def save_thread(self, thread: ThreadMetadata, context: TContext) -> None:
        plain = ThreadMetadata(**{name: getattr(thread, name) for name in ThreadMetadata.model_fields})
        row = {
            "id": thread.id,
            "owner": self._owner(context),
            "created_at": thread.created_at,
            "body": to_body(plain),
        }
        await self._upsert(threads, ["id"], row, f"thread {thread.id!r} is not there")

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: TContext
    ) -> Page[ThreadMetadata]:
        owner = self._owner(context)
        mine = threads.c.owner == owner
        rows = await self._page(threads, mine, after, limit, order)
        found = [local_times(ThreadMetadata.model_validate_json(row.body)) for row in rows[:limit]]
        return _paged(found, len(rows) > limit)

    async def delete_thread(self, thread_id: str, context: TContext) -> None:
        mine = sa.and_(threads.c.id == thread_id, threads.c.owner == self._owner(context))
        async with self._writing() as connection:
            gone = await connection.execute(sa.delete(threads).where(mine))
            if gone.rowcount == 0:
                raise NotFoundError(f"thread {thread_id!r} is not there")
            # Items and checkpoints go with it, by their foreign keys.
            await connection.execute(sa.delete(attachments).where(attachments.c.thread_id == thread_id))

    # --- items

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        rows = await self._page(items, self._in_thread(thread_id, context), after, limit, order)
        read = item_adapter().validate_json
        return _paged([local_times(read(row.body)) for row in rows[:limit]], len(rows) > limit)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        async with self._writing() as connection:
            await self._require_thread(connection, thread_id, self._owner(context))
            await connection.execute(self._saving_item(thread_id, item))

    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        here = self._in_thread(thread_id, context)
        body = await self._scalar(sa.select(items.c.body).where(here, items.c.id == item_id))
        if body is None:
            raise NotFoundError(f"item {item_id!r} is not there in thread {thread_id!r}")
        return local_times(item_adapter().validate_json(body))

    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        here = self._in_thread(thread_id, context)
        async with self._writing() as connection:
            await connection.execute(sa.delete(items).where(here, items.c.id == item_id))

    # --- attachments

    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        row = {
            "id": attachment.id,
            "owner": self._owner(context),
            "thread_id": attachment.thread_id,
            "name": attachment.name,
            "mime_type": attachment.mime_type,
            "body": to_body(attachment),
        }
        await self._upsert(attachments, ["id"], row, f"attachment {attachment.id!r} is not there")

    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        mine = sa.and_(attachments.c.id == attachment_id, attachments.c.owner == self._owner(context))
        body = await self._scalar(sa.select(attachments.c.body).where(mine))
        if body is None:
            raise NotFoundError(f"attachment {attachment_id!r} is not there")
        return attachment_adapter().validate_json(body)

    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        mine = sa.and_(attachments.c.id == attachment_id, attachments.c.owner == self._owner(context))
        async with self._writing() as connection:
            await connection.execute(sa.delete(attachments).where(mine))

    # --- checkpoints (extensions.md §2.5)

    async def save_checkpoint(
        self, turn_id: str, thread_id: str, items: Sequence[ThreadItem], context: TContext
    ) -> None:
        """Replace what a running turn would leave behind if its worker died now."""
        owner = self._owner(context)
        row = {"turn_id": turn_id, "thread_id": thread_id, "owner": owner, "body": to_bodies(items)}
        async with self._writing() as connection:
            await self._require_thread(connection, thread_id, owner)
            insert = self._insert(checkpoints).values(row)
            same = checkpoints.c.owner == owner
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["turn_id"], set_={"body": row["body"]}, where=same
                )
            )

    async def finish_checkpoint(self, turn_id: str) -> list[ThreadItem]:
        """Turn a dead turn's pending items into stored ones, and return them; nothing if there is no such turn."""
        async with self._writing() as connection:
            query = sa.delete(checkpoints).where(checkpoints.c.turn_id == turn_id)
            row = (
                await connection.execute(query.returning(checkpoints.c.thread_id, checkpoints.c.body))
            ).first()
            if row is None:
                return []
            left = [local_times(item) for item in TypeAdapter(list[ThreadItem]).validate_json(row.body)]
            for item in left:
                await connection.execute(self._saving_item(row.thread_id, item))
            return left

    async def drop_checkpoint(self, turn_id: str) -> None:
        """Forget a turn's pending items; it ended well."""
        async with self._writing() as connection:
            await connection.execute(sa.delete(checkpoints).where(checkpoints.c.turn_id == turn_id))

    # --- queries

    def _in_thread(self, thread_id: str, context: TContext) -> sa.ColumnElement[bool]:
        mine = sa.select(threads.c.id).where(
            threads.c.id == thread_id, threads.c.owner == self._owner(context)
        )
        return items.c.thread_id == mine.scalar_subquery()

    async def _require_thread(self, connection: AsyncConnection, thread_id: str, owner: str) -> None:
        mine = sa.select(threads.c.id).where(threads.c.id == thread_id, threads.c.owner == owner)
        if (await connection.execute(mine)).first() is None:
            raise NotFoundError(f"thread {thread_id!r} is not there")

    def _insert(self, table: sa.Table) -> Any:
        return (sqlite if self._engine.dialect.name == "sqlite" else postgresql).insert(table)

    def _saving_item(self, thread_id: str, item: ThreadItem) -> Any:
        row = {
            "thread_id": thread_id,
            "id": item.id,
            "type": item.type,
            "created_at": item.created_at,
            "body": to_body(item),
        }
        changes = {name: row[name] for name in ("type", "created_at", "body")}
        insert = self._insert(items).values(row)
        return insert.on_conflict_do_update(index_elements=["thread_id", "id"], set_=changes)

    async def _upsert(self, table: sa.Table, key: list[str], row: dict[str, Any], missing: str) -> None:
        """Insert or replace a row of this owner; another owner's row is never touched."""
        insert = self._insert(table).values(row)
        changes = {name: value for name, value in row.items() if name not in (*key, "owner")}
        mine = table.c.owner == row["owner"]
        statement = insert.on_conflict_do_update(index_elements=key, set_=changes, where=mine)
        async with self._writing() as connection:
            if (await connection.execute(statement.returning(table.c.id))).first() is None:
                raise NotFoundError(missing)

    async def _page(
        self, table: sa.Table, where: sa.ColumnElement[bool], after: str | None, limit: int, order: str
    ) -> Sequence[Any]:
        """Up to `limit + 1` rows: the extra one answers `has_more` without a second query."""
        place = (table.c.created_at, table.c.seq)
        query = sa.select(table.c.id, table.c.body).where(where).limit(limit + 1)
        async with self._reading() as connection:
            if after is not None:
                cursor = (
                    await connection.execute(sa.select(*place).where(where, table.c.id == after))
                ).first()
                if cursor is None:
                    return []
                here, there = (
                    sa.tuple_(*place),
                    sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(cursor, place, strict=True))),
                )
                query = query.where(here < there if order == "desc" else here > there)
            ordered = [column.desc() if order == "desc" else column.asc() for column in place]
            return (await connection.execute(query.order_by(*ordered))).all()

    async def _scalar(self, query: sa.Select[Any]) -> Any:
        async with self._reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    @asynccontextmanager
    async def _reading(self) -> AsyncGenerator[AsyncConnection]:
        if not self._ready:
            await self.open()
        async with _reachable(), self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def _writing(self) -> AsyncGenerator[AsyncConnection]:
        if not self._ready:
            await self.open()
        if self._engine.dialect.name != "sqlite":
            async with _reachable(), self._engine.begin() as connection:
                yield connection
            return
        # SQLite has one writer at a time: waiting here is fair and quick, waiting in the driver is neither.
        async with self._writer, _reachable(), self._engine.begin() as connection:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection


def _paged(found: list[Any], has_more: bool) -> Page[Any]:
    return Page(data=found, has_more=has_more, after=found[-1].id if has_more and found else None)


@asynccontextmanager
async def _reachable() -> AsyncGenerator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, ConnectionError) as error:
        raise UnavailableError(f"the database cannot be used right now: {error}") from error


def _make_folder(url: sa.URL) -> None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return
    folder = Path(str(url.database)).resolve().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"the folder {str(folder)!r} for the database cannot be made: {error.strerror}"
        ) from error
