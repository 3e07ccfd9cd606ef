"""One turn for each thread over all workers, and those that wait for their place."""

import asyncio

import pytest

from chatkit.clock import now
from chatkit.errors import NotFoundError, ThreadBusyError
from chatkit.testing import ask, parse_events
from chatkit.types import ThreadMetadata
from tests.relay.reading import TURN, begun, pieces, resuming, whole
from tests.relay.relays import Relays
from tests.relay.sites import Site, until
from tests.relay.test_stopping import cancel, get
from tests.scripted import (
    ALICE,
    BOB,
    beginning,
    create,
    delta,
    items_of,
    request,
    say,
    texts,
    types,
)


async def test_a_thread_is_busy_on_every_worker(workers: Relays) -> None:
    """§2.4; P7: also for clients that announce nothing"""
    site = Site(workers)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    for body in (resuming(say(thread_id, "two"), "second"), say(thread_id, "three")):
        with pytest.raises(ThreadBusyError):
            await whole(two, body)
    site.told.end()
    assert [piece async for piece in connection]
    site.told.end()
    await whole(two, say(thread_id, "four"))  # at once: the end is told when the place is free
    assert texts(await items_of(site.store, thread_id)) == ["Hi", "four"]


async def test_turns_queue_over_workers_in_the_order_of_their_arrival(workers: Relays) -> None:
    site = Site(workers, on_busy="queue")
    thread_id, connection = await begun(site.servers[0], site.told)
    waiting: list[asyncio.Future[bytes]] = []
    for number in range(4):
        body = resuming(say(thread_id, f"{number}"), f"turn {number}")
        waiting.append(asyncio.ensure_future(whole(site.servers[number % 2], body)))
        await until(lambda: site.line(thread_id), lambda line, length=number + 2: len(line) == length)
    active = await ask(site.servers[1], get(thread_id, "resume"), ALICE)
    assert active["active_turn"]["turn_id"] == TURN
    for _ in range(5):
        site.told.end()
    await asyncio.gather(*waiting)
    await connection.aclose()
    assert texts(await items_of(site.store, thread_id)) == ["Hi", "0", "1", "2", "3"]
    assert await site.line(thread_id) == []


async def test_two_people_may_choose_the_same_id_at_the_same_time(workers: Relays) -> None:
    """A turn's id is its owner's own: one person's stop, start or place has nothing to do with another's"""
    site = Site(workers, on_busy="cancel")
    one, two = site.servers
    thread_id, alice = await begun(one, site.told)
    site.told.begun.clear()
    bob = pieces(one, resuming(create("Hi")), BOB)
    await bob.__anext__()
    await site.told.begun.wait()
    assert site.told.thread is not None
    other = site.told.thread.id
    assert await ask(two, cancel(other), BOB) == {}
    assert [piece async for piece in bob]
    assert site.log().running
    second = asyncio.ensure_future(whole(two, say(thread_id, "two")))
    assert [piece async for piece in alice]
    site.told.end()
    await second
    stored = await items_of(site.store, other, BOB)
    assert texts(stored) == ["Hi", "<sdk_hidden_context>"]


async def test_a_place_that_nobody_has_any_more_is_given_back(workers: Relays) -> None:
    """The word that a turn has left was lost on its way"""
    site = Site(workers)
    one, two = site.servers
    await site.store.save_thread(ThreadMetadata(id="thr_1", created_at=now()), ALICE)
    site.told.end()
    await whole(one, say("thr_1", "first"))
    key = f"{workers.prefix}:line:={ALICE}:thr_1"
    await site.redis.rpush(key, f"{site.relays[0].worker}:ghost")
    with pytest.raises(ThreadBusyError):
        await whole(two, say("thr_1", "refused"))
    await until(lambda: site.line("thr_1"), lambda line: not line)
    site.told.end()
    await whole(two, say("thr_1", "second"))
    assert texts(await items_of(site.store, "thr_1")) == ["first", "second"]


async def test_who_waits_and_leaves_holds_up_nobody(workers: Relays) -> None:
    site = Site(workers, on_busy="queue")
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    leaving = asyncio.ensure_future(whole(two, say(thread_id, "never mind")))
    await until(lambda: site.line(thread_id), lambda line: len(line) == 2)
    last = asyncio.ensure_future(whole(one, say(thread_id, "last")))
    await until(lambda: site.line(thread_id), lambda line: len(line) == 3)
    leaving.cancel()
    await until(lambda: site.line(thread_id), lambda line: len(line) == 2)
    site.told.end()
    site.told.end()
    await last
    await connection.aclose()
    assert texts(await items_of(site.store, thread_id)) == ["Hi", "last"]


async def test_a_turn_may_end_one_on_another_worker(workers: Relays) -> None:
    site = Site(workers, on_busy="cancel")
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    site.told.say(*beginning("a", thread_id), delta("a", "half"))
    stream = b""
    while b"half" not in stream:
        stream += await connection.__anext__()
    second = asyncio.ensure_future(whole(two, say(thread_id, "two")))
    stream += b"".join([piece async for piece in connection])
    assert types(parse_events(stream))[-1] == "item.done"
    site.told.end()
    await second
    assert texts(await items_of(site.store, thread_id)) == ["Hi", "half", "<sdk_hidden_context>", "two"]


async def test_deleting_a_thread_ends_its_turn_wherever_it_runs(workers: Relays) -> None:
    site = Site(workers)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    await ask(two, request("threads.delete", thread_id=thread_id), ALICE)
    assert await site.line(thread_id) == []
    async for _ in connection:
        pass
    with pytest.raises(NotFoundError):
        await site.store.load_thread(thread_id, ALICE)
