"""One client tool call of a row, for clients that can answer no more (extensions.md §3)."""

from collections.abc import Sequence

from chatkit.logger import logger
from chatkit.types import ClientToolCallItem, ThreadItemDoneEvent, ThreadStreamEvent


def newest_of_a_row(
    held: ThreadItemDoneEvent | None, event: ThreadStreamEvent
) -> tuple[Sequence[ThreadStreamEvent], ThreadItemDoneEvent | None]:
    """What is sent now, and the call that is held back until it is known whether a newer one follows.

    Args:
        held: What is held back so far.
        event: What comes next.
    """
    if (
        isinstance(event, ThreadItemDoneEvent)
        and isinstance(event.item, ClientToolCallItem)
        and event.item.status == "pending"
    ):
        if held is not None:
            logger.warning("client tool call %s is not sent: a newer one takes its place", held.item.id)
        return (), event
    return ((event,) if held is None else (held, event)), None
