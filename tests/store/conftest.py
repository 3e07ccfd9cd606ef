"""Databases for the tests of stores: SQLite in files and in memory, and a real PostgreSQL."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from chatkit.store import MemoryStore
from chatkit.store.sql import SQLStore

AnyStore = MemoryStore[str] | SQLStore[str]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that several connections can share."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'chat.db'}"
    return request.getfixturevalue("postgres").database()


@pytest.fixture
async def sql(url: str) -> AsyncGenerator[SQLStore[str]]:
    """A SQLStore on each kind of database; a context is the owner's name."""
    async with SQLStore[str](url, owner=str) as store:
        yield store


@pytest.fixture(params=["memory", "sqlite", "sqlite in memory", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[AnyStore]:
    """Each bundled store in turn; a context is the owner's name."""
    urls: dict[str, Callable[[], str]] = {
        "sqlite": lambda: f"sqlite:///{tmp_path / 'chat.db'}",
        "sqlite in memory": lambda: "sqlite://",
        "postgres": lambda: request.getfixturevalue("postgres").database(),
    }
    if request.param == "memory":
        yield MemoryStore(owner=str)
        return
    async with SQLStore[str](urls[request.param](), owner=str) as store:
        yield store
