"""SQLStore: threads, items and attachments in SQLite or PostgreSQL, through SQLAlchemy Core.

Opened and migrated on first use, so constructing it costs nothing and needs no running loop. Every query is scoped by
owner, but for those of `HostedStore` and `SweepingStore` and the few that look after checkpoints, which act for no
person.
"""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import Self

from chatkit.clock import now
from chatkit.errors import NotFoundError
from chatkit.store.base import MOST_OPEN, OpenCheckpoint, OwnedThread, Store, TContext
from chatkit.store.database import Database
from chatkit.store.paging import Scope, page_of, place, place_of
from chatkit.store.tables import (
    attachments,
    checkpoints,
    items,
    items_from,
    local_times,
    threads,
    to_bodies,
    to_body,
)
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata, attachment_adapter, item_adapter


class SQLStore(Store[TContext]):
    """Keeps everything in a SQL database: `sqlite:///path/to/file.db` or `postgresql://…`.

    Also a `CheckpointStore`, a `FilingStore`, a `HostedStore`, a `LeasingStore`, a `RevisingStore`, a
    `SweepingStore` and a `TrimmingStore`.

    Args:
        database: A URL, or an engine of the app's own (which the app then disposes of).
        owner: Tells whose data a context is about. What is not theirs does not exist for them.

    Raises:
        ModuleNotFoundError: If the database needs a driver that is not installed.
        NewerDatabaseError: On first use, if the database was written by a newer version.
        UnavailableError: On any use, if the database cannot be reached, opened or written.
    """

    def __init__(self, database: str | AsyncEngine, *, owner: Callable[[TContext], str]) -> None:
        self._owner = owner
        self._database = Database(database)

    def owner_of(self, context: TContext) -> str | None:
        return self._owner(context)

    async def open(self) -> None:
        """Open and migrate the database now, instead of on first use."""
        await self._database.open()

    async def close(self) -> None:
        """Close the connections, when calls that have begun are done. The store opens again when it is used again."""
        await self._database.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # --- threads

    async def load_thread(self, thread_id: str, context: TContext) -> ThreadMetadata:
        mine = _thread(thread_id, self._owner(context))
        body = await self._one(sa.select(threads.c.body).where(mine), f"thread {thread_id!r} is not there")
        return local_times(ThreadMetadata.model_validate_json(body))

    async def save_thread(self, thread: ThreadMetadata, context: TContext) -> None:
        row = {"id": thread.id, "owner": self._owner(context), **_columns(thread)}
        await self._upsert(threads, row, f"thread {thread.id!r} is not there")

    async def revise_thread(
        self, thread_id: str, change: Callable[[ThreadMetadata], ThreadMetadata], context: TContext
    ) -> ThreadMetadata:
        """Load a thread and save what is made of it, in one transaction: see `RevisingStore`."""
        # An app's subclass may save threads in its own way.
        if type(self).save_thread is not SQLStore.save_thread:
            thread = change(await self.load_thread(thread_id, context))
            await self.save_thread(thread, context)
            return thread
        mine = _thread(thread_id, self._owner(context))

        async def revise(connection: AsyncConnection) -> ThreadMetadata:
            held = sa.select(threads.c.body).where(mine).with_for_update(key_share=True)
            body = (await connection.execute(held)).scalar()
            if body is None:
                raise NotFoundError(f"thread {thread_id!r} is not there")
            thread = change(local_times(ThreadMetadata.model_validate_json(body)))
            await connection.execute(sa.update(threads).where(mine).values(**_columns(thread)))
            return thread

        return await self._database.write(revise)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: TContext
    ) -> Page[ThreadMetadata]:
        owner = self._owner(context)
        rows, has_more = await page_of(
            self._database, threads, lambda table: table.c.owner == owner, after, limit, order
        )
        found = [local_times(ThreadMetadata.model_validate_json(row.body)) for row in rows]
        return Page(data=found, has_more=has_more, after=rows[-1].id if has_more else None)

    async def delete_thread(self, thread_id: str, context: TContext) -> None:
        owner = self._owner(context)

        async def delete(connection: AsyncConnection) -> None:
            await _hold_thread(connection, thread_id, owner)
            # Named one by one, since an engine of the app's own may not look at foreign keys.
            for table in (items, checkpoints):
                await connection.execute(sa.delete(table).where(table.c.thread_id == thread_id))
            theirs = sa.and_(attachments.c.thread_id == thread_id, attachments.c.owner == owner)
            await connection.execute(sa.delete(attachments).where(theirs))
            await connection.execute(sa.delete(threads).where(_thread(thread_id, owner)))

        await self._database.write(delete)

    # --- items

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        here = _in_thread(thread_id, self._owner(context))
        rows, has_more = await page_of(self._database, items, here, after, limit, order)
        read = item_adapter().validate_json
        found = [local_times(read(row.body)) for row in rows]
        return Page(data=found, has_more=has_more, after=rows[-1].id if has_more else None)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        owner = self._owner(context)
        saving = self._saving_item(thread_id, item)

        async def save(connection: AsyncConnection) -> None:
            await _hold_thread(connection, thread_id, owner)
            await connection.execute(saving)

        await self._database.write(save)

    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        here = _in_thread(thread_id, self._owner(context))(items)
        query = sa.select(items.c.body).where(here, items.c.id == item_id)
        body = await self._one(query, f"item {item_id!r} is not there in thread {thread_id!r}")
        return local_times(item_adapter().validate_json(body))

    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        here = _in_thread(thread_id, self._owner(context))(items)
        await self._execute(sa.delete(items).where(here, items.c.id == item_id))

    async def delete_items_after(self, thread_id: str, item_id: str, context: TContext) -> None:
        """Delete all items behind this one, in one statement.

        Raises:
            NotFoundError: If there is no such item in this thread and context.
        """
        owner = self._owner(context)
        here = _in_thread(thread_id, owner)

        async def delete(connection: AsyncConnection) -> None:
            await _hold_thread(connection, thread_id, owner)
            named = sa.select(items.c.seq).where(here(items), items.c.id == item_id)
            if (await connection.execute(named)).first() is None:
                raise NotFoundError(f"item {item_id!r} is not there in thread {thread_id!r}")
            behind = place(items) > place_of(items, here, item_id)
            await connection.execute(sa.delete(items).where(items.c.thread_id == thread_id, behind))

        await self._database.write(delete)

    # --- attachments

    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        row = {
            "id": attachment.id,
            "owner": self._owner(context),
            "thread_id": attachment.thread_id,
            "name": attachment.name,
            "mime_type": attachment.mime_type,
            "created_at": now(),
            "body": to_body(attachment),
        }
        missing = f"attachment {attachment.id!r} is not there"
        await self._upsert(attachments, row, missing, keep=("created_at",))

    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        mine = sa.and_(attachments.c.id == attachment_id, attachments.c.owner == self._owner(context))
        query = sa.select(attachments.c.body).where(mine)
        body = await self._one(query, f"attachment {attachment_id!r} is not there")
        return attachment_adapter().validate_json(body)

    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        mine = sa.and_(attachments.c.id == attachment_id, attachments.c.owner == self._owner(context))
        await self._execute(sa.delete(attachments).where(mine))

    async def attachments_of(self, thread_id: str, context: TContext) -> list[str]:
        """The ids of the attachments whose records name this thread; none if it is not there in this context."""
        theirs = sa.and_(attachments.c.thread_id == thread_id, attachments.c.owner == self._owner(context))
        return [row.id for row in await self._database.all(sa.select(attachments.c.id).where(theirs))]

    async def sweep_attachments(self, before: datetime) -> int:
        """Delete the records of uploads that were never sent: see `SweepingStore`."""
        unsent = sa.and_(attachments.c.thread_id.is_(None), attachments.c.created_at < before)

        async def sweep(connection: AsyncConnection) -> int:
            return (await connection.execute(sa.delete(attachments).where(unsent))).rowcount

        return await self._database.write(sweep)

    # --- what a running turn would leave behind (CheckpointStore)

    async def save_checkpoint(
        self, turn_id: str, thread_id: str, items: Sequence[ThreadItem], context: TContext
    ) -> None:
        """Replace what a running turn would leave behind if its worker died now.

        Raises:
            NotFoundError: If there is no such thread, or the turn is another's, in this context.
        """
        owner = self._owner(context)
        row = {"turn_id": turn_id, "thread_id": thread_id, "owner": owner, "body": to_bodies(items)}
        ids = [item.id for item in items]

        async def save(connection: AsyncConnection) -> None:
            await _hold_thread(connection, thread_id, owner)
            saves = json.dumps(await _saves(connection, thread_id, ids))
            moment = self._database.clock()
            statement = self._upserting(checkpoints, {**row, "saves": saves, "written_at": moment})
            if (await connection.execute(statement)).first() is None:
                raise NotFoundError(f"turn {turn_id!r} is not there")

        await self._database.write(save)

    async def finish_checkpoint(self, turn_id: str) -> list[ThreadItem]:
        """Turn a dead turn's pending items into stored ones, and return them; none if there is no such turn.

        An item that was saved or deleted after the checkpoint is left as it is.
        """
        this = checkpoints.c.turn_id == turn_id

        async def finish(connection: AsyncConnection) -> list[ThreadItem]:
            # First the thread, as everybody does who changes one: another order could end in a deadlock.
            thread_id = (await connection.execute(sa.select(checkpoints.c.thread_id).where(this))).scalar()
            held = sa.select(threads.c.id).where(threads.c.id == thread_id).with_for_update(key_share=True)
            await connection.execute(held)
            query = sa.delete(checkpoints).where(this).returning(checkpoints.c.body, checkpoints.c.saves)
            row = (await connection.execute(query)).first()
            if thread_id is None or row is None:
                return []
            pending = items_from(row.body)
            then = json.loads(row.saves)
            now = await _saves(connection, thread_id, [item.id for item in pending])
            left = [item for item in pending if then.get(item.id) == now.get(item.id)]
            for item in left:
                await connection.execute(self._saving_item(thread_id, item))
            return left

        return await self._database.write(finish)

    async def drop_checkpoint(self, turn_id: str) -> None:
        """Forget a turn's pending items; it ended well."""
        await self._execute(sa.delete(checkpoints).where(checkpoints.c.turn_id == turn_id))

    async def open_checkpoints(self, silent: float = 0, thread_id: str | None = None) -> list[OpenCheckpoint]:
        """Turns with a checkpoint, the one that wrote longest ago first: see `LeasingStore`."""
        moment, written_at = self._database.clock(), checkpoints.c.written_at
        silence = (moment - written_at).label("silent")
        named = checkpoints.c.owner, checkpoints.c.thread_id, checkpoints.c.turn_id
        query: Any = sa.select(*named, silence).where(written_at <= moment - silent)
        if thread_id is not None:
            query = query.where(checkpoints.c.thread_id == thread_id)
        rows = await self._database.all(query.order_by(written_at).limit(MOST_OPEN))
        return [OpenCheckpoint(row.owner, row.thread_id, row.turn_id, row.silent) for row in rows]

    # --- everybody's threads (HostedStore)

    async def list_threads(
        self, owner: str | None, after: str | None, before: str | None, limit: int, order: str
    ) -> Page[OwnedThread]:
        """Load a page of somebody's threads, or of everybody's: see `HostedStore`."""

        def scope(table: sa.FromClause) -> sa.ColumnElement[bool]:
            return sa.true() if owner is None else table.c.owner == owner

        rows, has_more = await page_of(self._database, threads, scope, after, limit, order, before)
        found = [
            OwnedThread(row.owner, local_times(ThreadMetadata.model_validate_json(row.body))) for row in rows
        ]
        return Page(data=found, has_more=has_more, after=rows[-1].id if has_more else None)

    async def owner_of_thread(self, thread_id: str) -> str:
        """Whose thread this is.

        Raises:
            NotFoundError: If there is no such thread.
        """
        query = sa.select(threads.c.owner).where(threads.c.id == thread_id)
        return await self._one(query, f"thread {thread_id!r} is not there")

    # --- queries

    async def _one(self, query: sa.Select[Any], missing: str) -> Any:
        rows = await self._database.all(query)
        if not rows:
            raise NotFoundError(missing)
        return rows[0][0]

    async def _execute(self, statement: sa.Executable) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await self._database.write(work)

    async def _upsert(
        self, table: sa.Table, row: dict[str, Any], missing: str, keep: Collection[str] = ()
    ) -> None:
        statement = self._upserting(table, row, keep)

        async def work(connection: AsyncConnection) -> None:
            if (await connection.execute(statement)).first() is None:
                raise NotFoundError(missing)

        await self._database.write(work)

    def _upserting(self, table: sa.Table, row: dict[str, Any], keep: Collection[str] = ()) -> Any:
        """Insert or replace a row of this owner; another owner's row is not touched, and nothing is returned.

        Columns to `keep` stay as they were when the row was inserted.
        """
        key = next(iter(row))
        changes = {name: value for name, value in row.items() if name not in (key, "owner", *keep)}
        insert = self._database.insert(table).values(row)
        mine = table.c.owner == row["owner"]
        return insert.on_conflict_do_update(index_elements=[key], set_=changes, where=mine).returning(
            table.c[key]
        )

    def _saving_item(self, thread_id: str, item: ThreadItem) -> Any:
        row = {
            "thread_id": thread_id,
            "id": item.id,
            "type": item.type,
            "created_at": item.created_at,
            "body": to_body(item),
        }
        changes = {name: row[name] for name in ("type", "created_at", "body")}
        insert = self._database.insert(items).values(row)
        return insert.on_conflict_do_update(
            index_elements=["thread_id", "id"], set_={**changes, "saves": items.c.saves + 1}
        )


