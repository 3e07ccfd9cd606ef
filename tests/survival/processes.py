"""Servers in processes of their own, started with the command line that the pages show."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import httpx

from tests.served import PATIENCE

ROOT = Path(__file__).resolve().parents[2]

START = ("--loop", "asyncio", "--timeout-graceful-shutdown", "20", "--no-server-header")
"""As in docs/deploy.md."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return bound.getsockname()[1]


@dataclass
class Worker:
    """One uvicorn process."""

    folder: Path
    app: str = "tests.survival.site:site"
    options: Sequence[str] = ("--factory", *START)
    env: dict[str, str] = field(default_factory=dict[str, str])
    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def address(self) -> tuple[str, int]:
        return self.host, self.port

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def up(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def log(self) -> Path:
        return self.folder / f"worker-{self.host}-{self.port}.log"

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "uvicorn", self.app, *self.options]
        command += ["--host", self.host, "--port", str(self.port)]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: ASYNC220 (it is started in a moment)
                [*command, "--log-level", "warning"],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **self.env},
                stdout=output,
                stderr=output,
            )
        async with httpx.AsyncClient(base_url=self.base, trust_env=False, timeout=PATIENCE) as client:
            with anyio.fail_after(5 * PATIENCE):
                while True:
                    assert self.process.poll() is None, self.log.read_text()
                    try:
                        if (await client.get("/healthz")).status_code == 200:
                            return
                    except httpx.TransportError:
                        await asyncio.sleep(0.05)

    def kill(self) -> None:
        """As a crash does: without a word."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    async def stop(self) -> None:
        """As a deployment does: tell it, and wait."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with anyio.move_on_after(5 * PATIENCE):
                while self.process.poll() is None:  # noqa: ASYNC110 (a process has no event)
                    await asyncio.sleep(0.02)
        if self.process.poll() is None:
            self.kill()


@asynccontextmanager
async def running(*workers: Worker) -> AsyncGenerator[None]:
    """Start workers; at the end nobody waits for what they still do."""
    try:
        async with anyio.create_task_group() as starting:
            for worker in workers:
                starting.start_soon(worker.start)
        yield
    finally:
        for worker in workers:
            if worker.process is not None:
                worker.kill()
