"""Three workers, PostgreSQL and Redis, as deploy/compose.yaml has them, behind a proxy that lets them take turns."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx

from tests.relay.redis_server import RedisServer
from tests.scripted import create
from tests.survival.compose import compose, environment, options
from tests.survival.faults import Line
from tests.survival.nginx import HOSTS, Nginx
from tests.survival.processes import Worker, free_port, running
from tests.survival.reader import Client

LEASE = 30.0
"""Seconds after which a killed worker's turns are ended; 10 unless a deployment says otherwise. This long, no worker
is taken for dead because the machine is busy."""

SHORT_LEASE = 1.0
"""The same where the end itself is what is waited for."""


@dataclass
class Cluster:
    """What is up.

    Args:
        workers: All of them, also those that are down.
        redis: Their Redis, to be killed and started.
        database: The URL of their database.
    """

    workers: list[Worker]
    redis: RedisServer
    database: str
    line: Line = field(init=False)
    first: Worker | None = None
    """Gets all connections while it is named and up."""
    _next: int = 0

    def __post_init__(self) -> None:
        self.line = Line(self._turn)

    def _turn(self) -> tuple[str, int]:
        """The next worker that is up, as nginx finds it: one that refuses is passed over."""
        if self.first is not None and self.first.up:
            return self.first.address
        up = [worker for worker in self.workers if worker.up]
        self._next += 1
        return up[self._next % len(up)].address

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.line.port}"

    async def visitor(self) -> str:
        """The cookie of somebody new."""
        async with httpx.AsyncClient(
            base_url=self.base, trust_env=False, verify=False, timeout=60
        ) as browser:
            page = await browser.get("/")
            assert page.status_code == 200
            return f"session={page.cookies['session']}"

    async def settled(self) -> None:
        """Wait until every worker takes turns again: those that were without Redis hold back for a moment."""
        cookie = await self.visitor()
        for worker in self.workers:
            async with self.client(cookie, at=worker) as client:
                await client.insist(create("count 3 0"))

    def client(self, cookie: str, at: "Worker | Nginx | None" = None, stall: float = 45) -> Client:
        """A tab of somebody's; at one worker, behind nginx, or where the small proxy leads it."""
        return Client(at.base if at else self.base, "nobody", stall, headers={"Cookie": cookie})


@asynccontextmanager
async def cluster(
    folder: Path, database: str, redis: RedisServer, lease: float = LEASE
) -> AsyncGenerator[Cluster]:
    """Start everything but the database and Redis; those are there."""
    service = compose()["services"]["chatkit"]
    values = {"POSTGRES_PASSWORD": uuid4().hex, "CHATKIT_SECRET": uuid4().hex}
    env = environment(values) | {
        # compose names them by its own hosts
        "DATABASE_URL": database,
        "REDIS_URL": redis.url,
        "CHATKIT_LEASE": str(lease),
    }
    count: int = service["deploy"]["replicas"]
    # Each container has an address of its own, and the same port.
    assert count == len(HOSTS)
    app, port = "tests.survival.deployed:app", free_port()
    workers = [Worker(folder, app, options(), env, host, port) for host in HOSTS]
    one = Cluster(workers, redis, database)
    async with running(*workers), one.line:
        yield one
