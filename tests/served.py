"""Apps behind a real uvicorn on loopback, asked with httpx or byte by byte."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx
import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp

from chatkit.server.sweeping import TASK
from chatkit.testing import parse_events
from chatkit.types import ThreadStreamEvent
from tests.scripted import ALICE

PATIENCE = 20
"""Seconds after which a test that waits for something has failed."""


def who(request: Request) -> str:
    """The context of a request: the person that a header names."""
    return request.headers.get("x-person", ALICE)


@dataclass
class Site:
    """An app that is being served."""

    port: int
    client: httpx.AsyncClient

    async def post(self, body: Any, person: str = ALICE, path: str = "/chatkit") -> httpx.Response:
        """Post a body (JSON unless it is bytes) and read the whole answer."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.client.post(path, content=content, headers={"X-Person": person})

    async def events(self, body: Any, person: str = ALICE, path: str = "/chatkit") -> list[ThreadStreamEvent]:
        """Post a body and read the events of its answer."""
        response = await self.post(body, person, path)
        assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream")
        return parse_events(response.content)

    @asynccontextmanager
    async def raw(self, body: Any, *headers: str) -> AsyncGenerator[asyncio.StreamReader]:
        """A connection on which a body has been posted; it is cut off at the end, as a phone's is."""
        content = json.dumps(body).encode()
        lines = ["POST /chatkit HTTP/1.1", "Host: test", f"Content-Length: {len(content)}", *headers]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode() + content)
            await writer.drain()
            yield reader
        finally:
            writer.transport.abort()


async def left_behind(before: Collection["asyncio.Task[Any]"]) -> list["asyncio.Task[Any]"]:
    """The tasks that an app has left in this loop.

    What looks for dead turns is ended here: where an app has no lifespan, it ends with its loop. A call to the database
    goes on to its end, though.
    """
    begun = asyncio.all_tasks() - set(before)
    sweeping = [task for task in begun if task.get_name() in (TASK, "sweeper")]
    for task in sweeping:
        task.cancel()
    # The test's own runner begins a task for each step of a fixture.
    others = [task for task in begun if task not in sweeping and "TestRunner" not in repr(task.get_coro())]
    if sweeping:
        await asyncio.wait([*sweeping, *others], timeout=PATIENCE)
    return [task for task in others if not task.done()]


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncGenerator[Site]:
    """Serve an app in this loop. Afterwards no task of it may be left."""
    before = asyncio.all_tasks()
    config = uvicorn.Config(app, log_level="error", http="httptools", ws="none", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        serving = asyncio.ensure_future(server.serve(sockets=[bound]))
        with anyio.fail_after(PATIENCE):
            while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
                await asyncio.sleep(0.005)
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=base, timeout=PATIENCE, trust_env=False) as client:
            yield Site(port, client)
        server.should_exit = True
        await serving
    left = await left_behind(before)
    assert not left, f"tasks were left behind: {left}"
