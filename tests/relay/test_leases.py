"""Workers that die, sleep, or lose Redis; and Redis, dying, sleeping, and forgetting (extensions.md §2.5)."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import anyio
import pytest

from chatkit.errors import NotFoundError, ThreadBusyError, TurnExpiredError, UnavailableError
from chatkit.relay.base import TurnName
from chatkit.relay.readers import MAX_BEHIND
from chatkit.relay.redis import RedisRelay
from chatkit.relay.sweeper import Sweeper
from chatkit.testing import ask
from tests.relay.reading import TURN, Tab, attach, begun, frames_of, half_said, pieces, resuming, whole
from tests.relay.redis_server import RedisServer
from tests.relay.relays import Relays
from tests.relay.sites import PATIENCE, Site, until
from tests.relay.test_stopping import cancel, get
from tests.relay.test_watching import WATCH, told_of
from tests.scripted import ALICE, answer, beginning, create, delta, done, items_of, say, texts

LEASE: dict[str, Any] = {"lease": 1.0, "renew": 0.2}
"""Short, for tests; long enough for a machine that is busy elsewhere not to lose it."""

INTERRUPTED = b'data: {"type":"error","code":"turn_interrupted","allow_retry":true}\n\n'


async def end_turn(name: TurnName) -> Sequence[bytes]:
    """What a server with nothing to save says."""
    return [INTERRUPTED]


async def die(relay: RedisRelay) -> None:
    """Be as if the process had been killed, for all that Redis sees: it says nothing any more."""
    loops = relay._loops  # pyright: ignore[reportPrivateUsage]
    for loop in loops:
        loop.cancel()
    await asyncio.wait(loops)


def awake(relay: RedisRelay) -> None:
    """Go on, as after a pause of the whole process."""
    relay._loops.clear()  # pyright: ignore[reportPrivateUsage]
    relay._work()  # pyright: ignore[reportPrivateUsage]


async def test_a_turn_of_a_dead_worker_is_ended_by_another(workers: Relays) -> None:
    """§2.5: every reader gets the end, also one who has seen more than Redis; and the thread is free"""
    site = Site(workers, 2, **LEASE)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    reader = pieces(two, attach(thread_id))
    stream = await reader.__anext__()
    site.told.say(*beginning("a", thread_id), delta("a", "seen"))
    while b"seen" not in stream:
        stream += await reader.__anext__()
    await die(site.relays[0])
    site.told.say(delta("a", " by the readers of this worker"))
    here = Tab()
    while here.seq < 7:
        here.take_all(await connection.__anext__())
    await connection.aclose()
    ahead = asyncio.ensure_future(whole(two, attach(thread_id, here.seq)))
    with pytest.raises(ThreadBusyError):
        await whole(two, say(thread_id, "too early"))
    async with Sweeper(site.relays[1], end_turn, every=0.1):
        stream += b"".join([piece async for piece in reader])
    last_here, last_there = frames_of(await ahead), frames_of(stream)
    assert last_here[-1] == last_there[-1]
    assert last_here[-1][1] == INTERRUPTED
    assert last_here[-1][0] > 7
    site.told.end()  # for the next turn; whoever runs this one takes it, or the next does
    site.told.end()
    assert b"stream_options" in await whole(two, say(thread_id, "next"))
    assert "active_turn" not in await ask(two, get(thread_id, "resume"), ALICE)


async def test_who_attaches_to_an_overdue_turn_does_not_wait_for_the_next_round(
    workers: Relays, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(workers, 2, **LEASE)
    thread_id, connection = await begun(site.servers[0], site.told)
    looked, rest = asyncio.Event(), site.relays[1].rest

    async def resting(seconds: float) -> None:
        looked.set()
        await rest(seconds)

    monkeypatch.setattr(site.relays[1], "rest", resting)
    async with Sweeper(site.relays[1], end_turn, every=3600):
        await looked.wait()
        await die(site.relays[0])
        await asyncio.sleep(1.5)  # the lease runs out
        with anyio.fail_after(PATIENCE):
            stream = await whole(site.servers[1], attach(thread_id))
    await connection.aclose()
    assert stream.endswith(INTERRUPTED)


async def test_of_several_workers_one_gets_an_overdue_turn_and_a_claim_lapses(workers: Relays) -> None:
    site = Site(workers, 3, **LEASE)
    name = TurnName(ALICE, (await begun(site.servers[0], site.told))[0], TURN)
    await die(site.relays[0])
    rest = site.relays[1:]
    got: list[TurnName] = []
    while not got:
        got = [name for names in await asyncio.gather(*[r.overdue() for r in rest]) for name in names]
        await asyncio.sleep(0.01)
    assert got == [name]
    # The one who claimed it dies, too.
    assert await until(rest[1].overdue, bool) == [name]
    await rest[1].conclude(name, [INTERRUPTED])
    await rest[0].conclude(name, [INTERRUPTED])  # too late, and without effect
    assert await rest[0].overdue() == []
    stream = await whole(site.servers[1], attach(name.thread_id))
    assert stream.count(b"turn_interrupted") == 1


async def test_a_worker_that_slept_for_too_long_writes_no_more(workers: Relays) -> None:
    """The fencing token: what it still says is heard by nobody; its own readers get the other's end"""
    site = Site(workers, 2, **LEASE)
    one, two = site.servers
    thread_id, connection, here = await half_said(one, site.told)
    await die(site.relays[0])
    async with Sweeper(site.relays[1], end_turn, every=0.1):
        there = await whole(two, attach(thread_id))
    assert there.endswith(INTERRUPTED)
    awake(site.relays[0])
    here += b"".join([piece async for piece in connection])
    assert here.endswith(INTERRUPTED)
    assert await whole(two, attach(thread_id)) == there
    assert texts(await items_of(site.store, thread_id)) == ["Hi"]  # no half answer, no note


