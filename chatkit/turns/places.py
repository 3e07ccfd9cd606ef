"""One turn per thread: who runs now, who waits, and what a second start means (extensions.md §2.4)."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Literal, Protocol
from weakref import WeakValueDictionary

import anyio
from typing_extensions import assert_never

from chatkit.errors import ThreadBusyError, UnavailableError

OnBusy = Literal["reject", "queue", "cancel"]
"""What happens to a second turn on a busy thread."""

Place = tuple[str | None, str]
"""Whose thread (None if the store does not tell people apart), and its id."""


PATIENCE = 0.5
"""Seconds that a cancelled turn is left to its reader: one who has stopped reading would keep the place for ever."""


class Cancellable(Protocol):
    """What holds a place: it can be asked to stop early, and stopped when its reader does not come back to it."""

    def cancel(self) -> None: ...

    def interrupt(self) -> None: ...

    def rename(self, title: str) -> None: ...

    async def close(self) -> None: ...


Elsewhere = Callable[[Place, str, OnBusy, "_Holder"], "AbstractAsyncContextManager[None] | None"]
"""Has a place over all workers: (place, id of the turn, what if it is busy, the turn in its line) → a block.

None where there is no other worker.
"""


class _Holder:
    """A turn in the line of its place, and the block in which it has it. One is kept for each turn that runs."""

    __slots__ = ("_everywhere", "_on_busy", "_over", "_place", "_places", "_turn_id", "is_over", "turn")

    def __init__(
        self, places: "TurnPlaces", place: Place, turn: Cancellable, on_busy: OnBusy, turn_id: str
    ) -> None:
        self.turn = turn
        self.is_over = False
        self._places = places
        self._place = place
        self._on_busy: OnBusy = on_busy
        self._turn_id = turn_id
        self._over: asyncio.Event | None = None  # made when somebody waits
        self._everywhere: AbstractAsyncContextManager[None] | None = None

    async def stop(self) -> None:
        """Cancel the turn and see it leave its place."""
        self.turn.cancel()
        await _end(self)

    def rename(self, title: str) -> None:
        """Its thread has a new title."""
        self.turn.rename(title)

    async def wait(self) -> None:
        """See the turn leave its place."""
        if not self.is_over:
            if self._over is None:
                self._over = asyncio.Event()
            await self._over.wait()

    async def __aenter__(self) -> None:
        line, everywhere = self._places.join(self._place, self, self._on_busy, self._turn_id)
        try:
            if everywhere is not None:  # one line for all workers, this one among them
                await everywhere.__aenter__()
                self._everywhere = everywhere
            else:
                while line[0] is not self:
                    before = line[line.index(self) - 1]
                    await (_end(before) if self._on_busy == "cancel" else before.wait())
            self._places.check_open()  # it may have waited for long
        except BaseException as error:
            await self.__aexit__(type(error), error, error.__traceback__)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        try:
            if self._everywhere is not None:
                return await self._everywhere.__aexit__(kind, error, trace)
            return None
        finally:
            self._leave()

    def _leave(self) -> None:
        self._places.leave(self._place, self)
        self.is_over = True
        if self._over is not None:
            self._over.set()


async def _end(holder: _Holder) -> None:
    """Wait for the end of a cancelled turn; bring it about if its reader does not."""
    with anyio.move_on_after(PATIENCE):
        await holder.wait()
        return
    await holder.turn.close()
    await holder.wait()


class TurnPlaces:
    """The turns of one server, one per thread, in order of arrival.

    Args:
        elsewhere: What makes one line of the lines of several workers, where there are several.
    """

    def __init__(self, elsewhere: Elsewhere | None = None) -> None:
        self._elsewhere = elsewhere
        self._lines: dict[Place, list[_Holder]] = {}
        self._changing: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        self._closed = False

    def running(self, place: Place) -> Cancellable | None:
        """The turn that runs in this place, if there is one."""
        line = self._lines.get(place)
        return line[0].turn if line else None

    def changing(self, place: Place) -> asyncio.Lock:
        """What to hold while the thread of a place is saved: its turn and a person may both want to."""
        return self._changing.setdefault(place, asyncio.Lock())

    def hold(self, place: Place, turn: Cancellable, on_busy: OnBusy, turn_id: str) -> _Holder:
        """Have the place until the block ends. Entering the block raises.

        Raises:
            ThreadBusyError: If another turn has it and `on_busy` is `"reject"`.
            UnavailableError: If the server is shutting down, or the other workers cannot be asked.
        """
        return _Holder(self, place, turn, on_busy, turn_id)

    def join(
        self, place: Place, holder: _Holder, on_busy: OnBusy, turn_id: str
    ) -> tuple[list[_Holder], AbstractAsyncContextManager[None] | None]:
        """Stand in the line of a place. Returns the line, and what to enter where there are other workers."""
        self.check_open()
        line = self._lines.get(place)
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
        everywhere = self._elsewhere and self._elsewhere(place, turn_id, on_busy, holder)
        if line is None:
            line = self._lines[place] = []
        line.append(holder)
        return line, everywhere

    def leave(self, place: Place, holder: _Holder) -> None:
        """Let the next one have the place."""
        line = self._lines[place]
        line.remove(holder)
        if not line:
            del self._lines[place]

    def check_open(self) -> None:
        """Raise `UnavailableError` if no more turns are taken."""
        if self._closed:
            raise UnavailableError("the server is shutting down; try again in a moment")

    async def stop(self, place: Place) -> None:
        """Cancel the turn in this place and those that wait for it, and see them end."""
        for holder in list(self._lines.get(place, ())):
            await holder.stop()

    async def close(self, grace: float) -> None:
        """Take no more turns; let those that run finish for `grace` seconds, then cancel them."""
        self.refuse()
        holders = [holder for line in self._lines.values() for holder in line]
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(holder.wait()) for holder in holders]
        if not waits:
            return
        _, late = await asyncio.wait(waits, timeout=grace)
        if late:
            ends: list[asyncio.Future[Any]] = [
                asyncio.ensure_future(_end(holder)) for holder in holders if not holder.is_over
            ]
            for holder in holders:
                holder.turn.interrupt()
            await asyncio.wait([*waits, *ends], timeout=grace)
            waits += ends
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    def refuse(self) -> None:
        """Take no more turns."""
        self._closed = True

    def open(self) -> None:
        """Take turns again, after `close`."""
        self._closed = False
