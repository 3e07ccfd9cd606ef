"""Joins turns and relay: what a turn does whose readers may leave and come back (extensions.md §2)."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from uuid import uuid4

from chatkit.errors import ErrorCode, InvalidRequestError, NotFoundError, NotSupportedError
from chatkit.logger import logger
from chatkit.relay.base import PING, Relay, TurnName
from chatkit.server.checkpoints import Checkpoints
from chatkit.server.keeping import drawings_too, worth_keeping_all
from chatkit.server.numbered import NumberedFrames
from chatkit.server.results import to_bytes, wire_item, wire_thread
from chatkit.server.sweeping import Sweeping
from chatkit.store.base import CheckpointStore, Store
from chatkit.turns.runner import Turn
from chatkit.types import (
    ActiveTurn,
    ErrorEvent,
    StartingReq,
    StreamOptions,
    ThreadDeletedEvent,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadMetadata,
    ThreadsAddClientToolOutputReq,
    ThreadsAttachReq,
    ThreadsCancelReq,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
)

if TYPE_CHECKING:
    from chatkit.server.base import ChatKitServer

C = TypeVar("C")

MAX_TURN_ID = 128
"""Characters that a client's own id for a turn may have; a UUID has 36."""


def wants(request: StartingReq, capability: str) -> bool:
    """Whether the client has announced this (extensions.md §1)."""
    return capability in request.capabilities


def answers_a_call(request: StartingReq) -> bool:
    """Whether this is the answer to one of several client tool calls (extensions.md §3)."""
    return (
        isinstance(request, ThreadsAddClientToolOutputReq)
        and request.params.call_id is not None
        and wants(request, "calls")
    )


class Resumable(Generic[C]):
    """A turn as the relay sees it (`relay.base.RelayedTurn`)."""

    def __init__(self, name: TurnName, turn: Turn[C], encoder: NumberedFrames) -> None:
        self._name = name
        self._turn = turn
        self._encoder = encoder
        self.frames = turn.frames
        self.cancel = turn.cancel
        self.abandon = turn.abandon

    @property
    def name(self) -> TurnName:
        return self._name

    @property
    def seq(self) -> int:
        return self._encoder.seq

    def snapshot(self) -> Any:
        return self._encoder.snapshot(self._turn.pending_items)

    def pending_items(self) -> list[ThreadItem]:
        return self._turn.pending_items

    def broken(self) -> bytes:
        return self._encoder.encode(ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=False))


def relay_of(server: "ChatKitServer[Any]") -> Relay:
    """The server's relay.

    Raises:
        NotSupportedError: If it has none.
    """
    if server.relay is None:
        raise NotSupportedError(
            f"{type(server).__name__} has no relay: give it one, or serve it with `create_app`"
        )
    return server.relay


def turn_id_of(request: StartingReq) -> str:
    """The id of a turn to be started: the client's own, else a new one.

    Raises:
        InvalidRequestError: If the client's is empty or too long.
    """
    if request.turn_id is None:
        return str(uuid4())
    if not 0 < len(request.turn_id) <= MAX_TURN_ID:
        raise InvalidRequestError(f"turn_id: expected 1 to {MAX_TURN_ID} characters, such as a UUID")
    return request.turn_id


async def started(relay: Relay, turn: Turn[C], resumable: Resumable[C]) -> AsyncGenerator[bytes, None]:
    """Run a turn in the relay, or read the one that was started by the same id before."""
    name = resumable.name
    known = await relay.thread_of(name.owner, name.turn_id)
    if known is not None and name.owner is None:
        # Where the store does not tell people apart by name, the thread tells who may read.
        await turn.store.load_thread(known, turn.context)
    async with aclosing(relay.start(resumable)) as pieces:
        if turn.on_busy == "queue":
            async with aclosing(_ping_if_it_waits(turn, pieces)) as begun:
                async for piece in begun:
                    yield piece
        async for piece in pieces:
            yield piece


async def _first_of(pieces: AsyncGenerator[bytes, None]) -> bytes:
    async for piece in pieces:
        return piece
    return b""


