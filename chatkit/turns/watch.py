"""Notices that the responder changed its thread: title, status, picture domains, metadata (S-15)."""

from time import monotonic

from chatkit.turns.copies import copied
from chatkit.types import ActiveStatus, ClosedStatus, LockedStatus, ThreadMetadata, ThreadStatus

# Edits deep inside metadata are looked for after every event, but at most this often while text streams:
# comparing 50 KiB of metadata costs more than sending the text. Seconds.
DEEP_CHECK_INTERVAL = 0.05

_OURS = frozenset({ActiveStatus, LockedStatus, ClosedStatus})


def _differ(before: ThreadStatus, after: ThreadStatus) -> bool:
    """`before != after`, sooner known: our own classes have nothing but fields."""
    if type(before) is type(after) and type(before) in _OURS:
        return vars(before) != vars(after)
    return before != after


class ThreadWatch:
    """Compares a thread with what was last saved of it.

    Args:
        thread: The live object that the responder holds and may change.
    """

    __slots__ = ("_due", "_metadata", "_saved", "_seen", "thread")

    def __init__(self, thread: ThreadMetadata) -> None:
        self.thread = thread
        self.remember()

    def remember(self) -> None:
        """What is there now has been saved."""
        thread = self.thread
        domains = thread.allowed_image_domains
        self._saved = (thread.title, copied(thread.status), None if domains is None else list(domains))
        self._metadata = copied(thread.metadata)
        self._look()

    def _look(self) -> None:
        """These very objects have been compared: until one is exchanged, only time asks for another look."""
        thread = self.thread
        self._seen = (thread.title, thread.status, thread.allowed_image_domains)
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
            or _differ(status, thread.status)
        )

    def changed_while_streaming(self) -> bool:
        """The same in nanoseconds: an exchanged title, status or list at once, nested edits every 50 ms."""
        title, status, domains = self._seen
        thread = self.thread
        if (
            title is not thread.title
            or status is not thread.status
            or domains is not thread.allowed_image_domains
        ):
            return self.changed()
        return monotonic() >= self._due and self.changed()
