"""What a store has to do: the contracts that `turns` and `server` rely on and that an app may implement.

Parameter names are part of the interface. "Not there" and "not yours" are one answer: `NotFoundError`.
`chatkit.testing.StoreContract` checks an implementation.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, runtime_checkable

from typing_extensions import TypeVar

from chatkit.errors import NotFoundError
from chatkit.store.ids import StoreItemType, default_generate_id
from chatkit.types import Attachment, AttachmentCreateParams, Page, ThreadItem, ThreadMetadata

__all__ = [
    "AttachmentStore",
    "CheckpointStore",
    "FilingStore",
    "HostedStore",
    "LeasingStore",
    "NotFoundError",
    "OpenCheckpoint",
    "OwnedThread",
    "RevisingStore",
    "Store",
    "SweepingStore",
    "TrimmingStore",
]

MOST_OPEN = 100
"""Open checkpoints that are listed at once."""

TContext = TypeVar("TContext", default=Any)
TContra = TypeVar("TContra", contravariant=True, default=Any)

UNSENT_FOR = timedelta(days=1)
"""How long an upload waits for the message that it was made for."""


class AttachmentStore(ABC, Generic[TContext]):
    """Keeps the bytes of attachments. Their names and types are in the `Store`."""

    @abstractmethod
    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        """Delete the bytes.

        Raises:
            NotFoundError: If there is no such attachment in this context.
        """

    async def create_attachment(self, input: AttachmentCreateParams, context: TContext) -> Attachment:
        """Register a file that is about to be uploaded, and say where to (protocol.md §14.2).

        Raises:
            NotImplementedError: Unless overridden; only two-phase uploads need it.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must override create_attachment() to support two-phase uploads"
        )

    def generate_attachment_id(self, mime_type: str, context: TContext) -> str:
        """A new id for an attachment of this MIME type."""
        return default_generate_id("attachment")

    async def keep(self, attachment: Attachment, context: TContext) -> Attachment:
        """Called when a message takes the attachment, before anything is saved; returns the record to save.

        Raises:
            AttachmentMissingError: If the bytes are not there.
        """
        return attachment

    async def present(self, attachment: Attachment, context: TContext) -> Attachment:
        """The attachment as it goes out to a reader, with its URLs signed where that is needed.

        Called wherever an attachment is sent. What it returns is never stored.
        """
        return attachment


class Store(ABC, Generic[TContext]):
    """Keeps threads, items and attachments of whoever `context` stands for.

    Lists are ordered by `(created_at, order of insertion)`; a page starts strictly after the id `after`
    (protocol.md §6).
    """

    def generate_thread_id(self, context: TContext) -> str:
        """A new id for a thread."""
        return default_generate_id("thread")

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: TContext) -> str:
        """A new id for an item of this kind in this thread."""
        return default_generate_id(item_type)

    def owner_of(self, context: TContext) -> str | None:
        """Who owns what is stored in this context; None when the store does not tell people apart."""
        return None

    @abstractmethod
    async def load_thread(self, thread_id: str, context: TContext) -> ThreadMetadata:
        """Load a thread.

        Raises:
            NotFoundError: If there is no such thread in this context.
        """

    @abstractmethod
    async def save_thread(self, thread: ThreadMetadata, context: TContext) -> None:
        """Insert or replace a thread. May be handed a `Thread`: its items are not to be stored (ST-13)."""

    @abstractmethod
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        """Load a page of items, hidden ones included.

        Args:
            thread_id: The thread. One that is not there in this context has no items.
            after: Id of the last item of the page before; None for the first page.
            limit: At most this many items.
            order: `"asc"` (oldest first) or `"desc"`.
            context: The app's per-request value.
        """

    @abstractmethod
    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        """Insert or replace an attachment's record."""

    @abstractmethod
    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        """Load an attachment's record.

        Raises:
            NotFoundError: If there is no such attachment in this context.
        """

    @abstractmethod
    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        """Delete an attachment's record."""

    @abstractmethod
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: TContext
    ) -> Page[ThreadMetadata]:
        """Load a page of threads; arguments as in `load_thread_items`."""

    @abstractmethod
    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        """Add an item at the end of a thread. The same id may come twice: the later one replaces (P13)."""

    @abstractmethod
    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        """Insert or replace an item; a replaced one keeps its place."""

    @abstractmethod
    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        """Load one item.

        Raises:
            NotFoundError: If there is no such item in this thread and context.
        """

    @abstractmethod
    async def delete_thread(self, thread_id: str, context: TContext) -> None:
        """Delete a thread with all its items."""

    @abstractmethod
    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        """Delete one item."""


