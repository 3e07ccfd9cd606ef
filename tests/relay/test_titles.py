"""A person gives a thread a title while it is being answered: neither undoes what the other saves of it."""

import asyncio
from typing import Any

import pytest

from chatkit.relay.memory import MemoryRelay
from chatkit.store import MemoryStore, Store
from chatkit.testing import ask, parse_events
from chatkit.types import LockedStatus, ThreadMetadata
from tests.plain_store import PlainStore
from tests.relay.reading import Told, begun, settled
from tests.relay.relays import Relays
from tests.relay.sites import Site, until
from tests.scripted import ALICE, Scripted, answer, done, request


def given(thread_id: str, title: str) -> dict[str, Any]:
    return request("threads.update", thread_id=thread_id, title=title)


async def test_a_title_given_on_another_worker_stays(workers: Relays) -> None:
    """The turn goes on with it, and tells its readers; whatever else of the thread it saves"""
    site = Site(workers, 2)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    assert site.told.thread is not None
    await ask(two, request("threads.update", thread_id=thread_id, title="Given"), ALICE)
    thread = site.told.thread
    await until(lambda: asyncio.sleep(0, thread.title), lambda title: title == "Given")
    thread.metadata["saved"] = True
    site.told.say(done(answer("a", "whole", thread_id)))
    site.told.end()
    events = parse_events(b"".join([piece async for piece in connection]))
    assert [event.thread.title for event in events if event.type == "thread.updated"] == ["Given"]
    stored = await site.store.load_thread(thread_id, ALICE)
    assert (stored.title, stored.metadata) == ("Given", {"saved": True})
    # Nothing runs there any more.
    await ask(two, request("threads.update", thread_id=thread_id, title="Later"), ALICE)
    assert (await site.store.load_thread(thread_id, ALICE)).title == "Later"


@pytest.fixture(params=["memory", "sqlite"])
def revising(request: pytest.FixtureRequest) -> Store[str]:
    return MemoryStore(owner=str) if request.param == "memory" else request.getfixturevalue("database")


async def test_a_turn_that_never_hears_of_a_title_leaves_it_as_it_is(
    workers: Relays, revising: Store[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The word of another worker may come too late for the last thing that a turn saves"""

    async def lost(*_: object) -> None:
        pass

    site = Site(workers, 2, store=revising)
    monkeypatch.setattr(site.relays[1], "rename", lost)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    await ask(two, given(thread_id, "Given"), ALICE)
    locked = await revising.load_thread(thread_id, ALICE)
    locked.status = LockedStatus(reason="by the app")
    await revising.save_thread(locked, ALICE)
    assert site.told.thread is not None
    site.told.thread.metadata["saved"] = True
    site.told.say(done(answer("a", "whole", thread_id)))
    site.told.end()
    events = parse_events(b"".join([piece async for piece in connection]))
    assert [event.thread.title for event in events if event.type == "thread.updated"] == ["Given"]
    stored = await revising.load_thread(thread_id, ALICE)
    assert (stored.title, stored.metadata) == ("Given", {"saved": True})
    assert stored.status == LockedStatus(reason="by the app")


async def test_a_title_that_the_responder_gives_is_its_own(workers: Relays, revising: Store[str]) -> None:
    site = Site(workers, 2, store=revising)
    one, two = site.servers
    thread_id, connection = await begun(one, site.told)
    await ask(two, given(thread_id, "Given"), ALICE)
    thread = site.told.thread
    assert thread is not None
    await until(lambda: asyncio.sleep(0, thread.title), lambda title: title == "Given")
    thread.title = "Found"
    site.told.end()
    async for _ in connection:
        pass
    assert (await revising.load_thread(thread_id, ALICE)).title == "Found"


class SlowStore(PlainStore):
    """Takes its time to save a thread, when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()
        self.go.set()
        self.saving = asyncio.Event()

    async def save_thread(self, thread: ThreadMetadata, context: str) -> None:
        self.saving.set()
        thread = thread.model_copy(deep=True)
        await self.go.wait()
        await super().save_thread(thread, context)


@pytest.mark.parametrize("first", ["the person", "the turn"])
async def test_a_store_without_the_ability_is_asked_by_one_after_the_other(first: str) -> None:
    store, told = SlowStore(), Told()
    server = Scripted(store, told.__call__, relay=MemoryRelay())
    thread_id, connection = await begun(server, told)
    thread = told.thread
    assert thread is not None

    def answered() -> None:
        thread.metadata["saved"] = True
        told.say(done(answer("a", "whole", thread_id)))
        told.end()

    store.go.clear()
    store.saving.clear()
    if first == "the turn":
        answered()
        await store.saving.wait()
    naming = asyncio.create_task(ask(server, given(thread_id, "Given"), ALICE))
    if first == "the person":
        await store.saving.wait()
        answered()
    await settled()
    store.go.set()
    await naming
    async for _ in connection:
        pass
    stored = await store.load_thread(thread_id, ALICE)
    assert (stored.title, stored.metadata) == ("Given", {"saved": True})
