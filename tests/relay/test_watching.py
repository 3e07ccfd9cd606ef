"""Watching one's threads, and how much one person may read at once (extensions.md §2.3)."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import pytest

from chatkit.errors import NotSupportedError, TooManyRequestsError
from chatkit.relay.base import PING
from chatkit.relay.readers import MAX_BEHIND
from chatkit.store import MemoryStore
from chatkit.testing import ask
from chatkit.types import ThreadMetadata, UserMessageItem
from chatkit.web.app import create_app
from tests.plain_store import PlainStore
from tests.relay.reading import TURN, Told, attach, begun, pieces, resuming, settled, whole
from tests.relay.relays import Relays
from tests.scripted import ALICE, BOB, Events, Scripted, answer, create, done, request, saying
from tests.served import served, who

WATCH = request("threads.watch")


def told_of(piece: bytes) -> list[Any]:
    return [json.loads(frame[6:]) for frame in piece.split(b"\n\n") if frame.startswith(b"data: ")]


async def test_a_person_hears_of_their_turns_and_threads_and_of_no_others(relays: Relays) -> None:
    told = Told()
    server = Scripted(MemoryStore(owner=str), told.__call__, relay=relays())
    thread_id, first = await begun(server, told)
    await first.aclose()
    this: dict[str, Any] = {"thread_id": thread_id, "turn_id": TURN}
    async with aclosing(pieces(server, WATCH)) as alice, aclosing(pieces(server, WATCH, BOB)) as bob:
        assert told_of(await alice.__anext__()) == [{"type": "turn.started", **this}]  # running ones first
        assert await bob.__anext__() == PING
        told.end()
        assert told_of(await alice.__anext__()) == [{"type": "turn.ended", **this}]
        other = resuming(create(), "other")
        told.end()
        stream = await whole(server, other)
        events = told_of(await alice.__anext__())
        assert [(event["type"], event["turn_id"]) for event in events][:1] == [("turn.started", "other")]
        await ask(server, request("threads.update", thread_id=thread_id, title="New"), ALICE)
        await ask(server, request("threads.delete", thread_id=thread_id), ALICE)
        more = told_of(await alice.__anext__())
        assert [event["type"] for event in [*events, *more]] == [
            *("turn.started", "turn.ended", "thread.updated", "thread.deleted")
        ]
        [renamed] = [event for event in more if event["type"] == "thread.updated"]
        assert (renamed["thread"]["title"], renamed["thread"]["metadata"]) == ("New", {})
        silent = asyncio.ensure_future(bob.__anext__())
        await settled()
        assert not silent.done()
        silent.cancel()
        await asyncio.gather(silent, return_exceptions=True)
        assert stream


async def test_a_title_that_a_turn_gives_is_heard_of(relays: Relays) -> None:
    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        thread.title = "Given"
        yield done(answer("a", "x", thread.id))

    server = Scripted(MemoryStore(owner=str), script, relay=relays())
    async with aclosing(pieces(server, WATCH)) as watching:
        assert await watching.__anext__() == PING
        await whole(server, resuming(create()))
        heard = told_of(await watching.__anext__())
    assert [event["type"] for event in heard] == ["turn.started", "thread.updated", "turn.ended"]


async def test_where_people_have_no_names_nobody_watches(relays: Relays) -> None:
    """501"""
    server = Scripted(PlainStore(), relay=relays())
    with pytest.raises(NotSupportedError):
        await whole(server, WATCH)


async def test_who_watches_and_does_not_read_is_sent_away(relays: Relays) -> None:
    relay = relays()
    server = Scripted(MemoryStore(owner=str), relay=relay)
    async with aclosing(pieces(server, WATCH)) as watching:
        await watching.__anext__()
        for _ in range(3):
            relay.announce(ALICE, b"x" * (MAX_BEHIND // 2))
        assert [piece async for piece in watching] == []  # it comes again, and is told what runs


@pytest.mark.parametrize("named", [True, False])
async def test_one_person_may_read_only_so_much_at_once(named: bool, relays: Relays) -> None:
    """429; per person where the store tells people apart, else per thread"""
    told = Told()
    store = MemoryStore[str](owner=str) if named else PlainStore()
    server = Scripted(store, told.__call__, relay=relays(readers=3))
    thread_id, first = await begun(server, told)
    readers = [pieces(server, attach(thread_id)) for _ in range(3)]
    for reader in readers:
        await reader.__anext__()
    for _ in range(50):
        with pytest.raises(TooManyRequestsError) as refused:
            await whole(server, attach(thread_id))
        assert (refused.value.status_code, refused.value.retry_after) == (429, 5)
    await readers.pop().aclose()
    again = pieces(server, attach(thread_id))
    await again.__anext__()
    told.end()
    for reader in (*readers, again, first):
        await reader.aclose()
    assert await whole(server, attach(thread_id))


async def test_over_http_a_turn_survives_its_line_and_failures_have_their_status() -> None:
    """protocol.md §1.4, extensions.md §2.6: `create_app` brings a relay"""
    told = Told()
    async with served(create_app(Scripted(MemoryStore(owner=str), told.__call__), context=who)) as site:
        async with site.raw(resuming(create("Hi"))) as line:
            await line.readuntil(b'"stream_options"')  # then the line is cut
        assert told.thread is not None
        thread_id = told.thread.id
        await settled()
        told.say(done(answer("a", "still here", thread_id)))
        told.end()
        response = await site.post(attach(thread_id, 1))
        assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream")
        assert b"still here" in response.content
        statuses = [
            (await site.post(body, person)).status_code
            for body, person in (
                (attach(thread_id, turn_id="?"), ALICE),
                (attach(thread_id), BOB),
                (attach(thread_id, 99), ALICE),
                (attach(thread_id, -1), ALICE),
                (request("threads.cancel", thread_id=thread_id, turn_id=TURN), ALICE),
                (request("threads.cancel", thread_id=thread_id, turn_id=TURN), BOB),
            )
        ]
        assert statuses == [404, 404, 400, 400, 200, 404]


async def test_a_line_that_is_refused_over_http_may_come_later(relays: Relays) -> None:
    """issue: ten thousand attaches from one client"""
    server = Scripted(MemoryStore(owner=str), saying(), relay=relays(readers=1))
    async with served(create_app(server, context=who)) as site:
        async with site.raw(WATCH) as line:
            await line.readuntil(b": ping")
            refused = await site.post(WATCH)
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert (await site.post(WATCH, BOB, path="/nowhere")).status_code == 404
