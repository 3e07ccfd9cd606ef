"""The words of a script: what the model says, in the order it says it.

A `Reply` answers one request. Ids that a test does not give are new ones; a provider that sends the same id again and
again is a script that gives it again and again.
"""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


def _id(prefix: str) -> Any:
    return field(default_factory=lambda: f"{prefix}_{secrets.token_hex(8)}")


@dataclass
class Says:
    """A message, in pieces.

    `citations` are annotations as the provider sends them. `done_id` is for providers that name an item anew in each
    event: deltas and the end then carry ids of their own.
    """

    pieces: Sequence[str] | str
    citations: Sequence[dict[str, Any]] = ()
    id: str = _id("msg")
    delta_id: str | None = None
    done_id: str | None = None

    @property
    def chunks(self) -> list[str]:
        return [self.pieces] if isinstance(self.pieces, str) else list(self.pieces)

    @property
    def text(self) -> str:
        return "".join(self.chunks)


@dataclass
class Refuses:
    """A message that says no."""

    text: str
    id: str = _id("msg")


@dataclass
class Thinks:
    """Reasoning: each summary in pieces."""

    summaries: Sequence[Sequence[str]]
    id: str = _id("rs")


@dataclass
class Calls:
    """A function call. Several in one reply are parallel calls."""

    name: str
    arguments: str = "{}"
    id: str = _id("fc")
    call_id: str = _id("call")


@dataclass
class Draws:
    """A picture, with partial ones before it. Only Responses has these."""

    image: str | None
    partials: Sequence[str] = ()
    id: str = _id("ig")


@dataclass
class Searches:
    """A search of the web that the provider makes itself. Only Responses has these."""

    query: str
    id: str = _id("ws")


@dataclass
class Holds:
    """Waits until the test lets go; a client that leaves meanwhile is seen at once."""

    until: threading.Event = field(default_factory=threading.Event)


@dataclass
class Breaks:
    """The connection ends here, in the middle of the answer."""


Part = Says | Refuses | Thinks | Calls | Draws | Searches | Holds | Breaks
"""One thing the model does."""


@dataclass
class Reply:
    """Everything the model does in answer to one request."""

    parts: Sequence[Part]


@dataclass
class Fails:
    """An answer that is an error."""

    status: int
    message: str = "scripted failure"
    headers: dict[str, str] = field(default_factory=dict[str, str])
