"""Ten thousand attaches of one person: a hundred are heard, the rest are told to come later (issue: bad input)."""

import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import pytest

from tests.relay.reading import attach
from tests.scripted import create
from tests.survival.processes import Worker, running
from tests.survival.reader import Client
from tests.survival.test_many_at_once import posted

ATTACHES = 10_000 if os.environ.get("CHATKIT_SOAK") else 1_000
READERS = 100
"""What an owner may have open by default."""
AT_ONCE = 20
ROOM = 64 << 20
"""Bytes that the process may grow by. A stream that is kept costs some ten thousand; these would be a hundred MB."""


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncGenerator[Worker]:
    one = Worker(tmp_path, env={"SITE_DATABASE": f"sqlite:///{tmp_path / 'chat.db'}"})
    async with running(one):
        yield one


def resident(worker: Worker) -> int:
    """Bytes of memory that a worker has."""
    assert worker.process is not None
    pages = int(Path(f"/proc/{worker.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.disconnect
async def test_one_person_cannot_fill_the_server_with_readers(worker: Worker, figures: list[str]) -> None:
    refused = 0
    async with Client(worker.base, "greedy") as first, AsyncExitStack() as held:
        turn = await held.enter_async_context(anyio.create_task_group())
        turn.start_soon(first.turn, create("count 100000 0.5"), "turn-1")
        await first.begun.wait()
        assert first.thread_id is not None
        body = attach(first.thread_id, 0, "turn-1")
        for _ in range(READERS):
            stream = await held.enter_async_context(posted(worker, "greedy", body))
            assert (await stream.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        before, at_once = resident(worker), anyio.CapacityLimiter(AT_ONCE)

        async def knock() -> None:
            nonlocal refused
            async with at_once, posted(worker, "greedy", body) as answer:
                head = (await answer.readuntil(b"\r\n\r\n")).lower()
                assert head.startswith(b"http/1.1 429 ")
                assert b"\r\nretry-after: " in head
                refused += 1

        async with anyio.create_task_group() as knocking:
            for _ in range(ATTACHES):
                knocking.start_soon(knock)
        grown = resident(worker) - before
        assert refused == ATTACHES
        assert grown < ROOM
        # Somebody else is not concerned, nor is the turn.
        async with Client(worker.base, "modest") as other:
            await other.turn(create("count 3 0"))
        seen = first.tab.seq
        while first.tab.seq == seen:  # noqa: ASYNC110 (a list of frames has no event)
            await anyio.sleep(0.05)
        turn.cancel_scope.cancel()
    figures.append(f"many attaches: {refused} of one person refused, memory grew by {grown / 2**20:.1f} MiB")
