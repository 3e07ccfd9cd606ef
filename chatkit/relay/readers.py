"""What waits for one reader: joined into one piece when it looks, and bounded when it does not."""

import asyncio

MAX_BEHIND = 1 << 20
"""Bytes that wait for a reader; one who is further behind gets the state instead (extensions.md §2.2)."""


class Waiting:
    """Frames on their way to one reader. Nobody waits for it.

    Args:
        may_attach: Whether it came by `attach` or `watch`; those end first when the server shuts down.
    """

    __slots__ = ("_due", "_frames", "_size", "_timer", "_wake", "ended", "lapsed", "may_attach")

    def __init__(self, *, may_attach: bool) -> None:
        self.may_attach = may_attach
        self.lapsed = False
        """Too far behind: what waited has been dropped."""
        self.ended = False
        self._frames: list[bytes] = []
        self._size = 0
        self._wake: asyncio.Future[bool] | None = None
        self._due = 0.0  # when the newest wait has been long enough
        self._timer: asyncio.TimerHandle | None = None

    def push(self, frame: bytes) -> None:
        """Add a frame, or drop everything if that is too much."""
        if not self.lapsed:
            self._frames.append(frame)
            self._size += len(frame)
            if self._size > MAX_BEHIND:
                self.lapsed = True
                self._frames.clear()
        self.wake()

    def take(self) -> bytes:
        """All that waits, as one piece."""
        frames, self._frames, self._size = self._frames, [], 0
        return b"".join(frames) if len(frames) != 1 else frames[0]

    def end(self) -> None:
        """Nothing more will come."""
        self.ended = True
        self.wake()

    def wake(self) -> None:
        """Let the reader look."""
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(True)

    async def more(self, patience: float) -> bool:
        """Wait until there is something to look at; False after so many seconds of silence.

        One timer serves many waits: most of them are far shorter than their patience.
        """
        loop = asyncio.get_running_loop()
        wake = self._wake = loop.create_future()
        self._due = due = loop.time() + patience
        if self._timer is None or self._timer.when() > due:
            self.close()
            self._timer = loop.call_at(due, self._on_time, loop)
        try:
            return await wake
        finally:
            self._wake = None

    def _on_time(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        if self._wake is None or self._wake.done():
            return  # the next wait starts another
        if self._due > loop.time():
            self._timer = loop.call_at(self._due, self._on_time, loop)
        else:
            self._wake.set_result(False)

    def close(self) -> None:
        """Nobody will look any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
