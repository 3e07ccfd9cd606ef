"""The items of a turn that have appeared and are not done yet, kept apart from the responder's own objects."""

from collections.abc import Callable

from chatkit.turns.fold import fold
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItem,
    ThreadItemUpdate,
)


class PendingItem:
    """One growing item. Text deltas are collected and joined only when somebody looks (S-18).

    Args:
        item: As it was added. A deep copy is kept: the responder may go on changing its own.
    """

    __slots__ = ("_item", "_tails")

    def __init__(self, item: ThreadItem) -> None:
        self._item = item.model_copy(deep=True)
        self._tails: dict[int, list[str]] = {}

    def tail(self, content_index: int) -> Callable[[str], None]:
        """What takes the text deltas of one part, for as long as this item is pending."""
        return self._tails.setdefault(content_index, []).append

    def apply(self, update: ThreadItemUpdate) -> None:
        """Take any other update, after the text that came before it."""
        # Done parts and added tasks belong to the responder, which may change them later.
        self._item = fold(self.item, update.model_copy(deep=True))

    @property
    def item(self) -> ThreadItem:
        """The item with everything that has arrived."""
        for content_index, chunks in self._tails.items():
            if chunks and isinstance(self._item, AssistantMessageItem):
                delta = AssistantMessageContentPartTextDelta(
                    content_index=content_index, delta="".join(chunks)
                )
                self._item = fold(self._item, delta)
            chunks.clear()  # the list itself stays: whoever fills it holds on to it
        return self._item
