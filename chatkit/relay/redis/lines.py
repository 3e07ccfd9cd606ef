"""The lines of turns in front of a thread, over all workers (extensions.md §2.4)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

import anyio

from chatkit.errors import ThreadBusyError, UnavailableError
from chatkit.logger import logger
from chatkit.relay.base import Standing
from chatkit.relay.redis.connection import Connection
from chatkit.relay.redis.scripts import CLEAR, JOIN, LEAVE, LOOK, RENAME
from chatkit.relay.redis.settings import Settings

LOOK_EVERY = 1.0
"""Seconds after which one who waits looks by himself: whoever is in front may have died."""

LEAVING = 1.0
"""Seconds that leaving may take before it goes on by itself."""


@dataclass
class Spot:
    """A turn of this worker in a line."""

    line: str
    active: str
    token: str
    turn: Standing | None
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    held: bool = False


class Lines:
    """Who has the place of a thread, and who waits for it.

    Args:
        connection: Where the lines are.
        settings: Names and times.
        own: Runs something on a task of the relay's.
        steady: Waits, if Redis has just come back, until every worker has put its places back.
    """

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        own: Callable[[Callable[[], Awaitable[None]]], None],
        steady: Callable[[], Awaitable[None]],
    ) -> None:
        self._steady = steady
        self._connection = connection
        self._settings = settings
        self._own = own
        self._spots: dict[tuple[str, str], Spot] = {}  # by line and turn
        self._left: dict[tuple[str, str], Spot] = {}  # those who have left, but Redis does not know it yet

    def held(self) -> list[Spot]:
        """Those that have their place."""
        return [spot for spot in self._spots.values() if spot.held]

    @asynccontextmanager
    async def stand(
        self,
        line: str,
        active: str,
        turn_id: str,
        on_busy: Literal["reject", "queue", "cancel"],
        turn: Standing,
    ) -> AsyncGenerator[None]:
        """Have the place until the block ends.

        Args:
            line: The thread's line.
            active: Where the turn that runs in the thread is named; it is not, any more, when the place is free.
            turn_id: Who wants the place.
            on_busy: What to do when it is taken.
            turn: What wants it.

        Raises:
            ThreadBusyError: If it is taken and `on_busy` is `"reject"`.
            UnavailableError: If Redis cannot be reached.
        """
        await self._steady()
        settings = self._settings
        token = f"{settings.worker}:{turn_id}"
        spot = self._spots[line, turn_id] = Spot(line, active, token, turn)
        try:
            code = await self._connection.run(
                JOIN, [line], [settings.keys.prefix, token, on_busy, settings.alive_ms]
            )
            if code == -1:
                raise ThreadBusyError("the thread is still answering; wait for the end or stop it first")
            while code != 1:
                with anyio.move_on_after(LOOK_EVERY):
                    await spot.moved.wait()
                spot.moved.clear()
                code = await self._look(spot)
            spot.held = True
            yield
        finally:
            del self._spots[line, turn_id]
            with anyio.CancelScope(shield=True):
                await self._leave(spot)

    async def _look(self, spot: Spot) -> int:
        """Whether it is one's turn. While Redis does not answer, it is not."""
        try:
            code = await self._connection.run(LOOK, [spot.line], [self._settings.keys.prefix, spot.token])
            if code == -1:  # Redis has lost its data: whoever has the place says so first
                await asyncio.sleep(2 * self._settings.renew)
                args = [self._settings.keys.prefix, spot.token, "queue", self._settings.alive_ms]
                code = await self._connection.run(JOIN, [spot.line], args)
        except UnavailableError:
            return 0
        return code

    async def _leave(self, spot: Spot) -> None:
        self._left[spot.line, spot.token] = spot
        with anyio.move_on_after(LEAVING):
            await self.say_goodbye()

    async def say_goodbye(self) -> None:
        """Tell Redis who has left, where that has not been done."""
        for key, spot in list(self._left.items()):
            with suppress(UnavailableError):
                keys = [spot.line, spot.active]
                await self._connection.run(LEAVE, keys, [self._settings.keys.prefix, spot.token])
                self._left.pop(key, None)

    def asked(self, what: str, line: str, turn_id: str) -> None:
        """Another worker, or Redis, asks about a turn that stands in a line (scripts._LINE)."""
        spot = self._spots.get((line, turn_id))
        if spot is None:  # it has left, and an answer or a question was lost on the way
            token = f"{self._settings.worker}:{turn_id}"
            self._left[line, token] = Spot(line, f"{line}:", token, None)
            self._own(self.say_goodbye)
        elif what == "stop":
            self._stop(spot)
        elif what == "place":
            spot.moved.set()

    def renewed(self, spot: Spot, *, is_ours: bool) -> None:
        """What Redis says of a place when its lease is renewed."""
        if self._spots.get((spot.line, spot.token.partition(":")[2])) is not spot:
            self._left[spot.line, spot.token] = spot  # it left meanwhile, and was perhaps put back
        elif not is_ours:  # this worker was taken for dead
            logger.warning("the place of %s was given away; the turn is stopped", spot.token)
            self._stop(spot)

    async def rename(self, line: str, title: str) -> None:
        """Tell the turn that has a place on another worker of its thread's new title.

        Raises:
            UnavailableError: If Redis cannot be reached.
        """
        await self._connection.run(RENAME, [line], [self._settings.keys.prefix, self._settings.worker, title])

    def renamed(self, line: str, turn_id: str, title: str) -> None:
        """Another worker has given a thread a new title."""
        spot = self._spots.get((line, turn_id))
        if spot is not None and spot.turn is not None:
            spot.turn.rename(title)

    def _stop(self, spot: Spot) -> None:
        if spot.turn is not None:
            self._own(spot.turn.stop)

    async def clear(self, line: str, patience: float) -> None:
        """Stop those of other workers who stand in a line, and see them leave.

        Raises:
            UnavailableError: If Redis cannot be reached.
        """
        prefix, worker = self._settings.keys.prefix, self._settings.worker
        left = await self._connection.run(CLEAR, [line], [prefix, worker, 1])
        with anyio.move_on_after(patience):
            while left:
                await asyncio.sleep(0.05)
                left = await self._connection.run(CLEAR, [line], [prefix, worker, 0])
