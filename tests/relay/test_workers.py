"""Turns of several workers on one Redis: read, stopped and watched from any of them (extensions.md §2.1…2.4)."""

import asyncio
from contextlib import aclosing
from typing import Any

import anyio
import pytest
from hypothesis import given, settings

from chatkit.clock import now
from chatkit.errors import NotFoundError, TooManyRequestsError, TurnExpiredError
from chatkit.relay.base import PING, TurnName
from chatkit.relay.redis.mirror import Mirror
from chatkit.store import MemoryStore
from chatkit.testing import ask, parse_events
from chatkit.types import ClientEffectEvent, ProgressUpdateEvent, ThreadMetadata, ThreadStreamEvent
from tests.relay.reading import TURN, Tab, attach, begun, frames_of, pieces, resuming, settled, whole
from tests.relay.redis_server import RedisServer
from tests.relay.relays import Relays
from tests.relay.sites import Site, flushed, sum_up, until
from tests.relay.test_snapshots import PATTERNS, STEPS, happenings, tab_of_thread
from tests.relay.test_stopping import cancel, get
from tests.relay.test_watching import WATCH, told_of
from tests.scripted import (
    ALICE,
    BOB,
    answer,
    beginning,
    create,
    delta,
    done,
    items_of,
    request,
    say,
    texts,
    types,
    widget,
)


def shown(tab: Tab) -> list[str]:
    return [item["content"][0]["text"] for item in tab.holds()["items"]]


async def test_what_one_worker_runs_another_reads(workers: Relays) -> None:
    """§2.2: live, with the same numbers"""
    site = Site(workers)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    tab = Tab()
    async with aclosing(pieces(two, attach(thread_id))) as stream:
        tab.take_all(await stream.__anext__())
        site.told.say(*beginning("a", thread_id), delta("a", "from afar"))
        while tab.seq < 6:
            tab.take_all(await stream.__anext__())
        site.told.say(done(answer("a", "from afar", thread_id)))
        site.told.end()
        async for piece in stream:
            tab.take_all(piece)
    assert shown(tab) == ["Hi", "from afar"]
    here = b"".join([piece async for piece in connection])
    assert frames_of(here)[-1] == frames_of(await whole(two, attach(thread_id, 6)))[-1]


async def test_who_started_here_goes_on_there_at_any_frame(workers: Relays) -> None:
    """A reader may be ahead of Redis: its line broke before the frame that it has seen came there"""
    site = Site(workers)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    await connection.aclose()
    connection = pieces(one, attach(thread_id))
    tab = Tab()
    site.told.say(*beginning("a", thread_id), *[delta("a", f"{n} ") for n in range(5)])
    while tab.seq < 8:
        tab.take_all(await connection.__anext__())
        await connection.aclose()
        connection = pieces(two, attach(thread_id, tab.seq))  # at once: Redis has not heard of it
    sum_up(site.relays[0])
    site.told.say(*[delta("a", f"{n} ") for n in range(5, 9)])
    site.told.say(done(answer("a", "0 1 2 3 4 5 6 7 8 ", thread_id)))
    site.told.end()
    tab.take_all(b"".join([piece async for piece in connection]))
    assert shown(tab) == ["Hi", "0 1 2 3 4 5 6 7 8 "]
    assert not tab.fell


async def test_a_start_is_repeated_on_another_worker_and_runs_once(workers: Relays) -> None:
    """§2.1: at the same moment, later, and when it is over"""
    site = Site(workers, 3)
    body = resuming(create("Hi"))
    starts = [asyncio.ensure_future(whole(server, body)) for server in site.servers for _ in range(2)]
    await site.told.begun.wait()
    starts.append(asyncio.ensure_future(whole(site.servers[2], body)))
    assert site.told.thread is not None
    thread_id = site.told.thread.id
    site.told.say(done(answer("a", "Hello", thread_id)))
    site.told.end()
    streams = [*await asyncio.gather(*starts), await whole(site.servers[1], body)]
    tabs = [Tab() for _ in streams]
    for tab, stream in zip(tabs, streams, strict=True):
        tab.take_all(stream)
        assert shown(tab) == ["Hi", "Hello"]
    assert sum(len(server.asked) for server in site.servers) == 1
    assert texts(await items_of(site.store, thread_id)) == ["Hi", "Hello"]


