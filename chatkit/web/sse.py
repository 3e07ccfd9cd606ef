"""Sends a turn's frames as they happen, and ends the turn when the reader leaves."""

import asyncio
from collections.abc import Generator
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

_HEADERS = (
    (b"content-type", b"text/event-stream"),
    # no-transform: what compresses in between (Next.js does) would hold frames back until the end
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),  # nginx must not collect what should flow
)

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
        # Not Starlette's own `__init__`: it is for a body that is there.
        self.status_code = 200
        self.background = None
        self.raw_headers = list(_HEADERS)
        self.stream = stream
        self.grace = grace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reading = anyio.CancelScope()
        watcher = asyncio.create_task(_watch(receive, reading), name="reader")
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            with reading:
                await _passed_on(self.stream, send, reading)
        finally:
            # We may be cancelled ourselves: without the shield, the first await would be the last.
            with anyio.move_on_after(self.grace + 1, shield=True):
                watcher.cancel()
                with suppress(asyncio.CancelledError):
                    await watcher
                await self.stream.aclose()


async def _watch(receive: Receive, reading: anyio.CancelScope) -> None:
    """End the reading when the reader leaves, or nobody can tell whether it has."""
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    except Exception:
        reading.cancel()
        raise
    reading.cancel()


@coroutine
def _passed_on(stream: StartedStream, send: Send, reading: anyio.CancelScope) -> Generator[Any, Any, None]:
    """Send the frames to the end. Whenever the next one is not ready, what is there is sent before it is waited for.

    A task of its own that collects frames would do the same; it costs two turns of the event loop for each frame that
    comes alone, and those are most when a model talks.
    """
    ready: list[bytes] = []
    size = 0
    if stream.first is not None:
        ready.append(stream.first)
        stream.first = None
    next_frame = stream.rest.__anext__
    try:
        while True:
            step: Any = next_frame()
            try:
                waits_for = step.send(None)
                if ready:
                    size = 0
                    try:
                        yield from _sent(ready, send, reading)
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
            except StopIteration as done:
                frame: bytes = done.value
            ready.append(frame)
            size += len(frame)
            if size >= HIGH_WATER:
                size = 0
                yield from _sent(ready, send, reading)
                yield  # as `asyncio.sleep(0)` does
    except StopAsyncIteration:
        pass
    except Exception:
        logger.exception("a turn broke off after its headers had gone")
        ready.append(LAST_WORDS)
    if ready:
        yield from _sent(ready, send, reading)
    yield from _sent(ready, send, reading, last=True)


def _sent(
    ready: list[bytes], send: Send, reading: anyio.CancelScope, *, last: bool = False
) -> Generator[Any, Any, None]:
    piece = ready[0] if len(ready) == 1 else b"".join(ready)
    ready.clear()
    try:
        yield from send({"type": "http.response.body", "body": piece, "more_body": not last}).__await__()
    except OSError:  # the reader is gone; some servers say so here
        reading.cancel()
