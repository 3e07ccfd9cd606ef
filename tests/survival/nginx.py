"""deploy/nginx.conf in a real nginx. A name server of ours stands in for Docker's."""

import asyncio
import shutil
import socket
import struct
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import anyio

from tests.served import PATIENCE
from tests.survival.compose import DEPLOY
from tests.survival.processes import free_port

HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
"""Where the workers are, each at the same port."""


class Names(asyncio.DatagramProtocol):
    """Answers every question with the addresses of all workers, also of those that are down."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = data[12 : data.index(b"\0", 12) + 5]
        head = data[:2] + b"\x81\x80" + struct.pack("!HHHH", 1, len(HOSTS), 0, 0)
        answers = [b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 1, 4) + socket.inet_aton(host) for host in HOSTS]
        self.transport.sendto(b"".join([head, question, *answers]), addr)


class Nginx:
    """One nginx process, on a port of its own.

    Args:
        folder: What it may write to.
        workers: The port of the workers.
        names: The port of the name server.
    """

    def __init__(self, folder: Path, workers: int, names: int) -> None:
        program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or shutil.which("nginx")
        if program is None:
            raise RuntimeError("the tests need nginx on PATH; `bash scripts/nginx.sh` installs Debian's")
        self.port = free_port()
        text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        own = "".join(
            f"    {name}_temp_path {folder}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        for there, here in (
            ("listen 80;", f"listen 127.0.0.1:{self.port};"),
            ("resolver 127.0.0.11 ", f"resolver 127.0.0.1:{names} "),
            ("http://$workers:8000;", f"http://$workers:{workers};"),
            ("http {\n", f"http {{\n    access_log off;\n{own}"),
        ):
            assert there in text, there
            text = text.replace(there, here)
        config = folder / "nginx.conf"
        config.write_text(text, encoding="utf-8")
        self._log = folder / "nginx.log"
        # One process, so that there is one to kill.
        here = f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {self._log};"
        self._command = [program, "-p", str(folder), "-c", str(config), "-e", str(self._log), "-g", here]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(self._command)  # noqa: ASYNC220 (it is started in a moment)
        with anyio.fail_after(PATIENCE):
            while True:
                assert self._process.poll() is None, self._log.read_text()
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    return

    def kill(self) -> None:
        """End it at once, with every connection it has."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@asynccontextmanager
async def nginx(folder: Path, workers: int) -> AsyncGenerator[Nginx]:
    """Start it in front of the workers at this port."""
    loop = asyncio.get_running_loop()
    names, _ = await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
    one = Nginx(folder, workers, names.get_extra_info("sockname")[1])
    try:
        await one.start()
        yield one
    finally:
        one.kill()
        names.close()
