"""A model server of scripted answers on loopback: what the real `openai` client and the real Agents SDK talk to."""

from tests.modelserver.script import (
    Breaks,
    Calls,
    Draws,
    Fails,
    Holds,
    Part,
    Refuses,
    Reply,
    Says,
    Searches,
    Thinks,
)
from tests.modelserver.server import ModelServer, Seen

__all__ = [
    "Breaks",
    "Calls",
    "Draws",
    "Fails",
    "Holds",
    "ModelServer",
    "Part",
    "Refuses",
    "Reply",
    "Says",
    "Searches",
    "Seen",
    "Thinks",
]