async def test_a_start_that_failed_on_one_worker_may_be_tried_on_another(workers: Relays) -> None:
    site = Site(workers)
    both = [whole(server, resuming(say("thr_none"))) for server in site.servers]
    failures = await asyncio.gather(*both, return_exceptions=True)
    assert [type(failure) for failure in failures] == [NotFoundError, NotFoundError]
    site.told.end()
    assert types(parse_events(await whole(site.servers[1], resuming(create()))))[-1] == "stream_options"


async def test_stop_works_from_any_worker_and_sees_the_end(workers: Relays) -> None:
    """§2.3: pending items are saved, every reader gets them; idempotent"""
    site = Site(workers)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    site.told.say(*beginning("a", thread_id), delta("a", "half"))
    there = pieces(two, attach(thread_id))
    stream = await there.__anext__()
    while b"half" not in stream:
        stream += await there.__anext__()
    assert await ask(two, cancel(thread_id), ALICE) == {}
    assert texts(await items_of(site.store, thread_id)) == ["Hi", "half", "<sdk_hidden_context>"]
    stream += b"".join([piece async for piece in there])
    for read in (stream, b"".join([piece async for piece in connection])):
        assert types(parse_events(read))[-1] == "item.done"
    assert await ask(two, cancel(thread_id), ALICE) == {}
    assert await ask(two, cancel(thread_id, "unknown"), ALICE) == {}
    with pytest.raises(NotFoundError):
        await ask(two, cancel(thread_id), BOB)


async def test_any_worker_says_which_turn_runs_and_what_it_has_said(workers: Relays) -> None:
    """§2.3: `items` are folded up to `last_seq`; who attaches from there misses nothing and doubles nothing"""
    site = Site(workers)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    await connection.aclose()
    first = await until(lambda: ask(two, get(thread_id, "resume"), ALICE), lambda it: "active_turn" in it)
    assert first["active_turn"]["turn_id"] == TURN
    site.told.say(done(answer("a", "whole", thread_id)), *beginning("b", thread_id), delta("b", "so far"))
    log = site.log()
    await until(lambda: asyncio.sleep(0), lambda _: log.seq == 7)
    assert sum_up(site.relays[0])
    thread = await until(
        lambda: ask(two, get(thread_id, "resume"), ALICE), lambda it: it["active_turn"]["last_seq"] == 7
    )
    assert [item["content"][0]["text"] for item in thread["active_turn"]["items"]] == ["so far"]
    site.told.say(delta("b", ", on"), done(answer("b", "so far, on", thread_id)))
    site.told.end()
    for loaded in (first, thread):
        active, tab = loaded["active_turn"], Tab()
        tab.reader = type(tab.reader)({"thread": None, "items": [*loaded["items"]["data"], *active["items"]]})
        tab.take_all(await whole(two, attach(thread_id, active["last_seq"])))
        assert shown(tab) == ["Hi", "whole", "so far, on"]
    assert "active_turn" not in await ask(two, get(thread_id, "resume"), ALICE)


async def test_what_cannot_be_attached_to_on_another_worker_says_why(workers: Relays) -> None:
    """404 / 404 / 400 / 429 / 410"""
    site = Site(workers, keep=0.5, readers=2)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    with pytest.raises(NotFoundError):
        await whole(two, attach(thread_id, turn_id="unknown"))
    with pytest.raises(NotFoundError):
        await whole(two, attach(thread_id), BOB)
    await site.store.save_thread(ThreadMetadata(id="thr_other", created_at=now()), ALICE)
    with pytest.raises(NotFoundError):  # a turn of another thread of one's own
        await whole(two, attach("thr_other"))
    readers = [pieces(two, attach(thread_id)) for _ in range(2)]
    for reader in readers:
        await reader.__anext__()
    with pytest.raises(TooManyRequestsError):
        await whole(two, attach(thread_id))
    site.told.end()
    for reader in readers:
        assert all([piece async for piece in reader])
    await connection.aclose()
    with pytest.raises(TurnExpiredError):
        await until(lambda: whole(two, attach(thread_id)), lambda _: False)
    for server in (one, two):
        with pytest.raises(TurnExpiredError):
            await whole(server, resuming(say(thread_id)))


