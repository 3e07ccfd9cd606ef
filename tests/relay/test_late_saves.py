"""What a server that stops could not save in time is saved by the next one (extensions.md §2.5, §2.6)."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from functools import partial
from pathlib import Path

import anyio
import pytest

from chatkit.relay.memory import MemoryRelay
from chatkit.server import checkpoints, sweeping
from chatkit.store.sql import SQLStore
from chatkit.testing import parse_events
from chatkit.types import ThreadItem
from tests.relay.reading import TURN, Told, begun
from tests.relay.sites import until
from tests.scripted import ALICE, Scripted, beginning, delta, items_of, request, texts, types
from tests.served import PATIENCE


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, in a fraction of the time."""
    monkeypatch.setattr(checkpoints, "EVERY", 0.02)
    monkeypatch.setattr(sweeping, "EVERY", 0.02)
    monkeypatch.setattr(sweeping, "LEASE", 0)


class Slow(SQLStore[str]):
    """A database that is busy for longer than a server has to stop."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"sqlite:///{folder / 'chat.db'}", owner=str)
        self.written = asyncio.Event()
        self.busy = False
        self.asked = asyncio.Event()

    async def save_checkpoint(
        self, turn_id: str, thread_id: str, items: Sequence[ThreadItem], context: str
    ) -> None:
        if self.busy:
            self.asked.set()
            await asyncio.Event().wait()
        await super().save_checkpoint(turn_id, thread_id, items, context)
        if texts(list(items)) == ["half"]:
            self.written.set()


@pytest.mark.parametrize("while_writing", [True, False])
async def test_a_server_that_stops_leaves_what_it_could_not_save(tmp_path: Path, while_writing: bool) -> None:
    told = Told()
    with anyio.fail_after(PATIENCE):
        async with Slow(tmp_path) as store:
            server = Scripted(store, told.__call__, relay=MemoryRelay(), grace=0.2)
            async with server:
                thread_id, first = await half_said(server, told, store)
                store.busy = True
                if while_writing:
                    told.say(delta("a", " and more"))
                    await store.asked.wait()
            assert types(parse_events(b"".join([piece async for piece in first])))[-1] == "error"
            assert texts(await items_of(store, thread_id)) == ["Hi"]
            store.busy = False
            async with Scripted(store, relay=MemoryRelay()):
                await saved(store, thread_id)


async def test_a_turn_that_was_stopped_leaves_what_could_not_be_saved_in_time(tmp_path: Path) -> None:
    told = Told()
    with anyio.fail_after(PATIENCE):
        async with Slow(tmp_path) as store:
            server = Scripted(store, told.__call__, relay=MemoryRelay(), grace=0.2)
            thread_id, first = await half_said(server, told, store)
            store.busy = True
            told.say(delta("a", " and more"))
            await store.asked.wait()
            await server.process(
                json.dumps(request("threads.cancel", thread_id=thread_id, turn_id=TURN)), ALICE
            )
            async for _ in first:
                pass
            async with server:
                await saved(store, thread_id)


async def half_said(server: Scripted, told: Told, store: Slow) -> tuple[str, AsyncGenerator[bytes]]:
    """A turn with a checkpoint."""
    thread_id, first = await begun(server, told)
    told.say(*beginning("a", thread_id), delta("a", "half"))
    await store.written.wait()
    return thread_id, first


async def saved(store: Slow, thread_id: str) -> None:
    """Wait until what the checkpoint has is stored, and nothing is left to do."""
    items = await until(partial(items_of, store, thread_id), lambda items: len(items) > 1)
    assert texts(items) == ["Hi", "half"]
    assert await store.open_checkpoints() == []
