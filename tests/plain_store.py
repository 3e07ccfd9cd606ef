"""A store as apps write their own: what `Store` asks for, and none of the optional abilities."""

from chatkit.store import MemoryStore, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata


class PlainStore(Store[str]):
    """Keeps things where MemoryStore does, but cannot trim, file, checkpoint or tell whose a context is."""

    def __init__(self) -> None:
        self._inner: MemoryStore[str] = MemoryStore(owner=str)

    async def load_thread(self, thread_id: str, context: str) -> ThreadMetadata:
        return await self._inner.load_thread(thread_id, context)

    async def save_thread(self, thread: ThreadMetadata, context: str) -> None:
        await self._inner.save_thread(thread, context)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: str
    ) -> Page[ThreadMetadata]:
        return await self._inner.load_threads(limit, after, order, context)

    async def delete_thread(self, thread_id: str, context: str) -> None:
        await self._inner.delete_thread(thread_id, context)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: str
    ) -> Page[ThreadItem]:
        return await self._inner.load_thread_items(thread_id, after, limit, order, context)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        await self._inner.add_thread_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        await self._inner.save_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: str) -> ThreadItem:
        return await self._inner.load_item(thread_id, item_id, context)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: str) -> None:
        await self._inner.delete_thread_item(thread_id, item_id, context)

    async def save_attachment(self, attachment: Attachment, context: str) -> None:
        await self._inner.save_attachment(attachment, context)

    async def load_attachment(self, attachment_id: str, context: str) -> Attachment:
        return await self._inner.load_attachment(attachment_id, context)

    async def delete_attachment(self, attachment_id: str, context: str) -> None:
        await self._inner.delete_attachment(attachment_id, context)
