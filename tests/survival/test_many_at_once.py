"""Many turns at once on one worker, each with two readers: nothing is lost (issue: 500 concurrent turns)."""

import asyncio
import json
import resource
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.relay.reading import Tab, attach, resuming
from tests.scripted import create
from tests.survival.processes import Worker, running

TURNS = 500
NUMBERS = 40
END = b"0\r\n\r\n"
"""The last chunk of a stream that was not cut."""


@pytest.fixture
def many_files() -> None:
    """Two readers of each turn are two thousand sockets in two processes: more than some systems give by default."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 4096:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))


@pytest.fixture
async def worker(many_files: None, tmp_path: Path) -> AsyncGenerator[Worker]:
    one = Worker(tmp_path, env={"SITE_DATABASE": f"sqlite:///{tmp_path / 'chat.db'}"})
    async with running(one):
        yield one


@asynccontextmanager
async def posted(worker: Worker, person: str, body: dict[str, Any]) -> AsyncGenerator[asyncio.StreamReader]:
    """A connection on which a body was posted. A client library would take longer than the server."""
    content = json.dumps(body).encode()
    lines = [
        "POST /chatkit HTTP/1.1",
        "Host: test",
        f"X-Person: {person}",
        "Connection: close",
        f"Content-Length: {len(content)}",
    ]
    reader, writer = await asyncio.open_connection("127.0.0.1", worker.port)
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        yield reader
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


def body_of(chunked: bytes) -> bytes:
    """The body of an answer that came in chunks."""
    found: list[bytes] = []
    while True:
        size, _, rest = chunked.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return b"".join(found)
        found.append(rest[:length])
        chunked = rest[length + 2 :]


async def test_many_turns_with_two_readers_each_lose_nothing(worker: Worker, figures: list[str]) -> None:
    whole = "".join(f"{number} " for number in range(NUMBERS))
    read = 0

    async def turn(number: int) -> None:
        nonlocal read
        person, turn_id = f"person-{number}", f"turn-{number}"
        start = resuming(create(f"count {NUMBERS} 0.05"), turn_id)
        async with posted(worker, person, start) as first:
            heads = [await first.readuntil(b"\r\n\r\n")]
            begun = await first.readuntil(b"}\n\n")  # pings may come before it
            thread_id: str = json.loads(begun[begun.index(b"{") :])["thread"]["id"]
            async with posted(worker, person, attach(thread_id, 0, turn_id)) as second:
                heads.append(await second.readuntil(b"\r\n\r\n"))
                streams = [begun + await first.read(), await second.read()]
        tabs = [Tab(), Tab()]
        for head, stream, tab in zip(heads, streams, tabs, strict=True):
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            assert stream.endswith(END)
            tab.take_all(body_of(stream))
            assert [item["content"][0]["text"] for item in tab.holds()["items"][1:]] == [whole]
            assert not tab.fell
            read += tab.seq
        assert tabs[0].holds() == tabs[1].holds()

    async with anyio.create_task_group() as turns:
        for number in range(TURNS):
            turns.start_soon(turn, number)
    figures.append(f"many at once: {TURNS} turns with two readers each, {read} frames read, none lost")
