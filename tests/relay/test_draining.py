"""The end of a server: readers who attach or watch go first, turns have their time, what is left is kept (§2.6)."""

import asyncio
import signal
from contextlib import aclosing
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from chatkit.errors import UnavailableError
from chatkit.store import MemoryStore, Store
from chatkit.testing import parse_events
from tests.plain_store import PlainStore
from tests.relay.processes import running
from tests.relay.reading import Told, attach, begun, pieces, resuming, settled, whole
from tests.relay.relays import Relays
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
)
from tests.served import PATIENCE

WATCH = request("threads.watch")


async def test_readers_go_first_and_a_turn_that_ends_in_time_is_whole(
    store: Store[str], relays: Relays
) -> None:
    told = Told()
    server = Scripted(store, told.__call__, relay=relays())
    async with server:
        thread_id, first = await begun(server, told)
        attached = pieces(server, attach(thread_id, 1))
        stream = await attached.__anext__()
        draining = asyncio.ensure_future(server.drain())
        stream += b"".join([piece async for piece in attached])
        assert set(types(parse_events(stream))) <= {
            "item.done",
            "stream_options",
        }  # cut, and no word of an end
        for body in (attach(thread_id), resuming(create(), "new"), create()):
            with pytest.raises(UnavailableError):
                await whole(server, body)
        told.say(done(answer("a", "in time", thread_id)))
        told.end()
        await draining
    assert b"in time" in b"".join([piece async for piece in first])
    assert texts(await items_of(store, thread_id)) == ["Hi", "in time"]


async def test_a_turn_that_is_late_is_kept_as_after_a_crash(store: Store[str], relays: Relays) -> None:
    """§2.5: by the CheckpointStore; without it, finished items only. Nobody stopped, so no note (S-22)"""
    told = Told()
    server = Scripted(store, told.__call__, relay=relays(), grace=1.5)
    async with server:
        thread_id, first = await begun(server, told)
        told.say(done(answer("a", "done", thread_id)), *beginning("b", thread_id), delta("b", "half"))
        told.say(added(workflow("empty", thread_id)))
        await settled()
    events = parse_events(b"".join([piece async for piece in first]))
    plain = isinstance(store, PlainStore)
    last = ["item.removed" if plain else "item.done", "item.removed", "error"]
    assert types(events)[-3:] == last
    assert events[-1].model_dump(mode="json", exclude_none=True) == {
        "type": "error",
        "code": "turn_interrupted",
        "allow_retry": True,
    }
    assert texts(await items_of(store, thread_id)) == ["Hi", "done", *([] if plain else ["half"])]


async def test_who_watches_is_sent_away(relays: Relays) -> None:
    server = Scripted(MemoryStore(owner=str), relay=relays())
    async with server, aclosing(pieces(server, WATCH)) as watching:
        await watching.__anext__()
        await server.drain()
        assert [piece async for piece in watching] == []


async def test_a_turn_that_does_not_end_is_broken_off(relays: Relays) -> None:
    """Neither its generator nor the store comes back: the process must end all the same."""
    stuck = asyncio.Event()

    class Stuck(MemoryStore[str]):
        async def finish_checkpoint(self, turn_id: str) -> Any:
            await stuck.wait()

    told = Told()
    server = Scripted(Stuck(owner=str), told.__call__, relay=relays(), grace=0.02)
    with anyio.fail_after(PATIENCE):
        async with server:
            _, first = await begun(server, told)
    await first.aclose()


async def test_a_server_may_be_used_again_afterwards(relays: Relays) -> None:
    server = Scripted(MemoryStore(owner=str), relay=relays())
    for turn_id in ("one", "two"):
        async with server:
            assert b"stream_options" in await whole(server, resuming(create(), turn_id))