@runtime_checkable
class CheckpointStore(Protocol[TContra]):
    """Optional: keeps what a running turn has said so far, in case its worker dies (extensions.md §2.5)."""

    async def save_checkpoint(
        self, turn_id: str, thread_id: str, items: Sequence[ThreadItem], context: TContra
    ) -> None:
        """Replace the turn's pending items: what it would leave behind if its worker died now.

        Raises:
            NotFoundError: If there is no such thread, or the turn is another's, in this context.
        """
        ...

    async def finish_checkpoint(self, turn_id: str) -> list[ThreadItem]:
        """Turn a dead turn's pending items into stored ones, and return them; none if there is no such turn.

        An item that was saved or deleted after the checkpoint is left as it is: the turn had got further. Needs no
        context: the checkpoint keeps its owner.
        """
        ...

    async def drop_checkpoint(self, turn_id: str) -> None:
        """Forget the turn's pending items; it ended well."""
        ...


@dataclass(frozen=True, slots=True)
class OpenCheckpoint:
    """A turn that has neither ended nor been finished, as far as the store knows."""

    owner: str
    thread_id: str
    turn_id: str
    silent: float
    """Seconds since it last wrote."""


@runtime_checkable
class LeasingStore(Protocol):
    """Optional, beside `CheckpointStore`: finds turns whose worker has died without a word (extensions.md §2.5)."""

    async def open_checkpoints(self, silent: float = 0, thread_id: str | None = None) -> list[OpenCheckpoint]:
        """Turns with a checkpoint, the one that wrote longest ago first; at most `MOST_OPEN`.

        Args:
            silent: Only those that have written nothing for so many seconds.
            thread_id: Only those of this thread.
        """
        ...


@dataclass(frozen=True, slots=True)
class OwnedThread:
    """A thread in a list of several people's threads."""

    owner: str
    thread: ThreadMetadata


@runtime_checkable
class HostedStore(Protocol):
    """Optional: looks at everybody's threads, for a server's own key, not for a person (extensions.md §7)."""

    async def list_threads(
        self, owner: str | None, after: str | None, before: str | None, limit: int, order: str
    ) -> Page[OwnedThread]:
        """Load a page of threads.

        Args:
            owner: Whose threads; None for everybody's.
            after: The page starts behind this thread.
            before: The page ends in front of this thread. Without `after`, it is the page next to it, and `has_more`
                tells of those still further in front.
            limit: At most this many threads.
            order: `"asc"` (oldest first) or `"desc"`.
        """
        ...

    async def owner_of_thread(self, thread_id: str) -> str:
        """Whose thread this is.

        Raises:
            NotFoundError: If there is no such thread.
        """
        ...


@runtime_checkable
class RevisingStore(Protocol[TContra]):
    """Optional: changes a thread in one step, so that two who do it at once do not undo each other's work."""

    async def revise_thread(
        self, thread_id: str, change: Callable[[ThreadMetadata], ThreadMetadata], context: TContra
    ) -> ThreadMetadata:
        """Load a thread and save what is made of it, with nobody in between.

        Args:
            thread_id: The thread.
            change: Gets the thread as it is stored and returns the one to be saved. May be called more than once.
            context: The app's per-request value.

        Returns:
            What was saved.

        Raises:
            NotFoundError: If there is no such thread in this context.
        """
        ...


@runtime_checkable
class TrimmingStore(Protocol[TContra]):
    """Optional: deletes the end of a thread at once, for an answer that is to be given again."""

    async def delete_items_after(self, thread_id: str, item_id: str, context: TContra) -> None:
        """Delete all items behind this one.

        Raises:
            NotFoundError: If there is no such item in this thread and context.
        """
        ...


@runtime_checkable
class FilingStore(Protocol[TContra]):
    """Optional: knows a thread's attachments without reading its items, also those of items that are gone."""

    async def attachments_of(self, thread_id: str, context: TContra) -> list[str]:
        """The ids of the attachments whose records name this thread; none if it is not there in this context."""
        ...


@runtime_checkable
class SweepingStore(Protocol):
    """Optional: forgets uploads that were never sent, whosever they are. Their bytes go by themselves."""

    async def sweep_attachments(self, before: datetime) -> int:
        """Delete the records that no thread has taken and that were first saved before this moment.

        Returns:
            How many these were.
        """
        ...
