"""The mirrors of one worker: one for each turn of another worker that somebody reads here."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from chatkit.errors import NotFoundError, TurnExpiredError
from chatkit.logger import logger
from chatkit.relay.base import TurnName
from chatkit.relay.redis.connection import Connection
from chatkit.relay.redis.mirror import Mirror
from chatkit.relay.redis.scripts import READ
from chatkit.relay.redis.settings import Settings, from_text
from chatkit.relay.redis.tail import Tail, fields_of

SWEPT = 10.0
"""Seconds within which a turn whose lease has run out is ended, also where all workers are busy."""


class Mirrors:
    """Makes mirrors, keeps them while they are read, and looks whether their turns are still there.

    Args:
        connection: Where Redis is.
        settings: Names and times.
        tail: What fills them.
        ping_after: Seconds of silence before a reader is sent a ping.
        overdue: Called when somebody wants to read a turn whose worker is gone.
    """

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        tail: Tail,
        ping_after: float,
        overdue: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._tail = tail
        self._ping_after = ping_after
        self._is_overdue = overdue
        self._kept: dict[str, Mirror] = {}

    async def read(self, name: TurnName, *, log: bool) -> "list[Any] | None":
        """What Redis knows of a turn (scripts.READ)."""
        return await self._connection.run(READ, self._settings.keys.of_turn(name), [int(log)])

    @asynccontextmanager
    async def of(self, name: TurnName) -> AsyncGenerator[Mirror]:
        """The log of a turn of another worker; kept up to date while somebody reads it.

        Raises:
            NotFoundError: If there is no such turn.
            TurnExpiredError: If it is over and its frames are gone.
            UnavailableError: If Redis cannot be reached.
        """
        key, known = await self._look_at(name)
        mirror = self._kept[key]
        if mirror.name != name:
            raise NotFoundError(f"turn {name.turn_id!r} is not there")
        mirror.users += 1
        try:
            if not mirror.over.is_set():
                await self._tail.wake()
                if known is not None and (newest := int(known[7])):
                    await mirror.has_snapshot(newest)
            yield mirror
        finally:
            mirror.users -= 1
            if not mirror.users:
                del self._kept[key]
                self._tail.leave(key)

    async def _look_at(self, name: TurnName) -> "tuple[str, list[Any] | None]":
        """See that there is a mirror: its key, and what Redis knows of the turn now."""
        key = self._settings.keys.log(name.owner, name.turn_id)
        while key in self._kept:
            known = await self.read(name, log=False)
            if key in self._kept:  # its last reader has not gone meanwhile
                return key, known
        known = await self.read(name, log=True)
        if known is None or from_text(known[2]) != name:
            raise NotFoundError(f"turn {name.turn_id!r} is not there")
        if known[1] == b"over" and not known[5]:
            raise TurnExpiredError(f"turn {name.turn_id!r} is over and its frames are gone")
        if known[4]:
            self._is_overdue()
        if key not in self._kept:  # nobody else was quicker
            mirror = self._kept[key] = Mirror(name, self._ping_after, self._settings.lease + SWEPT)
            for _, flat in known[6]:
                mirror.take(fields_of(flat))
            if not mirror.over.is_set():
                self._tail.follow(key, known[6][-1][0] if known[6] else b"0", mirror.take)
        return key, known

    async def check(self) -> None:
        """End those whose turns Redis knows no more: their readers ask again, and load the thread."""
        settings, mirrors = self._settings, list(self._kept.values())
        calls = [(READ, settings.keys.of_turn(mirror.name), [0]) for mirror in mirrors]
        for mirror, fields in zip(mirrors, await self._connection.run_all(calls), strict=True):
            if isinstance(fields, Exception):
                continue
            mirror.missed = mirror.missed + 1 if fields is None else 0  # its worker may know it
            expired = fields is not None and fields[1] == b"over" and not fields[5]
            forgotten = mirror.missed * settings.renew > 2 * settings.lease
            if (expired or forgotten) and not mirror.over.is_set():
                logger.warning("turn %s is not in Redis any more", mirror.name.turn_id)
                mirror.end()

    def end_attached(self) -> None:
        """End what was attached."""
        for mirror in self._kept.values():
            mirror.end_attached()
