"""A conversation and its state."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from chatkit.types.items import ThreadItem
from chatkit.types.model import WireModel, share_names
from chatkit.types.pages import Page


class ActiveStatus(WireModel):
    """The person may write."""

    type: Literal["active"] = Field(default="active", frozen=True)


_NAMED: set[str] = set()  # of every status that nobody has given


def _active() -> ActiveStatus:
    return share_names(ActiveStatus(), _NAMED)


class LockedStatus(WireModel):
    """The person may not write for now; the composer stays, disabled."""

    type: Literal["locked"] = Field(default="locked", frozen=True)
    reason: str | None = None


class ClosedStatus(WireModel):
    """The conversation is over; a banner takes the composer's place."""

    type: Literal["closed"] = Field(default="closed", frozen=True)
    reason: str | None = None


ThreadStatus = Annotated[ActiveStatus | LockedStatus | ClosedStatus, Field(discriminator="type")]
"""Whether a person may write. Shown by the client; enforcing it is up to the app."""


class ThreadMetadata(WireModel):
    """A thread without its items: what an app reads and changes during a turn."""

    title: str | None = None
    id: str
    created_at: datetime
    status: ThreadStatus = Field(default_factory=_active)
    allowed_image_domains: list[str] | None = None
    """Hosts that pictures may come from; every host if there is no list."""
    metadata: dict[str, Any] = Field(default_factory=dict)
    """The app's own notes on the thread; never sent to a client."""


class ActiveTurn(WireModel):
    """The turn that runs in a thread: where to attach (extensions.md §2.3)."""

    turn_id: str
    last_seq: int
    """The newest frame that `items` contain."""
    items: list[ThreadItem]
    """What has appeared and is not done; never in a page."""


class Thread(ThreadMetadata):
    """A thread as the wire shows it."""

    items: Page[ThreadItem]
    active_turn: ActiveTurn | None = None
    """Only in `threads.get_by_id`, for clients that can attach to it."""
