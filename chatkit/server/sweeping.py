"""Ends the turns of workers that are gone: saves what they had, and tells whoever comes back (extensions.md §2.5)."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from time import monotonic
from typing import TYPE_CHECKING, Any

import anyio

from chatkit.errors import ChatKitError, ErrorCode, NotFoundError, TooManyRequestsError
from chatkit.logger import logger
from chatkit.relay.base import PING, TurnName
from chatkit.relay.sweeper import Sweeper
from chatkit.server import checkpoints
from chatkit.server.results import Frames
from chatkit.store.base import LeasingStore
from chatkit.types import ErrorEvent, ThreadItemDoneEvent, ThreadItemRemovedEvent

if TYPE_CHECKING:
    from chatkit.server.base import ChatKitServer

LEASE = checkpoints.STALE + 2.0
"""Seconds without a checkpoint after which a turn counts as dead: its own worker doubts it before."""

EVERY = 1.0
"""Seconds between two looks."""

LAST_LOOK = 1.0
"""Seconds that a look may take that has begun when there are to be no more."""

KEEP = 60.0
"""Seconds that the end of a dead turn is kept for those who come back for it."""

REMEMBERED = 10_000
"""How many of them are kept."""

MARGIN = 5.0
"""Seconds that the end of a turn is waited for beyond its lease."""

TASK = "dead turns"
"""The name of the task. It ends with its loop where nobody ends the app: a mounted one has no lifespan."""

WAITING = 100
"""How many may wait for the end of one turn."""


class Sweeping:
    """Looks for dead turns: those that the relay finds, and those that the store does (`LeasingStore`).

    Args:
        server: Whose turns.
    """

    def __init__(self, server: "ChatKitServer[Any]") -> None:
        self._server = server
        self._ended: OrderedDict[tuple[str, str], tuple[float, list[bytes]]] = OrderedDict()
        self._waiting: dict[tuple[str, str], int] = {}
        self._looked = asyncio.Event()
        self._stopped = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # --- ending

    async def end_turn(self, name: TurnName) -> list[bytes]:
        """Save what a dead turn has left.

        Returns:
            The frames, without numbers, that its readers lack.
        """
        if known := self._ended.get((name.thread_id, name.turn_id)):  # saved before, but not told
            return known[1]
        items = await checkpoints.finish(self._server.store, name.turn_id)
        relay, kept, encode = self._server.relay, {item.id for item in items}, Frames().encode
        frames = [encode(ThreadItemDoneEvent(item=item)) for item in items]
        for item_id in await relay.growing(name) if relay is not None else ():
            if item_id not in kept:  # readers see it, and the store has nothing of it
                frames.append(encode(ThreadItemRemovedEvent(item_id=item_id)))
        frames.append(encode(ErrorEvent(code=ErrorCode.TURN_INTERRUPTED, allow_retry=True)))
        logger.warning("turn %s was broken off; %d items of it were kept", name.turn_id, len(items))
        self._ended[name.thread_id, name.turn_id] = monotonic() + KEEP, frames
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        return frames

    async def end_others(self, owner: str | None, thread_id: str) -> None:
        """End what dead turns have left in a thread in which a new one begins.

        The new one has the thread for itself, so all others are dead. Done later, it would put their items behind
        those of the new one.
        """
        store = self._server.store
        if isinstance(store, LeasingStore):
            for one in await store.open_checkpoints(thread_id=thread_id):
                if one.owner == owner:
                    await self.end_turn(TurnName(owner, thread_id, one.turn_id))

    async def sweep(self) -> None:
        """End the turns that the store takes for dead and the relay does not know."""
        store, relay = self._server.store, self._server.relay
        if not isinstance(store, LeasingStore) or relay is None:
            return
        for one in await store.open_checkpoints(LEASE):
            if await relay.thread_of(one.owner, one.turn_id) is None:
                await self.end_turn(TurnName(one.owner, one.thread_id, one.turn_id))
                continue
            active = await relay.active(one.owner, one.thread_id)
            if active is None or active.turn_id != one.turn_id:  # over; what it had could not be saved then
                await checkpoints.finish(store, one.turn_id)

    # --- reading

    async def rest_of(self, name: TurnName, after_seq: int) -> AsyncGenerator[bytes, None]:
        """The end of a turn that the relay does not know, but the store may. One that may still live is waited for.

        Raises:
            NotFoundError: If the store does not know it either.
            TooManyRequestsError: If too many wait for it.
        """
        key = name.thread_id, name.turn_id
        silent = await self._silence_of(name)
        if silent is not None and key not in self._ended:
            if self._waiting.get(key, 0) >= WAITING:
                raise TooManyRequestsError(
                    f"{WAITING} streams wait for turn {name.turn_id!r} already", retry_after=5
                )
            self._waiting[key] = self._waiting.get(key, 0) + 1
            try:
                yield PING  # at once, so that the reader knows that it is heard
                until = monotonic() + max(0.0, LEASE - silent)
                while key not in self._ended and self.running and monotonic() < until + MARGIN:
                    await self._looked.wait()
                if key not in self._ended:
                    return  # it lives, elsewhere, or we stop: come again
            finally:
                self._waiting[key] -= 1
                if not self._waiting[key]:
                    del self._waiting[key]
        if key not in self._ended:
            raise NotFoundError(f"turn {name.turn_id!r} is not there")
        _, frames = self._ended[key]
        yield b"".join([b"id: %d\n%b" % (after_seq + 1 + n, frame) for n, frame in enumerate(frames)])

    async def silent_turn(self, owner: str | None, thread_id: str) -> str | None:
        """The turn of a thread that the relay does not know and that has not ended: its process is gone, or slow."""
        store, relay = self._server.store, self._server.relay
        if not isinstance(store, LeasingStore) or relay is None or not self.running:
            return None
        for one in await store.open_checkpoints(thread_id=thread_id):
            if one.owner == owner and await relay.thread_of(owner, one.turn_id) is None:
                return one.turn_id
        return None

    async def _silence_of(self, name: TurnName) -> float | None:
        store = self._server.store
        if not isinstance(store, LeasingStore) or not self.running:
            return None
        of_thread = await store.open_checkpoints(thread_id=name.thread_id)
        return next((one.silent for one in of_thread if one.turn_id == name.turn_id), None)

    # --- running

    @property
    def running(self) -> bool:
        """Whether dead turns are looked for."""
        task = self._task
        return task is not None and not task.done() and task.get_loop() is asyncio.get_running_loop()

    def start(self) -> None:
        """Look for dead turns until `stop`. Once is enough."""
        if not self.running:
            self._looked, self._stopped = asyncio.Event(), asyncio.Event()
            self._task = asyncio.get_running_loop().create_task(self._run(), name=TASK)

    async def stop(self) -> None:
        """Look no more. A look that has begun ends, if it does not take long."""
        task, self._task = self._task, None
        self._stopped.set()
        self._look_up()
        if task is not None:
            try:
                await asyncio.wait([task], timeout=LAST_LOOK)
            finally:
                task.cancel()
            await asyncio.wait([task])

    async def _run(self) -> None:
        async with AsyncExitStack() as stack:
            if self._server.relay is not None:
                await stack.enter_async_context(Sweeper(self._server.relay, self.end_turn, EVERY))
            await self._sweep_on()

    async def _sweep_on(self) -> None:
        failed = False
        while not self._stopped.is_set():
            try:
                await self.sweep()
                failed = False
            except Exception as error:
                if not failed:  # once, not every second
                    trace = not isinstance(error, ChatKitError)
                    logger.warning("dead turns cannot be looked for: %s", error, exc_info=trace)
                failed = True
            now = monotonic()
            while self._ended and next(iter(self._ended.values()))[0] < now:
                self._ended.popitem(last=False)
            self._look_up()
            with anyio.move_on_after(EVERY):
                await self._stopped.wait()

    def _look_up(self) -> None:
        looked, self._looked = self._looked, asyncio.Event()
        looked.set()
