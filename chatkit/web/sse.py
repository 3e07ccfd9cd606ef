"""Sends a turn's frames as they happen, and ends the turn when the reader leaves."""

import asyncio
from contextlib import suppress

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chatkit.logger import logger
from chatkit.server import StartedStream

LAST_WORDS = b'data: {"type":"error","code":"stream.error","allow_retry":false}\n\n'
"""What a reader gets when a turn fails outside its responder, after the headers have gone (protocol.md §1.4)."""

HIGH_WATER = 64 * 1024
"""Unsent bytes at which a turn waits for its reader."""


class EventStreamResponse(Response):
    """A stream of server-sent events.

    Frames that are ready together leave in one write; none waits for another. The turn is closed on every way out, in
    a scope that is shielded and limited in time, so that it can save what it has.

    Args:
        stream: The started stream; closed here.
        grace: Seconds that the turn may take to save after the reader has left. Must be positive.

    Raises:
        ValueError: If `grace` is not positive.
    """

    def __init__(self, stream: StartedStream, *, grace: float = 10) -> None:
        if grace <= 0:
            raise ValueError(f"grace: expected a positive number of seconds, got {grace!r}")
        super().__init__()
        del self.headers["content-length"]
        self.headers["content-type"] = "text/event-stream"
        # no-transform: what compresses in between (Next.js does) would hold frames back until the end
        self.headers["cache-control"] = "no-store, no-transform"
        self.headers["x-accel-buffering"] = "no"  # nginx must not collect what should flow
        self.stream = stream
        self.grace = grace
        self._unsent = bytearray()
        self._wake = asyncio.Event()
        self._room = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pump = asyncio.ensure_future(self._pump())
        gone = asyncio.ensure_future(_disconnected(receive))
        for task in (pump, gone):
            task.add_done_callback(lambda _: self._wake.set())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            with suppress(OSError):  # the reader is gone; some servers say so here
                await self._write(send, pump, gone)
        finally:
            # We may be cancelled ourselves: without the shield, the first await would be the last.
            with anyio.move_on_after(self.grace + 1, shield=True):
                for task in (pump, gone):
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
                await self.stream.aclose()

    async def _write(self, send: Send, pump: "asyncio.Task[None]", gone: "asyncio.Task[None]") -> None:
        while not gone.done():
            await self._wake.wait()
            self._wake.clear()
            if self._unsent:
                piece = bytes(self._unsent)
                self._unsent.clear()
                self._room.set()
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            elif pump.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            if pump.done():
                self._wake.set()

    async def _pump(self) -> None:
        """Collects what is ready. It runs until the turn has to wait, so one write takes all there is by then."""
        unsent, wake, room = self._unsent, self._wake, self._room
        try:
            async for frame in self.stream:
                unsent += frame
                wake.set()
                if len(unsent) > HIGH_WATER:
                    room.clear()
                    await room.wait()
        except Exception:
            logger.exception("a turn broke off after its headers had gone")
            unsent += LAST_WORDS


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
