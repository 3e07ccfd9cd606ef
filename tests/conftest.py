"""What every test shares."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from chatkit.store import MemoryStore, Store
from tests.plain_store import PlainStore
from tests.store.postgres_server import Postgres

# Its asserts are tests too: a failing one should show both sides.
pytest.register_assert_rewrite("chatkit.testing")

# An example may open a database and answer over HTTP: a slow machine is no reason to fail, so nothing is timed.
_UNTIMED = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large)
settings.register_profile("ci", max_examples=25, deadline=None, suppress_health_check=_UNTIMED)
settings.register_profile("soak", max_examples=2000, deadline=None, suppress_health_check=_UNTIMED)
settings.load_profile("soak" if os.environ.get("CHATKIT_SOAK") else "ci")


FIGURES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []
    for marker in (
        "property: holds for whatever hypothesis makes up; `make soak` tries many more",
        "disconnect: readers that leave at any moment; `make soak` tries many more",
    ):
        config.addinivalue_line("markers", marker)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if lines := config.stash[FIGURES]:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> list[str]:
    """Lines that are shown at the end of the run: what a proof has counted."""
    return request.config.stash[FIGURES]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio: what we build on (SQLAlchemy, uvicorn) does."""
    return "asyncio"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Store[Any]]:
    """A SQLite database in a file of its own; the context is the owner's name."""
    from chatkit.store.sql import SQLStore  # dear to import, and most tests need none

    async with SQLStore[Any](f"sqlite:///{tmp_path / 'chat.db'}", owner=str) as store:
        yield store


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL, started when the first test asks for it."""
    with tempfile.TemporaryDirectory(prefix="chatkit-postgres-", ignore_cleanup_errors=True) as data:
        server = Postgres(data)
        yield server
        server.stop()


@pytest.fixture
async def postgres_store(postgres: Postgres) -> AsyncIterator[Store[Any]]:
    """A store on an empty PostgreSQL database; the context is the owner's name."""
    from chatkit.store.sql import SQLStore

    async with SQLStore[Any](postgres.database(), owner=str) as store:
        yield store


@pytest.fixture(params=["memory", "sqlite", "plain"])
def store(request: pytest.FixtureRequest) -> Store[Any]:
    """Each bundled store in turn, and one like an app's own; the context is the owner's name."""
    if request.param == "memory":
        return MemoryStore(owner=str)
    if request.param == "plain":
        return PlainStore()
    return request.getfixturevalue("database")
