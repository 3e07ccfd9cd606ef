"""The one reader of Redis that a worker has: logs of other workers' turns, news for those who watch, and orders."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

from chatkit.errors import UnavailableError
from chatkit.logger import logger
from chatkit.relay.redis.connection import Connection
from chatkit.relay.redis.mirror import Fields
from chatkit.relay.redis.scripts import ORDER

BLOCK = 2.0
"""Seconds that Redis waits for news before it answers that there are none."""

GATHER = 0.005
"""Seconds between two reads: what is said meanwhile comes in one."""

RETURN = 1.5
"""Seconds that workers have to put their places back into a Redis that was away. All try again each half second."""

ENTRIES = 500
"""Entries of one stream that are read at once."""


class Tail:
    """Follows any number of streams over one connection.

    It only ever reads what comes behind an entry that it knows, so a broken line costs nothing but time.

    Args:
        connection: Where from.
        orders: The stream of this worker; an entry in it also wakes the reader.
        obey: Called with what is ordered.
        recovered: Called when Redis answers again after it did not.
    """

    def __init__(
        self,
        connection: Connection,
        orders: str,
        obey: Callable[[Fields], None],
        recovered: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._orders = orders
        self._recovered = recovered
        self._is_down = False
        self._back = float("-inf")  # when Redis answered again
        self._places: dict[bytes, bytes] = {orders.encode(): b"0"}  # stream → the entry that was read last
        self._takers: dict[bytes, Callable[[Fields], None]] = {orders.encode(): obey}

    async def steady(self) -> None:
        """Give the workers a moment to put back what they have, if Redis has just come back: its data may be lost.

        Raises:
            UnavailableError: If Redis does not answer.
        """
        if self._is_down:
            raise UnavailableError("Redis cannot be reached; try again in a moment")
        missing = self._back + RETURN - asyncio.get_running_loop().time()
        if missing > 0:
            await asyncio.sleep(missing)

    def follow(self, key: str, after: bytes, take: Callable[[Fields], None]) -> None:
        """Hand over each entry behind one that is known; one taker for each stream. `wake` makes it begin."""
        self._places[key.encode()], self._takers[key.encode()] = after, take

    def leave(self, key: str) -> None:
        """Follow a stream no longer."""
        self._takers.pop(key.encode(), None)
        self._places.pop(key.encode(), None)

    async def wake(self) -> None:
        """Let the reader see what it is to follow.

        Raises:
            UnavailableError: If Redis cannot be reached.
        """
        prefix, _, worker = self._orders.rpartition(":orders:")
        await self._connection.run(ORDER, [], [prefix, worker, "wake", ""])

    async def run(self) -> None:
        """Read until cancelled."""
        pause = 0.0
        while True:
            try:
                reply = await self._read()
            except UnavailableError as error:
                pause = min(max(2 * pause, 0.1), 1.0)
                self._is_down = True
                logger.warning("Redis does not answer: %s", error.__cause__ or error)
                await asyncio.sleep(pause)
                continue
            if pause:
                pause = 0.0
                self._is_down, self._back = False, asyncio.get_running_loop().time()
                self._recovered()
            for stream, entries in reply:
                self._hand_over(stream, entries)
            await asyncio.sleep(GATHER)

    async def _read(self) -> "list[tuple[bytes, Any]]":
        streams = list(self._places)
        ends = [self._places[stream] for stream in streams]
        block = round(BLOCK * 1000)
        command = ["XREAD", "COUNT", ENTRIES, "BLOCK", block, "STREAMS", *streams, *ends]
        reply: Any = await self._connection.call(*command)
        if isinstance(reply, Mapping):  # as the third version of Redis's protocol has it
            found = [(key, [e for part in parts for e in part]) for key, parts in cast("Any", reply).items()]
            return cast("list[tuple[bytes, Any]]", found)
        return reply or []

    def _hand_over(self, stream: bytes, entries: "list[tuple[bytes, Fields]]") -> None:
        for id, fields in entries:
            if stream not in self._places:
                return
            self._places[stream] = id
            try:
                self._takers[stream](fields)
            except Exception:
                logger.exception("an entry of %s could not be understood", stream)


def fields_of(flat: "list[bytes]") -> Fields:
    """An entry as a script gives it."""
    return dict(zip(flat[::2], flat[1::2], strict=True))