async def test_a_worker_that_slept_and_was_not_missed_goes_on(workers: Relays) -> None:
    site = Site(workers, 2, **LEASE)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    await die(site.relays[0])
    await asyncio.sleep(1.5)
    awake(site.relays[0])
    site.told.say(done(answer("a", "whole", thread_id)))
    site.told.end()
    here = b"".join([piece async for piece in connection])
    assert b"whole" in here
    assert b"whole" in await whole(two, attach(thread_id))


async def test_the_place_of_a_dead_worker_is_free_after_a_while(workers: Relays) -> None:
    """Also where no reader may come back, and nobody sweeps"""
    site = Site(workers, 2, on_busy="queue", **LEASE)
    one, two = site.servers
    await begun(one, site.told)
    assert site.told.thread is not None
    thread_id = site.told.thread.id
    await die(site.relays[0])
    waiting = asyncio.ensure_future(whole(two, say(thread_id, "next")))
    await until(lambda: site.line(thread_id), lambda line: len(line) == 1)
    site.told.end()
    site.told.end()
    assert b"stream_options" in await waiting


async def test_watchers_hear_that_a_turn_was_ended(workers: Relays) -> None:
    site = Site(workers, 3, **LEASE)
    await begun(site.servers[0], site.told)
    await until(site.entries, bool)
    async with (
        aclosing(pieces(site.servers[1], WATCH)) as one,
        aclosing(pieces(site.servers[2], WATCH)) as two,
    ):
        for stream in (one, two):
            assert [event["type"] for event in told_of(await stream.__anext__())] == ["turn.started"]
        await die(site.relays[0])
        async with Sweeper(site.relays[1], end_turn, every=0.1):
            for stream in (one, two):
                assert [event["type"] for event in told_of(await stream.__anext__())] == ["turn.ended"]


@pytest.fixture
def own(redis_server: RedisServer) -> Relays:
    """What makes workers on a Redis that may be killed."""
    return Relays(redis_server.url)


async def test_redis_dies_and_comes_back_empty_in_mid_turn(redis_server: RedisServer, own: Relays) -> None:
    """Readers on the worker notice nothing; readers elsewhere get the rest; the thread is busy again"""
    site = Site(own, 2, **LEASE)
    one, two = site.servers
    try:
        thread_id, connection = await begun(one, site.told)
        there = pieces(two, attach(thread_id))
        far = Tab()
        far.take_all(await there.__anext__())
        site.told.say(*beginning("a", thread_id), delta("a", "before "))
        while far.seq < 6:
            far.take_all(await there.__anext__())
        redis_server.kill()
        site.told.say(delta("a", "without "))
        here = b""
        while b"without" not in here:
            here += await connection.__anext__()
        for body in (create(), resuming(create(), "new"), resuming(say(thread_id), "new")):
            with pytest.raises(UnavailableError) as refused:
                await whole(two, body)
            assert refused.value.status_code == 503
        redis_server.start()
        while far.seq < 7:
            far.take_all(await there.__anext__())
        await until(lambda: site.line(thread_id), bool)
        with pytest.raises(ThreadBusyError):
            await whole(two, resuming(say(thread_id), "new"))
        site.told.say(done(answer("a", "before without after", thread_id)))
        site.told.end()
        async for piece in there:
            far.take_all(piece)
        assert b"after" in b"".join([piece async for piece in connection])
        assert not far.fell
        assert [item["content"][0]["text"] for item in far.holds()["items"]] == ["Hi", "before without after"]
        site.told.end()
        await until(lambda: _try(whole(two, resuming(say(thread_id), "next"))), bool)
    finally:
        await own.close()


