"""The bundled stores keep the whole contract, and a store of upstream's kind its core (python-sdk.md §4)."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from chatkit.store import MemoryStore, NotFoundError, Store
from chatkit.store.sql import SQLStore
from chatkit.testing import CoreContract, StoreContract
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from tests.store.postgres_server import Postgres


class TestMemoryStore(StoreContract[str]):
    def make_store(self) -> MemoryStore[str]:
        return MemoryStore(owner=str)

    def contexts(self) -> tuple[str, str]:
        return "alice", "bob"


class TestSQLStore(StoreContract[str]):
    @pytest.fixture(autouse=True)
    def _in_a_folder_of_its_own(self, tmp_path: Path) -> None:
        self.database = tmp_path / "chat.db"

    def make_store(self) -> SQLStore[str]:
        return SQLStore(f"sqlite:///{self.database}", owner=str)

    def contexts(self) -> tuple[str, str]:
        return "alice", "bob"


class TestSQLStoreInMemory(StoreContract[str]):
    def make_store(self) -> SQLStore[str]:
        return SQLStore("sqlite://", owner=str)

    def contexts(self) -> tuple[str, str]:
        return "alice", "bob"


class TestSQLStoreOnPostgres(StoreContract[str]):
    @pytest.fixture(autouse=True)
    def _on_a_database_of_its_own(self, postgres: Postgres) -> None:
        self.database = postgres.database()

    def make_store(self) -> SQLStore[str]:
        return SQLStore(self.database, owner=str)

    def contexts(self) -> tuple[str, str]:
        return "alice", "bob"


class PlainStore(Store[dict[str, str]]):
    """What an app written for upstream has: dicts keyed by user, and plain lists."""

    def __init__(self) -> None:
        self.threads: defaultdict[str, dict[str, ThreadMetadata]] = defaultdict(dict)
        self.items: defaultdict[tuple[str, str], list[ThreadItem]] = defaultdict(list)
        self.attachments: dict[str, Attachment] = {}

    async def load_thread(self, thread_id: str, context: dict[str, str]) -> ThreadMetadata:
        if thread_id not in self.threads[context["user"]]:
            raise NotFoundError(f"Thread {thread_id} not found")
        return self.threads[context["user"]][thread_id]

    async def save_thread(self, thread: ThreadMetadata, context: dict[str, str]) -> None:
        data = {key: value for key, value in thread.model_dump().items() if key != "items"}
        self.threads[context["user"]][thread.id] = ThreadMetadata(**data)

    def _page(self, rows: list[Any], after: str | None, limit: int, order: str) -> Page[Any]:
        rows = sorted(rows, key=lambda row: row.created_at, reverse=order == "desc")
        if after:
            rows = rows[[row.id for row in rows].index(after) + 1 :]
        data, has_more = rows[:limit], len(rows) > limit
        return Page(data=data, has_more=has_more, after=data[-1].id if has_more else None)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        return self._page(list(self.threads[context["user"]].values()), after, limit, order)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Page[ThreadItem]:
        return self._page(self.items[context["user"], thread_id], after, limit, order)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Any) -> None:
        self.items[context["user"], thread_id].append(item)

    async def save_item(self, thread_id: str, item: ThreadItem, context: Any) -> None:
        items = self.items[context["user"], thread_id]
        items[[one.id for one in items].index(item.id)] = item

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> ThreadItem:
        for item in self.items[context["user"], thread_id]:
            if item.id == item_id:
                return item
        raise NotFoundError(f"Item {item_id} not found")

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        self.threads[context["user"]].pop(thread_id, None)
        self.items.pop((context["user"], thread_id), None)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        items = self.items[context["user"], thread_id]
        items[:] = [item for item in items if item.id != item_id]

    async def save_attachment(self, attachment: Attachment, context: Any) -> None:
        self.attachments[attachment.id] = attachment

    async def load_attachment(self, attachment_id: str, context: Any) -> Attachment:
        if attachment_id not in self.attachments:
            raise NotFoundError(f"Attachment {attachment_id} not found")
        return self.attachments[attachment_id]

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        self.attachments.pop(attachment_id, None)


class TestAStoreOfUpstreamsKind(CoreContract[dict[str, str]]):
    """It has no upsert, tells nobody apart by attachment and keeps no order of its own: `core` asks for none of it."""

    def make_store(self) -> PlainStore:
        return PlainStore()

    def contexts(self) -> tuple[dict[str, str], dict[str, str]]:
        return {"user": "alice"}, {"user": "bob"}
