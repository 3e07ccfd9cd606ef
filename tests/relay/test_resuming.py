"""Turns that outlive their reader: starting, numbering, leaving and coming back (extensions.md §1, §2.1…2.3)."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import pytest

from chatkit.errors import InvalidRequestError, NotFoundError, NotSupportedError, TurnExpiredError
from chatkit.relay.memory import MemoryRelay
from chatkit.store import MemoryStore, Store
from chatkit.testing import parse_events
from tests.relay.reading import TURN, Tab, Told, attach, begun, frames_of, pieces, resuming, settled, whole
from tests.relay.relays import Relays
from tests.scripted import (
    ALICE,
    BOB,
    Scripted,
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


def server_of(
    relays: Relays, store: Store[Any] | None = None, script: Any = None, **options: Any
) -> Scripted:
    relay = relays(**options)
    return Scripted(
        store or MemoryStore(owner=str), script or saying(done(answer("a", "Hello"))), relay=relay
    )


async def test_who_announces_nothing_gets_the_bytes_of_a_server_without_a_relay(relays: Relays) -> None:
    """extensions.md rule 1: an old client"""
    stream = await whole(server_of(relays), create())
    assert not [word for word in (b"id: ", b"turn_id", b"resumable") if word in stream]
    assert types(parse_events(stream)) == ["created", "item.done", "stream_options", "item.done"]


async def test_a_server_without_a_relay_ignores_what_a_client_announces() -> None:
    """extensions.md rule 2"""
    server = Scripted(MemoryStore(owner=str), saying(done(answer("a", "Hello"))))
    stream = await whole(server, resuming(create()))
    assert not [word for word in (b"id: ", b"turn_id", b"resumable") if word in stream]
    thread = (await server.store.load_threads(1, None, "desc", ALICE)).data[0]
    for body in (attach(thread.id), request("threads.watch")):
        with pytest.raises(NotSupportedError):
            await whole(server, body)
    with pytest.raises(NotSupportedError):
        await server.process(json.dumps(request("threads.cancel", thread_id=thread.id, turn_id=TURN)), ALICE)


async def test_frames_are_numbered_from_one_and_name_their_turn(store: Store[str], relays: Relays) -> None:
    stream = await whole(server_of(relays, store), resuming(create()))
    assert [number for number, _ in frames_of(stream)] == [1, 2, 3, 4]
    [options] = [event for event in parse_events(stream) if event.type == "stream_options"]
    assert options.stream_options.model_dump() == {"allow_cancel": True, "turn_id": TURN, "resumable": True}


async def test_text_is_the_same_with_and_without_numbers(relays: Relays) -> None:
    said = [*beginning("a", "thr_1"), delta("a", 'wörd "\n\u2028'), done(answer("a", "x"))]
    plain = parse_events(await whole(server_of(relays, script=saying(*said)), create()))
    numbered = parse_events(await whole(server_of(relays, script=saying(*said)), resuming(create())))
    assert types(plain) == types(numbered)
    assert [e.update for e in plain if e.type == "thread.item.updated"] == [
        e.update for e in numbered if e.type == "thread.item.updated"
    ]


async def test_a_turn_goes_on_when_its_reader_leaves(store: Store[str], relays: Relays) -> None:
    told = Told()
    server = server_of(relays, store, told.__call__)
    thread_id, connection = await begun(server, told)
    told.say(*beginning("a", thread_id), delta("a", "one "))
    await connection.__anext__()
    await connection.aclose()
    told.say(delta("a", "two"), done(answer("a", "one two", thread_id)))
    told.end()
    assert await whole(server, attach(thread_id))
    assert texts(await items_of(store, thread_id)) == ["Hi", "one two"]  # and no note of a stop


async def test_a_start_that_is_repeated_stores_its_message_once(store: Store[str], relays: Relays) -> None:
    told = Told()
    server = server_of(relays, store, told.__call__)
    thread_id, first = await begun(server, told)
    await first.aclose()
    again = asyncio.ensure_future(whole(server, resuming(say(thread_id, "Hi"))))
    other = asyncio.ensure_future(whole(server, resuming(create("Hi"))))
    await settled()
    told.say(done(answer("a", "Hello", thread_id)))
    told.end()
    one, two = Tab(), Tab()
    one.take_all(await again)
    two.take_all(await other)
    assert one.holds() == two.holds()
    assert await whole(server, resuming(create("Hi")))  # over, and still the same turn
    assert len(server.asked) == 1
    assert texts(await items_of(store, thread_id)) == ["Hi", "Hello"]
    assert len((await store.load_threads(9, None, "desc", ALICE)).data) == 1


async def test_the_same_id_of_another_person_is_another_turn(relays: Relays) -> None:
    server = server_of(relays)
    await whole(server, resuming(create()))
    await whole(server, resuming(create()), BOB)
    assert len(server.asked) == 2


async def test_an_id_does_not_open_anothers_thread_where_people_have_no_names(relays: Relays) -> None:
    from tests.plain_store import PlainStore

    told = Told()
    server = server_of(relays, PlainStore(), told.__call__)
    _, connection = await begun(server, told)
    await connection.aclose()
    with pytest.raises(NotFoundError):
        await whole(server, resuming(create()), BOB)
    told.end()


async def test_a_start_that_failed_may_be_tried_again(relays: Relays) -> None:
    server = server_of(relays)
    with pytest.raises(NotFoundError):
        await whole(server, resuming(say("thr_none")))
    stream = await whole(server, resuming(create()))
    assert types(parse_events(stream))[-1] == "item.done"


async def test_a_reader_comes_back_at_any_frame(relays: Relays) -> None:
    told = Told()
    server = server_of(relays, script=told.__call__)
    thread_id, connection = await begun(server, told)
    await connection.aclose()
    told.say(*beginning("a", thread_id), *[delta("a", f"{n} ") for n in range(5)])
    told.say(done(answer("a", "0 1 2 3 4 ", thread_id)))
    told.end()
    unbroken = Tab()
    unbroken.take_all(await whole(server, attach(thread_id)))
    last = unbroken.seq
    assert last == 3 + 2 + 5 + 1
    tab = Tab()
    for _ in range(last + 1):
        async with aclosing(pieces(server, attach(thread_id, tab.seq))) as stream:
            async for piece in stream:
                tab.take(*frames_of(piece)[0])  # one frame, then the line drops
                break
    # Each line dropped inside the snapshot, whose frames have one number: it is sent again as a whole.
    assert tab.seq == last
    tab.take_all(await whole(server, attach(thread_id, tab.seq)))
    assert not tab.fell
    assert tab.holds() == unbroken.holds()


async def test_what_cannot_be_attached_to_says_why(store: Store[str], relays: Relays) -> None:
    """issue: unknown, foreign, expired, from the future"""
    server = server_of(relays, store)
    thread_id = json.loads(frames_of(await whole(server, resuming(create())))[0][1][6:])["thread"]["id"]
    with pytest.raises(NotFoundError):
        await whole(server, attach(thread_id, turn_id="unknown"))
    with pytest.raises(NotFoundError):
        await whole(server, attach(thread_id), BOB)
    with pytest.raises(NotFoundError):
        await whole(server, attach("thr_none"))
    with pytest.raises(InvalidRequestError, match="has come to 4"):
        await whole(server, attach(thread_id, 5))
    with pytest.raises(ValueError, match="after_seq"):
        await whole(server, attach(thread_id, -1))
    await whole(server, resuming(create(), "other"))
    with pytest.raises(NotFoundError):  # a turn of another thread of one's own
        await whole(server, attach(thread_id, turn_id="other"))


async def test_a_turn_that_is_long_over_is_gone_and_not_run_again(relays: Relays) -> None:
    """410; a start that is repeated that late must not store its message twice"""
    server = server_of(relays, keep=0.001)
    stream = await whole(server, resuming(create()))
    thread_id = json.loads(frames_of(stream)[0][1][6:])["thread"]["id"]
    await asyncio.sleep(0.05)
    for body in (attach(thread_id), resuming(say(thread_id))):
        with pytest.raises(TurnExpiredError):
            await whole(server, body)
    assert texts(await items_of(server.store, thread_id)) == ["Hello", "Hello"]


@pytest.mark.parametrize("turn_id", ["", "x" * 129])
async def test_a_client_names_its_turn_sensibly(turn_id: str, relays: Relays) -> None:
    with pytest.raises(InvalidRequestError, match="turn_id"):
        await whole(server_of(relays), resuming(create(), turn_id))


async def test_a_turn_without_an_id_gets_one(relays: Relays) -> None:
    stream = await whole(server_of(relays), resuming(create(), None))
    [options] = [event for event in parse_events(stream) if event.type == "stream_options"]
    assert len(options.stream_options.turn_id or "") == 36


async def test_silence_is_filled_with_pings(relays: Relays) -> None:
    told = Told()
    server = server_of(relays, script=told.__call__, ping_after=0.01)
    _, connection = await begun(server, told)
    assert await connection.__anext__()  # stream_options
    assert [await connection.__anext__() for _ in range(3)] == [b": ping\n\n"] * 3
    told.end()
    await connection.aclose()


async def test_what_is_ready_comes_in_one_piece(relays: Relays) -> None:
    told = Told()
    server = server_of(relays, script=told.__call__)
    thread_id, connection = await begun(server, told)
    await connection.aclose()
    told.say(*beginning("a", thread_id), *[delta("a", "x") for _ in range(50)])
    await settled()
    reader = pieces(server, attach(thread_id))
    assert len(frames_of(await reader.__anext__())) == 3 + 2 + 50
    await reader.aclose()
    told.end()


async def test_a_failure_outside_the_responder_is_the_last_frame(relays: Relays) -> None:
    """protocol.md §1.4: after the headers have gone"""

    class Failing(MemoryStore[str]):
        async def add_thread_item(self, thread_id: str, item: Any, context: str) -> None:
            if item.id == "a":
                raise OSError("the disk is full")
            await super().add_thread_item(thread_id, item, context)

        async def save_thread(self, thread: Any, context: str) -> None:
            if thread.title:
                raise OSError("the disk is full")
            await super().save_thread(thread, context)

    async def script(thread: Any, message: Any, context: str) -> Any:
        thread.title = "x"
        yield done(answer("b", "y", thread.id))

    server = server_of(relays, Failing(owner=str), script)
    events = parse_events(await whole(server, resuming(create())))
    assert types(events)[-1] == "error"


@pytest.mark.parametrize("option", ["keep", "ping_after", "readers"])
def test_options_that_mean_nothing_are_refused(option: str) -> None:
    with pytest.raises(ValueError, match=option):
        MemoryRelay(**{option: 0})
