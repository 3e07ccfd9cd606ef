"""What is remembered: the contracts, and the store for tests. `chatkit.store.sql` holds the one for real use."""

from typing import TYPE_CHECKING

from chatkit.errors import NotFoundError
from chatkit.lending import lends
from chatkit.store.base import (
    AttachmentStore,
    CheckpointStore,
    FilingStore,
    HostedStore,
    LeasingStore,
    OpenCheckpoint,
    OwnedThread,
    RevisingStore,
    Store,
    SweepingStore,
    TrimmingStore,
)
from chatkit.store.ids import StoreItemType, default_generate_id
from chatkit.store.memory import MemoryStore

__all__ = [
    "AttachmentStore",
    "CheckpointStore",
    "FilingStore",
    "HostedStore",
    "LeasingStore",
    "MemoryStore",
    "NotFoundError",
    "OpenCheckpoint",
    "OwnedThread",
    "RevisingStore",
    "Store",
    "StoreItemType",
    "SweepingStore",
    "TrimmingStore",
    "default_generate_id",
]

if not TYPE_CHECKING:
    __getattr__ = lends(__name__, "chatkit.store.base", "chatkit.types")
