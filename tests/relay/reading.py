"""Readers who may come back, and turns that say things when a test lets them."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from chatkit.server import StreamingResult
from chatkit.testing import parse_events
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem
from tests.scripted import ALICE, Events, Scripted, beginning, create, delta, request
from tests.turns.test_conversations import Reader

TURN = "0d3f2c1e-4b5a-4c6d-8e7f-001122334455"


def resuming(body: dict[str, Any], turn_id: str | None = TURN) -> dict[str, Any]:
    """The request of a client that can come back."""
    return {**body, "capabilities": ["resume"], "turn_id": turn_id}


def attach(thread_id: str, after_seq: int = 0, turn_id: str = TURN) -> dict[str, Any]:
    return request("threads.attach", thread_id=thread_id, turn_id=turn_id, after_seq=after_seq)


async def pieces(server: Scripted, body: dict[str, Any], person: str = ALICE) -> AsyncGenerator[bytes, None]:
    """What a connection carries, as it comes."""
    result = await server.process(json.dumps(body), person)
    assert isinstance(result, StreamingResult)
    started = await result.start()
    async with aclosing(started.rest):
        if started.first is not None:
            yield started.first
        async for piece in started.rest:
            yield piece


async def whole(server: Scripted, body: dict[str, Any], person: str = ALICE) -> bytes:
    """All that a connection carries, to its end."""
    async with aclosing(pieces(server, body, person)) as stream:
        return b"".join([piece async for piece in stream])


def frames_of(stream: bytes) -> list[tuple[int, bytes]]:
    """Number and frame, without pings."""
    found: list[tuple[int, bytes]] = []
    for frame in stream.split(b"\n\n"):
        if frame and not frame.startswith(b":"):
            number, data = frame.split(b"\n")
            assert (number[:4], data[:6]) == (b"id: ", b"data: ")
            found.append((int(number[4:]), data + b"\n\n"))
    return found


@dataclass
class Tab:
    """What one reader holds, over all its connections: the element's state, without drawing."""

    reader: Reader = field(default_factory=lambda: Reader({"thread": None, "items": []}))
    seq: int = 0
    effects: list[str] = field(default_factory=list[str])
    fell: bool = False
    """Whether a number was lower than the one before it."""

    def take(self, number: int, data: bytes) -> None:
        [event] = parse_events(data)
        self.fell = self.fell or number < self.seq
        self.seq = number
        if event.type == "client_effect":
            self.effects.append(event.name)
        self.reader.take(event)

    def take_all(self, stream: bytes) -> None:
        for number, data in frames_of(stream):
            self.take(number, data)

    def holds(self) -> dict[str, Any]:
        return self.reader.holds()


@dataclass
class Told:
    """A script that says what a test tells it, and answers when it is told that that was all."""

    queue: "asyncio.Queue[ThreadStreamEvent | None]" = field(
        default_factory=asyncio.Queue["ThreadStreamEvent | None"]
    )
    thread: ThreadMetadata | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        self.thread = thread
        self.begun.set()
        while (event := await self.queue.get()) is not None:
            yield event

    def say(self, *events: ThreadStreamEvent) -> None:
        for event in events:
            self.queue.put_nowait(event)

    def end(self) -> None:
        self.queue.put_nowait(None)


async def begun(server: Scripted, told: Told, turn_id: str = TURN) -> tuple[str, AsyncGenerator[bytes, None]]:
    """Start a turn in a new thread: the thread's id, and the connection that started it."""
    connection = pieces(server, resuming(create("Hi"), turn_id))
    await connection.__anext__()
    await told.begun.wait()
    assert told.thread is not None
    return told.thread.id, connection


async def half_said(
    server: Scripted, told: Told, item_id: str = "a"
) -> tuple[str, AsyncGenerator[bytes, None], bytes]:
    """Start a turn and have it say one half: the thread's id, the connection, and what came by it."""
    thread_id, connection = await begun(server, told)
    told.say(*beginning(item_id, thread_id), delta(item_id, "half"))
    here = b""
    while b"half" not in here:
        here += await connection.__anext__()
    return thread_id, connection, here


async def settled() -> None:
    """Let everything happen that can happen now."""
    for _ in range(20):
        await asyncio.sleep(0)
