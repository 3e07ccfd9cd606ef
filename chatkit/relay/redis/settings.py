"""How a relay on Redis is set up."""

import json
from dataclasses import dataclass
from typing import Any

from chatkit.relay.base import TurnName
from chatkit.relay.redis.keys import Keys

REMEMBERED = 24 * 3600
"""Seconds for which the id of a turn that is over is remembered, so that a start repeated late is not run again."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Names and times; the times in seconds."""

    keys: Keys
    worker: str
    """The name of this worker, of this run of it: nobody else ever has the same."""
    lease: float
    renew: float
    keep: float

    @property
    def lease_ms(self) -> int:
        return max(1, round(self.lease * 1000))

    @property
    def alive_ms(self) -> int:
        """A worker's places are kept somewhat longer than its turns: those are ended first."""
        return self.lease_ms + max(1000, self.lease_ms // 2)

    @property
    def keep_ms(self) -> int:
        return max(1, round(self.keep * 1000))


def to_text(name: TurnName) -> str:
    """A turn's name, as it is kept in Redis."""
    return json.dumps([name.owner, name.thread_id, name.turn_id])


def from_text(text: bytes) -> TurnName:
    """The name that `to_text` has written."""
    fields: list[Any] = json.loads(text)
    return TurnName(*fields)
