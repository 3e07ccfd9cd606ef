"""Two sources of events in one stream, in order of arrival, with one wake-up and no task per item."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, TypeVar, cast

from typing_extensions import Self

T = TypeVar("T")
S = TypeVar("S")


class EventQueue(Generic[T]):
    """A queue that belongs to one context and may be made outside a running loop.

    While it is merged with a source, items of the source are in it too, each in a tuple of its own.
    """

    __slots__ = ("_waiter", "items")

    def __init__(self) -> None:
        self.items: deque[T | tuple[Any]] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def put(self, item: T | tuple[Any]) -> None:
        """Add an item and wake whoever waits."""
        self.items.append(item)
        if self._waiter is not None:
            self.wake()

    def drain(self) -> Iterator[T]:
        """Take what has been put in, and drop what is left of a source."""
        while self.items:
            item = self.items.popleft()
            if not isinstance(item, tuple):
                yield item

    def keep_source(self) -> None:
        """Drop what has been put in, and keep what is there of a source."""
        kept: list[Any] = [item for item in self.items if isinstance(item, tuple)]
        self.items.clear()
        self.items.extend(kept)

    def wake(self) -> None:
        """Wake whoever waits, to look again."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    async def wait(self) -> None:
        """Until there may be something to take."""
        if not self.items:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter


class Merged(Generic[S, T]):
    """Items of a source among those of a queue, as they come; over when the source is and the queue is empty.

    The source is read one item ahead at most, and always in the same task: the sources of SDKs hold timeouts and
    scopes that belong to the task that began them.

    Leaving the context before the source has ended abandons it. It is closed on every way out.

    Args:
        source: What decides when it is over.
        queue: What others put in meanwhile, and where the items of the source join them.
        abandon: Called before a source that has not ended is closed: closing the events of a run waits for the run,
            so the run has to be told first.
        discard_on: Errors of the source that make void what others have put in and nobody has read. Any other is
            raised after everything that came before it.
    """

    def __init__(
        self,
        source: AsyncIterator[S],
        queue: EventQueue[T],
        *,
        abandon: Callable[[], object],
        discard_on: tuple[type[Exception], ...] = (),
    ) -> None:
        self._source = source
        self._queue = queue
        self._abandon = abandon
        self._discard_on = discard_on
        self._held = 0
        """Items of the source that are waiting, or that the reader is still busy with."""
        self._room: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        self._pumping = asyncio.ensure_future(self._pump())
        self._pumping.add_done_callback(lambda _: self._queue.wake())
        return self

    async def _pump(self) -> None:
        put, new_future = self._queue.put, asyncio.get_running_loop().create_future
        try:
            async for item in self._source:
                self._held += 1
                put((item,))
                if self._held > 1:
                    self._room = new_future()
                    await self._room
        finally:
            source = self._source
            if isinstance(source, AsyncGenerator):
                await cast("AsyncGenerator[S, None]", source).aclose()

    def done_with_one(self) -> None:
        """The reader is ready for more of the source: to be called once for each of its items."""
        self._held -= 1
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    async def more(self) -> bool:
        """Wait until there is something in the queue. False when there will be nothing.

        Raises:
            Exception: Whatever ended the source.
        """
        queue = self._queue
        while True:
            over = self._pumping.done()
            if over and self._discard_on and isinstance(_error(self._pumping), self._discard_on):
                queue.keep_source()
            if queue.items:
                return True
            if over:
                self._pumping.result()
                return False
            await queue.wait()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._pumping.done():
            self._abandon()
            self._pumping.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._pumping
        left = list(self._queue.drain())
        self._queue.items.extend(left)


def _error(task: "asyncio.Task[None]") -> BaseException | None:
    return None if task.cancelled() else task.exception()
