"""Waiting in line for a place, and being able to do something else meanwhile."""

import asyncio
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Literal

from typing_extensions import Self

AT_ONCE = 0.05
"""Seconds in which a place that is free is had: other workers may have to be asked."""


class Later:
    """Leaves what has been entered meanwhile, if anything was."""

    __slots__ = ("_block",)

    def __init__(self) -> None:
        self._block: AbstractAsyncContextManager[None] | None = None

    async def enter(self, block: AbstractAsyncContextManager[None]) -> None:
        """Enter a block, until this one ends. Once."""
        await block.__aenter__()
        self._block = block

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return None if self._block is None else await self._block.__aexit__(kind, error, trace)


class InLine:
    """Enters a block on a task of its own. Leaving while it waits gives the place in the line away.

    Args:
        block: What is to be entered, and may let one wait.
    """

    def __init__(self, block: AbstractAsyncContextManager[None]) -> None:
        self._block = block
        self._entering: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._entering = asyncio.create_task(self._enter(), name="in line")
        return self

    async def _enter(self) -> None:
        await self._block.__aenter__()

    async def must_wait(self) -> bool:
        """Whether the block is not entered at once."""
        assert self._entering is not None
        _, waiting = await asyncio.wait([self._entering], timeout=AT_ONCE)
        return bool(waiting)

    async def its_turn(self) -> Literal[True]:
        """Wait until the block is entered.

        Raises:
            Exception: What entering it raises.
        """
        assert self._entering is not None
        await asyncio.wait([self._entering])
        self._entering.result()
        return True

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        entering = self._entering
        assert entering is not None
        if not entering.done():
            entering.cancel()
            await asyncio.wait([entering])
        if not entering.cancelled() and entering.exception() is None:
            await self._block.__aexit__(kind, error, trace)
