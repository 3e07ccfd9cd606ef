"""Identifiers: a prefix that tells the kind, and 128 bits that sort by time and cannot be guessed."""

import os
import threading
import time
from typing import Literal

from typing_extensions import assert_never

StoreItemType = Literal[
    "thread", "message", "tool_call", "task", "workflow", "attachment", "sdk_hidden_context"
]
"""What an id is made for. Widgets, images, questions and hidden context count as `message`."""


class _UUIDv7:
    """UUIDs of version 7 (RFC 9562) as 32 hex digits; within one millisecond they still rise."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def __call__(self) -> str:
        with self._lock:
            # 48 bits of milliseconds, then 12 bits that count up within one: `_last` holds both together.
            stamp = time.time_ns() // 1_000_000 << 12
            self._last = stamp if stamp > self._last else self._last + 1
            stamp = self._last
        chance = int.from_bytes(os.urandom(8), "big") >> 2
        return f"{stamp >> 12:012x}7{stamp & 0xFFF:03x}{0b10 << 62 | chance:016x}"


_uuid7 = _UUIDv7()


def prefix_of(item_type: StoreItemType) -> str:
    """The first part of an id, before the underscore (protocol.md §5)."""
    match item_type:
        case "thread":
            return "thr"
        case "message":
            return "msg"
        case "tool_call":
            return "tc"
        case "task":
            return "tsk"
        case "workflow":
            return "wf"
        case "attachment":
            return "atc"
        case "sdk_hidden_context":
            return "shcx"
        case _:
            assert_never(item_type)


def default_generate_id(item_type: StoreItemType) -> str:
    """A new id: the kind's prefix, `_`, and 32 hex digits of a UUIDv7 (protocol.md §5).

    Args:
        item_type: What the id is for.
    """
    return f"{prefix_of(item_type)}_{_uuid7()}"
