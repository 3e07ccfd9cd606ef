"""Model → bytes: the one place where the wire differs from the models (protocol.md §1.3).

Times become UTC with `Z` (W-10), the server's metadata stays here (W-7, W-8), nulls are left out (W-2).
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import datetime, timezone
from json.encoder import encode_basestring as quoted
from types import MethodType
from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from chatkit.turns.opening import NO_ITEMS
from chatkit.turns.runner import Turn
from chatkit.types import (
    Page,
    SyncCustomActionResponse,
    Thread,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
)

_FOR_CLIENTS = {"exclude_metadata": True}
TEXT_DELTA = (
    'data: {"type":"thread.item.updated","item_id":%s,'
    '"update":{"type":"assistant_message.content_part.text_delta","content_index":%d,"delta":'
)

_HEADS: dict[type[Any], bytes] = {
    ThreadItemDoneEvent: b'data: {"type":"thread.item.done","item":',
    ThreadItemAddedEvent: b'data: {"type":"thread.item.added","item":',
    ThreadItemReplacedEvent: b'data: {"type":"thread.item.replaced","item":',
    ThreadCreatedEvent: b'data: {"type":"thread.created","thread":',
    ThreadUpdatedEvent: b'data: {"type":"thread.updated","thread":',
}
_ITEMS = frozenset(get_args(get_args(ThreadItem)[0]))
"""The items' own classes. Of an app's subclass only what the wire knows goes out, which pydantic sees to."""


_new, _set = object.__new__, object.__setattr__  # past the models' own, which would validate

Dated = TypeVar("Dated", bound="ThreadItem | ThreadMetadata")


def to_bytes(model: BaseModel) -> bytes:
    """A model as compact JSON for a client."""
    return model.__pydantic_serializer__.to_json(
        model, by_alias=True, exclude_none=True, context=_FOR_CLIENTS
    )


def utc(time: datetime) -> datetime:
    """A time in UTC, as the wire has it; one without a zone is local (W-10)."""
    if time.tzinfo is None and 1971 <= time.year < 2100:
        # `astimezone` in half the time. A float holds these years to the microsecond.
        return datetime.fromtimestamp(time.timestamp(), timezone.utc)
    return time.astimezone(timezone.utc)


def _dated(model: Dated) -> Dated:
    """The same with its time in UTC: to be written, not to be changed."""
    created_at = utc(model.created_at)
    # `model_copy` makes a copy that stands on its own; this one shares all but the time, at a fifth of the cost.
    shell = _new(model.__class__)
    _set(shell, "__dict__", {**model.__dict__, "created_at": created_at})
    _set(shell, "__pydantic_fields_set__", model.__pydantic_fields_set__)
    if (extra := model.__pydantic_extra__) is not None:
        _set(shell, "__pydantic_extra__", extra)
    return shell


def wire_item(item: ThreadItem) -> ThreadItem:
    """An item as a client may see it."""
    return _dated(item)


def wire_thread(thread: ThreadMetadata, items: Page[ThreadItem] | None = None) -> Thread:
    """A thread as a client may see it: without the server's metadata, rebuilt from the fields it must have (ST-13)."""
    page = NO_ITEMS(data=[]) if items is None else items
    return Thread(
        id=thread.id,
        title=thread.title,
        created_at=utc(thread.created_at),
        status=thread.status,
        allowed_image_domains=thread.allowed_image_domains,
        metadata={},
        items=page,
    )


