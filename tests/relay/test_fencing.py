"""A worker whose turn was ended by another one stores nothing of it any more (extensions.md §2.5)."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import anyio
import pytest

from chatkit.relay.memory import MemoryRelay
from chatkit.relay.redis import RedisRelay
from chatkit.relay.sweeper import Sweeper
from chatkit.server import checkpoints, sweeping
from chatkit.store import MemoryStore
from chatkit.testing import parse_events
from tests.relay.reading import TURN, Told, half_said
from tests.relay.relays import Relays
from tests.relay.sites import Site, until
from tests.relay.test_checkpoints import Leasing, written
from tests.relay.test_leases import LEASE, die, end_turn
from tests.scripted import ALICE, Scripted, answer, delta, done, items_of, request, texts, types
from tests.served import PATIENCE


@pytest.fixture(params=["memory", "sqlite"])
def leasing(request: pytest.FixtureRequest) -> Leasing:
    return MemoryStore(owner=str) if request.param == "memory" else request.getfixturevalue("database")


def says_more(told: Told, thread_id: str, what: str) -> None:
    """What a worker may want to store that does not know yet that its turn is over."""
    if what == "an item":
        told.say(done(answer("b", "too late", thread_id)))
    elif what == "a title":
        assert told.thread is not None
        told.thread.title = "too late"
        told.say(delta("b", " and more"))
    told.end()


async def stop(server: Scripted, thread_id: str) -> None:
    await server.process(json.dumps(request("threads.cancel", thread_id=thread_id, turn_id=TURN)), ALICE)


@pytest.mark.parametrize("what", ["an item", "a title", "a stop"])
async def test_a_worker_that_lost_its_lease_asks_before_it_stores(workers: Relays, what: str) -> None:
    """Redis has the fencing token; nobody has told the worker yet"""
    site = Site(workers, 2, **LEASE)
    one, two = site.servers
    thread_id, connection, _ = await half_said(one, site.told, "b")
    await die(site.relays[0])
    ended = asyncio.Event()

    async def ends(name: Any) -> Sequence[bytes]:
        ended.set()
        return await end_turn(name)

    with anyio.fail_after(PATIENCE):
        async with Sweeper(site.relays[1], ends, every=0.1):
            await ended.wait()
            await until(lambda: site.line(thread_id), lambda line: not line)
            assert isinstance(site.relays[0], RedisRelay)
            if what == "a stop":
                await stop(one, thread_id)
            says_more(site.told, thread_id, what)
            site.relays[0]._loops.clear()  # pyright: ignore[reportPrivateUsage]
            site.relays[0]._work()  # pyright: ignore[reportPrivateUsage]
            assert b"turn_interrupted" in b"".join([piece async for piece in connection])
    assert texts(await items_of(site.store, thread_id)) == ["Hi"]
    assert (await site.store.load_thread(thread_id, ALICE)).title is None
    assert two.asked == []


@pytest.mark.parametrize("what", ["an item", "a title", "a stop", "nothing"])
async def test_a_process_whose_checkpoint_was_taken_away_stores_nothing(
    leasing: Leasing, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood still for longer than the lease, and another process has ended its turn; there is no Redis to say so"""
    monkeypatch.setattr(checkpoints, "EVERY", 0.02)
    monkeypatch.setattr(sweeping, "EVERY", 0.02)
    told = Told()
    server = Scripted(leasing, told.__call__, relay=MemoryRelay())
    thread_id, connection, _ = await half_said(server, told, "b")
    await written(leasing, "b")
    if what != "nothing":  # it stands still: nothing more is written
        [task] = [task for task in asyncio.all_tasks() if task.get_name() == f"checkpoints of {TURN}"]
        task.cancel()
    monkeypatch.setattr(checkpoints, "STALE", 0)
    monkeypatch.setattr(sweeping, "LEASE", 0)
    with anyio.fail_after(PATIENCE):
        async with Scripted(leasing, relay=MemoryRelay()):
            await until(lambda: items_of(leasing, thread_id), lambda items: len(items) > 1)
            if what == "a stop":
                await stop(server, thread_id)
            elif what != "nothing":
                says_more(told, thread_id, what)
            events = parse_events(b"".join([piece async for piece in connection]))
    assert types(events)[-1] == "error"
    assert texts(await items_of(leasing, thread_id)) == ["Hi", "half"]
    assert (await leasing.load_thread(thread_id, ALICE)).title is None
    assert await leasing.open_checkpoints() == []


async def test_a_turn_that_was_silent_and_not_missed_is_stored(
    leasing: Leasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 0.02)
    told = Told()
    server = Scripted(leasing, told.__call__, relay=MemoryRelay())
    thread_id, connection, _ = await half_said(server, told, "b")
    await written(leasing, "b")
    monkeypatch.setattr(checkpoints, "STALE", 0)
    told.say(done(answer("b", "whole", thread_id)))
    told.end()
    assert types(parse_events(b"".join([piece async for piece in connection])))[-1] == "item.done"
    assert texts(await items_of(leasing, thread_id)) == ["Hi", "whole"]
