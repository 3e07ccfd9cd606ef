"""Who is cut off in the middle of a snapshot and goes on at another worker gets the rest of it (extensions.md §2.2)."""

import asyncio
from contextlib import aclosing

import pytest

from chatkit.relay.log import TurnLog
from chatkit.relay.readers import MAX_BEHIND
from chatkit.relay.redis import publisher
from chatkit.testing import ask
from chatkit.types import ClientEffectEvent, ProgressUpdateEvent
from tests.relay.reading import TURN, Tab, attach, begun, frames_of, pieces, resuming, whole
from tests.relay.redis_server import RedisServer
from tests.relay.relays import Relays
from tests.relay.sites import Site, flushed, sum_up, until
from tests.relay.test_stopping import cancel, get
from tests.scripted import ALICE, Scripted, answer, beginning, create, delta, done, say


async def cut_off(server: Scripted, thread_id: str, frames: int, after_seq: int = 0) -> Tab:
    """A reader who has got so many frames when its line breaks."""
    tab = Tab()
    async with aclosing(pieces(server, attach(thread_id, after_seq))) as stream:
        for number, frame in frames_of(await stream.__anext__())[:frames]:
            tab.take(number, frame)
    return tab


@pytest.mark.parametrize("frames", [2, 4, 6])
@pytest.mark.parametrize("second", [1, 0])
async def test_a_reader_is_never_ahead_of_redis_by_a_snapshot(
    workers: Relays, monkeypatch: pytest.MonkeyPatch, frames: int, second: int
) -> None:
    """It is cut off at any frame: by the turn's own worker before Redis has the snapshot, or by another right after"""
    site = Site(workers)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    async with aclosing(pieces(two, attach(thread_id))) as beside:  # so that the mirror is there already
        await beside.__anext__()
        site.told.say(ClientEffectEvent(name="first"), done(answer("a", "whole", thread_id)))
        site.told.say(*beginning("b", thread_id), delta("b", "half"), ClientEffectEvent(name="second"))
        log = site.log()
        await until(beside.__anext__, lambda piece: b"second" in piece)
        await flushed(site.relays[0])
        monkeypatch.setattr(publisher, "GATHER", 0.3)  # Redis hears of the snapshot later than the reader
        site.told.say(ClientEffectEvent(name="third"))
        await until(beside.__anext__, lambda piece: b"third" in piece)
        seq = log.seq
        assert sum_up(site.relays[0])
        if not second:
            await until(site.entries, lambda entries: entries[-1][1][b"k"] == b"s")
        tab = await cut_off(site.servers[1 - second], thread_id, frames)
        async with aclosing(pieces(site.servers[second], attach(thread_id, tab.seq))) as rest:
            tab.take_all(await rest.__anext__())
            monkeypatch.undo()
            await flushed(site.relays[0])
            site.told.say(done(answer("b", "half and half", thread_id)))
            await until(beside.__anext__, lambda piece: b"half and half" in piece)
            site.told.end()
            tab.take_all(b"".join([piece async for piece in rest]))
        unbroken = Tab()
        await connection.aclose()
        unbroken.take_all(await whole(one, attach(thread_id)))
        assert tab.holds() == unbroken.holds()
        assert tab.effects == unbroken.effects == ["first", "second", "third"]
        assert not tab.fell
        assert log.seq > seq


async def test_while_redis_is_away_a_log_does_not_grow_without_end(redis_server: RedisServer) -> None:
    relays = Relays(redis_server.url)
    site = Site(relays)
    try:
        thread_id, connection = await begun(site.servers[0], site.told)
        await flushed(site.relays[0])
        redis_server.kill()
        log, many = site.log(), 6 * MAX_BEHIND // 1000
        site.told.say(*[ProgressUpdateEvent(text=f"{number} " + "x" * 1000) for number in range(many)])
        await until(lambda: asyncio.sleep(0), lambda _: log.seq > many)
        assert log.size < 3 * MAX_BEHIND
        site.told.say(done(answer("a", "Hello", thread_id)))
        site.told.end()
        assert b"Hello" in b"".join([piece async for piece in connection])
        tab = Tab()
        tab.take_all(await whole(site.servers[0], attach(thread_id, 3)))
        assert [item["content"][0]["text"] for item in tab.holds()["items"]] == ["Hi", "Hello"]
        assert log.size < 3 * MAX_BEHIND
    finally:
        await relays.close()


@pytest.mark.parametrize("is_new", [True, False])
async def test_a_start_repeated_on_another_worker_hides_the_turn_from_nobody(
    workers: Relays, monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:
    """§2.1: while the second start asks Redis; that of a new thread has another thread id until then"""
    site = Site(workers)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    await flushed(site.relays[0])
    asked, answered = asyncio.Event(), asyncio.Event()
    admit = site.relays[1]._admit  # pyright: ignore[reportPrivateUsage]

    async def slowly(log: TurnLog) -> None:
        asked.set()
        await answered.wait()
        await admit(log)

    monkeypatch.setattr(site.relays[1], "_admit", slowly)
    again = asyncio.ensure_future(whole(two, resuming(create("Hi") if is_new else say(thread_id))))
    await asked.wait()
    assert (await ask(two, get(thread_id, "resume"), ALICE))["active_turn"]["turn_id"] == TURN
    async with aclosing(pieces(two, attach(thread_id))) as reading:
        assert b"thread.created" in await reading.__anext__()
    async with aclosing(pieces(two, attach(thread_id, 2))) as reading:
        assert await reading.__anext__()
    assert await ask(two, cancel(thread_id), ALICE) == {}
    assert [piece async for piece in connection]
    answered.set()
    assert b"thread.created" in await again
