"""What a turn is made with: what opening it has found, and what it asks of the app, of an encoder, of a note-taker."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol

from chatkit.store.base import TContext
from chatkit.types import (
    HiddenContextItem,
    SDKHiddenContextItem,
    StreamOptions,
    ThreadItem,
    ThreadMetadata,
    ThreadStreamEvent,
)

if TYPE_CHECKING:
    from chatkit.turns.runner import Turn

HIDDEN = (HiddenContextItem, SDKHiddenContextItem)
"""Items that never leave the server (protocol.md W-9)."""


class FrameEncoder(Protocol):
    """Event → bytes of the wire, kept for one turn."""

    def encode(self, event: ThreadStreamEvent) -> bytes: ...

    def text(self, item_id: str, content_index: int) -> Callable[[str], bytes] | None:
        """What makes frames of the text deltas of one part; None when only `encode` can."""
        ...

    def thread_updated(self, thread: ThreadMetadata) -> bytes: ...


class Notes(Protocol):
    """Notes down, beside a turn, what it would leave behind if its worker died."""

    def beside(self, turn: "Turn[Any]") -> AbstractAsyncContextManager[None]:
        """Do so while the block runs."""
        ...

    @property
    def writing(self) -> bool:
        """Whether something is being written at this moment."""
        ...

    async def written(self) -> None:
        """Wait until that is done."""
        ...

    @property
    def in_doubt(self) -> bool:
        """Whether somebody may have taken the turn for dead: nothing was heard of it for too long."""
        ...

    async def is_ours(self) -> bool:
        """Whether nobody has."""
        ...

    async def stop(self, *, keep: bool = False) -> None:
        """Write no more: the turn itself saves what there is.

        Args:
            keep: Leave what has been written to somebody else, who ends the turn.
        """
        ...


@dataclass(slots=True)
class Opened:
    """What opening a turn has found and saved.

    `produce` is None when there is nothing to answer; then only `first` is sent.
    """

    thread: ThreadMetadata
    first: Sequence[ThreadStreamEvent] = ()
    after_options: Sequence[ThreadStreamEvent] = ()
    produce: Callable[[], AsyncIterator[ThreadStreamEvent]] | None = None


@dataclass(slots=True)
class TurnHooks(Generic[TContext]):
    """What a turn asks of the app; the server hands these over."""

    stream_options: Callable[[ThreadMetadata, TContext], StreamOptions]
    cancelled: Callable[
        [ThreadMetadata, list[ThreadItem], TContext], Awaitable[Sequence[ThreadStreamEvent] | None]
    ]
    """Saves what a turn leaves that was stopped; returns what those who still read are told of it."""
    present: Callable[[ThreadItem, TContext], Awaitable[ThreadItem]]
    around: Callable[[], AbstractContextManager[None]]
    interrupted: (
        Callable[[ThreadMetadata, list[ThreadItem], TContext], Awaitable[Sequence[ThreadStreamEvent]]] | None
    ) = None
    """The same for a turn that nobody stopped: the server shuts down. None where a reader's leaving stops turns."""
    notes: Notes | None = None
    several_calls: bool = False
    """Whether the reader answers several client tool calls by their ids; others get only the newest of a row."""