async def test_a_person_hears_of_turns_on_every_worker_and_of_each_once(workers: Relays) -> None:
    site = Site(workers, 3)
    thread_id, connection = await begun(site.servers[0], site.told)
    this: dict[str, Any] = {"thread_id": thread_id, "turn_id": TURN}
    async with (
        aclosing(pieces(site.servers[1], WATCH)) as elsewhere,
        aclosing(pieces(site.servers[0], WATCH)) as here,
        aclosing(pieces(site.servers[2], WATCH, BOB)) as bob,
    ):
        heard: dict[str, list[Any]] = {"elsewhere": [], "here": []}
        for name, stream in (("elsewhere", elsewhere), ("here", here)):
            heard[name] += told_of(await stream.__anext__())
            if not heard[name]:  # Redis had not heard of it
                heard[name] += told_of(await stream.__anext__())
        assert await bob.__anext__() == PING
        site.told.end()
        assert [piece async for piece in connection]
        await ask(site.servers[2], request("threads.update", thread_id=thread_id, title="New"), ALICE)
        for name, stream in (("elsewhere", elsewhere), ("here", here)):
            while len(heard[name]) < 3:
                heard[name] += told_of(await stream.__anext__())
            turn = [event for event in heard[name] if event["type"].startswith("turn.")]
            assert turn == [{"type": "turn.started", **this}, {"type": "turn.ended", **this}]
            [renamed] = [
                event for event in heard[name] if event not in turn
            ]  # of another worker: at any time
            assert (renamed["type"], renamed["thread"]["title"]) == ("thread.updated", "New")


async def test_redis_keeps_the_size_of_the_answer_and_forgets_it(workers: Relays) -> None:
    """§2.2, §2.3: the log is trimmed by snapshots, and nothing is left for ever"""
    site = Site(workers, keep=1.5)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    site.told.say(*beginning("a", thread_id))
    log, seq = site.log(), 5
    for _ in range(10):
        site.told.say(*[delta("a", "x") for _ in range(200)])
        seq += 200
        await until(lambda: asyncio.sleep(0), lambda _, seq=seq: log.seq == seq)
        assert sum_up(site.relays[0])
        await until(lambda: site.entries(), lambda entries, seq=seq: _newest(entries) == (b"s", seq))
    kept = sum(len(fields[b"d"]) for _, fields in await site.entries())
    assert kept < 2 * (2000 + 2000) + 200 * 150  # two snapshots, and what was said between them
    late = Tab()
    site.told.say(done(answer("a", "x" * 2000, thread_id)))
    site.told.end()
    late.take_all(await whole(two, attach(thread_id)))
    assert shown(late) == ["Hi", "x" * 2000]
    await connection.aclose()
    await until(site.entries, lambda entries: not entries)
    assert [name for name in await site.names() if await site.redis.ttl(name) == -1] == []


def _newest(entries: list[Any]) -> tuple[bytes, int]:
    _, fields = entries[-1]
    return fields[b"k"], int(fields[b"n"])


async def test_many_readers_cost_a_worker_one_connection(workers: Relays) -> None:
    site = Site(workers)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    readers = [pieces(two, attach(thread_id)) for _ in range(50)]
    for reader in readers:
        await reader.__anext__()
    blocked = [client for client in await site.redis.client_list() if client["cmd"] == "xread"]
    site.told.end()
    for reader in readers:
        assert all([piece async for piece in reader])
    await connection.aclose()
    assert len(blocked) <= len(site.relays) + 4  # other tests' may not be gone yet


async def test_effects_happen_once_for_who_moves_between_workers(workers: Relays) -> None:
    """§2.2: ids never fall, each effect is applied once"""
    site = Site(workers, 3)
    thread_id, connection = await begun(site.servers[0], site.told)
    tab, turn = Tab(), 0
    log = site.log()
    for number in range(12):
        site.told.say(ClientEffectEvent(name=f"effect {number}"), ProgressUpdateEvent(text=f"{number}"))
        if number % 4 == 3:
            await until(lambda: asyncio.sleep(0), lambda _, seq=2 * number + 5: log.seq >= seq)
            sum_up(site.relays[0])
        wanted = 2 + 2 * (number + 1)
        async with aclosing(pieces(site.servers[turn], attach(thread_id, tab.seq))) as stream:
            while tab.seq < wanted:
                tab.take_all(await stream.__anext__())
        turn = (turn + 1) % 3
    site.told.end()
    tab.take_all(await whole(site.servers[turn], attach(thread_id, tab.seq)))
    await connection.aclose()
    assert tab.effects == [f"effect {number}" for number in range(12)]
    assert not tab.fell


