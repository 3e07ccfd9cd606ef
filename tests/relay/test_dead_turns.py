"""What readers are told of a turn whose process is gone, until it is ended and then (extensions.md §2.3, §2.5)."""

import asyncio
from contextlib import aclosing

import anyio
import pytest

from chatkit.relay.base import PING
from chatkit.relay.memory import MemoryRelay
from chatkit.server import checkpoints, sweeping
from chatkit.store import MemoryStore, Store
from chatkit.testing import ask, parse_events
from tests.plain_store import PlainStore
from tests.relay.reading import TURN, Tab, attach, begun, pieces
from tests.relay.relays import Relays
from tests.relay.sites import Site, until
from tests.relay.test_checkpoints import Leasing, dead_turn
from tests.relay.test_leases import LEASE, die
from tests.relay.test_snapshots import workflow
from tests.relay.test_stopping import get
from tests.scripted import (
    ALICE,
    Scripted,
    added,
    answer,
    beginning,
    delta,
    done,
    items_of,
    request,
    texts,
    types,
)
from tests.served import PATIENCE


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, in a fraction of the time."""
    monkeypatch.setattr(checkpoints, "EVERY", 0.02)
    monkeypatch.setattr(sweeping, "EVERY", 0.02)


@pytest.fixture(params=["memory", "sqlite"])
def leasing(request: pytest.FixtureRequest) -> Leasing:
    return MemoryStore(owner=str) if request.param == "memory" else request.getfixturevalue("database")


@pytest.mark.parametrize("store", ["memory", "plain"], indirect=True)
async def test_readers_hold_what_is_stored_when_a_dead_worker_s_turn_was_ended(
    workers: Relays, store: Store[str]
) -> None:
    """§2.5: what no checkpoint kept is taken away again; a store that has none keeps finished items only"""
    site = Site(workers, 2, store=store, **LEASE)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    tab = Tab()
    async with aclosing(pieces(two, attach(thread_id))) as reader:
        site.told.say(done(answer("a", "whole", thread_id)), *beginning("b", thread_id), delta("b", "half"))
        site.told.say(added(workflow("empty", thread_id)))
        while "empty" not in str(tab.holds()):
            tab.take_all(await reader.__anext__())
        if isinstance(store, MemoryStore):
            await until(store.open_checkpoints, bool)
        await die(site.relays[0])
        tasks = [task for task in asyncio.all_tasks() if task.get_name() == f"checkpoints of {TURN}"]
        for task in tasks:
            task.cancel()  # nor does it write anything
        async with two:
            with anyio.fail_after(PATIENCE):
                last = b"".join([piece async for piece in reader])
        tab.take_all(last)
    plain = isinstance(store, PlainStore)
    removed, done_ = "item.removed", "item.done"
    assert types(parse_events(last)) == [removed if plain else done_, removed, "error"]
    stored = [item.model_dump(mode="json") for item in await items_of(store, thread_id)]
    assert [item["id"] for item in tab.holds()["items"]] == [item["id"] for item in stored]
    assert texts(await items_of(store, thread_id)) == ["Hi", "whole", *([] if plain else ["half"])]
    site.told.end()
    await connection.aclose()


async def test_a_turn_runs_until_its_lease_is_over(leasing: Leasing, monkeypatch: pytest.MonkeyPatch) -> None:
    """§2.3: `active_turn` while one runs; whoever loads the thread meanwhile is led to its end"""
    async with dead_turn(leasing, 3600, monkeypatch) as thread_id:
        server = Scripted(leasing, relay=MemoryRelay())
        async with server:
            loaded = await ask(server, get(thread_id, "resume"), ALICE)
            assert loaded["active_turn"] == {"turn_id": TURN, "last_seq": 0, "items": []}
            assert "active_turn" not in await ask(server, get(thread_id), ALICE)
            async with aclosing(pieces(server, attach(thread_id))) as reading:
                assert await reading.__anext__() == PING
                monkeypatch.setattr(sweeping, "LEASE", 0.01)
                with anyio.fail_after(PATIENCE):
                    assert types(parse_events(await reading.__anext__())) == ["item.done", "error"]
            assert "active_turn" not in await ask(server, get(thread_id, "resume"), ALICE)


async def test_a_title_given_on_another_worker_stays(workers: Relays) -> None:
    """The turn goes on with it, and tells its readers; whatever else of the thread it saves"""
    site = Site(workers, 2)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    assert site.told.thread is not None
    await ask(two, request("threads.update", thread_id=thread_id, title="Given"), ALICE)
    thread = site.told.thread
    await until(lambda: asyncio.sleep(0, thread.title), lambda title: title == "Given")
    thread.metadata["saved"] = True
    site.told.say(done(answer("a", "whole", thread_id)))
    site.told.end()
    events = parse_events(b"".join([piece async for piece in connection]))
    assert [event.thread.title for event in events if event.type == "thread.updated"] == ["Given"]
    stored = await site.store.load_thread(thread_id, ALICE)
    assert (stored.title, stored.metadata) == ("Given", {"saved": True})
    # Nothing runs there any more.
    await ask(two, request("threads.update", thread_id=thread_id, title="Later"), ALICE)
    assert (await site.store.load_thread(thread_id, ALICE)).title == "Later"
