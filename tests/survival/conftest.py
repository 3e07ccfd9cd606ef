"""The server that many patterns of faults are tried on."""

from collections.abc import AsyncGenerator

import pytest

from tests.relay.redis_server import RedisServer
from tests.store.postgres_server import Postgres
from tests.survival.cluster import Cluster, cluster
from tests.survival.processes import Worker, running


@pytest.fixture(scope="module")
async def worker(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Worker]:
    """One process with its relay in memory. It sums up and pings often, as a turn of minutes would see it."""
    folder = tmp_path_factory.mktemp("site")
    env = {
        "SITE_DATABASE": f"sqlite:///{folder / 'chat.db'}",
        "SITE_SNAPSHOT_EVERY": "0.02",
        "SITE_PING_AFTER": "0.1",
    }
    one = Worker(folder, env=env)
    async with running(one):
        yield one


@pytest.fixture(scope="package")
async def up(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Cluster]:
    """Three workers with a database and a Redis of their own. Who kills something starts it again."""
    folder = tmp_path_factory.mktemp("cluster")
    redis = RedisServer(folder)
    redis.start()
    try:
        async with cluster(folder, postgres.database(), redis) as one:
            yield one
    finally:
        redis.kill()
