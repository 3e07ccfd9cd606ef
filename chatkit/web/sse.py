"""Sends a turn's frames as they happen, and ends the turn when the reader leaves."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import suppress
from types import coroutine
from typing import Any

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chatkit.logger import logger
from chatkit.server import StartedStream

LAST_WORDS = b'data: {"type":"error","code":"stream.error","allow_retry":false}\n\n'
"""What a reader gets when a turn fails outside its responder, after the headers have gone (protocol.md §1.4)."""

HIGH_WATER = 16 * 1024
"""Bytes of ready frames that leave in one write; then it is others' turn."""


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reading = anyio.CancelScope()
        watcher = asyncio.ensure_future(_watch(receive, reading))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            with reading:
                await self._write(send, reading)
        finally:
            # We may be cancelled ourselves: without the shield, the first await would be the last.
            with anyio.move_on_after(self.grace + 1, shield=True):
                watcher.cancel()
                with suppress(asyncio.CancelledError):
                    await watcher
                await self.stream.aclose()

    async def _write(self, send: Send, reading: anyio.CancelScope) -> None:
        unsent = bytearray(self.stream.first or b"")
        rest = self.stream.rest

        async def flush() -> None:
            if not unsent:
                return
            piece = bytes(unsent)
            unsent.clear()
            try:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            except OSError:  # the reader is gone; some servers say so here
                reading.cancel()

        try:
            while True:
                unsent += await _next(rest, flush)
                if len(unsent) >= HIGH_WATER:
                    await flush()
                    await asyncio.sleep(0)
        except StopAsyncIteration:
            pass
        except Exception:
            logger.exception("a turn broke off after its headers had gone")
            unsent += LAST_WORDS
        await flush()
        with suppress(OSError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _watch(receive: Receive, reading: anyio.CancelScope) -> None:
    """End the reading when the reader leaves."""
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        reading.cancel()


@coroutine
def _next(
    frames: AsyncGenerator[bytes, None], flush: Callable[[], Awaitable[None]]
) -> Generator[Any, Any, bytes]:
    """The next frame. If it is not ready yet, flushes before it waits.

    A task of its own that collects frames would do the same; it costs two turns of the event loop for each frame that
    comes alone, and those are most when a model talks.
    """
    step: Any = frames.__anext__()
    try:
        waits_for = step.send(None)
        try:
            yield from flush().__await__()
        except asyncio.CancelledError as error:
            # As the task itself would: cancel what is waited for, and wait for that.
            if waits_for is None or not waits_for.cancel(*error.args):
                waits_for = step.throw(error)
        while True:
            try:
                result = yield waits_for
            except GeneratorExit:
                step.close()
                raise
            except BaseException as error:
                waits_for = step.throw(error)
            else:
                waits_for = step.send(result)
    except StopIteration as ready:
        return ready.value
