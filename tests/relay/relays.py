"""Makes relays, and closes them."""

from typing import Any
from uuid import uuid4

from chatkit.relay.memory import MemoryRelay
from chatkit.relay.redis import RedisRelay


class Relays:
    """A maker of relays: in memory, or workers of one another on a Redis.

    Args:
        url: Where Redis is; None for relays in memory.
    """

    def __init__(self, url: str | None) -> None:
        self.url = url
        self.prefix = f"test-{uuid4().hex}"
        self._made: list[MemoryRelay] = []

    def __call__(self, **options: Any) -> MemoryRelay:
        return MemoryRelay(**options) if self.url is None else self.worker(**options)

    def worker(self, **options: Any) -> RedisRelay:
        """One more worker."""
        assert self.url is not None
        relay = RedisRelay(self.url, prefix=self.prefix, **options)
        self._made.append(relay)
        return relay

    async def close(self) -> None:
        for relay in self._made:
            await relay.close()
