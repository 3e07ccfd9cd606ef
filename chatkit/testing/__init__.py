"""For tests, ours and an app's: what every store must do, and what a server sends."""

from chatkit.testing.contract import (
    CoreContract,
    IsolationContract,
    OrderContract,
    StoreContract,
    UpsertContract,
)
from chatkit.testing.events import ask, collect_events, parse_events
from chatkit.testing.samples import every_kind_of_item

__all__ = [
    "CoreContract",
    "IsolationContract",
    "OrderContract",
    "StoreContract",
    "UpsertContract",
    "ask",
    "collect_events",
    "every_kind_of_item",
    "parse_events",
]
