"""Stopping a turn from anywhere, and what a thread says of a turn that runs (extensions.md §2.3)."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import pytest

from chatkit.errors import NotFoundError, ThreadBusyError
from chatkit.store import MemoryStore, Store
from chatkit.testing import ask, parse_events
from chatkit.turns.places import OnBusy
from chatkit.types import (
    GeneratedImage,
    GeneratedImageUpdated,
    ThoughtTask,
    ThreadItem,
    ThreadMetadata,
    WorkflowTaskAdded,
)
from tests.plain_store import PlainStore
from tests.relay.reading import TURN, Tab, Told, attach, begun, frames_of, pieces, resuming, settled, whole
from tests.relay.relays import Relays
from tests.relay.test_snapshots import picture, workflow
from tests.scripted import (
    ALICE,
    BOB,
    Scripted,
    added,
    answer,
    beginning,
    delta,
    done,
    items_of,
    request,
    say,
    texts,
    types,
    updated,
    widget,
)


def cancel(thread_id: str, turn_id: str = TURN) -> dict[str, Any]:
    return request("threads.cancel", thread_id=thread_id, turn_id=turn_id)


def get(thread_id: str, *capabilities: str) -> dict[str, Any]:
    return {**request("threads.get_by_id", thread_id=thread_id), "capabilities": [*capabilities]}


async def given(relays: Relays, store: Store[str], on_busy: OnBusy = "reject") -> tuple[Scripted, Told]:
    told = Told()
    return Scripted(store, told.__call__, relay=relays(), on_busy=on_busy), told


async def test_stop_saves_what_is_on_screen_and_every_reader_sees_it_done(
    store: Store[str], relays: Relays
) -> None:
    """S-22: a person did stop, so the note is stored; S-21 is for those who do not announce `resume`"""
    server, told = await given(relays, store)
    thread_id, first = await begun(server, told)
    second = pieces(server, attach(thread_id))
    two = await second.__anext__()
    told.say(*beginning("text", thread_id), delta("text", "half"), *beginning("blank", thread_id))
    told.say(added(widget("w", "half a widget", thread_id)), added(workflow("wf", thread_id)))
    told.say(updated("wf", WorkflowTaskAdded(task_index=0, task=ThoughtTask(content="thinking"))))
    told.say(added(workflow("empty", thread_id)), added(picture("pic", thread_id)))
    image = GeneratedImage(id="ig", url="https://example.com/half.png")
    told.say(updated("pic", GeneratedImageUpdated(image=image, progress=0.5)))
    await settled()
    assert await ask(server, cancel(thread_id), ALICE) == {}
    one = b"".join([piece async for piece in first])
    two += b"".join([piece async for piece in second])
    stored = await items_of(store, thread_id)
    assert texts(stored) == [
        "Hi",
        "half",
        "<widget>",
        "<workflow>",
        "<generated_image>",
        "<sdk_hidden_context>",
    ]
    for stream in (one, two):
        ends = [event for event in parse_events(stream) if event.type == "thread.item.done"]
        assert [event.item.id for event in ends if event.item.type != "user_message"] == [
            "text",
            "w",
            "wf",
            "pic",
        ]
        gone = [event.item_id for event in parse_events(stream) if event.type == "thread.item.removed"]
        assert gone == ["blank", "empty"]
    tab = Tab()
    tab.take_all(two)
    assert [item["id"] for item in tab.holds()["items"]] == [item.id for item in stored[:-1]]


async def test_stop_may_be_asked_for_as_often_as_one_likes(relays: Relays) -> None:
    """issue: cancel twice, cancel after the end, cancel what nobody knows"""
    server, told = await given(relays, MemoryStore(owner=str))
    thread_id, first = await begun(server, told)
    both = await asyncio.gather(*[ask(server, cancel(thread_id), ALICE) for _ in range(2)])
    assert [
        *both,
        await ask(server, cancel(thread_id), ALICE),
        await ask(server, cancel(thread_id, "?"), ALICE),
    ] == [{} for _ in range(4)]
    await first.aclose()
    assert texts(await items_of(server.store, thread_id)) == ["Hi", "<sdk_hidden_context>"]  # one note


async def test_nobody_stops_anothers_turn(store: Store[str], relays: Relays) -> None:
    server, told = await given(relays, store)
    thread_id, first = await begun(server, told)
    with pytest.raises(NotFoundError):
        await ask(server, cancel(thread_id), BOB)
    told.say(done(answer("a", "whole", thread_id)))
    told.end()
    assert b"whole" in b"".join([piece async for piece in first])


async def test_an_app_that_keeps_nothing_tells_its_readers_so(relays: Relays) -> None:
    class Strict(Scripted):
        async def handle_stream_cancelled(
            self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: str
        ) -> None:
            pass

    told = Told()
    server = Strict(MemoryStore(owner=str), told.__call__, relay=relays())
    thread_id, first = await begun(server, told)
    told.say(*beginning("a", thread_id), delta("a", "half"))
    await settled()
    await ask(server, cancel(thread_id), ALICE)
    stream = b"".join([piece async for piece in first])
    assert types(parse_events(stream))[-1] == "item.removed"
    assert texts(await items_of(server.store, thread_id)) == ["Hi"]


async def test_a_title_given_just_before_a_stop_is_saved_and_told(relays: Relays) -> None:
    server, told = await given(relays, MemoryStore(owner=str))
    thread_id, first = await begun(server, told)
    await settled()
    assert told.thread is not None
    told.thread.title = "Title"
    await ask(server, cancel(thread_id), ALICE)
    assert types(parse_events(b"".join([piece async for piece in first])))[-1] == "updated"
    assert (await server.store.load_thread(thread_id, ALICE)).title == "Title"


async def test_a_thread_says_which_turn_runs_and_what_it_has_said_so_far(
    store: Store[str], relays: Relays
) -> None:
    server, told = await given(relays, store)
    thread_id, first = await begun(server, told)
    await first.aclose()
    told.say(*beginning("a", thread_id), delta("a", "so far"))
    await settled()
    thread = await ask(server, get(thread_id, "resume"), ALICE)
    active = thread["active_turn"]
    assert (active["turn_id"], active["last_seq"]) == (TURN, 6)
    assert [item["content"][0]["text"] for item in active["items"]] == ["so far"]
    assert [item["type"] for item in thread["items"]["data"]] == ["user_message"]
    assert "active_turn" not in await ask(server, get(thread_id), ALICE)  # it was not announced
    told.say(delta("a", ", on"))
    told.say(done(answer("a", "so far, on", thread_id)))
    told.end()
    rest = frames_of(await whole(server, attach(thread_id, active["last_seq"])))
    tab = Tab()
    tab.reader.items = [item for item in await items_of(store, thread_id) if item.id != "a"]
    tab.reader.items.append(answer("a", "so far", thread_id))
    for number, data in rest:
        tab.take(number, data)
    assert tab.holds()["items"][-1]["content"][0]["text"] == "so far, on"
    assert "active_turn" not in await ask(server, get(thread_id, "resume"), ALICE)


async def test_who_loads_and_attaches_at_any_moment_misses_nothing_and_doubles_nothing(
    relays: Relays,
) -> None:
    """An item that ends between the turn's state and the page is in the page, and is told again."""
    server, told = await given(relays, MemoryStore(owner=str))
    thread_id, first = await begun(server, told)
    await first.aclose()
    script = [*beginning("a", thread_id), delta("a", "x"), done(answer("a", "x!", thread_id))]
    script += [*beginning("b", thread_id), delta("b", "y"), done(answer("b", "y!", thread_id))]
    loads: list[Any] = []
    for event in script:
        told.say(event)
        await settled()
        loads.append(await ask(server, get(thread_id, "resume"), ALICE))
    told.end()
    for thread in loads:
        tab, active = Tab(), thread["active_turn"]
        held = [*thread["items"]["data"], *active["items"]]
        assert len({item["id"] for item in held}) == len(held)
        tab.reader = type(tab.reader)({"thread": None, "items": held})
        tab.take_all(await whole(server, attach(thread_id, active["last_seq"])))
        assert [item["content"][0]["text"] for item in tab.holds()["items"]] == ["Hi", "x!", "y!"]


