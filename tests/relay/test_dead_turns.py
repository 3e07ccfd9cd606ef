"""What readers are told of a turn whose process is gone, until it is ended and then (extensions.md §2.3, §2.5)."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import anyio
import pytest
from fastapi import FastAPI

from chatkit.errors import NotFoundError, TooManyRequestsError, UnavailableError
from chatkit.relay.base import PING
from chatkit.relay.memory import MemoryRelay
from chatkit.server import checkpoints, sweeping
from chatkit.store import MemoryStore, Store
from chatkit.testing import ask, parse_events
from chatkit.types import ThreadItem
from chatkit.web.app import create_app
from chatkit.web.fastapi import create_router
from tests.plain_store import PlainStore
from tests.relay.reading import TURN, Tab, Told, attach, begun, frames_of, pieces, resuming, whole
from tests.relay.relays import Relays
from tests.relay.sites import Site, until
from tests.relay.test_checkpoints import Leasing, dead_turn, written
from tests.relay.test_leases import LEASE, die
from tests.relay.test_snapshots import workflow
from tests.relay.test_stopping import get
from tests.scripted import (
    ALICE,
    BOB,
    Scripted,
    added,
    answer,
    beginning,
    create,
    delta,
    done,
    items_of,
    request,
    say,
    saying,
    texts,
    types,
)
from tests.served import PATIENCE, served, who


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


async def test_a_dead_turn_is_ended_when_its_lease_is_over(
    leasing: Leasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """§2.5: what it had becomes stored items, once, and who comes back is told and may try again"""
    async with dead_turn(leasing, 0.3, monkeypatch) as thread_id:
        server = Scripted(leasing, relay=MemoryRelay())
        async with server:
            with anyio.fail_after(PATIENCE):
                stream = await whole(server, attach(thread_id, 6))
            assert texts(await items_of(leasing, thread_id)) == ["Hi", "whole", "half"]
            frames = frames_of(stream)
            assert [number for number, _ in frames] == [7, 8]
            events = parse_events(stream)
            assert types(events) == ["item.done", "error"]
            assert events[1].model_dump(mode="json", exclude_none=True) == {
                "type": "error",
                "code": "turn_interrupted",
                "allow_retry": True,
            }
            assert await whole(server, attach(thread_id, 6)) == b"".join(
                b"id: %d\n%b" % frame for frame in frames
            )
            assert await leasing.open_checkpoints() == []


async def test_who_asks_before_the_lease_is_over_is_kept_waiting(
    leasing: Leasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn may live: a ping at once, and the end when it is known"""
    async with dead_turn(leasing, 3600, monkeypatch) as thread_id:
        server = Scripted(leasing, relay=MemoryRelay())
        async with server, aclosing(pieces(server, attach(thread_id, 6))) as reading:
            assert await reading.__anext__() == PING
            more = asyncio.ensure_future(reading.__anext__())
            await asyncio.sleep(0.1)
            assert not more.done()
            assert texts(await items_of(leasing, thread_id)) == ["Hi", "whole"]
            monkeypatch.setattr(sweeping, "LEASE", 0.01)
            with anyio.fail_after(PATIENCE):
                assert types(parse_events(await more)) == ["item.done", "error"]


async def test_nobody_learns_of_anothers_dead_turn(leasing: Leasing, monkeypatch: pytest.MonkeyPatch) -> None:
    """404, for a stranger and for another thread of one's own; and neither ends it"""
    async with dead_turn(leasing, 3600, monkeypatch) as thread_id:
        server = Scripted(leasing, saying(done(answer("z", "x"))), relay=MemoryRelay())
        async with server:
            stream = await whole(server, resuming(create("Mine"), "mine"), BOB)
            of_bob = json.loads(frames_of(stream)[0][1][6:])["thread"]["id"]
            for thread, turn in ((thread_id, TURN), (of_bob, TURN), (of_bob, "unknown")):
                with pytest.raises(NotFoundError):
                    await whole(server, attach(thread, turn_id=turn), BOB)
            with pytest.raises(NotFoundError):
                await whole(server, resuming(say(thread_id), "other"), BOB)
            assert [one.turn_id for one in await leasing.open_checkpoints()] == [TURN]


