"""The client that the element is made of, in a Node process: many chats, each with a line of its own."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.survival.processes import ROOT

LIMIT = 1 << 24
"""Bytes that one answer of the process may have."""


class Chats:
    """Chats that are told what to say.

    Args:
        process: `chats.mjs`.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def say(self, url: str, person: str, text: str) -> dict[str, Any]:
        """Send a message in somebody's one chat; what the chat holds when it was answered."""
        assert self._process.stdin is not None
        answer = self._waiting[person] = asyncio.get_running_loop().create_future()
        asked = {"chat": person, "url": url, "person": person, "say": text}
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        return await answer

    async def hear(self) -> None:
        """Hand over what the process says, until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            held = json.loads(line)
            self._waiting.pop(held["chat"]).set_result(held)
        for waiting in self._waiting.values():
            waiting.set_exception(RuntimeError("the process of the chats has ended"))


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0, command


@asynccontextmanager
async def chats(folder: Path) -> AsyncGenerator[Chats]:
    """Build the client from its sources, and start it."""
    source = ROOT / "packages/chatkit/src/client.ts"
    built = folder / "client"
    bundler = str(ROOT / "node_modules/.bin/rolldown")
    await _run(bundler, str(source), "-d", str(built), "--format", "esm", "--platform", "node")
    process = await asyncio.create_subprocess_exec(
        "node",
        str(ROOT / "tests/survival/chats.mjs"),
        str(built / "client.js"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LIMIT,
    )
    one = Chats(process)
    hearing = asyncio.create_task(one.hear())
    try:
        yield one
    finally:
        process.kill()
        await process.wait()
        await hearing
