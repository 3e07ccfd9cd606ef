"""What a relay has to do, and what it is handed: the contracts that `server` and `web` rely on (extensions.md §2)."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from chatkit.types import ThreadItem

PING = b": ping\n\n"
"""Sent when there was nothing else to say for a while, so that nothing in between takes the line for dead."""


@dataclass(frozen=True, slots=True)
class TurnName:
    """Which turn, of whom. The owner is None where the store does not tell people apart."""

    owner: str | None
    thread_id: str
    turn_id: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a reader needs to be where frame `seq` was (extensions.md §2.2).

    Args:
        seq: The last frame that is contained.
        kept: Frames that cannot be folded, with their own numbers.
        state: The rest, one piece, each frame with the number `seq`. Applying it twice changes nothing.
    """

    seq: int
    kept: tuple[tuple[int, bytes], ...]
    state: bytes

    def after(self, seq: int) -> bytes:
        """What a reader lacks that has seen frame `seq`.

        One who says `seq` has perhaps not seen all of the state, which has one number: it goes out once more.
        """
        return b"".join([*(frame for own, frame in self.kept if own > seq), self.state])


class RelayedTurn(Protocol):
    """A turn as a relay sees it."""

    @property
    def name(self) -> TurnName: ...

    @property
    def seq(self) -> int:
        """The number of the newest frame; 0 before the first."""
        ...

    def frames(self) -> AsyncGenerator[bytes, None]:
        """The numbered frames; iterated once, and closed."""
        ...

    def snapshot(self) -> Snapshot | None:
        """The state up to `seq`; None in the moments when it cannot be told."""
        ...

    def pending_items(self) -> list[ThreadItem]:
        """The items that have appeared and are not done, as they were at `seq`."""
        ...

    def broken(self) -> bytes:
        """The numbered frame that tells readers of a failure outside the responder."""
        ...

    def cancel(self) -> None:
        """End the turn early; what it has is saved."""
        ...

    def abandon(self) -> None:
        """End the turn early and save nothing: another worker has taken it for dead, and saved what there was."""
        ...


class Standing(Protocol):
    """What has a thread's place, or waits for it."""

    async def stop(self) -> None:
        """End, and see the end."""
        ...

    def rename(self, title: str) -> None:
        """The thread has a new title: do not save the old one."""
        ...


@dataclass(frozen=True, slots=True)
class Active:
    """The turn that runs in a thread, and what of it is in no page of items."""

    turn_id: str
    last_seq: int
    items: list[ThreadItem]


class Relay(ABC):
    """Keeps turns running when their readers leave, and lets any reader catch up.

    Who may see a thread has been decided before a method is called. What is sent comes in pieces of whole frames: all
    that is ready is one piece.
    """

    @abstractmethod
    def start(self, turn: RelayedTurn) -> AsyncGenerator[bytes, None]:
        """Run a turn, and read it from its beginning.

        If this owner has started a turn of the same id before, that one is read and this one is never run.

        Raises:
            Exception: What the turn raises before its first frame.
            TurnExpiredError: If the turn of this id is over and its frames are gone.
        """

    @abstractmethod
    async def thread_of(self, owner: str | None, turn_id: str) -> str | None:
        """The thread of a known turn; None if this owner has started none of this id."""

    @abstractmethod
    def attach(self, name: TurnName, after_seq: int) -> AsyncGenerator[bytes, None]:
        """Read what comes after a frame, to the end.

        Raises:
            NotFoundError: If there is no such turn.
            TurnExpiredError: If it is over and its frames are gone.
            InvalidRequestError: If the turn has not come that far.
            TooManyRequestsError: If the owner reads too much at once.
            UnavailableError: If the server is shutting down.
        """

    @abstractmethod
    async def cancel(self, name: TurnName, patience: float) -> None:
        """Stop a turn and see its end, for `patience` seconds. Nothing happens if it is over, or unknown."""

    @abstractmethod
    async def active(self, owner: str | None, thread_id: str) -> Active | None:
        """The turn that runs in a thread, if there is one."""

    @abstractmethod
    def watch(self, owner: str) -> AsyncGenerator[bytes, None]:
        """What happens to an owner's threads; first `turn.started` for each turn that runs.

        Raises:
            TooManyRequestsError: If the owner reads too much at once.
            UnavailableError: If the server is shutting down.
        """

    @abstractmethod
    def announce(self, owner: str | None, frame: bytes) -> None:
        """Tell those who watch an owner's threads; returns at once."""

    @abstractmethod
    async def overdue(self) -> list[TurnName]:
        """Turns whose worker is gone, claimed for the caller: of several workers, only one gets each.

        A claim lapses by itself after a while; then the turn is given to the next who asks.
        """

    def is_sure_of(self, name: TurnName) -> bool:
        """Whether no other worker can have taken a turn that runs here for dead."""
        return True

    async def holds(self, name: TurnName) -> bool:
        """Whether no other worker has; also True where that cannot be found out."""
        return True

    async def growing(self, name: TurnName) -> list[str]:
        """The ids of the items of a turn of another worker that readers see grow, as far as is known."""
        return []

    @abstractmethod
    async def conclude(self, name: TurnName, frames: Sequence[bytes]) -> None:
        """End an overdue turn: every reader gets these frames and the end, and its thread is free.

        Args:
            name: One of those that `overdue` has given.
            frames: Whole frames (`data: {…}`, two newlines) without numbers; the turn's numbers go on.
        """

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until somebody wants to read an overdue turn."""
        await asyncio.sleep(seconds)

    def place(
        self,
        owner: str | None,
        thread_id: str,
        turn_id: str,
        on_busy: Literal["reject", "queue", "cancel"],
        turn: Standing,
    ) -> AbstractAsyncContextManager[None] | None:
        """Be the one turn of a thread, over all workers, until the block ends. None: this process is all there is.

        Args:
            owner: Whose thread.
            thread_id: Which thread.
            turn_id: What has the place; any text that nobody else uses, for a turn that nobody may attach to.
            on_busy: What to do when another turn has it.
            turn: The turn. It is stopped when another one wants the place, or has got it.

        Raises:
            ThreadBusyError: If another turn has it and `on_busy` is `"reject"`.
            UnavailableError: If the other workers cannot be asked.
        """
        return None

    @abstractmethod
    async def clear(self, owner: str | None, thread_id: str, patience: float) -> None:
        """Stop the turns of a thread on the other workers, and see their end, for `patience` seconds."""

    @abstractmethod
    async def rename(self, owner: str | None, thread_id: str, title: str) -> None:
        """Tell the turn that runs in a thread on another worker of a new title.

        Raises:
            UnavailableError: If the other workers cannot be told.
        """

    @abstractmethod
    async def close_readers(self) -> None:
        """End what `attach` and `watch` send, and take no more of them: the server is shutting down."""

    @abstractmethod
    async def close(self) -> None:
        """See every turn end. Those that still run are broken off."""

    @abstractmethod
    def open(self) -> None:
        """Work again, after `close`."""


def default_relay() -> Relay:
    """The relay of a server that was given none: in the memory of its process."""
    from chatkit.relay.memory import MemoryRelay

    return MemoryRelay()
