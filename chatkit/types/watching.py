"""What happens to a person's threads, for whoever watches them (extensions.md §2.3)."""

from typing import Annotated, Literal

from pydantic import Field

from chatkit.types.events import ThreadUpdatedEvent
from chatkit.types.model import WireModel


class TurnStartedEvent(WireModel):
    """A turn runs; one that can be attached to."""

    type: Literal["turn.started"] = "turn.started"
    thread_id: str
    turn_id: str


class TurnEndedEvent(WireModel):
    """A turn is over."""

    type: Literal["turn.ended"] = "turn.ended"
    thread_id: str
    turn_id: str


class ThreadDeletedEvent(WireModel):
    """A thread is gone."""

    type: Literal["thread.deleted"] = "thread.deleted"
    thread_id: str


WatchEvent = Annotated[
    TurnStartedEvent | TurnEndedEvent | ThreadUpdatedEvent | ThreadDeletedEvent,
    Field(discriminator="type"),
]
"""Anything that `threads.watch` sends."""
