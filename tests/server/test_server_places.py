"""One turn per thread: what a second start meets, and what the end of a server means (P7, extensions.md §2.4, §2.6)."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import anyio
import pytest

from chatkit.clock import now
from chatkit.errors import NotFoundError, ThreadBusyError, UnavailableError
from chatkit.server import StreamingResult
from chatkit.store import MemoryStore, Store
from chatkit.testing import ask, collect_events
from chatkit.turns.places import OnBusy
from chatkit.types import ThreadItem, ThreadMetadata, UserMessageItem
from tests.scripted import (
    ALICE,
    BOB,
    Events,
    Scripted,
    added,
    answer,
    create,
    delta,
    done,
    items_of,
    request,
    say,
    silence,
    texts,
    types,
)


class Gate:
    """A script that says it has begun, waits to be let through, and then answers."""

    def __init__(self) -> None:
        self.begun, self.open = asyncio.Event(), asyncio.Event()

    async def __call__(self, thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        word = message.content[0].text if message else ""
        yield added(answer(f"a-{word}", "", thread.id))
        yield delta(f"a-{word}", f"half of {word}")
        self.begun.set()
        await self.open.wait()
        yield done(answer(f"a-{word}", f"all of {word}", thread.id))


async def given(store: Store[str], on_busy: OnBusy = "reject", grace: float = 10) -> tuple[Scripted, Gate]:
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=now()), ALICE)
    gate = Gate()
    server = Scripted(store, gate.__call__, on_busy=on_busy, grace=grace)
    return server, gate


async def start(server: Scripted, body: dict[str, Any], context: str = ALICE) -> Any:
    """As an edge does: pull the first frame, or raise."""
    result = await server.process(json.dumps(body), context)
    assert isinstance(result, StreamingResult)
    return await result.start()


async def read(server: Scripted, body: dict[str, Any]) -> list[str]:
    return types(await collect_events(server, body, ALICE))


async def test_a_second_message_is_refused_before_anything_is_saved(store: Store[str]) -> None:
    """P7: an edge answers 409, a hand-written endpoint sends an error"""
    server, gate = await given(store)
    first = asyncio.ensure_future(read(server, say("thr_1", "one")))
    await gate.begun.wait()
    with pytest.raises(ThreadBusyError) as caught:
        await start(server, say("thr_1", "two"))
    assert (caught.value.status_code, caught.value.code) == (409, "thread_busy")
    [event] = await collect_events(server, say("thr_1", "three"), ALICE)
    assert event.model_dump(exclude_none=True) == {
        "type": "error",
        "code": "stream.error",
        "allow_retry": True,
    }
    gate.open.set()
    assert "item.done" in await first
    assert texts(await items_of(store, "thr_1")) == ["one", "all of one"]


async def test_a_thread_is_free_again_after_its_turn(store: Store[str]) -> None:
    """P7"""
    server, gate = await given(store)
    gate.open.set()
    for word in ("one", "two"):
        assert (await read(server, say("thr_1", word)))[-1] == "item.done"
    assert texts(await items_of(store, "thr_1")) == ["one", "all of one", "two", "all of two"]


@pytest.mark.parametrize("end", ["failure", "refusal", "leaving", "cancelling"])
async def test_a_thread_is_free_again_however_its_turn_ended(store: Store[str], end: str) -> None:
    """P7"""
    server, gate = await given(store)
    if end == "failure":
        server.script = failing
        await read(server, say("thr_1", "one"))
    elif end == "refusal":
        with pytest.raises(NotFoundError):
            await read(server, say("thr_1", "one", attachments=["atc_none"]))
    else:
        stream = await start(server, say("thr_1", "one"))
        if end == "leaving":
            await stream.aclose()
        else:
            reading = asyncio.ensure_future(drain(stream))
            await gate.begun.wait()
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
    server.script = silence
    assert await read(server, say("thr_1", "two")) == ["item.done", "stream_options"]


async def failing(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
    raise LookupError
    yield  # an async generator


async def drain(stream: Any) -> list[bytes]:
    return [frame async for frame in stream]


async def test_threads_do_not_wait_for_each_other(store: Store[str]) -> None:
    """P7"""
    server, gate = await given(store)
    one = asyncio.ensure_future(read(server, say("thr_1", "one")))
    await gate.begun.wait()
    gate.begun.clear()
    other = asyncio.ensure_future(read(server, create("two")))
    await gate.begun.wait()
    gate.open.set()
    assert (await one)[-1] == (await other)[-1] == "item.done"


async def test_a_stranger_does_not_learn_that_a_thread_is_busy(store: Store[str]) -> None:
    """ST-10"""
    server, gate = await given(store)
    first = asyncio.ensure_future(read(server, say("thr_1", "one")))
    await gate.begun.wait()
    with pytest.raises(NotFoundError):
        await start(server, say("thr_1", "two"), BOB)
    gate.open.set()
    await first


class Careless(MemoryStore[str]):
    """Checks who may see a thread, but does not say whose things are whose."""

    def owner_of(self, context: str) -> str | None:
        return None


async def test_a_stranger_does_not_learn_it_from_a_store_without_owners_either() -> None:
    """ST-10, DESIGN decision 6"""
    server, gate = await given(Careless(owner=str))
    first = asyncio.ensure_future(read(server, say("thr_1", "one")))
    await gate.begun.wait()
    with pytest.raises(NotFoundError):
        await start(server, say("thr_1", "two"), BOB)
    gate.open.set()
    await first


async def test_queued_messages_are_answered_in_their_order(store: Store[str]) -> None:
    """extensions.md §2.4"""
    server, gate = await given(store, "queue")
    reads: list[asyncio.Future[list[str]]] = []
    for word in ("one", "two", "three"):
        reads.append(asyncio.ensure_future(read(server, say("thr_1", word))))
        await gate.begun.wait()
        await asyncio.sleep(0)
    assert texts(await items_of(store, "thr_1")) == ["one"]
    gate.open.set()
    for one in reads:
        assert (await one)[-1] == "item.done"
    words = ["one", "two", "three"]
    assert texts(await items_of(store, "thr_1")) == [said for w in words for said in (w, f"all of {w}")]


async def test_who_leaves_the_queue_keeps_nobody_waiting(store: Store[str]) -> None:
    """extensions.md §2.4"""
    server, gate = await given(store, "queue")
    reads: list[asyncio.Future[list[str]]] = []
    for word in ("one", "two", "three"):
        reads.append(asyncio.ensure_future(read(server, say("thr_1", word))))
        await gate.begun.wait()
        await asyncio.sleep(0.01)
    reads[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await reads[1]
    gate.open.set()
    await reads[0]
    await reads[2]
    assert texts(await items_of(store, "thr_1")) == ["one", "all of one", "three", "all of three"]


async def test_a_new_message_can_end_the_running_answer(store: Store[str]) -> None:
    """extensions.md §2.4: what was said is kept, the first reader sees a proper end"""
    server, gate = await given(store, "cancel")
    first = asyncio.ensure_future(read(server, say("thr_1", "one")))
    await gate.begun.wait()
    server.script = silence
    second = await read(server, say("thr_1", "two"))
    assert second == ["item.done", "stream_options"]
    assert (await first)[-1] == "item.updated"
    assert texts(await items_of(store, "thr_1")) == ["one", "half of one", "<sdk_hidden_context>", "two"]


async def test_three_at_once_leave_the_last(store: Store[str]) -> None:
    """extensions.md §2.4: nothing that was accepted is lost on the way"""
    server, gate = await given(store, "cancel")
    first = asyncio.ensure_future(read(server, say("thr_1", "one")))
    await gate.begun.wait()
    gate.open.set()
    others = [asyncio.ensure_future(read(server, say("thr_1", word))) for word in ("two", "three")]
    for reading in (first, *others):
        await reading
    said = texts(await items_of(store, "thr_1"))
    assert [word for word in said if word in ("one", "two", "three")] == ["one", "two", "three"]
    assert said[-1] == "all of three"


class Slow(MemoryStore[str]):
    """Lets others run in the middle of a write."""

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        await super().add_thread_item(thread_id, item, context)


async def test_a_second_cancellation_does_not_break_off_the_saving_of_the_first() -> None:
    """P2: the reader has left, the save is on its way, and a new message comes"""
    store = Slow(owner=str)
    server, gate = await given(store, "cancel")
    first = asyncio.ensure_future(read(server, say("thr_1", "one")))
    await gate.begun.wait()
    first.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    server.script = silence
    assert await read(server, say("thr_1", "two")) == ["item.done", "stream_options"]
    with pytest.raises(asyncio.CancelledError):
        await first
    assert texts(await items_of(store, "thr_1")) == ["one", "half of one", "<sdk_hidden_context>", "two"]


async def test_a_new_message_does_not_wait_for_a_reader_that_has_stopped_reading(store: Store[str]) -> None:
    """extensions.md §2.4: a laptop that sleeps with the chat open must not block the thread"""
    server, _ = await given(store, "cancel")
    stalled = await start(server, say("thr_1", "one"))
    frames: AsyncGenerator[bytes, None] = stalled.rest
    for _ in range(3):
        await frames.__anext__()
    server.script = silence
    with anyio.fail_after(30):
        assert await read(server, say("thr_1", "two")) == ["item.done", "stream_options"]
    said = texts(await items_of(store, "thr_1"))
    assert said == ["one", "half of one", "<sdk_hidden_context>", "two"]
    assert [frame async for frame in stalled][1:] == []  # should it wake up, it finds the end


async def test_deleting_a_thread_ends_its_answer(store: Store[str]) -> None:
    """S-27"""
    server, gate = await given(store)
    first = asyncio.ensure_future(read(server, say("thr_1", "one")))
    await gate.begun.wait()
    assert await ask(server, request("threads.delete", thread_id="thr_1"), ALICE) == {}
    assert (await first)[-1] == "item.updated"
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_1", ALICE)
    assert await items_of(store, "thr_1") == []


async def test_deleting_a_thread_does_not_wait_for_a_reader_that_has_stopped_reading(
    store: Store[str],
) -> None:
    """S-27"""
    server, _ = await given(store)
    stalled = await start(server, say("thr_1", "one"))
    with anyio.fail_after(30):
        assert await ask(server, request("threads.delete", thread_id="thr_1"), ALICE) == {}
    await stalled.aclose()
    assert await items_of(store, "thr_1") == []


async def test_a_server_that_ends_lets_running_turns_finish(store: Store[str]) -> None:
    """extensions.md §2.6"""
    server, gate = await given(store)
    async with server:
        first = asyncio.ensure_future(read(server, say("thr_1", "one")))
        await gate.begun.wait()
        asyncio.get_running_loop().call_later(0.01, gate.open.set)
    assert (await first)[-1] == "item.done"
    assert texts(await items_of(store, "thr_1")) == ["one", "all of one"]


async def test_a_server_that_ends_takes_no_more_turns_and_still_reads(store: Store[str]) -> None:
    """protocol.md §1.4: 503, and when to come back"""
    server, gate = await given(store)
    await server.__aenter__()
    first = asyncio.ensure_future(read(server, say("thr_1", "one")))
    await gate.begun.wait()
    ending = asyncio.ensure_future(server.__aexit__(None, None, None))
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError) as caught:
        await start(server, create("two"))
    assert caught.value.retry_after > 0
    assert len((await ask(server, request("threads.list"), ALICE))["data"]) == 1
    gate.open.set()
    await asyncio.gather(first, ending)
    async with server:  # and it can begin anew
        assert (await read(server, create("three")))[0] == "created"


async def test_turns_that_outlast_the_grace_are_ended_and_saved(store: Store[str]) -> None:
    """extensions.md §2.6"""
    server, gate = await given(
        store, grace=1
    )  # also the time to save: little enough, and enough on a busy machine
    async with server:
        first = asyncio.ensure_future(read(server, say("thr_1", "one")))
        await gate.begun.wait()
    assert (await first)[-1] == "item.updated"
    assert texts(await items_of(store, "thr_1")) == ["one", "half of one", "<sdk_hidden_context>"]


@pytest.mark.parametrize(
    ("options", "error"),
    [({"on_busy": "wait"}, "on_busy"), ({"grace": 0}, "grace"), ({"grace": -1}, "grace")],
)
def test_options_that_mean_nothing_are_refused(options: Any, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        Scripted(MemoryStore(owner=str), **options)