async def _ping_if_it_waits(
    turn: Turn[Any], pieces: AsyncGenerator[bytes, None]
) -> AsyncGenerator[bytes, None]:
    """The first piece; before it a ping, if the turn has to wait for its place."""
    waiting = asyncio.Event()
    turn.on_wait = waiting.set
    first = asyncio.ensure_future(_first_of(pieces))
    waits = asyncio.ensure_future(waiting.wait())
    try:
        await asyncio.wait([first, waits], return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            yield PING
        yield await first
    finally:
        for one in (first, waits):
            one.cancel()
        await asyncio.wait([first, waits])


class Endings(Generic[C]):
    """What is saved of a turn that ends early, and what its readers are told.

    Args:
        server: The server of the turn.
        turn_id: The turn.
        checkpoints: What is written down of it while it runs.
    """

    def __init__(self, server: "ChatKitServer[C]", turn_id: str, checkpoints: Checkpoints[C]) -> None:
        self._server = server
        self._turn_id = turn_id
        self._checkpoints = checkpoints

    def stream_options(self, thread: ThreadMetadata, context: C) -> StreamOptions:
        """The app's options, and what a client needs to come back."""
        options = self._server.get_stream_options(thread, context)
        return options.model_copy(update={"turn_id": self._turn_id, "resumable": True})

    async def cancelled(
        self, thread: ThreadMetadata, pending: list[ThreadItem], context: C
    ) -> Sequence[ThreadStreamEvent]:
        """A person stopped it: the app decides what is kept; readers are told what is."""
        with drawings_too():
            await self._server.handle_stream_cancelled(thread, pending, context)
        self._checkpoints.keep = False
        events: list[ThreadStreamEvent] = []
        for item in pending:
            try:
                kept = await self._server.store.load_item(thread.id, item.id, context)
            except NotFoundError:
                events.append(ThreadItemRemovedEvent(item_id=item.id))
            else:
                events.append(ThreadItemDoneEvent(item=kept))
        return events

    async def interrupted(
        self, thread: ThreadMetadata, pending: list[ThreadItem], context: C
    ) -> Sequence[ThreadStreamEvent]:
        """The server stops: as after a crash, what is pending is kept if the store can (extensions.md §2.5)."""
        kept: dict[str, ThreadItem] = {}
        store: Store[C] = self._server.store
        if isinstance(store, CheckpointStore):
            worth = worth_keeping_all(pending)
            try:
                checkpoints = cast("CheckpointStore[C]", store)
                await checkpoints.save_checkpoint(self._turn_id, thread.id, worth, context)
                kept = {item.id: item for item in await checkpoints.finish_checkpoint(self._turn_id)}
            except Exception:
                logger.exception("the partial answer in thread %s could not be saved", thread.id)
        return [
            ThreadItemDoneEvent(item=kept[item.id])
            if item.id in kept
            else ThreadItemRemovedEvent(item_id=item.id)
            for item in pending
        ]


async def attach(
    server: "ChatKitServer[C]", sweeping: Sweeping, request: ThreadsAttachReq, context: C
) -> AsyncGenerator[bytes, None]:
    """`threads.attach`: what comes after a frame."""
    params, store = request.params, server.store
    await store.load_thread(params.thread_id, context)
    name = TurnName(store.owner_of(context), params.thread_id, params.turn_id)
    pieces = relay_of(server).attach(name, params.after_seq)
    try:
        first = await pieces.__anext__()
    except StopAsyncIteration:
        return
    except NotFoundError:  # perhaps of a worker that is gone
        pieces = sweeping.rest_of(name, params.after_seq)
        first = await pieces.__anext__()
    async with aclosing(pieces):
        yield first
        async for piece in pieces:
            yield piece


async def watch(server: "ChatKitServer[C]", context: C) -> AsyncGenerator[bytes, None]:
    """`threads.watch`: what happens to a person's threads."""
    owner = server.store.owner_of(context)
    if owner is None:
        raise NotSupportedError(
            f"{type(server.store).__name__} does not tell people apart: override owner_of()"
        )
    async with aclosing(relay_of(server).watch(owner)) as pieces:
        async for piece in pieces:
            yield piece


async def cancel(server: "ChatKitServer[C]", request: ThreadsCancelReq, context: C) -> None:
    """`threads.cancel`: stop a turn and see its end."""
    params, store = request.params, server.store
    relay = relay_of(server)
    await store.load_thread(params.thread_id, context)
    name = TurnName(store.owner_of(context), params.thread_id, params.turn_id)
    await relay.cancel(name, server.grace)


async def active_turn(
    server: "ChatKitServer[C]", sweeping: Sweeping, thread_id: str, context: C
) -> ActiveTurn | None:
    """The turn that runs in a thread the person may see; one of a process that is gone runs until its lease is over."""
    if server.relay is None:
        return None
    owner = server.store.owner_of(context)
    active = await server.relay.active(owner, thread_id)
    if active is None:
        silent = await sweeping.silent_turn(owner, thread_id)
        return None if silent is None else ActiveTurn(turn_id=silent, last_seq=0, items=[])
    items = [wire_item(await server.present_item(item, context)) for item in active.items]
    return ActiveTurn(turn_id=active.turn_id, last_seq=active.last_seq, items=items)


def announce_thread(server: "ChatKitServer[C]", thread: ThreadMetadata, context: C) -> None:
    """Tell those who watch that a thread has changed."""
    _announce(server, ThreadUpdatedEvent(thread=wire_thread(thread)), context)


def announce_deleted(server: "ChatKitServer[C]", thread_id: str, context: C) -> None:
    """Tell those who watch that a thread is gone."""
    _announce(server, ThreadDeletedEvent(thread_id=thread_id), context)


def _announce(server: "ChatKitServer[C]", event: ThreadUpdatedEvent | ThreadDeletedEvent, context: C) -> None:
    if server.relay is not None:
        server.relay.announce(server.store.owner_of(context), b"data: " + to_bytes(event) + b"\n\n")
