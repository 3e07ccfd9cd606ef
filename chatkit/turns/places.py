"""One turn per thread: who runs now, who waits, and what a second start means (extensions.md §2.4)."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal, Protocol

from typing_extensions import assert_never

from chatkit.errors import ThreadBusyError, UnavailableError

OnBusy = Literal["reject", "queue", "cancel"]
"""What happens to a second turn on a busy thread."""

Place = tuple[str | None, str]
"""Whose thread (None if the store does not tell people apart), and its id."""


class Cancellable(Protocol):
    """What holds a place: it can be asked to stop early."""

    def cancel(self) -> None: ...


class _Holder:
    __slots__ = ("over", "turn")

    def __init__(self, turn: Cancellable) -> None:
        self.turn = turn
        self.over = asyncio.Event()


class TurnPlaces:
    """The turns of one server, one per thread, in order of arrival."""

    def __init__(self) -> None:
        self._lines: dict[Place, deque[_Holder]] = {}
        self._closed = False

    def running(self, place: Place) -> Cancellable | None:
        """The turn that runs in this place, if there is one."""
        line = self._lines.get(place)
        return line[0].turn if line else None

    @asynccontextmanager
    async def hold(self, place: Place, turn: Cancellable, on_busy: OnBusy) -> AsyncGenerator[None]:
        """Have the place until the block ends.

        Raises:
            ThreadBusyError: If another turn has it and `on_busy` is `"reject"`.
            UnavailableError: If the server is shutting down.
        """
        if self._closed:
            raise UnavailableError("the server is shutting down; try again in a moment")
        line = self._lines.setdefault(place, deque())
        holder = _Holder(turn)
        if line:
            match on_busy:
                case "reject":
                    raise ThreadBusyError(
                        f"thread {place[1]!r} is still answering; wait for the end or stop it first"
                    )
                case "cancel":
                    for other in line:
                        other.turn.cancel()
                case "queue":
                    pass
                case _:
                    assert_never(on_busy)
        line.append(holder)
        try:
            while line[0] is not holder:
                await line[line.index(holder) - 1].over.wait()
            yield
        finally:
            line.remove(holder)
            holder.over.set()
            if not line and self._lines.get(place) is line:
                del self._lines[place]

    async def stop(self, place: Place) -> None:
        """Cancel the turn in this place and those that wait for it, and see them end."""
        for holder in list(self._lines.get(place, ())):
            holder.turn.cancel()
            await holder.over.wait()

    async def close(self, grace: float) -> None:
        """Take no more turns; let those that run finish for `grace` seconds, then cancel them."""
        self._closed = True
        holders = [holder for line in self._lines.values() for holder in line]
        waits = [asyncio.ensure_future(holder.over.wait()) for holder in holders]
        if not waits:
            return
        _, late = await asyncio.wait(waits, timeout=grace)
        if late:
            for holder in holders:
                holder.turn.cancel()
            _, late = await asyncio.wait(waits, timeout=grace)
        for wait in late:
            wait.cancel()

    def open(self) -> None:
        """Take turns again, after `close`."""
        self._closed = False
