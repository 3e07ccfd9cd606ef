"""Two sources of events in one stream, in order of arrival, with one wake-up and no task per item."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")


class EventQueue(Generic[T]):
    """A queue that belongs to one context and may be made outside a running loop."""

    __slots__ = ("_items", "_waiter")

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def put(self, item: T) -> None:
        """Add an item and wake whoever waits."""
        self._items.append(item)
        self.wake()

    def wake(self) -> None:
        """Wake whoever waits, to look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def clear(self) -> None:
        """Forget what nobody has taken."""
        self._items.clear()

    def __bool__(self) -> bool:
        return bool(self._items)

    def take(self) -> T:
        """The oldest item. There must be one."""
        return self._items.popleft()

    async def wait(self) -> None:
        """Until there may be something to take."""
        if not self._items:
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


async def merge(source: AsyncIterator[S], queue: EventQueue[T]) -> AsyncGenerator["T | Sourced[S]", None]:
    """Items of both, as they come. Ends when the source has ended and the queue is empty.

    The source is read one item ahead at most. Its exception is raised after everything that came before it.

    Args:
        source: What decides when it is over. Closed on the way out.
        queue: What others put in meanwhile.
    """
    mixed: EventQueue[T | Sourced[S]] = queue  # type: ignore[assignment]  # the pump shares it, for the order
    taken = asyncio.Event()

    async def pump() -> None:
        try:
            async for item in source:
                taken.clear()
                mixed.put(Sourced(item))
                await taken.wait()
        finally:
            if isinstance(source, AsyncGenerator):
                await source.aclose()

    running = asyncio.ensure_future(pump())
    running.add_done_callback(lambda _: mixed.wake())
    try:
        while True:
            while mixed:
                item = mixed.take()
                yield item
                if isinstance(item, Sourced):
                    taken.set()
            if running.done():
                running.result()
                return
            await mixed.wait()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await running
