"""`on_busy="queue"`: who waits is told at once, and leaves without a trace (extensions.md §2.4)."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import anyio
import pytest

from chatkit.errors import NotFoundError
from chatkit.relay.base import PING
from chatkit.relay.memory import MemoryRelay
from chatkit.server import StreamingResult
from chatkit.store import MemoryStore, Store
from chatkit.testing import ask, parse_events
from chatkit.web.app import create_app
from tests.plain_store import PlainStore
from tests.relay.reading import TURN, Told, begun, pieces, resuming, settled, whole
from tests.scripted import ALICE, BOB, Scripted, answer, create, done, items_of, request, say, texts, types
from tests.served import PATIENCE, served, who


async def busy(store: Store[str], ping_after: float = 15) -> tuple[Scripted, Told, str]:
    """A thread whose turn goes on until the test ends it."""
    told = Told()
    relay = MemoryRelay(ping_after=ping_after)
    server = Scripted(store, told.__call__, relay=relay, on_busy="queue", grace=1)
    thread_id, first = await begun(server, told)
    await first.aclose()
    return server, told, thread_id


def second(thread_id: str, announced: bool) -> dict[str, Any]:
    return resuming(say(thread_id, "two"), "second") if announced else say(thread_id, "two")


@pytest.mark.parametrize("announced", [True, False])
async def test_who_waits_is_told_at_once(store: Store[str], announced: bool) -> None:
    """§2.4: 200, pings until its turn comes; protocol.md §1.2: no comments for who has not announced `resume`"""
    server, told, thread_id = await busy(store, ping_after=0.02)
    with anyio.fail_after(PATIENCE):
        async with aclosing(pieces(server, second(thread_id, announced))) as waiting:
            assert await waiting.__anext__() == (PING if announced else b"")
            if announced:
                assert [await waiting.__anext__() for _ in range(3)] == [PING] * 3
            assert texts(await items_of(store, thread_id)) == ["Hi"]
            told.end()
            told.end()
            stream = b"".join([piece async for piece in waiting if piece != PING])
    assert types(parse_events(stream)) == ["item.done", "stream_options"]
    assert stream.count(b"\n\n") == 2  # the frames, and nothing else
    assert texts(await items_of(store, thread_id)) == ["Hi", "two"]


@pytest.mark.parametrize("announced", [True, False])
async def test_the_headers_of_who_waits_go_out_at_once(announced: bool) -> None:
    told = Told()
    store = MemoryStore[str](owner=str)
    server = Scripted(store, told.__call__, relay=MemoryRelay(), on_busy="queue")
    async with served(create_app(server, context=who)) as site:
        async with site.client.stream("POST", "/chatkit", json=resuming(create("Hi"))) as first:
            await told.begun.wait()
            assert told.thread is not None
            body = second(told.thread.id, announced)
            async with site.client.stream("POST", "/chatkit", json=body) as waiting:
                assert (waiting.status_code, waiting.headers["content-type"]) == (200, "text/event-stream")
                assert texts(await items_of(store, told.thread.id)) == ["Hi"]
                told.say(done(answer("a", "one", told.thread.id)))
                told.end()
                told.end()
                stream = b"".join([piece async for piece in waiting.aiter_bytes()])
            assert b"one" in b"".join([piece async for piece in first.aiter_bytes()])
        assert types(parse_events(stream)) == ["item.done", "stream_options"]
        assert (PING in stream) == announced


@pytest.mark.parametrize("announced", [True, False])
async def test_what_goes_wrong_after_waiting_is_an_event(store: Store[str], announced: bool) -> None:
    """§2.4: the status has gone out: an `error` event, and not a torn stream"""
    server, told, thread_id = await busy(store)
    body = request("threads.retry_after_item", thread_id=thread_id, item_id="later")
    retry = resuming(body, "second") if announced else body
    async with aclosing(pieces(server, retry)) as waiting:
        assert await waiting.__anext__() in (PING, b"")
        told.say(done(answer("later", "not a question", thread_id)))
        told.end()
        events = parse_events(b"".join([piece async for piece in waiting]))
    assert [event.model_dump(mode="json", exclude_none=True) for event in events] == [
        {"type": "error", "code": "stream.error", "allow_retry": False}
    ]
    told.end()
    assert await whole(server, resuming(say(thread_id, "three"), "third"))  # its place is free again


@pytest.mark.parametrize("announced", [True, False])
async def test_who_leaves_or_is_stopped_while_waiting_leaves_nothing(
    store: Store[str], announced: bool
) -> None:
    """§2.4: it leaves the queue, and the one behind it moves up"""
    server, told, thread_id = await busy(store)
    waiting = pieces(server, second(thread_id, announced))
    assert await waiting.__anext__() in (PING, b"")
    third = asyncio.ensure_future(whole(server, resuming(say(thread_id, "three"), "third")))
    await settled()
    if announced:  # leaving does not end it: that is the point of it
        reading = asyncio.ensure_future(waiting.__anext__())
        await ask(server, request("threads.cancel", thread_id=thread_id, turn_id="second"), ALICE)
        [event] = parse_events(await reading)
        assert (event.type, [piece async for piece in waiting]) == ("error", [])
    else:
        await waiting.aclose()
    told.end()
    told.end()
    assert types(parse_events(await third)) == ["item.done", "stream_options"]
    assert texts(await items_of(store, thread_id)) == ["Hi", "three"]


async def test_a_shutdown_sends_those_away_who_wait(store: Store[str]) -> None:
    """§2.6: no turn begins any more"""
    server, told, thread_id = await busy(store)
    both = [pieces(server, second(thread_id, announced)) for announced in (True, False)]
    for waiting in both:
        assert await waiting.__anext__() in (PING, b"")
    draining = asyncio.ensure_future(server.drain())
    await settled()
    told.end()
    await draining
    for waiting in both:
        events = parse_events(b"".join([piece async for piece in waiting]))
        assert [event.model_dump(mode="json", exclude_none=True) for event in events] == [
            {"type": "error", "code": "stream.error", "allow_retry": True}
        ]
    assert texts(await items_of(store, thread_id)) == ["Hi"]


@pytest.mark.parametrize("announced", [True, False])
async def test_nobody_waits_for_anothers_thread(announced: bool) -> None:
    """ST-10, where people have no names: 404, not 200"""
    server, told, thread_id = await busy(PlainStore())
    with pytest.raises(NotFoundError):
        await whole(server, second(thread_id, announced), BOB)
    told.end()


async def test_a_hand_written_endpoint_sees_frames_only(store: Store[str]) -> None:
    """P7"""
    server, told, thread_id = await busy(store)
    result = await server.process(json.dumps(say(thread_id, "two")), ALICE)
    assert isinstance(result, StreamingResult)
    told.end()
    told.end()
    async with aclosing(result.json_events) as frames:
        seen = [frame async for frame in frames]
    assert [frame[:6] for frame in seen] == [b"data: "] * 2


async def test_a_turn_that_need_not_wait_is_not_told_to(store: Store[str]) -> None:
    server = Scripted(store, relay=MemoryRelay(), on_busy="queue")
    for body in (create(), resuming(create(), TURN)):
        assert PING not in await whole(server, body)
    with pytest.raises(NotFoundError):
        await whole(server, resuming(say("thr_none"), "other"))
    with pytest.raises(NotFoundError):
        await whole(server, say("thr_none"))
