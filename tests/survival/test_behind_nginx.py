"""Three workers behind nginx, by the file that is deployed: words that flow, a new version, a proxy that dies."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from tests.scripted import create, request, say
from tests.survival.cluster import Cluster
from tests.survival.nginx import Nginx, nginx
from tests.survival.reader import Client, RefusedError, numbers_in, reached, text_of

NUMBERS = 60
PAUSE = 0.03
"""Together some two seconds for an answer; a worker that is told to stop gives it ten."""

VISITORS = 2
"""Who all ask all the time while the workers are replaced."""


@pytest.fixture
async def front(up: Cluster, tmp_path: Path) -> AsyncGenerator[Nginx]:
    async with nginx(tmp_path, up.workers[0].port) as one:
        yield one


def whole(client: Client) -> bool:
    """Whether a reader has counted to the end, with nothing twice and nothing missing."""
    return numbers_in(client.tab.holds()["items"][1:]) == list(range(NUMBERS)) and not client.tab.fell


async def test_words_flow_through_nginx_and_a_dead_worker_is_passed_over(up: Cluster, front: Nginx) -> None:
    """docs/backend/scaling.md: no buffering of /chatkit; a request is passed on when a worker refuses it"""
    cookie = await up.visitor()
    dead = up.workers[2]
    async with up.client(cookie, at=front) as old, up.client(cookie, at=front) as other:
        # A turn without an end: whatever holds words back holds them for ever. The other way to read has no pings.
        body = create("count 100000 0.05")
        text = ""
        async with old._posted(body, 60) as response:  # pyright: ignore[reportPrivateUsage]
            assert response.headers["content-type"] == "text/event-stream"
            async for piece in response.aiter_text():
                text += piece
                if len(re.findall("text_delta", text)) > 10:
                    break
        async with anyio.create_task_group() as reading:
            reading.start_soon(other.turn, body, "turn-without-end")
            await reached(other, 20)
            reading.cancel_scope.cancel()
        # Nobody reads it now, and it runs on.
        stop = request("threads.cancel", thread_id=other.thread_id, turn_id="turn-without-end")
        seen = other.tab.seq
        assert other.thread_id is not None
        while other.tab.seq < seen + 20:
            assert await other.load(other.thread_id) is not None
        assert await other.ask(stop) == {}
        dead.kill()
        async with httpx.AsyncClient(
            base_url=front.base, trust_env=False, headers={"Cookie": cookie}
        ) as http:
            for _ in range(12):  # every third meets the dead one first
                listing = await http.post("/chatkit", json=request("threads.list"), timeout=60)
                assert listing.status_code == 200
                assert (await http.get("/", timeout=60)).status_code == 200
        async with up.client(cookie, at=front) as third:
            for _ in range(3):  # a start is a POST as well, and nobody has taken it
                await third.turn(
                    say(third.thread_id, "count 3 0") if third.thread_id else create("count 3 0")
                )
            items = third.tab.holds()["items"]
            assert [text_of(item) for item in items] == ["count 3 0", "0 1 2 "] * 3
    await dead.start()


async def test_a_new_version_interrupts_no_answer_and_refuses_nobody(up: Cluster, front: Nginx) -> None:
    """docs/backend/scaling.md: the workers are restarted one after another"""
    cookie = await up.visitor()
    refused: list[RefusedError] = []
    short = 0

    async def visits(over: anyio.Event) -> None:
        nonlocal short
        while not over.is_set():
            async with up.client(cookie, at=front) as client:
                try:
                    await client.turn(create("count 3 0"))
                except RefusedError as error:
                    refused.append(error)
                else:
                    assert text_of(client.tab.holds()["items"][-1]) == "0 1 2 "
                    short += 1

    readers: list[Client] = []
    over = anyio.Event()
    async with AsyncExitStack() as tabs, anyio.create_task_group() as everybody:
        for _ in range(VISITORS):
            everybody.start_soon(visits, over)
        async with anyio.create_task_group() as reading:
            for number, worker in enumerate(up.workers):
                first = await tabs.enter_async_context(up.client(cookie, at=worker))
                second = await tabs.enter_async_context(up.client(cookie, at=front))
                readers += [first, second]
                reading.start_soon(first.turn, create(f"count {NUMBERS} {PAUSE}"), f"turn-{number}")
                await first.begun.wait()
                assert first.thread_id is not None
                reading.start_soon(second.follow, first.thread_id, f"turn-{number}")
                await reached(second, 10)
                await worker.stop()
                await worker.start()
        over.set()
    assert refused == []
    assert short > 3
    assert [whole(client) for client in readers] == [True] * len(readers)


async def test_a_proxy_that_dies_takes_nothing_along(up: Cluster, front: Nginx) -> None:
    cookie = await up.visitor()
    async with up.client(cookie, at=front) as first, up.client(cookie, at=front) as second:
        async with anyio.create_task_group() as reading:
            reading.start_soon(first.turn, create(f"count {NUMBERS} {PAUSE}"), "turn-nginx")
            await first.begun.wait()
            assert first.thread_id is not None
            reading.start_soon(second.follow, first.thread_id, "turn-nginx")
            await reached(second, 20)
            front.kill()
            with pytest.raises(httpx.TransportError):
                async with httpx.AsyncClient(trust_env=False) as http:
                    await http.get(front.base)
            seen = first.tab.seq
            await asyncio.sleep(0.3)
            assert first.tab.seq == seen  # nobody gets in
            await front.start()
        assert whole(first)
        assert whole(second)
        stored: list[dict[str, Any]] = await first.stored(first.thread_id or "")
        assert first.tab.holds()["items"] == second.tab.holds()["items"] == stored