class Frames:
    """Event → `data: {…}\\n\\n`. Keeps nothing: one is enough for all turns."""

    def encode(self, event: ThreadStreamEvent) -> bytes:
        """Any event as a frame (S-3)."""
        match event:
            case ThreadItemUpdatedEvent():  # most are
                pass
            case ThreadItemDoneEvent() | ThreadItemAddedEvent() | ThreadItemReplacedEvent():
                item = _dated(event.item)
                if (head := _HEADS.get(type(event))) is not None and type(item) in _ITEMS:
                    return head + to_bytes(item) + b"}\n\n"  # the same bytes for less
                event = event.model_copy(update={"item": item})
            case ThreadCreatedEvent() | ThreadUpdatedEvent():
                thread = wire_thread(event.thread)
                if (head := _HEADS.get(type(event))) is not None:
                    return head + to_bytes(thread) + b"}\n\n"
                event = event.model_copy(update={"thread": thread})
            case _:
                pass
        return b"data: " + to_bytes(event) + b"\n\n"

    def thread_updated(self, thread: ThreadMetadata) -> bytes:
        """The frame that tells of a changed thread."""
        return _HEADS[ThreadUpdatedEvent] + to_bytes(wire_thread(thread)) + b"}\n\n"

    def text(self, item_id: str, content_index: int) -> Callable[[str], bytes] | None:
        """What makes frames of the text deltas of one part, in a fraction of a microsecond.

        The bytes are those of `encode`; None for an id or index that pydantic writes in a way of its own.
        """
        if type(item_id) is not str or type(content_index) is not int:
            return None
        # Bound to its text as a method is to its object: as fast as a closure, in a third of its memory.
        return MethodType(_text_frame, TEXT_DELTA % (quoted(item_id), content_index))


def _text_frame(head: str, delta: str) -> bytes:
    return f"{head}{quoted(delta)}}}}}\n\n".encode()


FRAMES = Frames()


class NonStreamingResult:
    """The answer of an operation that is one JSON object.

    Args:
        result: The encoded object.
    """

    def __init__(self, result: bytes) -> None:
        self.json = result


class StreamingResult:
    """The answer of an operation that is a stream of events: an async iterable of encoded frames.

    Iterating it behaves as upstream's: work starts with the first frame, and a request that cannot be answered raises
    from the iteration. A busy thread is an `error` event, since a hand-written endpoint has sent its headers by then.

    An edge that wants to answer with a status calls `start()` instead.

    Args:
        stream: What is sent. An app may make a result of its own, for example around `json_events` of another one.
        turn: The turn that is answered; None if the stream only reads one, or is the app's.
        is_direct: Whether the stream is what the turn itself makes, not what a relay keeps of it.
    """

    def __init__(
        self, stream: AsyncGenerator[bytes, None], *, turn: Turn[Any] | None = None, is_direct: bool = False
    ) -> None:
        self._turn = turn
        self._is_direct = is_direct
        self.json_events = stream
        """The one generator behind this result."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self.json_events

    async def start(self) -> "StartedStream":
        """Pull the first frame, so that what can be known by then is an exception and not a torn stream.

        Where a turn has to wait for its place (`on_busy="queue"`), the first frame is empty, and there at once.

        The caller must `aclose()` what it gets.

        Raises:
            ChatKitError: With the `status_code` to answer (protocol.md §1.4).
        """
        if self._turn is not None:
            self._turn.raise_when_busy = True
            self._turn.says_that_it_waits = self._is_direct
        try:
            first = await self.json_events.__anext__()
        except StopAsyncIteration:
            first = None
        return StartedStream(first, self.json_events)


class StartedStream(AsyncIterator[bytes]):
    """A stream whose first frame is there already; the rest comes straight from the turn.

    Args:
        first: The first frame; None when there is none.
        rest: The frames that follow.
    """

    __slots__ = ("first", "rest")

    def __init__(self, first: bytes | None, rest: AsyncGenerator[bytes, None]) -> None:
        self.first = first
        self.rest = rest

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        first, self.first = self.first, None
        return await self.rest.__anext__() if first is None else first

    async def aclose(self) -> None:
        """End the turn; if it was not over, what it has so far is saved."""
        await self.rest.aclose()


def sync_action_bytes(response: SyncCustomActionResponse) -> bytes:
    """The reply to `threads.sync_custom_action`."""
    if response.updated_item is None:
        return to_bytes(response)
    return to_bytes(response.model_copy(update={"updated_item": wire_item(response.updated_item)}))
