"""What a running turn would leave behind is written down while it runs, and what a dead one left is saved (§2.5)."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import anyio
import pytest

from chatkit.errors import NotFoundError, UnavailableError
from chatkit.relay.memory import MemoryRelay
from chatkit.server import checkpoints, sweeping
from chatkit.store import MemoryStore
from chatkit.store.sql import SQLStore
from chatkit.testing import parse_events
from chatkit.types import ThreadItem
from tests.plain_store import PlainStore
from tests.relay.reading import TURN, Told, attach, begun, settled, whole
from tests.relay.test_snapshots import workflow
from tests.scripted import (
    ALICE,
    Scripted,
    added,
    answer,
    beginning,
    create,
    delta,
    done,
    items_of,
    request,
    texts,
    types,
    widget,
)
from tests.served import PATIENCE

Leasing = MemoryStore[str] | SQLStore[str]


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, in a fraction of the time."""
    monkeypatch.setattr(checkpoints, "EVERY", 0.02)
    monkeypatch.setattr(checkpoints, "TOUCH", 0.05)
    monkeypatch.setattr(checkpoints, "SHARE", 1)
    monkeypatch.setattr(sweeping, "EVERY", 0.02)


@pytest.fixture(params=["memory", "sqlite"])
def leasing(request: pytest.FixtureRequest) -> Leasing:
    return MemoryStore(owner=str) if request.param == "memory" else request.getfixturevalue("database")


async def until(true: Any) -> None:
    """Wait for what comes by itself."""
    with anyio.fail_after(PATIENCE):
        while not await true():  # noqa: ASYNC110 (the store has no event for it)
            await asyncio.sleep(0.01)


async def written(store: Leasing, *ids: str) -> None:
    """Wait until a checkpoint holds just these items."""

    async def holds() -> bool:
        return [item.id for item in await in_checkpoint(store)] == [*ids]

    await until(holds)


async def in_checkpoint(store: Leasing, turn_id: str = TURN) -> list[ThreadItem]:
    """What the newest checkpoint of the turn holds; nothing is changed."""
    if isinstance(store, MemoryStore):
        kept = store._checkpoints.get(turn_id)  # pyright: ignore[reportPrivateUsage]
        return [] if kept is None else kept.items
    import sqlalchemy as sa
    from pydantic import TypeAdapter

    from chatkit.store.tables import checkpoints as table

    query = sa.select(table.c.body).where(table.c.turn_id == turn_id)
    rows = await store._database.all(query)  # pyright: ignore[reportPrivateUsage]
    return TypeAdapter(list[ThreadItem]).validate_json(rows[0].body) if rows else []


