"""What is saved of a turn while it runs: items when they are done, and the thread when it has changed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, Generic, cast

from chatkit.logger import logger
from chatkit.store.base import RevisingStore, Store, TContext
from chatkit.turns.contracts import HIDDEN, Notes, TurnHooks
from chatkit.turns.one_call import newest_of_a_row
from chatkit.turns.pending import PendingItem
from chatkit.turns.watch import ThreadWatch, for_store
from chatkit.types import (
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)


class LostError(asyncio.CancelledError):
    """Another worker has ended the turn: nothing of it is to be saved any more."""


class Saving(Generic[TContext]):
    """Folds and saves the events of one turn.

    Args:
        thread_id: Its thread.
        store: Where things go.
        context: The app's per-request value.
        hooks: What the turn asks of the app.
    """

    __slots__ = ("_call", "_context", "_hooks", "_store", "_thread_id", "_unsaved", "pending")

    def __init__(
        self, thread_id: str, store: Store[TContext], context: TContext, hooks: TurnHooks[TContext]
    ) -> None:
        self.pending: dict[str, PendingItem] = {}
        """The items that have appeared and are not done, by their ids."""
        self._thread_id = thread_id
        self._store = store
        self._context = context
        self._hooks = hooks
        self._call: ThreadItemDoneEvent | None = None
        self._unsaved: Callable[[], Awaitable[None]] | None = None

    # --- items

    def in_turn(self, event: ThreadStreamEvent) -> Sequence[ThreadStreamEvent]:
        """What is to be taken now that this event has come: of a row of client tool calls, some get only the newest."""
        if self._hooks.several_calls:
            return (event,)
        ready, self._call = newest_of_a_row(self._call, event)
        return ready

    async def held_call(self) -> Sequence[ThreadStreamEvent]:
        """The call that was held back, saved: no newer one will come."""
        held, self._call = self._call, None
        shown = None if held is None else await self.take(held)
        return () if shown is None else (shown,)

    async def take(self, event: ThreadStreamEvent) -> ThreadStreamEvent | None:
        """Save and fold one event; returns what the reader sees of it (S-13, S-14, S-19)."""
        thread_id, store, context = self._thread_id, self._store, self._context
        match event:
            case ThreadItemAddedEvent():
                if isinstance(event.item, HIDDEN):
                    return None
                self.pending[event.item.id] = PendingItem(event.item)
            case ThreadItemUpdatedEvent():
                if pending := self.pending.get(event.item_id):
                    pending.apply(event.update)
            case ThreadItemDoneEvent():
                self.pending.pop(event.item.id, None)
                await self._save(partial(store.add_thread_item, thread_id, event.item, context))
            case ThreadItemReplacedEvent():
                self.pending.pop(event.item.id, None)
                await self._save(partial(store.save_item, thread_id, event.item, context))
            case ThreadItemRemovedEvent():
                self.pending.pop(event.item_id, None)
                await self._save(partial(store.delete_thread_item, thread_id, event.item_id, context))
            case _:
                return event
        if isinstance(event, ThreadItemDoneEvent | ThreadItemReplacedEvent):
            if isinstance(event.item, HIDDEN):
                return None
            shown = await self._hooks.present(event.item, context)
            return event if shown is event.item else event.model_copy(update={"item": shown})
        return event

    async def _save(self, save: Callable[[], Awaitable[None]]) -> None:
        """Write, and remember the write until it is done: a reader who leaves must not undo it."""
        self._unsaved = save
        if (notes := self._hooks.notes) is not None:
            if notes.writing:
                await notes.written()
            if notes.in_doubt:
                await self._give_up_unless_ours(notes)
        await save()
        self._unsaved = None

    async def _give_up_unless_ours(self, notes: Notes) -> None:
        if not await notes.is_ours():
            logger.warning(
                "a turn in thread %s was ended by another worker; it is broken off", self._thread_id
            )
            raise LostError

    async def finish(self) -> Sequence[ThreadStreamEvent]:
        """Save what was being saved when the turn was broken off, and the call that was held back."""
        if self._unsaved is not None:
            await self._unsaved()
        return await self.held_call()

    # --- the thread

    async def thread(
        self, watch: ThreadWatch, alone: AbstractAsyncContextManager[Any], *, last: bool = False
    ) -> None:
        """Save what the responder has changed of its thread, and nothing that others have changed meanwhile.

        A store that is no `RevisingStore` is given the whole thread: what another worker has saved in these
        milliseconds is overwritten then.

        Args:
            watch: The thread.
            alone: What is held meanwhile.
            last: Whether the turn ends with this; whose it is has been asked then.
        """
        if not last and (notes := self._hooks.notes) is not None and notes.in_doubt:
            await self._give_up_unless_ours(notes)
        state: Any = None

        def ours(stored: ThreadMetadata) -> ThreadMetadata:
            nonlocal state
            watch.take_over(stored)
            state = watch.state()
            return for_store(watch.thread)

        async with alone:
            if isinstance(store := self._store, RevisingStore):
                await cast("RevisingStore[TContext]", store).revise_thread(
                    self._thread_id, ours, self._context
                )
            else:
                await store.save_thread(ours(watch.thread), self._context)
            # Not what is there now: a title that was given during the save is still to be saved.
            watch.remember(state)


async def save_title(thread_id: str, title: str, store: Store[TContext], context: TContext) -> ThreadMetadata:
    """Give a thread a title, and change nothing else of it.

    Raises:
        NotFoundError: If there is no such thread in this context.
    """

    def titled(thread: ThreadMetadata) -> ThreadMetadata:
        thread.title = title
        return thread

    if isinstance(store, RevisingStore):
        return await cast("RevisingStore[TContext]", store).revise_thread(thread_id, titled, context)
    thread = titled(await store.load_thread(thread_id, context))
    await store.save_thread(thread, context)
    return thread