async def test_a_relay_without_redis_is_told_what_it_was_given_wrongly() -> None:
    from redis.asyncio import Redis

    from chatkit.relay.redis import RedisRelay

    with pytest.raises(ValueError, match="renew"):
        RedisRelay("redis://127.0.0.1:1", lease=3, renew=3)
    client = Redis(decode_responses=True)
    with pytest.raises(ValueError, match="decode"):
        RedisRelay(client)
    await client.aclose()


async def test_an_apps_own_client_stays_open(workers: Relays) -> None:
    from redis.asyncio import Redis

    from chatkit.relay.redis import RedisRelay
    from tests.scripted import Scripted, saying

    assert workers.url is not None
    async with Redis(port=int(workers.url.rpartition(":")[2])) as client:
        relay = RedisRelay(client, prefix=workers.prefix)
        server = Scripted(MemoryStore(owner=str), saying(done(answer("a", "Hello"))), relay=relay)
        async with server:
            assert b"Hello" in await whole(server, resuming(create()))
        assert await client.exists("?") == 0


async def test_nothing_waits_longer_than_it_should(workers: Relays) -> None:
    """A worker that stops leaves no lease, no place and no stream of orders behind"""
    site = Site(workers)
    thread_id, connection = await begun(site.servers[0], site.told)
    site.told.end()
    assert [piece async for piece in connection]
    for relay in site.relays:
        with anyio.fail_after(20):
            await relay.close()
    assert await site.redis.zcard(f"{workers.prefix}:live") == 0
    assert await site.line(thread_id) == []
    assert [name for name in await site.names() if b":orders:" in name or b":worker:" in name] == []


async def test_entries_that_are_read_once_more_change_nothing() -> None:
    """Redis is asked on behalf of one reader, and the answer comes to the next"""

    def entry(kind: bytes, seq: int) -> dict[bytes, bytes]:
        return {b"k": kind, b"n": b"%d" % seq, b"o": b"", b"d": b"id: %d\ndata: %b\n\n" % (seq, kind)}

    entries = [entry(b"f", 1), entry(b"s", 1), entry(b"f", 2), entry(b"s", 2), entry(b"f", 3)]
    mirror = Mirror(TurnName(ALICE, "thr_1", TURN), 15, 1)
    for one in [*entries, *entries[1:2], entry(b"e", 3)]:
        mirror.take(one)
    async with aclosing(mirror.read(0, attached=True)) as stream:
        assert frames_of(b"".join([piece async for piece in stream])) == [
            (2, b"data: s\n\n"),
            (3, b"data: f\n\n"),
        ]


@pytest.mark.property
@settings(max_examples=PATTERNS)
@given(events=happenings(), steps=STEPS)
async def test_whatever_drops_the_thread_is_the_same_on_every_worker(
    redis_for_all: RedisServer, events: list[ThreadStreamEvent], steps: list[tuple[bool, list[int], bool]]
) -> None:
    """§2.2: any after_seq on any worker, snapshots at any time; ids never fall, each effect happens once"""
    relays = Relays(redis_for_all.url)
    site = Site(relays, 3)
    try:
        await site.store.save_thread(ThreadMetadata(id="thr_1", created_at=now()), ALICE)
        for item in (answer("msg_old", "old"), widget("w_old", "old")):
            await site.store.add_thread_item("thr_1", item, ALICE)
        before = (await site.store.load_thread_items("thr_1", None, 9, "asc", ALICE)).data
        unbroken, tab, late = (tab_of_thread(before) for _ in range(3))
        reading = asyncio.ensure_future(whole(site.servers[0], resuming(say("thr_1"))))
        await site.told.begun.wait()
        turn = 0
        for place, event in enumerate(events):
            site.told.say(event)
            await settled()
            snapshot, connections, _ = steps[place % len(steps)]
            if snapshot:
                sum_up(site.relays[0])
            for frames in connections:
                turn += 1
                async with aclosing(pieces(site.servers[turn % 3], attach("thr_1", tab.seq))) as stream:
                    for number, frame in frames_of(await stream.__anext__())[:frames]:
                        tab.take(number, frame)
        site.told.end()
        unbroken.take_all(await reading)
        await flushed(site.relays[0])
        tab.take_all(await whole(site.servers[1], attach("thr_1", tab.seq)))
        late.take_all(await whole(site.servers[2], attach("thr_1", 0)))
        for other in (tab, late):
            assert other.holds()["items"] == unbroken.holds()["items"]
            assert other.effects == unbroken.effects
            assert not other.fell
    finally:
        await relays.close()
