"""Ends the turns of workers that are gone (extensions.md §2.5)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType

from typing_extensions import Self

from chatkit.errors import UnavailableError
from chatkit.logger import logger
from chatkit.relay.base import Relay, TurnName

EndTurn = Callable[[TurnName], Awaitable[Sequence[bytes]]]
"""Saves what there is of a turn; returns the frames, without numbers, that its readers are told last."""


class Sweeper:
    """Looks for overdue turns again and again, and ends them.

    Args:
        relay: Where the turns are.
        end_turn: Saves what there is of a turn and returns its last frames. It may be called again for a turn whose
            end could not be told.
        every: Seconds between two looks.

    Raises:
        ValueError: If `every` is not positive.
    """

    def __init__(self, relay: Relay, end_turn: EndTurn, every: float = 1.0) -> None:
        if every <= 0:
            raise ValueError(f"every: expected a positive number of seconds, got {every!r}")
        self._relay = relay
        self._end_turn = end_turn
        self._every = every
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            await self.sweep()
            await self._relay.rest(self._every)

    async def sweep(self) -> None:
        """End the turns that are overdue now. What fails is logged, and tried again when the claim has lapsed."""
        try:
            names = await self._relay.overdue()
        except UnavailableError as error:
            logger.warning("overdue turns could not be looked for: %s", error)
            return
        except Exception:
            logger.exception("overdue turns could not be looked for")
            return
        for name in names:
            try:
                await self._relay.conclude(name, await self._end_turn(name))
            except Exception:
                logger.exception("turn %s, whose worker is gone, could not be ended", name.turn_id)
            else:
                logger.warning("turn %s was ended: its worker is gone", name.turn_id)

    async def __aenter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self.run(), name="sweeper")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop sweeping. What is being ended is left to the next sweeper."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