async def _try(doing: Any) -> Any:
    try:
        return await doing
    except (ThreadBusyError, UnavailableError):
        return None


async def test_a_turn_ends_without_redis_and_others_hear_of_it_later(
    redis_server: RedisServer, own: Relays
) -> None:
    site = Site(own, 2, **LEASE)
    one, two = site.servers
    try:
        thread_id, connection = await begun(one, site.told)
        redis_server.kill()
        site.told.say(done(answer("a", "all the same", thread_id)))
        site.told.end()
        assert b"all the same" in b"".join([piece async for piece in connection])
        assert texts(await items_of(site.store, thread_id)) == ["Hi", "all the same"]
        for body in (attach(thread_id), WATCH):
            with pytest.raises(UnavailableError):
                await whole(two, body)
        with pytest.raises(UnavailableError):
            await ask(two, cancel(thread_id), ALICE)
        redis_server.start()
        stream = await until(lambda: _attached(two, thread_id), bool)
        assert b"all the same" in stream
    finally:
        await own.close()


async def _attached(server: Any, thread_id: str) -> bytes:
    try:
        return await whole(server, attach(thread_id))
    except (NotFoundError, UnavailableError):
        return b""


async def test_a_redis_that_hangs_holds_up_nobody_and_costs_no_memory(
    redis_server: RedisServer, own: Relays
) -> None:
    """A slow Redis never slows the turn or local readers; what waits for it is bounded"""
    site = Site(own, 2, lease=30, renew=1)
    one, two = site.servers
    try:
        thread_id, connection = await begun(one, site.told)
        await until(site.entries, bool)
        redis_server.pause()
        site.told.say(*beginning("a", thread_id))
        letters, size = "x" * 1000, 0
        log = site.log()
        [box] = site.relays[0]._publisher._open  # pyright: ignore[reportPrivateUsage]
        for round in range(40):
            site.told.say(*[delta("a", letters) for _ in range(100)])
            seq = 5 + 100 * (round + 1)
            await until(lambda: asyncio.sleep(0), lambda _, seq=seq: log.seq >= seq)
            size = max(size, sum(len(frame) for frame in box._frames))  # pyright: ignore[reportPrivateUsage]
        assert size < 2 * MAX_BEHIND  # of four million letters
        redis_server.go_on()
        site.told.say(done(answer("a", "short", thread_id)))
        site.told.end()
        assert b"short" in b"".join([piece async for piece in connection])
        far = Tab()
        far.take_all(await whole(two, attach(thread_id)))
        assert [item["content"][0]["text"] for item in far.holds()["items"]] == ["Hi", "short"]
    finally:
        redis_server.go_on()
        await own.close()


async def test_a_turn_that_was_over_long_before_redis_came_back_is_expired(
    redis_server: RedisServer, own: Relays
) -> None:
    """410, not an interruption: what waited for Redis is dropped, but not the word of the end"""
    site = Site(own, 2, lease=30, renew=1, keep=0.2)
    one, two = site.servers
    try:
        thread_id, connection = await begun(one, site.told)
        await until(site.entries, bool)
        redis_server.pause()
        site.told.say(done(answer("a", "whole", thread_id)))
        site.told.end()
        assert b"whole" in b"".join([piece async for piece in connection])
        gone = site.relays[0]._gone  # pyright: ignore[reportPrivateUsage]
        await until(lambda: asyncio.sleep(0), lambda _: (ALICE, TURN) in gone)
        redis_server.go_on()
        with pytest.raises(TurnExpiredError):
            await until(lambda: whole(two, attach(thread_id)), lambda _: False)
        await until(lambda: site.redis.zcard(f"{own.prefix}:live"), lambda count: count == 0)
    finally:
        redis_server.go_on()
        await own.close()


async def test_readers_of_a_turn_that_redis_has_forgotten_are_sent_away(
    redis_server: RedisServer, own: Relays
) -> None:
    """Its worker died, then Redis lost its data: nobody is left who knows it"""
    site = Site(own, 2, **LEASE)
    one, two = site.servers
    try:
        thread_id, connection = await begun(one, site.told)
        there = pieces(two, attach(thread_id))
        assert await there.__anext__()
        await die(site.relays[0])
        redis_server.kill()
        redis_server.start()
        assert all([piece async for piece in there])
        with pytest.raises((NotFoundError, TurnExpiredError)):
            await whole(two, attach(thread_id))
        await connection.aclose()
    finally:
        await own.close()
