"""A server in a process of its own, to be told to stop, and to be killed."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx

from tests.served import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """uvicorn with the `app` of a module.

    Args:
        folder: Where the module is written and the server runs.
        source: What the module says.
        options: More of uvicorn's command line.
    """

    def __init__(self, folder: Path, source: str, *options: str) -> None:
        (folder / "site_of_a_process.py").write_text(source, encoding="utf-8")
        with socket.create_server(("127.0.0.1", 0)) as bound:
            self.port: int = bound.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", "site_of_a_process:app", "--port", str(self.port)]
        self._command: Sequence[str] = [*command, "--log-level", "error", *options]
        self._folder = folder
        self.start()

    def start(self) -> None:
        """Start it, again if it has ended; at the same address."""
        path = os.pathsep.join([str(self._folder), str(ROOT)])
        environment = {**os.environ, "PYTHONPATH": path}
        self._process = subprocess.Popen(self._command, env=environment, cwd=self._folder)

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once, if it runs: it cannot do or say anything any more."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    async def ended(self) -> None:
        """Wait for its end."""
        while self._process.poll() is None:  # noqa: ASYNC110 (a process has no event)
            await asyncio.sleep(0.02)

    @asynccontextmanager
    async def client(self) -> AsyncGenerator[httpx.AsyncClient]:
        """A client for it, when it answers."""
        base = f"http://127.0.0.1:{self.port}"
        async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=PATIENCE) as client:
            with anyio.fail_after(2 * PATIENCE):
                while True:
                    try:
                        await client.get("/healthz")
                    except httpx.ConnectError:
                        await asyncio.sleep(0.05)
                    else:
                        break
            yield client


@asynccontextmanager
async def running(folder: Path, source: str, *options: str) -> AsyncGenerator[Process]:
    """A process that is gone in the end, whatever happens."""
    process = Process(folder, source, *options)
    try:
        yield process
    finally:
        process.kill()
