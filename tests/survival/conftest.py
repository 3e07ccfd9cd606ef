"""The server that many patterns of faults are tried on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.relay.redis_server import RedisServer
from tests.store.postgres_server import Postgres
from tests.survival.cluster import LEASE, SHORT_LEASE, Cluster, cluster
from tests.survival.processes import Worker, running


@pytest.fixture(scope="module", params=["one worker", "two workers on Redis"])
async def workers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[list[Worker]]:
    """One process with its relay in memory, or two that share PostgreSQL and Redis.

    They sum up and ping often, as a turn of minutes would see it.
    """
    folder = tmp_path_factory.mktemp("site")
    env = {"SITE_SNAPSHOT_EVERY": "0.02", "SITE_PING_AFTER": "0.1"}
    if request.param == "one worker":
        one = Worker(folder, env=env | {"SITE_DATABASE": f"sqlite:///{folder / 'chat.db'}"})
        async with running(one):
            yield [one]
        return
    redis, postgres = RedisServer(folder), request.getfixturevalue("postgres")
    redis.start()
    try:
        env |= {"SITE_DATABASE": postgres.database(), "SITE_REDIS": redis.url}
        two = [Worker(folder, env=env) for _ in range(2)]
        async with running(*two):
            yield two
    finally:
        redis.kill()


@asynccontextmanager
async def _cluster(postgres: Postgres, folder: Path, lease: float = LEASE) -> AsyncGenerator[Cluster]:
    redis = RedisServer(folder)
    redis.start()
    try:
        async with cluster(folder, postgres.database(), redis, lease) as one:
            yield one
    finally:
        redis.kill()


@pytest.fixture(scope="package")
async def up(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Cluster]:
    """Three workers with a database and a Redis of their own. Who kills something starts it again."""
    async with _cluster(postgres, tmp_path_factory.mktemp("cluster")) as one:
        yield one


@pytest.fixture
async def up_to_be_killed(postgres: Postgres, tmp_path: Path) -> AsyncGenerator[Cluster]:
    """The same for one test, with a short lease."""
    async with _cluster(postgres, tmp_path, SHORT_LEASE) as one:
        yield one
