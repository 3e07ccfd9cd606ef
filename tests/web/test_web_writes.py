"""Straight at the ASGI app: what one write carries, how far a turn runs ahead of its reader, and who ends it."""

import asyncio
import gc
import json
from typing import Any

import anyio
import pytest
from starlette.types import Message, Scope

from chatkit.server import ChatKitServer
from chatkit.store import Store
from chatkit.testing import parse_events
from chatkit.types import (
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadsCreateReq,
    UserMessageItem,
)
from chatkit.web.app import create_app
from chatkit.web.sse import HIGH_WATER, EventStreamResponse
from tests.scripted import (
    Events,
    Scripted,
    beginning,
    create,
    delta,
    done,
    items_of,
    saying,
    texts,
    widget,
)
from tests.served import PATIENCE, who
from tests.web.test_web_streams import NOTE, Numbering, Step, Watched


async def call(server: ChatKitServer[str], body: Any, send: Any, leaves: asyncio.Event | None = None) -> None:
    """Post a body to the app, with a `send` of one's own; the reader leaves when `leaves` is set."""
    inbox = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]
    leaves = leaves or asyncio.Event()

    async def receive() -> Message:
        if inbox:
            return inbox.pop()
        await leaves.wait()
        return {"type": "http.disconnect"}

    scope: Scope = {"type": "http", "method": "POST", "path": "/chatkit", "headers": [], "query_string": b""}
    await create_app(server, context=who)(scope, receive, send)


async def test_frames_that_are_ready_together_leave_in_one_write() -> None:
    """STYLE (web/sse): joined writes"""
    server = Scripted(Numbering(), saying(*beginning("a", "t"), *(delta("a", str(n)) for n in range(500))))
    bodies: list[bytes] = []

    async def send(message: Message) -> None:
        bodies.append(message.get("body", b""))

    await call(server, create(), send)
    assert len(parse_events(b"".join(bodies))) == 505
    assert len(bodies) < 12


async def test_a_turn_does_not_run_far_ahead_of_its_reader() -> None:
    """DESIGN: memory per open stream"""
    said = 0

    async def endless(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        nonlocal said
        for event in beginning("a", thread.id):
            yield event
        while True:
            said += 1
            yield delta("a", "x" * 1024)

    first = asyncio.Event()

    async def send(message: Message) -> None:
        if message.get("body"):
            first.set()
            await asyncio.Event().wait()

    reading = asyncio.ensure_future(call(Watched(Numbering(), endless), create(), send))
    await first.wait()
    for _ in range(200):
        await asyncio.sleep(0)
    assert said < 2 * HIGH_WATER / 1024 + 10
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_a_server_that_says_so_by_an_error_has_lost_its_reader_too(store: Store[str]) -> None:
    """S-23: some servers raise from `send` when the connection is gone"""
    step = Step()
    step.asked.release()
    server = Watched(store, step.script)

    async def send(message: Message) -> None:
        if b"<0>" in message.get("body", b""):
            raise OSError("broken pipe")

    await call(server, create("Hi"), send)
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi", "<0>", NOTE]


async def test_a_request_that_is_cancelled_saves_all_the_same(store: Store[str]) -> None:
    """P2: a server that stops cancels its requests"""
    step = Step()
    step.asked.release()
    server = Watched(store, step.script)
    arrived = asyncio.Event()

    async def send(message: Message) -> None:
        if b"<0>" in message.get("body", b""):
            arrived.set()

    reading = asyncio.ensure_future(call(server, create("Hi"), send))
    await arrived.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi", "<0>", NOTE]


@pytest.mark.parametrize("way", ["leaves", "is cancelled"])
@pytest.mark.parametrize("busy", ["with a task", "for a moment"])
async def test_a_reader_who_has_stalled_and_is_gone_ends_what_the_responder_waits_for(
    store: Store[str], way: str, busy: str
) -> None:
    """S-23, P2: also while a write is stuck, and whatever the responder is waiting for by then"""
    ended: list[str] = []

    async def lookup() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("lookup")

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        try:
            for event in beginning("a", thread.id):
                yield event
            yield delta("a", "said")
            if busy == "with a task":
                await asyncio.ensure_future(lookup())
            for _ in range(100_000):  # longer than the reader stays
                await asyncio.sleep(0)
        finally:
            ended.append("responder")

    server = Watched(store, script)
    stuck, leaves = asyncio.Event(), asyncio.Event()

    async def send(message: Message) -> None:
        if b"said" in message.get("body", b""):
            stuck.set()
            await asyncio.Event().wait()

    reading = asyncio.ensure_future(call(server, create("Hi"), send, leaves))
    with anyio.fail_after(PATIENCE):
        await stuck.wait()
        for _ in range(5):  # the lookup begins
            await asyncio.sleep(0)
        if way == "leaves":
            leaves.set()
            await reading
        else:
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
    assert ended == (["lookup", "responder"] if busy == "with a task" else ["responder"])
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi", "said", NOTE]


async def test_a_turn_that_waits_keeps_neither_its_request_nor_what_it_has_sent() -> None:
    """DESIGN: memory per open stream"""
    before = [len(alive(kind)) for kind in (ThreadsCreateReq, ThreadItemDoneEvent)]
    waiting = asyncio.Event()

    class Waiting(Watched):
        async def respond(
            self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
        ) -> Events:
            yield done(widget("w", "shown", thread.id))
            waiting.set()
            await asyncio.Event().wait()

    async def send(message: Message) -> None: ...

    reading = asyncio.ensure_future(call(Waiting(Numbering()), create(), send))
    with anyio.fail_after(PATIENCE):
        await waiting.wait()
    assert [len(alive(kind)) for kind in (ThreadsCreateReq, ThreadItemDoneEvent)] == before
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


def alive(kind: type[Any]) -> list[Any]:
    gc.collect()
    return [thing for thing in gc.get_objects() if type(thing) is kind]


@pytest.mark.parametrize("grace", [0, -1])
def test_a_stream_needs_some_time_to_save(grace: float) -> None:
    stream: Any = None
    with pytest.raises(ValueError, match="grace"):
        EventStreamResponse(stream, grace=grace)
