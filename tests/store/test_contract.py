"""Both stores keep the whole contract (python-sdk.md §4)."""

from pathlib import Path

import pytest

from chatkit.store import MemoryStore
from chatkit.store.sql import SQLStore
from chatkit.testing import StoreContract


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