@asynccontextmanager
async def dead_turn(store: Leasing, lease: float, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[str]:
    """A thread whose turn has said half of something, and whose process is gone without a word."""
    monkeypatch.setattr(sweeping, "LEASE", lease)
    told = Told()
    server = Scripted(store, told.__call__, relay=MemoryRelay())
    thread_id, first = await begun(server, told)
    told.say(done(answer("a", "whole", thread_id)), *beginning("b", thread_id), delta("b", "half"))
    await written(store, "b")
    [task] = [task for task in asyncio.all_tasks() if task.get_name() == f"checkpoints of {TURN}"]
    task.cancel()  # the process has been killed: it writes no more
    yield thread_id
    told.end()
    await first.aclose()


async def test_what_is_pending_is_written_down_while_a_turn_runs(leasing: Leasing) -> None:
    """§2.5; what is done is not in it, nor what is not worth keeping"""
    told = Told()
    server = Scripted(leasing, told.__call__, relay=MemoryRelay())
    thread_id, first = await begun(server, told)
    told.say(*beginning("a", thread_id), delta("a", "one"), added(widget("w", "half a widget", thread_id)))
    told.say(added(workflow("empty", thread_id)), *beginning("blank", thread_id))
    await written(leasing, "a", "w")
    assert texts(await in_checkpoint(leasing)) == ["one", "<widget>"]
    told.say(delta("a", " two"), done(answer("a", "one two", thread_id)))
    await written(leasing, "w")
    assert texts(await items_of(leasing, thread_id)) == ["Hi", "one two"]  # and nothing else is stored
    told.say(done(widget("w", "a widget", thread_id)))
    told.end()
    async for _ in first:
        pass
    assert await leasing.open_checkpoints() == []
    assert texts(await items_of(leasing, thread_id)) == ["Hi", "one two", "<widget>"]


async def test_a_turn_that_says_nothing_is_still_heard_of(leasing: Leasing) -> None:
    """§2.5: silence is how a dead one is known"""
    told = Told()
    server = Scripted(leasing, told.__call__, relay=MemoryRelay())
    thread_id, first = await begun(server, told)
    thrice = [0.0]

    async def written_again() -> bool:
        for one in await leasing.open_checkpoints(thread_id=thread_id):
            thrice.append(one.silent)
        return sum(now < before for before, now in pairwise(thrice)) >= 3

    await until(written_again)
    told.end()
    async for _ in first:
        pass
    assert await leasing.open_checkpoints() == []


async def test_who_may_not_come_back_costs_no_checkpoint() -> None:
    """§1: a client that announces nothing"""
    store = MemoryStore[str](owner=str)
    told = Told()
    server = Scripted(store, told.__call__, relay=MemoryRelay())
    reading = asyncio.ensure_future(whole(server, create("Hi")))
    await told.begun.wait()
    await asyncio.sleep(0.1)
    assert await store.open_checkpoints() == []
    told.end()
    await reading


async def test_with_a_store_that_cannot_nothing_is_written() -> None:
    """§2.5: a crash keeps finished items only"""
    told = Told()
    server = Scripted(PlainStore(), told.__call__, relay=MemoryRelay())
    async with server:
        thread_id, first = await begun(server, told)
        told.say(*beginning("a", thread_id), delta("a", "half"))
        await asyncio.sleep(0.1)
        with pytest.raises(NotFoundError):
            await whole(server, attach(thread_id, turn_id="unknown"))
        told.say(done(answer("a", "whole", thread_id)))
        told.end()
        assert b"whole" in b"".join([piece async for piece in first])


class Gated(MemoryStore[str]):
    """Writes checkpoints when a test lets it, and notes in which order things are written."""

    def __init__(self) -> None:
        super().__init__(owner=str)
        self.gate = asyncio.Event()
        self.at_the_gate = asyncio.Event()
        self.order: list[str] = []
        self.at_once = 0

    async def save_checkpoint(
        self, turn_id: str, thread_id: str, items: Sequence[ThreadItem], context: str
    ) -> None:
        self.at_once += 1
        assert self.at_once == 1
        self.at_the_gate.set()
        await self.gate.wait()
        self.order.append(f"half of {','.join(item.id for item in items)}")
        await super().save_checkpoint(turn_id, thread_id, items, context)
        self.at_once -= 1

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        self.order.append(item.id)
        await super().add_thread_item(thread_id, item, context)


async def test_a_slow_store_has_one_checkpoint_to_write_and_slows_no_frame() -> None:
    store, told = Gated(), Told()
    server = Scripted(store, told.__call__, relay=MemoryRelay())
    thread_id, first = await begun(server, told)
    told.say(*beginning("a", thread_id), delta("a", "one"))
    await store.at_the_gate.wait()
    stream = b""
    for word in ("two", "three", "four"):
        told.say(delta("a", word))
        while word.encode() not in stream:
            stream += await first.__anext__()
    assert store.at_once == 1
    store.gate.set()
    told.say(done(answer("a", "x", thread_id)))
    told.end()
    async for _ in first:
        pass
    assert await store.open_checkpoints() == []


@pytest.mark.parametrize("ending", ["done", "stopped"])
async def test_a_finished_item_is_never_behind_its_own_half(ending: str) -> None:
    """Issue: no finished item is lost. A half that is on its way when the whole comes must not be the later one."""
    store, told = Gated(), Told()
    server = Scripted(store, told.__call__, relay=MemoryRelay())
    thread_id, first = await begun(server, told)
    told.say(*beginning("a", thread_id), delta("a", "half"))
    await store.at_the_gate.wait()
    stopping: asyncio.Future[Any] | None = None
    if ending == "done":
        told.say(done(answer("a", "whole", thread_id)))
    else:
        body = request("threads.cancel", thread_id=thread_id, turn_id=TURN)
        stopping = asyncio.ensure_future(server.process(json.dumps(body), ALICE))
    await settled()
    assert "a" not in store.order
    store.gate.set()
    if stopping is None:
        told.end()
    else:
        await stopping
    async for _ in first:
        pass
    assert [entry for entry in store.order if "a" in entry.split()][:2] == ["half of a", "a"]


async def test_a_checkpoint_that_fails_is_tried_again_and_the_turn_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures = [UnavailableError("the database is away"), OSError("the disk is full")]

    class Failing(MemoryStore[str]):
        drops = 0

        async def save_checkpoint(
            self, turn_id: str, thread_id: str, items: Sequence[ThreadItem], context: str
        ) -> None:
            if failures:
                raise failures.pop()
            await super().save_checkpoint(turn_id, thread_id, items, context)

        async def drop_checkpoint(self, turn_id: str) -> None:
            self.drops += 1
            if self.drops == 1:
                raise OSError("the disk is full")
            await super().drop_checkpoint(turn_id)

    store, told = Failing(owner=str), Told()
    server = Scripted(store, told.__call__, relay=MemoryRelay())
    thread_id, first = await begun(server, told)
    told.say(*beginning("a", thread_id), delta("a", "half"))
    await written(store, "a")
    told.say(done(answer("a", "whole", thread_id)))
    told.end()
    assert types(parse_events(b"".join([piece async for piece in first])))[-1] == "item.done"
    assert await store.open_checkpoints() == []
    assert caplog.text.count("no checkpoint of turn") == 2


async def test_what_a_stop_could_not_save_stays_for_later() -> None:
    """§2.3: pending items are saved"""

    class Away(MemoryStore[str]):
        async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
            if item.id == "a":
                raise UnavailableError("the database is away")
            await super().add_thread_item(thread_id, item, context)

    store, told = Away(owner=str), Told()
    server = Scripted(store, told.__call__, relay=MemoryRelay())
    thread_id, first = await begun(server, told)
    told.say(*beginning("a", thread_id), delta("a", "half"))
    await written(store, "a")
    body = request("threads.cancel", thread_id=thread_id, turn_id=TURN)
    await server.process(json.dumps(body), ALICE)
    async for _ in first:
        pass
    assert [one.turn_id for one in await store.open_checkpoints()] == [TURN]
