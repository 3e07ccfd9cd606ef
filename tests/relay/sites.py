"""Several workers with one store, and a script that says what it is told to."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio

from chatkit.relay.log import TurnLog
from chatkit.relay.redis import RedisRelay
from chatkit.store import MemoryStore, Store
from tests.relay.reading import TURN, Told
from tests.relay.relays import Relays
from tests.scripted import ALICE, Scripted

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds for something to happen that takes a moment."""


async def until(look: Callable[[], Awaitable[T]], is_so: Callable[[T], bool]) -> T:
    """Look again and again until something is so."""
    with anyio.fail_after(PATIENCE):
        while True:
            seen = await look()
            if is_so(seen):
                return seen
            await asyncio.sleep(0.01)


def sum_up(relay: RedisRelay, turn_id: str = TURN) -> bool:
    """Do now what the clock does each second."""
    return relay._logs[ALICE, turn_id]._sum_up()  # pyright: ignore[reportPrivateUsage]


async def flushed(relay: RedisRelay) -> None:
    """Wait until Redis has all that the turns of a worker have said."""
    await relay._publisher.drained(PATIENCE)  # pyright: ignore[reportPrivateUsage]


class Site:
    """Workers on one Redis.

    Args:
        relays: Makes their relays.
        workers: How many.
        store: Where they keep threads; in memory, if none is given.
        on_busy: Of each of their servers.
        options: Of each of their relays.
    """

    def __init__(
        self,
        relays: Relays,
        workers: int = 2,
        *,
        store: Store[str] | None = None,
        on_busy: Any = "reject",
        **options: Any,
    ) -> None:
        self.told = Told()
        self.store: Store[str] = store or MemoryStore(owner=str)
        self.relays = [relays.worker(**options) for _ in range(workers)]
        self.servers = [
            Scripted(self.store, self.told.__call__, relay=relay, on_busy=on_busy) for relay in self.relays
        ]
        self.prefix = relays.prefix

    @property
    def redis(self) -> Any:
        """A look at what is there, over the first worker's connection."""
        return self.relays[0]._connection.client  # pyright: ignore[reportPrivateUsage]

    def log(self, turn_id: str = TURN) -> TurnLog:
        """The log of a turn on the first worker."""
        return self.relays[0]._logs[ALICE, turn_id]  # pyright: ignore[reportPrivateUsage]

    async def line(self, thread_id: str) -> list[bytes]:
        """Who has the place of a thread, and who waits for it."""
        key = f"{self.prefix}:line:={ALICE}:{thread_id}"
        return await self.redis.lrange(key, 0, -1)

    async def entries(self, turn_id: str = TURN) -> list[Any]:
        """What Redis has of a turn."""
        return await self.redis.xrange(f"{self.prefix}:log:={ALICE}:{turn_id}")

    async def names(self) -> list[bytes]:
        """The names of everything that is there."""
        return [name async for name in self.redis.scan_iter(match=f"{self.prefix}:*")]
