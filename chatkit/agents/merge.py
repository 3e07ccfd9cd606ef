"""Two sources of events in one stream, in order of arrival, with one wake-up and no task per item."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
S = TypeVar("S")


class EventQueue(Generic[T]):
    """A queue that belongs to one context and may be made outside a running loop."""

    __slots__ = ("_waiter", "items")

    def __init__(self) -> None:
        self.items: deque[T] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def put(self, item: T) -> None:
        """Add an item and wake whoever waits."""
        self.items.append(item)
        self.wake()

    def wake(self) -> None:
        """Wake whoever waits, to look again."""
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    async def wait(self) -> None:
        """Until there may be something to take."""
        if not self.items:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None


class Sourced(Generic[S]):
    """An item of the source, told apart from those that were put into the queue."""

    __slots__ = ("value",)

    def __init__(self, value: S) -> None:
        self.value = value


async def merge(
    source: AsyncIterator[S],
    queue: EventQueue[T],
    *,
    abandon: Callable[[], object],
    discard_on: tuple[type[Exception], ...] = (),
) -> AsyncGenerator["T | Sourced[S]", None]:
    """Items of both, as they come. Ends when the source has ended and the queue is empty.

    The source is read one item ahead at most, and always in the same task: the sources of SDKs hold timeouts and
    scopes that belong to the task that began them.

    Args:
        source: What decides when it is over. Closed on the way out.
        queue: What others put in meanwhile.
        abandon: Called when the reader leaves before the source has ended, before the source is closed: closing the
            events of a run waits for the run, so the run has to be told first.
        discard_on: Errors of the source that make void what others have put in and nobody has read. Any other is
            raised after everything that came before it.
    """
    mixed = cast("EventQueue[Any]", queue)  # the pump shares it, for the order
    items = mixed.items
    held = 0  # items of the source that are waiting, or that the reader is still busy with
    room: asyncio.Future[None] | None = None

    async def pump() -> None:
        nonlocal held, room
        new_future = asyncio.get_running_loop().create_future
        try:
            async for item in source:
                held += 1
                mixed.put(Sourced(item))
                if held > 1:
                    room = new_future()
                    await room
        finally:
            if isinstance(source, AsyncGenerator):
                await source.aclose()

    running = asyncio.ensure_future(pump())
    running.add_done_callback(lambda _: mixed.wake())
    try:
        while True:
            if discard_on and running.done() and isinstance(_error(running), discard_on):
                kept: list[Any] = [item for item in items if type(item) is Sourced]
                items.clear()
                items.extend(kept)
            while items:
                item = items.popleft()
                yield item
                if type(item) is Sourced:
                    held -= 1
                    if room is not None and not room.done():
                        room.set_result(None)
            if running.done():
                running.result()
                return
            await mixed.wait()
    finally:
        if not running.done():
            abandon()
            running.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await running


def _error(task: "asyncio.Task[None]") -> BaseException | None:
    return None if task.cancelled() else task.exception()