async def test_a_new_turn_begins_behind_what_a_dead_one_left(
    leasing: Leasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever retries within the lease: the partial answer goes before the new one, and not behind it"""
    async with dead_turn(leasing, 3600, monkeypatch) as thread_id:
        server = Scripted(leasing, saying(done(answer("n", "new"))), relay=MemoryRelay())
        async with server:
            [hi, *_] = await items_of(leasing, thread_id)
            retry = request("threads.retry_after_item", thread_id=thread_id, item_id=hi.id)
            await whole(server, resuming(retry, "again"))
            assert texts(await items_of(leasing, thread_id)) == ["Hi", "new"]
            assert await leasing.open_checkpoints() == []
            # Who had been reading the dead one is told, too.
            assert types(parse_events(await whole(server, attach(thread_id, 6)))) == ["item.done", "error"]


async def test_a_turn_that_lives_is_not_taken_for_dead(
    leasing: Leasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However late its checkpoints are"""
    monkeypatch.setattr(sweeping, "LEASE", 0)
    told = Told()
    server = Scripted(leasing, told.__call__, relay=MemoryRelay())
    async with server:
        thread_id, first = await begun(server, told)
        told.say(*beginning("a", thread_id), delta("a", "half"))
        await written(leasing, "a")
        await asyncio.sleep(0.1)
        assert texts(await items_of(leasing, thread_id)) == ["Hi"]
        told.say(done(answer("a", "whole", thread_id)))
        told.end()
        tab = Tab()
        tab.take_all(b"".join([piece async for piece in first]))
    assert texts(await items_of(leasing, thread_id)) == ["Hi", "whole"]


async def test_only_so_many_wait_for_a_dead_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue: limited, 429"""
    monkeypatch.setattr(sweeping, "WAITING", 3)
    store = MemoryStore[str](owner=str)
    async with dead_turn(store, 3600, monkeypatch) as thread_id:
        server = Scripted(store, relay=MemoryRelay())
        async with server:
            waiting = [pieces(server, attach(thread_id)) for _ in range(3)]
            for one in waiting:
                assert await one.__anext__() == PING
            with pytest.raises(TooManyRequestsError) as refused:
                await whole(server, attach(thread_id))
            assert refused.value.retry_after > 0
            await waiting.pop().aclose()
            async with aclosing(pieces(server, attach(thread_id))) as another:
                assert await another.__anext__() == PING
            await server.drain()  # they are sent away first
            for one in waiting:
                assert [piece async for piece in one] == []


async def test_a_store_that_is_away_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Away(MemoryStore[str]):
        away = True

        async def finish_checkpoint(self, turn_id: str) -> list[ThreadItem]:
            if self.away:
                raise UnavailableError("the database is away")
            return await super().finish_checkpoint(turn_id)

    store = Away(owner=str)
    async with dead_turn(store, 0.01, monkeypatch) as thread_id:
        server = Scripted(store, relay=MemoryRelay())
        async with server:
            while "dead turns cannot be looked for" not in caplog.text:  # noqa: ASYNC110 (a log has no event)
                await asyncio.sleep(0.01)
            store.away = False
            with anyio.fail_after(PATIENCE):
                assert types(parse_events(await whole(server, attach(thread_id)))) == ["item.done", "error"]
    assert caplog.text.count("dead turns cannot be looked for") == 1


@pytest.mark.parametrize("kind", ["mounted", "router", "alone"])
async def test_a_mounted_app_looks_for_dead_turns_from_its_first_request(
    leasing: Leasing, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """§2.6: a mounted app's lifespan does not run"""
    async with dead_turn(leasing, 0.05, monkeypatch) as thread_id:
        server = Scripted(leasing)
        app: Any = FastAPI()
        if kind == "router":
            app.include_router(create_router(server, context=who))
        elif kind == "mounted":
            app.mount("/", create_app(server, context=who))
        else:
            app = create_app(server, context=who)
        async with served(app) as site:
            body = request("items.list", thread_id=thread_id)
            with anyio.fail_after(PATIENCE):
                while len((await site.post(body)).json()["data"]) < 3:  # noqa: ASYNC110 (over HTTP)
                    await asyncio.sleep(0.02)
    assert texts(await items_of(leasing, thread_id)) == ["Hi", "whole", "half"]
