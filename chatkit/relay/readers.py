"""What waits for one reader: joined into one piece when it looks, and bounded when it does not."""

import asyncio

MAX_BEHIND = 1 << 20
"""Bytes that wait for a reader; one who is further behind gets the state instead (extensions.md §2.2)."""


class Waiting:
    """Frames on their way to one reader. Nobody waits for it.

    Args:
        may_attach: Whether it came by `attach` or `watch`; those end first when the server shuts down.
    """

    __slots__ = ("_frames", "_size", "_wake", "ended", "lapsed", "may_attach")

    def __init__(self, *, may_attach: bool) -> None:
        self.may_attach = may_attach
        self.lapsed = False
        """Too far behind: what waited has been dropped."""
        self.ended = False
        self._frames: list[bytes] = []
        self._size = 0
        self._wake: asyncio.Future[bool] | None = None

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
        """Wait until there is something to look at; False after so many seconds of silence."""
        loop = asyncio.get_running_loop()
        wake = self._wake = loop.create_future()
        timer = loop.call_later(patience, lambda: wake.done() or wake.set_result(False))
        try:
            return await wake
        finally:
            timer.cancel()
            self._wake = None