async def test_a_busy_thread_refuses_a_second_turn_before_the_first_byte(relays: Relays) -> None:
    """§2.4; P7"""
    server, told = await given(relays, MemoryStore(owner=str))
    thread_id, first = await begun(server, told)
    await first.aclose()
    with pytest.raises(ThreadBusyError):
        await whole(server, resuming(say(thread_id, "two"), "second"))
    result: Any = await server.process(json.dumps(resuming(say(thread_id, "three"), "third")), ALICE)
    async with aclosing(result.json_events) as frames:  # a hand-written endpoint
        [event] = parse_events(b"".join([frame async for frame in frames]))
    assert event.type == "error"
    told.end()
    await whole(server, attach(thread_id))
    assert texts(await items_of(server.store, thread_id)) == ["Hi"]


async def test_a_second_turn_queues_and_the_thread_names_the_one_that_runs(relays: Relays) -> None:
    server, told = await given(relays, MemoryStore(owner=str), "queue")
    thread_id, first = await begun(server, told)
    second = asyncio.ensure_future(whole(server, resuming(say(thread_id, "two"), "second")))
    await settled()
    assert (await ask(server, get(thread_id, "resume"), ALICE))["active_turn"]["turn_id"] == TURN
    await first.aclose()
    told.end()
    told.end()
    assert types(parse_events(await second)) == ["item.done", "stream_options"]
    assert texts(await items_of(server.store, thread_id)) == ["Hi", "two"]


async def test_a_second_turn_may_end_the_first(relays: Relays) -> None:
    server, told = await given(relays, MemoryStore(owner=str), "cancel")
    thread_id, first = await begun(server, told)
    told.say(*beginning("a", thread_id), delta("a", "half"))
    await settled()
    second = asyncio.ensure_future(whole(server, resuming(say(thread_id, "two"), "second")))
    assert types(parse_events(b"".join([piece async for piece in first])))[-1] == "item.done"
    told.end()
    await second
    assert texts(await items_of(server.store, thread_id)) == ["Hi", "half", "<sdk_hidden_context>", "two"]


async def test_deleting_a_thread_ends_its_turn(store: Store[str], relays: Relays) -> None:
    server, told = await given(relays, store)
    thread_id, first = await begun(server, told)
    await ask(server, request("threads.delete", thread_id=thread_id), ALICE)
    await first.aclose()
    with pytest.raises(NotFoundError):
        await whole(server, attach(thread_id))
    if not isinstance(store, PlainStore):
        with pytest.raises(NotFoundError):
            await store.load_thread(thread_id, ALICE)
