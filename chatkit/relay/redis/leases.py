"""What a worker says again and again, so that nobody takes its turns and places for a dead one's."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from time import monotonic

import anyio

from chatkit.errors import UnavailableError
from chatkit.logger import logger
from chatkit.relay.log import TurnLog
from chatkit.relay.redis.connection import Argument, Connection
from chatkit.relay.redis.lines import Lines
from chatkit.relay.redis.mirrors import Mirrors
from chatkit.relay.redis.publisher import Publisher
from chatkit.relay.redis.scripts import RENEW
from chatkit.relay.redis.settings import Settings

SURE = 0.8
"""The part of a lease's time after which it may have run out, by another clock."""

AGAIN = 0.5
"""Seconds until another try where Redis did not answer."""


class Leases:
    """Renews the leases of one worker, and looks what has become of what it has in Redis.

    Args:
        connection: Where Redis is.
        settings: Names and times.
        running: The logs of the turns that run here.
        lost: Called for a turn that another worker has ended.
    """

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        running: Callable[[], Iterable[TurnLog]],
        lost: Callable[[TurnLog], None],
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._running = running
        self._lost = lost
        self._beat = asyncio.Event()
        self._renewed = float("-inf")
        self._is_down = False

    @property
    def are_sure(self) -> bool:
        """Whether none of them can have run out."""
        return monotonic() - self._renewed < SURE * self._settings.lease

    def hurry(self) -> None:
        """Renew now: Redis has perhaps lost its data."""
        self._beat.set()

    async def run(self, publisher: Publisher, lines: Lines, mirrors: Mirrors) -> None:
        """Renew until cancelled.

        Args:
            publisher: Is told which turns Redis does not know.
            lines: The places of turns, which are renewed, too.
            mirrors: Are checked.
        """
        while True:
            pause = self._settings.renew
            try:
                await self.renew(publisher, lines)
                await lines.say_goodbye()
                await mirrors.check()
                self._is_down = False
            except UnavailableError as error:
                self._is_down = True
                pause = min(pause, AGAIN)
                logger.warning("the leases could not be renewed: %s", error.__cause__ or error)
            with anyio.move_on_after(pause):
                await self._beat.wait()
            self._beat.clear()

    async def look(self, publisher: Publisher, lines: Lines) -> None:
        """Find out now which turns were lost; not where Redis is known to be away: that is tried again anyway."""
        if not self._is_down:
            with suppress(UnavailableError):
                await self.renew(publisher, lines)

    async def renew(self, publisher: Publisher, lines: Lines) -> None:
        """Renew them once.

        Raises:
            UnavailableError: If Redis cannot be reached.
        """
        asked = monotonic()
        logs = [log for log in self._running() if log.outlet is not None and not log.lost]
        spots, settings = lines.held(), self._settings
        args: list[Argument] = [
            settings.worker,
            settings.keys.prefix,
            settings.lease_ms,
            settings.alive_ms,
            len(logs),
        ]
        args += [settings.keys.turn(log.turn.name.owner, log.turn.name.turn_id) for log in logs]
        for spot in spots:
            args += [spot.line, spot.token]
        codes: list[int] = await self._connection.run(RENEW, [settings.keys.live], args)
        publisher.republish({log for log, code in zip(logs, codes, strict=False) if code == 0})
        for log, code in zip(logs, codes, strict=False):
            if code == -1:
                self._lost(log)
        for spot, code in zip(spots, codes[len(logs) :], strict=True):
            lines.renewed(spot, is_ours=code == 1)
        self._renewed = asked
