"""What happens during a turn."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from chatkit.errors import ErrorCode
from chatkit.icons import IconName
from chatkit.types.items import ThreadItem
from chatkit.types.model import WireModel, fill
from chatkit.types.threads import Thread
from chatkit.types.updates import UPDATES, ThreadItemUpdate


class ThreadCreatedEvent(WireModel):
    """A thread begins."""

    type: Literal["thread.created"] = "thread.created"
    thread: Thread


class ThreadUpdatedEvent(WireModel):
    """Title, status or picture domains changed. The items page is empty and says nothing."""

    type: Literal["thread.updated"] = "thread.updated"
    thread: Thread


class ThreadItemAddedEvent(WireModel):
    """An item appears and will grow; it is not stored yet."""

    type: Literal["thread.item.added"] = "thread.item.added"
    item: ThreadItem


class ThreadItemUpdatedEvent(WireModel):
    """A growing item changes."""

    type: Literal["thread.item.updated"] = "thread.item.updated"
    item_id: str
    update: ThreadItemUpdate

    if not TYPE_CHECKING:  # type checkers use the fields

        def __init__(self, /, **data: Any) -> None:
            # Most events are this one, made of an update that is validated already. Finding out which of ten classes
            # it is of would be most of what they cost.
            update, item_id = data.get("update"), data.get("item_id")
            if (
                type(update) in UPDATES
                and type(item_id) is str
                and len(data) == 2
                and type(self) is ThreadItemUpdatedEvent
            ):
                fill(self, {"type": "thread.item.updated", "item_id": item_id, "update": update}, set(data))
            else:
                super().__init__(**data)

        # Tells pydantic that validation need not go through this method.
        __init__.__pydantic_base_init__ = True


ThreadItemUpdated = ThreadItemUpdatedEvent
"""The older name."""


class ThreadItemDoneEvent(WireModel):
    """An item in its final state; it is stored."""

    type: Literal["thread.item.done"] = "thread.item.done"
    item: ThreadItem


class ThreadItemRemovedEvent(WireModel):
    """An item is gone."""

    type: Literal["thread.item.removed"] = "thread.item.removed"
    item_id: str


class ThreadItemReplacedEvent(WireModel):
    """Another item takes the place of the one with the same id."""

    type: Literal["thread.item.replaced"] = "thread.item.replaced"
    item: ThreadItem


class StreamOptions(WireModel):
    """What a reader may do while the turn runs."""

    allow_cancel: bool
    turn_id: str | None = None
    """Names the turn, for `threads.attach` and `threads.cancel`; only for clients that announced `resume`."""
    resumable: bool | None = None
    """The turn goes on when its reader leaves."""


class StreamOptionsEvent(WireModel):
    """Sent once, before the answer begins."""

    type: Literal["stream_options"] = "stream_options"
    stream_options: StreamOptions


class ProgressUpdateEvent(WireModel):
    """A line that says what is going on; never stored."""

    type: Literal["progress_update"] = "progress_update"
    icon: IconName | None = None
    text: str


class ClientEffectEvent(WireModel):
    """Something for the page to do; never drawn, never answered."""

    type: Literal["client_effect"] = "client_effect"
    name: str
    data: dict[str, Any] = Field(default_factory=dict)


class ErrorEvent(WireModel):
    """The turn failed. `message` is shown as it is; without one the client has its own words for the code."""

    type: Literal["error"] = "error"
    code: ErrorCode | Literal["custom"] = "custom"
    message: str | None = None
    allow_retry: bool = False


class NoticeEvent(WireModel):
    """A banner above the composer; `message` is Markdown."""

    type: Literal["notice"] = "notice"
    level: Literal["info", "warning", "danger"]
    message: str
    title: str | None = None


ThreadStreamEvent = Annotated[
    ThreadCreatedEvent
    | ThreadUpdatedEvent
    | ThreadItemAddedEvent
    | ThreadItemUpdatedEvent
    | ThreadItemDoneEvent
    | ThreadItemRemovedEvent
    | ThreadItemReplacedEvent
    | StreamOptionsEvent
    | ProgressUpdateEvent
    | ClientEffectEvent
    | ErrorEvent
    | NoticeEvent,
    Field(discriminator="type"),
]
"""Anything a turn can send (protocol.md §4)."""
