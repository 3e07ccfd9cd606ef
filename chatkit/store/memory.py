"""A store in the memory of one process: for tests, demos and first steps."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Generic
from typing import TypeVar as PlainTypeVar

from chatkit.clock import now
from chatkit.errors import NotFoundError
from chatkit.store.base import MOST_OPEN, OpenCheckpoint, OwnedThread, Store, TContext
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata

T = PlainTypeVar("T", ThreadMetadata, ThreadItem)


@dataclass(slots=True)
class _Row(Generic[TContext]):
    """One stored model; `seq` is the order of insertion and survives replacing."""

    seq: int
    value: TContext


@dataclass(slots=True)
class _Shelf:
    """What one owner has."""

    threads: dict[str, _Row[ThreadMetadata]] = field(default_factory=dict[str, _Row[ThreadMetadata]])
    items: dict[str, dict[str, _Row[ThreadItem]]] = field(
        default_factory=dict[str, dict[str, _Row[ThreadItem]]]
    )
    attachments: dict[str, Attachment] = field(default_factory=dict[str, Attachment])
    uploaded: dict[str, datetime] = field(default_factory=dict[str, datetime])  # unsent ones: since when


@dataclass(slots=True)
class _Checkpoint:
    """A running turn's pending items, and the rows that stood in their places when they were handed over."""

    owner: str
    thread_id: str
    items: list[ThreadItem]
    rows: dict[str, _Row[ThreadItem] | None]
    written_at: float = field(default_factory=monotonic)


def _instant(moment: datetime) -> float:
    return moment.timestamp()  # a naive time is local: aware and naive ones sort together


def _in_order(rows: Iterable[_Row[T]], order: str) -> list[_Row[T]]:
    return sorted(rows, key=lambda row: (_instant(row.value.created_at), row.seq), reverse=order == "desc")


def _place_of(rows: Sequence[_Row[T]], id: str) -> int:
    """Where this model is in the list; behind its end, if it is not."""
    return next((place for place, row in enumerate(rows) if row.value.id == id), len(rows))


def _page(rows: Iterable[_Row[T]], after: str | None, limit: int, order: str) -> Page[T]:
    ordered, limit = _in_order(rows, order), max(0, limit)
    start = 0 if after is None else _place_of(ordered, after) + 1
    chosen = [row.value.model_copy(deep=True) for row in ordered[start : start + limit]]
    has_more = bool(chosen) and len(ordered) > start + limit
    return Page(data=chosen, has_more=has_more, after=chosen[-1].id if has_more else None)