SITE = """
import asyncio
from chatkit.store.sql import SQLStore
from chatkit.web.app import create_app
from tests.relay.relays import Relays
from tests.scripted import Scripted, added, beginning, delta
from tests.served import who

async def script(thread, message, context):
    for event in beginning("a", thread.id):
        yield event
    yield delta("a", "half")
    await asyncio.Event().wait()

app = create_app(Scripted(SQLStore("sqlite:///{database}", owner=str), script, grace=2), context=who)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_that_is_told_to_stop_does_so_although_somebody_watches(
    tmp_path: Path, number: signal.Signals
) -> None:
    """uvicorn without a limit waits for every response; the answer is in the database of the next process"""
    with anyio.fail_after(3 * PATIENCE):
        async with running(tmp_path, SITE.format(database=tmp_path / "chat.db")) as process:
            async with (
                process.client() as client,
                client.stream("POST", "/chatkit", json=WATCH) as watching,
                client.stream("POST", "/chatkit", json=resuming(create("Hi"))) as answering,
            ):
                heard, said = watching.aiter_bytes(), answering.aiter_bytes()
                assert await heard.__anext__()
                stream = b""
                while b"half" not in stream:
                    stream += await said.__anext__()
                process.tell(number)
                assert b"error" not in b"".join([piece async for piece in heard])
                assert b"turn_interrupted" in b"".join([piece async for piece in said])
            await process.ended()
    from chatkit.store.sql import SQLStore

    async with SQLStore[str](f"sqlite:///{tmp_path / 'chat.db'}", owner=str) as store:
        [thread] = (await store.load_threads(9, None, "desc", ALICE)).data
        assert texts(await items_of(store, thread.id)) == ["Hi", "half"]


GRACE = """
import asyncio
from pathlib import Path
from chatkit.store.sql import SQLStore
from chatkit.web.app import create_app
from tests.scripted import Scripted, answer, beginning, delta, done
from tests.served import who

async def script(thread, message, context):
    for event in beginning("a", thread.id):
        yield event
    yield delta("a", "half")
    while not Path("{go}").exists():
        await asyncio.sleep(0.02)
    yield done(answer("a", "whole", thread.id))

app = create_app(Scripted(SQLStore("sqlite:///{database}", owner=str), script, grace=60), context=who)
"""


@pytest.mark.parametrize("read", [True, False])
@pytest.mark.parametrize("options", [[], ["--timeout-graceful-shutdown", "120"]])
async def test_a_turn_has_its_grace_although_the_process_is_told_to_stop(
    tmp_path: Path, options: list[str], read: bool
) -> None:
    """docs/deploy.md: under uvicorn, without a limit or with one that is long enough; with a reader or without"""
    go, database = tmp_path / "go", tmp_path / "chat.db"
    with anyio.fail_after(3 * PATIENCE):
        async with running(tmp_path, GRACE.format(go=go, database=database), *options) as process:
            async with process.client() as client, client.stream("POST", "/chatkit", json=WATCH) as watching:
                heard = watching.aiter_bytes()
                assert await heard.__anext__()
                async with client.stream("POST", "/chatkit", json=resuming(create("Hi"))) as answering:
                    stream, said = b"", answering.aiter_bytes()
                    while b"half" not in stream:
                        stream += await said.__anext__()
                    if read:
                        process.tell(signal.SIGTERM)
                        assert b"error" not in b"".join([piece async for piece in heard])  # it is stopping
                        go.touch()
                        last = parse_events(b"".join([piece async for piece in said]))
                        assert types(last) == ["item.done"]
                if not read:
                    process.tell(signal.SIGTERM)
                    assert b"error" not in b"".join([piece async for piece in heard])
                    go.touch()
            await process.ended()
    from chatkit.store.sql import SQLStore

    async with SQLStore[str](f"sqlite:///{database}", owner=str) as store:
        [thread] = (await store.load_threads(9, None, "desc", ALICE)).data
        assert texts(await items_of(store, thread.id)) == ["Hi", "whole"]
        assert await store.open_checkpoints() == []


async def test_nobody_who_still_gets_in_is_refused(tmp_path: Path) -> None:
    """docs/backend/scaling.md: the port is closed first, so that a proxy passes the worker over"""
    go, database, answered = tmp_path / "go", tmp_path / "chat.db", list[int]()
    go.touch()
    with anyio.fail_after(3 * PATIENCE):
        async with running(tmp_path, GRACE.format(go=go, database=database)) as process:
            async with process.client() as client:
                process.tell(signal.SIGTERM)
                while True:
                    start = resuming(create("Hi"), f"turn-{len(answered)}")
                    try:
                        answer = await client.post("/chatkit", json=start, headers={"Connection": "close"})
                    except httpx.TransportError:
                        break
                    answered.append(answer.status_code)
            await process.ended()
    assert set(answered) <= {200}
