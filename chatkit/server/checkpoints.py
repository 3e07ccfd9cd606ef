"""What a running turn would leave behind, written down while it runs (extensions.md §2.5)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Generic, Protocol, cast

import anyio

from chatkit.errors import ChatKitError
from chatkit.logger import logger
from chatkit.relay.base import Relay, TurnName
from chatkit.server.keeping import worth_keeping_all
from chatkit.store.base import CheckpointStore, LeasingStore, Store, TContext
from chatkit.turns.runner import Turn
from chatkit.types import ThreadItem

EVERY = 1.0
"""Seconds between two checkpoints while there is something new."""

TOUCH = 2.0
"""Seconds after which one is written although there is nothing new, so that nobody takes the turn for dead."""

AGAIN = 0.1
"""Seconds until another try, in the moments when a turn's state cannot be told."""

SHARE = 10
"""A checkpoint is followed by a pause that is so many times as long as it took: a busy database is left alone."""

PATIENCE = 5.0
"""Seconds that the end of a checkpoint is waited for."""

STALE = 8.0
"""Seconds without a checkpoint after which somebody may soon take the turn for dead (`sweeping.LEASE`)."""

TRIES = 3
"""How often the last word about a turn is tried."""


class State(Protocol):
    """How far the turn has come on the wire."""

    seq: int

    def agrees(self, pending: Sequence[ThreadItem]) -> bool:
        """Whether these are the items that readers see grow. Not so while one of them is being saved."""
        ...


class Checkpoints(Generic[TContext]):
    """Writes the checkpoints of one turn, on a task beside it: one at a time, and never in the way of a frame.

    Args:
        store: Where items go; nothing is written unless it is a `CheckpointStore`.
        name: The turn.
        state: How far it has come.
        context: The app's per-request value.
        relay: Where the turn runs.
        before: What is to be done before the turn opens its thread, which nobody else writes to any more.
    """

    def __init__(
        self,
        store: Store[TContext],
        name: TurnName,
        state: State,
        context: TContext,
        relay: Relay,
        before: Callable[[], Awaitable[None]],
    ) -> None:
        able = isinstance(store, CheckpointStore)
        self._store = cast("CheckpointStore[TContext]", store) if able else None
        self._name = name
        self._state = state
        self._context = context
        self._relay = relay
        self._before = before
        self.keep = False
        """Whether the checkpoint is to stay, because what it holds could not be saved."""
        self._stopped = asyncio.Event()
        self._idle = asyncio.Event()  # no write is on its way
        self._idle.set()
        self._task: asyncio.Task[None] | None = None
        self._wrote = False
        self._heard: float | None = None  # when the newest checkpoint was begun that arrived

    @asynccontextmanager
    async def beside(self, turn: Turn[TContext]) -> AsyncGenerator[None]:
        """Write while the block runs; a turn that ends well leaves nothing, one that does not, what it had."""
        if self._store is None:
            yield
            return
        await self._before()
        self._task = asyncio.create_task(self._run(turn), name=f"checkpoints of {self._name.turn_id}")
        try:
            yield
        finally:
            await self.stop()
        if self._wrote and not self.keep:
            await self._drop()

    @property
    def writing(self) -> bool:
        """Whether a write is on its way."""
        return not self._idle.is_set()

    async def written(self) -> None:
        """Wait until no write is on its way: an item that is done must be saved after the checkpoint that has half of
        it, or a crash would bring the half back."""
        with anyio.move_on_after(PATIENCE):
            await self._idle.wait()

    @property
    def in_doubt(self) -> bool:
        """Whether somebody may have taken the turn for dead: nothing was heard of it for too long."""
        return self._is_stale or not self._relay.is_sure_of(self._name)

    @property
    def _is_stale(self) -> bool:
        return self._heard is not None and monotonic() - self._heard > STALE

    async def is_ours(self) -> bool:
        """Whether nobody has: by the relay, and by the checkpoint, which whoever ends the turn takes away."""
        if not await self._relay.holds(self._name):
            return False
        store = self._store
        if not self._is_stale or not isinstance(store, LeasingStore):
            return True
        there = await store.open_checkpoints(thread_id=self._name.thread_id)
        return any(one.turn_id == self._name.turn_id for one in there)

    async def stop(self, *, keep: bool = False) -> None:
        """Write no more. What is on its way is waited for.

        Args:
            keep: Leave what has been written to somebody else, who ends the turn.
        """
        self.keep = self.keep or keep
        self._stopped.set()
        task = self._task
        if task is None or task.done():
            return
        try:
            await asyncio.wait([task], timeout=PATIENCE)
        finally:
            task.cancel()
        await asyncio.wait([task])

    async def _run(self, turn: Turn[TContext]) -> None:
        pause, seen, since = EVERY, 0, monotonic()
        while not await self._stopped_within(pause):
            pause, began = EVERY, monotonic()
            if turn.thread is None or (self._state.seq == seen and began - since < TOUCH):
                continue
            if self._is_stale and not await self._is_known_to_be_ours():
                turn.abandon()
                return
            pending, seq = turn.pending_items, self._state.seq
            if not self._state.agrees(pending):
                pause = AGAIN
                continue
            if await self._write(worth_keeping_all(pending)):
                seen, since = seq, monotonic()
            pause = min(TOUCH, max(EVERY, SHARE * (monotonic() - began)))

    async def _is_known_to_be_ours(self) -> bool:
        try:
            return await self.is_ours()
        except Exception as error:
            logger.warning("whether turn %s still runs here is not known: %s", self._name.turn_id, error)
            return True

    async def _stopped_within(self, seconds: float) -> bool:
        with anyio.move_on_after(seconds):
            await self._stopped.wait()
        return self._stopped.is_set()

    async def _write(self, items: list[ThreadItem]) -> bool:
        store, name = self._store, self._name
        assert store is not None
        self._wrote, began = True, monotonic()
        self._idle.clear()
        try:
            await store.save_checkpoint(name.turn_id, name.thread_id, items, self._context)
        except ChatKitError as error:  # the database is away, or the thread is gone
            logger.warning("no checkpoint of turn %s could be written: %s", name.turn_id, error)
            return False
        except Exception:
            logger.exception("no checkpoint of turn %s could be written", name.turn_id)
            return False
        finally:
            self._idle.set()
        self._heard = began
        return True

    async def _drop(self) -> None:
        store, name = self._store, self._name
        assert store is not None
        with anyio.move_on_after(PATIENCE):
            for attempt in range(TRIES):
                try:
                    await store.drop_checkpoint(name.turn_id)
                except Exception as error:
                    logger.warning("the checkpoint of turn %s could not be dropped: %s", name.turn_id, error)
                    await asyncio.sleep(AGAIN * 2**attempt)
                else:
                    return


async def finish(store: Store[Any], turn_id: str) -> list[ThreadItem]:
    """Turn what a dead turn has left into stored items; none where the store cannot."""
    if not isinstance(store, CheckpointStore):
        return []
    return await cast("CheckpointStore[Any]", store).finish_checkpoint(turn_id)
