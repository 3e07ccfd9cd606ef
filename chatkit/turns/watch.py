"""Notices that the responder changed its thread: title, status, picture domains, metadata (S-15)."""

from time import monotonic
from typing import Any

from chatkit.turns.copies import copied
from chatkit.types import ActiveStatus, ClosedStatus, LockedStatus, Thread, ThreadMetadata, ThreadStatus

# Edits deep inside metadata are looked for after every event, but at most this often while text streams:
# comparing 50 KiB of metadata costs more than sending the text. Seconds.
DEEP_CHECK_INTERVAL = 0.05


_ACTIVE = (ActiveStatus, "active")


State = tuple[tuple[Any, Any, Any], Any]
"""Title, status and picture domains, and the metadata, as they were at one moment."""


def _kept(status: ThreadStatus) -> Any:
    """What is compared of a status. Of our own classes a tuple, in a third of the memory and time of a copy."""
    if type(status) is ActiveStatus and status.type == "active":
        return _ACTIVE
    if type(status) is LockedStatus or type(status) is ClosedStatus:
        return type(status), status.type, status.reason
    return copied(status)


def for_store(thread: ThreadMetadata) -> ThreadMetadata:
    """A thread as stores get it. The one that a new turn holds has an empty page, which is no business of theirs.

    A store that keeps the object as it is would read it back with that page, and share it with the responder.
    """
    if type(thread) is not Thread:
        return thread
    return ThreadMetadata(
        id=thread.id,
        title=thread.title,
        created_at=thread.created_at,
        status=thread.status,
        allowed_image_domains=thread.allowed_image_domains,
        metadata=copied(thread.metadata),
    )


class ThreadWatch:
    """Compares a thread with what was last saved of it.

    Args:
        thread: The live object that the responder holds and may change.
    """

    __slots__ = ("_domains", "_due", "_metadata", "_saved", "_status", "_title", "thread")

    def __init__(self, thread: ThreadMetadata) -> None:
        self.thread = thread
        self.remember(self.state())

    def state(self) -> State:
        """All that is there now and may change."""
        thread = self.thread
        domains = thread.allowed_image_domains
        kept = thread.title, _kept(thread.status), None if domains is None else list(domains)
        return kept, copied(thread.metadata)

    def remember(self, state: State) -> None:
        """This has been saved."""
        self._saved, self._metadata = state
        self._look()

    def take_over(self, stored: ThreadMetadata) -> None:
        """What others have changed of the thread, and the responder has not, is as they have it."""
        thread = self.thread
        title, status, domains = self._saved
        if thread.title == title:
            thread.title = title = stored.title
        if _kept(thread.status) == status:
            thread.status, status = stored.status, _kept(stored.status)
        if thread.allowed_image_domains == domains:
            theirs = thread.allowed_image_domains = stored.allowed_image_domains
            domains = None if theirs is None else list(theirs)
        self._saved = title, status, domains

    def _look(self) -> None:
        """These very objects have been compared: until one is exchanged, only time asks for another look."""
        thread = self.thread
        self._title, self._status = thread.title, thread.status
        self._domains = thread.allowed_image_domains
        self._due = monotonic() + DEEP_CHECK_INTERVAL

    def changed(self) -> bool:
        """Whether anything differs from what was saved, by value."""
        self._look()
        thread = self.thread
        title, status, domains = self._saved
        return (
            title != thread.title
            or domains != thread.allowed_image_domains
            or self._metadata != thread.metadata
            or status != _kept(thread.status)
        )

    def changed_while_streaming(self) -> bool:
        """The same in nanoseconds: an exchanged title, status or list at once, nested edits every 50 ms."""
        thread = self.thread
        if (
            self._title is not thread.title
            or self._status is not thread.status
            or self._domains is not thread.allowed_image_domains
        ):
            return self.changed()
        return monotonic() >= self._due and self.changed()
