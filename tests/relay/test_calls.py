"""Several client tool calls in one turn, answered by their ids (extensions.md §3)."""

import asyncio
from typing import Any

import pytest

from chatkit.clock import now
from chatkit.errors import ConflictError
from chatkit.relay.memory import MemoryRelay
from chatkit.store import Store
from chatkit.testing import collect_events
from chatkit.types import ClientToolCallItem, ThreadItemDoneEvent, ThreadMetadata, UserMessageItem
from tests.relay.relays import Relays
from tests.scripted import ALICE, Events, Scripted, answer, create, done, items_of, request, say, texts, types
from tests.served import PATIENCE


def call(id: str, thread_id: str) -> ClientToolCallItem:
    return ClientToolCallItem(
        id=f"fc_{id}", thread_id=thread_id, created_at=now(), call_id=id, name="pick", arguments={}
    )


async def asking(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
    if message is None:
        yield done(answer("a", "all answered", thread.id))
        return
    for id in ("one", "two", "three"):
        yield done(call(id, thread.id))


def answering(
    thread_id: str, id: str, result: Any = 1, capabilities: tuple[str, ...] = ("calls",)
) -> dict[str, Any]:
    body = request("threads.add_client_tool_output", thread_id=thread_id, call_id=id, result=result)
    return {**body, "capabilities": [*capabilities]}


async def given(store: Store[str], relay: MemoryRelay | None) -> tuple[Scripted, str]:
    server = Scripted(store, asking, relay=relay or MemoryRelay())
    await collect_events(server, {**create("Hi"), "capabilities": ["calls"]}, ALICE)
    server.relay = relay
    return server, (await store.load_threads(1, None, "desc", ALICE)).data[0].id


@pytest.mark.parametrize("capabilities", [("calls",), ("calls", "resume")])
async def test_the_turn_goes_on_with_the_last_answer(
    store: Store[str], capabilities: tuple[str, ...], relays: Relays
) -> None:
    """The deletions of S-35 are off"""
    server, thread_id = await given(store, relays())
    for id in ("two", "one"):
        events = await collect_events(server, answering(thread_id, id, id, capabilities), ALICE)
        assert types(events) == ["stream_options"]
    failed = {"error": {"message": "no"}}
    events = await collect_events(server, answering(thread_id, "three", failed, capabilities), ALICE)
    assert types(events) == ["stream_options", "item.done"]
    calls = [item for item in await items_of(store, thread_id) if isinstance(item, ClientToolCallItem)]
    assert [(item.call_id, item.status, item.output) for item in calls] == [
        ("one", "completed", "one"),
        ("two", "completed", "two"),
        ("three", "completed", failed),
    ]


async def test_answers_that_come_side_by_side_are_all_taken(store: Store[str], relays: Relays) -> None:
    """P7 is for people: these wait for each other, and just one of them goes on"""
    server, thread_id = await given(store, relays())
    ids = ("three", "one", "two")
    every = await asyncio.gather(*[collect_events(server, answering(thread_id, id), ALICE) for id in ids])
    assert sorted(types(events) for events in every) == [
        ["stream_options"],
        ["stream_options"],
        ["stream_options", "item.done"],
    ]
    assert len(server.asked) == 2


async def test_a_call_is_answered_once_and_only_while_it_matters(store: Store[str], relays: Relays) -> None:
    server, thread_id = await given(store, relays())
    await collect_events(server, answering(thread_id, "one"), ALICE)
    for id, result in (("one", "another"), ("unknown", 1)):
        with pytest.raises(ConflictError, match=id):
            await collect_events(server, answering(thread_id, id, result), ALICE)
    # The same answer once more does no harm: a line broke, or a second tab has run the tool.
    assert types(await collect_events(server, answering(thread_id, "one"), ALICE)) == ["stream_options"]
    assert len(server.asked) == 1
    await collect_events(server, {**say(thread_id, "Never mind"), "capabilities": ["calls"]}, ALICE)
    await collect_events(
        server, answering(thread_id, "one"), ALICE
    )  # of the new turn: its calls have the same ids
    assert texts(await items_of(store, thread_id))[0] == "Hi"


async def test_the_last_answer_said_once_more_begins_no_second_turn(
    store: Store[str], relays: Relays
) -> None:
    server, thread_id = await given(store, relays())
    for id in ("one", "two", "three"):
        await collect_events(server, answering(thread_id, id), ALICE)
    assert types(await collect_events(server, answering(thread_id, "three"), ALICE)) == ["stream_options"]
    assert len(server.asked) == 2
    assert texts(await items_of(store, thread_id))[-1] == "all answered"


@pytest.mark.parametrize("capabilities", [(), ("resume",), ("calls",)])
async def test_who_announces_no_calls_gets_the_newest_only(
    store: Store[str], relays: Relays, capabilities: tuple[str, ...]
) -> None:
    """And only that is stored; a call that something else follows is none of that row"""

    async def two_rows(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        yield done(call("zero", thread.id))
        yield done(answer("a", "between", thread.id))
        for id in ("one", "two"):
            yield done(call(id, thread.id))

    server = Scripted(store, two_rows, relay=relays())
    events = await collect_events(server, {**create("Hi"), "capabilities": [*capabilities]}, ALICE)
    told = [event.item.id for event in events if event.type == "thread.item.done"][1:]
    several = "calls" in capabilities
    assert told == ["fc_zero", "a", *(["fc_one"] if several else []), "fc_two"]
    stored = await items_of(store, (await store.load_threads(1, None, "desc", ALICE)).data[0].id)
    assert [item.id for item in stored][1:] == told


@pytest.mark.parametrize("end", ["fails", "stops"])
async def test_the_newest_call_is_not_lost_with_its_turn(store: Store[str], end: str) -> None:
    """extensions.md §3, S-13: what the responder has finished is stored, whatever comes next"""
    called = asyncio.Event()

    async def breaking(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        yield done(call("one", thread.id))
        called.set()
        if end == "fails":
            raise LookupError("half-way")
        await asyncio.sleep(PATIENCE)

    server = Scripted(store, breaking)
    turn = asyncio.ensure_future(collect_events(server, create("Hi"), ALICE))
    await called.wait()
    [thread] = (await store.load_threads(1, None, "desc", ALICE)).data
    if end == "stops":
        await server.stop_running(thread.id, ALICE)
    events = await turn
    sent = [event.item.id for event in events if isinstance(event, ThreadItemDoneEvent)][1:]
    assert sent == ["fc_one"]
    assert "fc_one" in [item.id for item in await items_of(store, thread.id)]
    if end == "fails":
        assert types(events)[-2:] == ["item.done", "error"]


@pytest.mark.parametrize(("relay", "capabilities"), [(None, ("calls",)), (MemoryRelay(), ())])
async def test_others_answer_the_newest_call_as_upstream(
    store: Store[str], relay: MemoryRelay | None, capabilities: tuple[str, ...]
) -> None:
    """S-35: the other pending calls are removed"""
    server, thread_id = await given(store, relay)
    events = await collect_events(server, answering(thread_id, "one", 1, capabilities), ALICE)
    assert types(events) == ["stream_options", "item.done"]
    calls = [item for item in await items_of(store, thread_id) if isinstance(item, ClientToolCallItem)]
    assert [item.call_id for item in calls] == ["three"]