class MemoryStore(Store[TContext]):
    """Keeps everything in this process; a restart forgets it.

    What goes in and comes out is a copy: changing it changes nothing that is stored. Also a `CheckpointStore`, a
    `FilingStore`, a `HostedStore`, a `LeasingStore`, a `RevisingStore`, a `SweepingStore` and a
    `TrimmingStore`.

    Args:
        owner: Tells whose data a context is about. What is not theirs does not exist for them.
    """

    def __init__(self, *, owner: Callable[[TContext], str]) -> None:
        self._owner = owner
        self._shelves: dict[str, _Shelf] = {}
        self._owners: dict[str, str] = {}  # thread or attachment id → owner: an id is nobody else's to take
        self._checkpoints: dict[str, _Checkpoint] = {}
        self._seq = 0

    def owner_of(self, context: TContext) -> str | None:
        return self._owner(context)

    def _shelf(self, context: TContext) -> _Shelf:
        return self._shelves.setdefault(self._owner(context), _Shelf())

    def _claim(self, what: str, id: str, context: TContext) -> None:
        owner = self._owner(context)
        if self._owners.setdefault(f"{what} {id}", owner) != owner:
            raise NotFoundError(f"{what} {id!r} is not there")

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    def _items(self, thread_id: str, context: TContext) -> dict[str, _Row[ThreadItem]]:
        shelf = self._shelf(context)
        if thread_id not in shelf.threads:
            raise NotFoundError(f"thread {thread_id!r} is not there")
        return shelf.items.setdefault(thread_id, {})

    async def load_thread(self, thread_id: str, context: TContext) -> ThreadMetadata:
        row = self._shelf(context).threads.get(thread_id)
        if row is None:
            raise NotFoundError(f"thread {thread_id!r} is not there")
        return row.value.model_copy(deep=True)

    async def save_thread(self, thread: ThreadMetadata, context: TContext) -> None:
        self._claim("thread", thread.id, context)
        threads = self._shelf(context).threads
        known = threads.get(thread.id)
        plain = ThreadMetadata(**{name: getattr(thread, name) for name in ThreadMetadata.model_fields})
        threads[thread.id] = _Row(known.seq if known else self._next(), plain.model_copy(deep=True))

    async def revise_thread(
        self, thread_id: str, change: Callable[[ThreadMetadata], ThreadMetadata], context: TContext
    ) -> ThreadMetadata:
        """Load a thread and save what is made of it: see `RevisingStore`. Nothing here waits in between."""
        thread = change(await self.load_thread(thread_id, context))
        await self.save_thread(thread, context)
        return thread

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: TContext
    ) -> Page[ThreadMetadata]:
        return _page(self._shelf(context).threads.values(), after, limit, order)

    async def delete_thread(self, thread_id: str, context: TContext) -> None:
        shelf = self._shelf(context)
        if shelf.threads.pop(thread_id, None) is None:
            raise NotFoundError(f"thread {thread_id!r} is not there")
        shelf.items.pop(thread_id, None)
        self._owners.pop(f"thread {thread_id}", None)
        for turn_id in [id for id, pending in self._checkpoints.items() if pending.thread_id == thread_id]:
            del self._checkpoints[turn_id]
        for id in [a.id for a in shelf.attachments.values() if a.thread_id == thread_id]:
            self._forget_attachment(shelf, id)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        return _page(self._shelf(context).items.get(thread_id, {}).values(), after, limit, order)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        self._put(self._items(thread_id, context), item)

    def _put(self, items: dict[str, _Row[ThreadItem]], item: ThreadItem) -> None:
        known = items.get(item.id)
        items[item.id] = _Row(known.seq if known else self._next(), item.model_copy(deep=True))

    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        row = self._items(thread_id, context).get(item_id)
        if row is None:
            raise NotFoundError(f"item {item_id!r} is not there in thread {thread_id!r}")
        return row.value.model_copy(deep=True)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        self._shelf(context).items.get(thread_id, {}).pop(item_id, None)

    async def delete_items_after(self, thread_id: str, item_id: str, context: TContext) -> None:
        """Delete all items behind this one.

        Raises:
            NotFoundError: If there is no such item in this thread and context.
        """
        items = self._items(thread_id, context)
        if item_id not in items:
            raise NotFoundError(f"item {item_id!r} is not there in thread {thread_id!r}")
        ordered = _in_order(items.values(), "asc")
        for row in ordered[_place_of(ordered, item_id) + 1 :]:
            del items[row.value.id]

    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        self._claim("attachment", attachment.id, context)
        shelf = self._shelf(context)
        shelf.attachments[attachment.id] = attachment.model_copy(deep=True)
        if attachment.thread_id is None:
            shelf.uploaded.setdefault(attachment.id, now())
        else:
            shelf.uploaded.pop(attachment.id, None)

    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        attachment = self._shelf(context).attachments.get(attachment_id)
        if attachment is None:
            raise NotFoundError(f"attachment {attachment_id!r} is not there")
        return attachment.model_copy(deep=True)

    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        self._forget_attachment(self._shelf(context), attachment_id)

    def _forget_attachment(self, shelf: _Shelf, id: str) -> None:
        shelf.uploaded.pop(id, None)
        if shelf.attachments.pop(id, None) is not None:
            del self._owners[f"attachment {id}"]

    async def sweep_attachments(self, before: datetime) -> int:
        """Delete the records of uploads that were never sent: see `SweepingStore`."""
        swept = 0
        for shelf in self._shelves.values():
            for id in [id for id, since in shelf.uploaded.items() if _instant(since) < _instant(before)]:
                self._forget_attachment(shelf, id)
                swept += 1
        return swept

    async def attachments_of(self, thread_id: str, context: TContext) -> list[str]:
        """The ids of the attachments whose records name this thread; none if it is not there in this context."""
        return [one.id for one in self._shelf(context).attachments.values() if one.thread_id == thread_id]

    # --- what a running turn would leave behind (CheckpointStore)

    async def save_checkpoint(
        self, turn_id: str, thread_id: str, items: Sequence[ThreadItem], context: TContext
    ) -> None:
        """Replace what a running turn would leave behind if its worker died now.

        Raises:
            NotFoundError: If there is no such thread, or the turn is another's, in this context.
        """
        stored, owner = self._items(thread_id, context), self._owner(context)
        known = self._checkpoints.get(turn_id)
        if known is not None and known.owner != owner:
            raise NotFoundError(f"turn {turn_id!r} is not there")
        copies = [item.model_copy(deep=True) for item in items]
        rows = {item.id: stored.get(item.id) for item in items}
        self._checkpoints[turn_id] = _Checkpoint(owner, thread_id, copies, rows)

    async def finish_checkpoint(self, turn_id: str) -> list[ThreadItem]:
        """Turn a dead turn's pending items into stored ones, and return them; none if there is no such turn.

        An item that was saved or deleted after the checkpoint is left as it is.
        """
        pending = self._checkpoints.pop(turn_id, None)
        if pending is None:
            return []
        items = self._shelves[pending.owner].items.setdefault(pending.thread_id, {})
        left = [item for item in pending.items if items.get(item.id) is pending.rows[item.id]]
        for item in left:
            self._put(items, item)
        return left

    async def drop_checkpoint(self, turn_id: str) -> None:
        """Forget a turn's pending items; it ended well."""
        self._checkpoints.pop(turn_id, None)

    async def open_checkpoints(self, silent: float = 0, thread_id: str | None = None) -> list[OpenCheckpoint]:
        """Turns with a checkpoint, the one that wrote longest ago first: see `LeasingStore`."""
        moment = monotonic()
        found = [
            OpenCheckpoint(one.owner, one.thread_id, turn_id, moment - one.written_at)
            for turn_id, one in self._checkpoints.items()
            if moment - one.written_at >= silent and thread_id in (None, one.thread_id)
        ]
        return sorted(found, key=lambda one: -one.silent)[:MOST_OPEN]

    # --- everybody's threads (HostedStore)

    async def list_threads(
        self, owner: str | None, after: str | None, before: str | None, limit: int, order: str
    ) -> Page[OwnedThread]:
        """Load a page of somebody's threads, or of everybody's: see `HostedStore`."""
        shelves = self._shelves.items() if owner is None else [(owner, self._shelves.get(owner, _Shelf()))]
        owners = {id: name for name, shelf in shelves for id in shelf.threads}
        ordered = _in_order((row for _, shelf in shelves for row in shelf.threads.values()), order)
        start = 0 if after is None else _place_of(ordered, after) + 1
        end = len(ordered) if before is None else _place_of(ordered, before)
        if before is not None and end == len(ordered):
            start = end  # in front of an unknown thread there is nothing
        within, limit = ordered[start:end], max(0, limit)
        from_its_end = before is not None and after is None
        chosen = within[max(0, len(within) - limit) :] if from_its_end else within[:limit]
        found = [OwnedThread(owners[row.value.id], row.value.model_copy(deep=True)) for row in chosen]
        has_more = bool(found) and len(within) > limit
        return Page(data=found, has_more=has_more, after=found[-1].thread.id if has_more else None)

    async def owner_of_thread(self, thread_id: str) -> str:
        """Whose thread this is.

        Raises:
            NotFoundError: If there is no such thread.
        """
        owner = self._owners.get(f"thread {thread_id}")
        if owner is None:
            raise NotFoundError(f"thread {thread_id!r} is not there")
        return owner
