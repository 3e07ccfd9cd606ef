"""Ends turns and readers when the process is told to stop, while the web server still waits for its responses."""

import asyncio
import signal
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

from chatkit.server import ChatKitServer

SOON = 1.0
"""Seconds from the signal to the draining. The web server closes its port meanwhile, so that nobody who still got in is
refused: a proxy passes over a port that is closed, not a 503."""


@asynccontextmanager
async def draining(server: ChatKitServer[Any]) -> AsyncGenerator[None]:
    """While active, SIGTERM and SIGINT drain the server, and then do what they did before.

    A web server ends an app's lifespan only when all responses are over. One who watches never leaves, so that would be
    never. Where signals cannot be had (another thread, another way to stop), the lifespan's end drains.
    """
    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[None]] = []
    timers: list[asyncio.TimerHandle] = []
    before: dict[int, Any] = {}

    def drain() -> None:
        tasks.append(loop.create_task(server.drain(), name="draining"))

    def soon() -> None:
        if not timers:
            timers.append(loop.call_later(SOON, drain))

    def on_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(soon)
        before[number](number, frame)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            handler = signal.getsignal(number)
            # Python's own for SIGINT raises; asyncio's runner and web servers have put theirs in its place.
            if callable(handler) and handler is not signal.default_int_handler:
                before[number] = handler
                signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is on_signal:
                signal.signal(number, handler)
        for timer in timers:
            timer.cancel()
        for task in tasks:
            await task
