"""Relays of both kinds, and the Redis that one of them needs."""

from collections.abc import AsyncIterator, Iterator

import pytest

from chatkit.relay.memory import MemoryRelay
from tests.relay.redis_server import RedisServer
from tests.relay.relays import Relays


@pytest.fixture(scope="session")
def redis_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One Redis for every test that leaves it alone; each has a prefix of its own."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def redis_server(tmp_path: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of one's own, to be killed and started."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["memory", "redis"])
async def relays(request: pytest.FixtureRequest) -> AsyncIterator[Relays]:
    """What makes relays of each kind in turn; those it has made are closed."""
    redis: RedisServer | None = None
    if request.param == "redis":
        redis = request.getfixturevalue("redis_for_all")
    relays = Relays(redis.url if redis else None)
    yield relays
    await relays.close()


@pytest.fixture
async def workers(redis_for_all: RedisServer) -> AsyncIterator[Relays]:
    """What makes relays on one Redis, as several workers have them."""
    relays = Relays(redis_for_all.url)
    yield relays
    await relays.close()


@pytest.fixture
async def relay(relays: Relays) -> MemoryRelay:
    """A relay of each kind in turn."""
    return relays()
