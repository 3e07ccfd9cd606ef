"""Runs deploy/nginx.conf in a real nginx, in front of three workers of which one dies.

Needs nginx on PATH (Debian: apt-get install nginx-light), so it is no part of `make test`. A name server of its own
stands in for Docker's.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.scripted import create, request  # noqa: E402 (found by the path above)
from tests.survival.compose import options  # noqa: E402 (found by the path above)

HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")


class Names(asyncio.DatagramProtocol):
    """Answers every question with the addresses of the workers."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = data[12 : data.index(b"\0", 12) + 5]
        head = data[:2] + b"\x81\x80" + struct.pack("!HHHH", 1, len(HOSTS), 0, 0)
        answers = [b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 1, 4) + socket.inet_aton(host) for host in HOSTS]
        self.transport.sendto(b"".join([head, question, *answers]), addr)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


async def up(client: httpx.AsyncClient, url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            assert (await client.get(url)).status_code == 200
            return
        except httpx.TransportError:
            assert time.monotonic() < end, f"{url} does not answer"
            await asyncio.sleep(0.1)


async def main() -> None:
    assert shutil.which("nginx"), "nginx is not on PATH"
    port, workers, names = free_port(), free_port(), free_port(socket.SOCK_DGRAM)
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for ours, here in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("resolver 127.0.0.11 ", f"resolver 127.0.0.1:{names} "),
        ("http://$workers:8000;", f"http://$workers:{workers};"),
    ):
        assert ours in text, ours
        text = text.replace(ours, here)
    await asyncio.get_running_loop().create_datagram_endpoint(Names, local_addr=("127.0.0.1", names))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "nginx.conf").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "uvicorn", "tests.survival.site:site", "--factory", *options()]
        env = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "SITE_DATABASE": f"sqlite:///{folder}/chat.db",
        }
        running = [
            subprocess.Popen(  # noqa: ASYNC220 (it is started in a moment)
                [*command, "--host", host, "--port", str(workers)], cwd=ROOT, env=env
            )
            for host in HOSTS
        ]
        set_here = f"daemon off; pid {folder}/pid; error_log {folder}/error.log;"
        running.append(
            subprocess.Popen(  # noqa: ASYNC220 (it is started in a moment)
                ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf", "-g", set_here]
            )
        )
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
                for host in HOSTS:
                    await up(client, f"http://{host}:{workers}/healthz")
                front = f"http://127.0.0.1:{port}"
                await up(client, f"{front}/healthz")
                pieces = 0
                async with client.stream("POST", f"{front}/chatkit", json=create("count 20 0.1")) as answer:
                    async for _ in answer.aiter_bytes():
                        pieces += 1
                assert pieces >= 10, f"20 words came in {pieces} pieces: something buffers"
                running[1].kill()
                running[1].wait()
                for _ in range(30):
                    answer = await client.post(f"{front}/chatkit", json=request("threads.list"))
                    assert answer.status_code == 200, answer.text
        finally:
            for process in reversed(running):
                process.terminate()  # a killed nginx would leave its own workers behind
                process.wait(timeout=60)
    print(
        f"nginx: 20 words came in {pieces} pieces; 30 of 30 requests were answered with one of three workers dead"
    )


if __name__ == "__main__":
    asyncio.run(main())
