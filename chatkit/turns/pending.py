"""The items of a turn that have appeared and are not done yet, kept apart from the responder's own objects."""

from collections.abc import Callable

from chatkit.turns.copies import copied
from chatkit.turns.fold import fold
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItem,
    ThreadItemUpdate,
    WidgetItem,
    WidgetStreamingTextValueDelta,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)


class PendingItem:
    """One growing item. Text is collected and joined only when somebody looks (S-18).

    Args:
        item: As it was added. A deep copy is kept: the responder may go on changing its own.
    """

    __slots__ = ("_ended", "_item", "_shown", "_tails")

    def __init__(self, item: ThreadItem) -> None:
        self._item: ThreadItem = copied(item)
        self._tails: dict[int | str, list[str]] = {}  # by part of a message, or by component of a widget
        self._ended: set[int | str] | None = None  # components whose text is complete
        self._shown = False  # somebody else holds `_item`: it must not change any more

    def tail(self, content_index: int) -> Callable[[str], None]:
        """What takes the text deltas of one part, for as long as this item is pending."""
        return self._tails.setdefault(content_index, []).append

    def apply(self, update: ThreadItemUpdate) -> None:
        """Take any other update, after the text that came before it."""
        if type(update) is WidgetStreamingTextValueDelta:
            self._tails.setdefault(update.component_id, []).append(update.delta)
            if update.done:
                self._ended = self._ended or set()
                self._ended.add(update.component_id)
        elif type(update) is WorkflowTaskUpdated and isinstance(self._item, WorkflowItem) and not self._shown:
            # What `fold` does, without a new list for each of many updates.
            self._item.workflow.tasks[update.task_index : update.task_index + 1] = [copied(update.task)]
        elif type(update) is WorkflowTaskAdded and isinstance(self._item, WorkflowItem) and not self._shown:
            self._item.workflow.tasks.insert(update.task_index, copied(update.task))
        else:
            # Done parts, new roots and added tasks belong to the responder, which may change them later.
            item = self.item
            self._item = fold(item, copied(update))
            self._shown = self._item is item

    @property
    def item(self) -> ThreadItem:
        """The item with everything that has arrived."""
        for key, chunks in self._tails.items():
            if chunks:
                self._item = self._with_text(key, "".join(chunks))
            chunks.clear()  # the list itself stays: whoever fills it holds on to it
        self._ended = None
        self._shown = True
        return self._item

    def _with_text(self, key: int | str, text: str) -> ThreadItem:
        match self._item, key:
            case AssistantMessageItem(), int():
                return fold(self._item, AssistantMessageContentPartTextDelta(content_index=key, delta=text))
            case WidgetItem(), str():
                done = self._ended is not None and key in self._ended
                delta = WidgetStreamingTextValueDelta(component_id=key, delta=text, done=done)
                return fold(self._item, delta)
            case _:
                return self._item
