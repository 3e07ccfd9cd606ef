"""A store in the memory of one process: for tests, demos and first steps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic
from typing import TypeVar as PlainTypeVar

from chatkit.errors import NotFoundError
from chatkit.store.base import Store, TContext
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


def _instant(moment: datetime) -> float:
    return moment.timestamp()  # a naive time is local: aware and naive ones sort together


def _page(rows: Iterable[_Row[T]], after: str | None, limit: int, order: str) -> Page[T]:
    ordered = sorted(rows, key=lambda row: (_instant(row.value.created_at), row.seq), reverse=order == "desc")
    start = 0
    if after is not None:
        start = next((place + 1 for place, row in enumerate(ordered) if row.value.id == after), len(ordered))
    chosen = [row.value.model_copy(deep=True) for row in ordered[start : start + limit]]
    has_more = len(ordered) > start + limit
    return Page(data=chosen, has_more=has_more, after=chosen[-1].id if has_more and chosen else None)


class MemoryStore(Store[TContext]):
    """Keeps everything in this process; a restart forgets it.

    What goes in and comes out is a copy: changing it changes nothing that is stored.

    Args:
        owner: Tells whose data a context is about. What is not theirs does not exist for them.
    """

    def __init__(self, *, owner: Callable[[TContext], str]) -> None:
        self._owner = owner
        self._shelves: dict[str, _Shelf] = {}
        self._owners: dict[str, str] = {}  # thread or attachment id → owner: an id is nobody else's to take
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
        for id in [a.id for a in shelf.attachments.values() if a.thread_id == thread_id]:
            del shelf.attachments[id]
            self._owners.pop(f"attachment {id}", None)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        return _page(self._shelf(context).items.get(thread_id, {}).values(), after, limit, order)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        items = self._items(thread_id, context)
        known = items.get(item.id)
        items[item.id] = _Row(known.seq if known else self._next(), item.model_copy(deep=True))

    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        row = self._items(thread_id, context).get(item_id)
        if row is None:
            raise NotFoundError(f"item {item_id!r} is not there in thread {thread_id!r}")
        return row.value.model_copy(deep=True)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        self._items(thread_id, context).pop(item_id, None)

    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        self._claim("attachment", attachment.id, context)
        self._shelf(context).attachments[attachment.id] = attachment.model_copy(deep=True)

    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        attachment = self._shelf(context).attachments.get(attachment_id)
        if attachment is None:
            raise NotFoundError(f"attachment {attachment_id!r} is not there")
        return attachment.model_copy(deep=True)

    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        self._shelf(context).attachments.pop(attachment_id, None)
        self._owners.pop(f"attachment {attachment_id}", None)
