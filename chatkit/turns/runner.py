"""Runs a turn: for each event of the responder fold, save, pass on; cancel and report on every way out.

`Turn.frames()` is one flat async generator of bytes and the only writer to its thread while it streams. The response
iterates it, or, for readers who may come back, a relay does.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from functools import partial
from types import AsyncGeneratorType
from typing import Any, Generic, Literal, TypeVar, cast
from uuid import uuid4

import anyio

from chatkit.errors import (
    BaseStreamError,
    ChatKitError,
    ErrorCode,
    ThreadBusyError,
    UnavailableError,
)
from chatkit.logger import logger
from chatkit.store.base import Store, TContext
from chatkit.turns.cancelling import close, is_being_cancelled
from chatkit.turns.contracts import FrameEncoder, Opened, TurnHooks
from chatkit.turns.line import InLine, Later
from chatkit.turns.places import OnBusy, Place, TurnPlaces
from chatkit.turns.saving import LostError, Saving
from chatkit.turns.telling import error_event, thread_updated
from chatkit.turns.watch import ThreadWatch
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    ErrorEvent,
    StreamOptionsEvent,
    ThreadItem,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)

T = TypeVar("T")


@dataclass(slots=True)
class Turn(Generic[TContext]):
    """One streamed answer.

    Args:
        thread_id: Id of the thread, new or known.
        opening: Saves what the person did and finds what to answer. Its errors are raised by `frames()` before
            the first frame.
        store: Where finished items go.
        context: The app's per-request value.
        hooks: What the turn asks of the app.
        encoder: Makes frames.
        places: The turns of the same server; one per thread.
        turn_id: Its name, where readers may come back.
        on_busy: What to do when the thread has one already.
        grace: Seconds that saving may take when the reader has gone.
    """

    thread_id: str
    opening: Callable[[], Awaitable[Opened]]
    store: Store[TContext]
    context: TContext
    hooks: TurnHooks[TContext]
    encoder: FrameEncoder
    places: TurnPlaces
    turn_id: str = field(default_factory=lambda: str(uuid4()))
    on_busy: OnBusy = "reject"
    grace: float = 10
    raise_when_busy: bool = False
    """Raise `ThreadBusyError` before the first frame, where an `error` event would be sent instead."""
    says_that_it_waits: bool = False
    """Whether nothing (`b""`) is the first frame of a turn that has to wait for its place; pass it on at once."""
    on_wait: Callable[[], None] | None = None
    """Called when the turn has to wait for its place."""
    thread: ThreadMetadata | None = field(default=None, init=False)
    """The live object that the responder holds, once the turn is open."""
    _saving: Saving[TContext] = field(init=False)
    _cancelled: bool = field(default=False, init=False)
    _answering: AsyncGeneratorType[bytes, None] | None = field(default=None, init=False)
    _task: "asyncio.Task[Any] | None" = field(default=None, init=False)
    _woken: bool = field(default=False, init=False)
    _interrupted: bool = field(default=False, init=False)
    _abandoned: bool = field(default=False, init=False)
    _waited: bool = field(default=False, init=False)
    _title: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._saving = Saving(self.thread_id, self.store, self.context, self.hooks)

    @property
    def place(self) -> Place:
        """Where this turn runs, and no other at the same time."""
        return self.store.owner_of(self.context), self.thread_id

    @property
    def pending_items(self) -> list[ThreadItem]:
        """The items that have appeared and are not done, with everything that has arrived."""
        return [pending.item for pending in self._saving.pending.values()]

    def cancel(self) -> None:
        """End the turn early, from any task: pending items are saved, its reader sees the end."""
        self._cancelled = True
        # Waiting for the responder, it must be woken; suspended at a frame, it looks when it goes on.
        waiting = self._answering is not None and self._answering.ag_running
        if waiting and self._task is not None and not self._woken:
            self._woken = True
            self._task.cancel()

    def rename(self, title: str) -> None:
        """The thread has a new title: go on with it, and tell the readers."""
        self._title = title
        if self.thread is not None:
            self.thread.title = title

    def interrupt(self) -> None:
        """End the turn early because the server stops, not because a person did."""
        self._interrupted = not self._cancelled
        self.cancel()

    def abandon(self) -> None:
        """End the turn early and save nothing: somebody else has ended it."""
        self._abandoned = True
        self.cancel()

    async def close(self) -> None:
        """End the turn from here, unless it is on its way: for a reader who has stopped reading."""
        if self._answering is not None and not self._answering.ag_running:
            await self._answering.aclose()

    def frames(self) -> AsyncGenerator[bytes, None]:
        """The turn as it goes over the wire, each frame after what it announces has been saved.

        To be iterated once, and closed.

        Raises:
            NotFoundError: Before the first frame, if the thread, item or attachment is not there.
            ConflictError: Before the first frame, if what the request names is not in a state for it.
            ThreadBusyError: Before the first frame, if `raise_when_busy`.
            UnavailableError: Before the first frame, if the server is shutting down.
        """
        self._answering = cast("AsyncGeneratorType[bytes, None]", self._answer())
        return self._answering

    async def _answer(self) -> AsyncGenerator[bytes, None]:
        encode, saving = self.encoder.encode, self._saving
        loop, current_task = asyncio.get_running_loop(), asyncio.current_task
        try:
            async with self._place_in_line() as line, Later() as beside:
                if line is not None:
                    if (
                        await self._unless_cancelled(partial(self._must_wait, line))
                        and self.says_that_it_waits
                    ):
                        yield b""
                    if not await self._unless_cancelled(line.its_turn):
                        if not self._abandoned:
                            yield encode(ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=True))
                        return
                if self._abandoned:  # while it waited
                    return
                if self.hooks.notes is not None:
                    await beside.enter(self.hooks.notes.beside(self))
                opened = await self.opening()
                del self.opening  # with the request, which is not needed any more
                thread = self.thread = opened.thread
                if opened.produce is None:
                    for event in opened.first:
                        yield encode(event)
                    return
                watch = ThreadWatch(thread)
                if self._title is not None:  # renamed while it was being opened
                    thread.title = self._title
                responder: AsyncIterator[ThreadStreamEvent] | None = None
                failure: ErrorEvent | None = None
                try:
                    for event in opened.first:
                        yield encode(event)
                    # A turn that waits keeps no more than it must: there are many of them.
                    opened.first, event = (), None
                    await asyncio.sleep(0)  # S-12: what was sent so far can leave before the app works
                    yield encode(
                        StreamOptionsEvent(stream_options=self.hooks.stream_options(thread, self.context))
                    )
                    for event in opened.after_options:
                        yield encode(event)
                    with self.hooks.around():
                        responder = opened.produce()
                        opened = event = update = pending = shown = None
                        self._task = current_task()
                        if self._cancelled:  # while it was being opened
                            raise asyncio.CancelledError
                        # The part that is growing, looked up once for its whole run of deltas: this loop is what a
                        # server spends its time in.
                        item_id: str | None = None
                        index: int | None = None
                        keep: Callable[[str], None] | None = None
                        write: Callable[[str], bytes] | None = None
                        async for event in responder:
                            if type(event) is ThreadItemUpdatedEvent:
                                update = event.update
                                if type(update) is AssistantMessageContentPartTextDelta:
                                    if event.item_id != item_id or update.content_index is not index:
                                        item_id, index = event.item_id, update.content_index
                                        pending = saving.pending.get(item_id)
                                        keep = None if pending is None else pending.tail(index)
                                        write = self.encoder.text(item_id, index)
                                    delta = update.delta
                                    if keep is not None:
                                        keep(delta)
                                    if write is not None and type(delta) is str:
                                        yield write(delta)
                                    else:
                                        yield encode(event)
                                    changed = watch.changed_while_streaming()
                                else:
                                    if (pending := saving.pending.get(event.item_id)) is not None:
                                        pending.apply(update)
                                    yield encode(event)
                                    changed = watch.changed()
                            else:
                                item_id = None  # its pending item may be another one now
                                for one in saving.in_turn(event):
                                    shown = await saving.take(one)
                                    if shown is not None:
                                        yield encode(shown)
                                changed = watch.changed()
                            if changed:
                                yield await self._save_thread(watch)
                            event = one = update = pending = shown = None
                            self._task = current_task(
                                loop
                            )  # whoever asks for the next frame is the one to wake
                            if self._cancelled:
                                raise asyncio.CancelledError
                        for event in await saving.held_call():
                            yield encode(event)
                except GeneratorExit:  # some servers close a stream where others cancel it (S-23)
                    await self._end_early(responder, watch)
                    raise
                except (asyncio.CancelledError, Exception) as error:
                    if isinstance(error, LostError):
                        self._abandoned = self._cancelled = True
                    ours, task = self._cancelled, current_task()
                    # A responder may have made a failure of its own of a cancellation.
                    if ours or isinstance(error, asyncio.CancelledError) or is_being_cancelled(task, error):
                        last = await self._end_early(responder, watch)
                        if ours and self._forgiven(task):
                            for event in last:
                                yield encode(event)
                            return
                        raise asyncio.CancelledError from error
                    self._task = None
                    if not isinstance(error, BaseStreamError):
                        logger.exception("respond() failed in thread %s", thread.id)
                    failure = error_event(error)
                    await close(responder)  # it may not be the one that failed
                    try:
                        for event in await saving.held_call():
                            yield encode(event)
                    except Exception:
                        logger.exception("a client tool call in thread %s could not be saved", thread.id)
                self._task = None  # nothing left to wake
                if failure is not None:
                    yield encode(failure)
                if watch.changed():
                    yield await self._save_thread(watch)
        except ThreadBusyError:
            # To a stranger a busy thread is like any other: not there.
            await self.store.load_thread(self.thread_id, self.context)
            if self.raise_when_busy:
                raise
            yield encode(ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=True))
        except ChatKitError as error:
            logger.info("turn refused: %s", error)
            if not self._refused_late:
                raise
            retry = isinstance(error, UnavailableError)
            yield encode(ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=retry))
        except Exception:
            logger.exception("a turn failed outside respond()")
            if not self._refused_late:
                raise
            yield encode(ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=True))

    @property
    def _refused_late(self) -> bool:
        """Whether it cannot begin, and its reader has been told to wait: too late for a status."""
        return self._waited and self.thread is None

    def _place_in_line(self) -> "AbstractAsyncContextManager[InLine | None]":
        hold = self.places.hold(self.place, self, self.on_busy, self.turn_id)
        return InLine(hold) if self.on_busy == "queue" else hold

    async def _must_wait(self, line: InLine) -> bool:
        if not await line.must_wait():
            return False
        await self.store.load_thread(self.thread_id, self.context)  # nobody waits for what is not theirs
        self._waited = True
        if self.on_wait is not None:
            self.on_wait()
        return True

    async def _unless_cancelled(self, wait: Callable[[], Awaitable[T]]) -> T | Literal[False]:
        """What is waited for, or False: the turn was cancelled."""
        if self._cancelled:
            return False
        task = self._task = asyncio.current_task()
        try:
            return await wait()
        except asyncio.CancelledError:
            if self._cancelled and self._forgiven(task):
                return False
            raise
        finally:
            self._task = None

    async def _save_thread(self, watch: ThreadWatch) -> bytes:
        await self._saving.thread(watch, self.places.changing(self.place))
        return self.encoder.thread_updated(watch.thread)

    async def _end_early(
        self, responder: AsyncIterator[ThreadStreamEvent] | None, watch: ThreadWatch
    ) -> Sequence[ThreadStreamEvent]:
        """Save what there is. Shielded: after a disconnect, the first bare `await` would be the last (P2)."""
        self._task = None  # whoever cancels us now must not break this off
        if not self._abandoned and (notes := self.hooks.notes) is not None and notes.in_doubt:
            with (
                anyio.move_on_after(self.grace, shield=True),
                suppress(Exception),
            ):  # what is saved next tells why
                self._abandoned = not await notes.is_ours()
        if self._abandoned:
            with anyio.move_on_after(self.grace, shield=True):
                if self.hooks.notes is not None:
                    await self.hooks.notes.stop(keep=True)
                await close(responder)
            return (ErrorEvent(code=ErrorCode.TURN_INTERRUPTED, allow_retry=True),)
        calls: Sequence[ThreadStreamEvent] = ()
        last: Sequence[ThreadStreamEvent] | None = None
        hooks, stopped = self.hooks, self._cancelled and not self._interrupted
        save = hooks.cancelled if stopped or hooks.interrupted is None else hooks.interrupted
        with anyio.move_on_after(self.grace, shield=True) as scope:
            with anyio.move_on_after(self.grace / 2):
                await close(responder)
            if hooks.notes is not None:
                await hooks.notes.stop(keep=True)  # until what it has is saved
            try:
                calls = await self._saving.finish()
            except Exception:
                logger.exception("the last change in thread %s could not be saved", self.thread_id)
            try:
                if changed := watch.changed():
                    await self._saving.thread(watch, self.places.changing(self.place), last=True)
                last = await save(watch.thread, self.pending_items, self.context)
                if changed and last is not None:
                    last = [*last, thread_updated(watch.thread)]
            except Exception:
                logger.exception("the partial answer in thread %s could not be saved", self.thread_id)
        if scope.cancelled_caught:
            logger.error("saving the partial answer in thread %s took over %s s", self.thread_id, self.grace)
        if save is hooks.interrupted:
            return [*calls, *(last or ()), ErrorEvent(code=ErrorCode.TURN_INTERRUPTED, allow_retry=True)]
        return [*calls, *(last or ())]

    def _forgiven(self, task: "asyncio.Task[Any] | None") -> bool:
        """Tell the task that its cancellation was ours and is dealt with. False if somebody else cancelled it too."""
        if self._woken and (uncancel := getattr(task, "uncancel", None)) is not None:  # Python 3.11
            uncancel()
        return not is_being_cancelled(task)
