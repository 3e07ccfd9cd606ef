"""A server is not bound to the event loop in which it was first used: scripts and tests run one loop after another."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from chatkit.server import StreamingResult
from chatkit.store import MemoryStore, Store
from chatkit.store.sql import SQLStore
from tests.scripted import ALICE, Scripted, create

STORES: dict[str, Callable[[Path], Store[str]]] = {
    "memory": lambda folder: MemoryStore(owner=str),
    "sqlite": lambda folder: SQLStore(f"sqlite:///{folder / 'chat.db'}", owner=str),
}


async def said(server: Scripted) -> list[str]:
    """The kinds of frames of one turn."""
    result = await server.process(json.dumps(create("Hello")), ALICE)
    assert isinstance(result, StreamingResult)
    return [json.loads(frame[6:])["type"] async for frame in result]


@pytest.mark.parametrize("kind", STORES)
def test_a_server_works_in_one_loop_after_another(kind: str, tmp_path: Path) -> None:
    """S-1: each `asyncio.run` is a new loop"""
    store = STORES[kind](tmp_path)
    server = Scripted(store)
    turns = [asyncio.run(said(server)) for _ in range(3)]
    assert turns == [["thread.created", "thread.item.done", "stream_options"]] * 3
    if isinstance(store, SQLStore):
        asyncio.run(store.close())