def _columns(thread: ThreadMetadata) -> dict[str, Any]:
    plain = ThreadMetadata(**{name: getattr(thread, name) for name in ThreadMetadata.model_fields})
    return {"created_at": thread.created_at, "body": to_body(plain)}


def _thread(thread_id: str, owner: str) -> sa.ColumnElement[bool]:
    return sa.and_(threads.c.id == thread_id, threads.c.owner == owner)


def _in_thread(thread_id: str, owner: str) -> Scope:
    mine = sa.select(threads.c.id).where(_thread(thread_id, owner)).scalar_subquery()
    return lambda table: table.c.thread_id == mine


async def _hold_thread(connection: AsyncConnection, thread_id: str, owner: str) -> None:
    """Keep the thread from being deleted or written to by others until the transaction ends.

    Without it, PostgreSQL could show a later item before an earlier one, or find the thread gone in the middle.

    Raises:
        NotFoundError: If it is not there, or not theirs.
    """
    mine = sa.select(threads.c.id).where(_thread(thread_id, owner)).with_for_update(key_share=True)
    if (await connection.execute(mine)).first() is None:
        raise NotFoundError(f"thread {thread_id!r} is not there")


async def _saves(connection: AsyncConnection, thread_id: str, ids: list[str]) -> dict[str, int]:
    """How often each of these items was replaced; those that are not stored are left out."""
    query = sa.select(items.c.id, items.c.saves).where(items.c.thread_id == thread_id, items.c.id.in_(ids))
    return {row.id: row.saves for row in await connection.execute(query)}
