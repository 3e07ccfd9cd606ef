"""Readers to measure a server with: `python load.py PORT STREAMS WAVES KIND PID` prints JSON. On CPU 1."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any


def requested(text: str) -> bytes:
    message = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
    body = json.dumps(
        {"type": "threads.create", "params": {"input": message}}, separators=(",", ":")
    ).encode()
    head = ["POST /chatkit HTTP/1.1", "Host: x", "Connection: close", "Content-Type: application/json"]
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body


class Reader(asyncio.Protocol):
    """One stream: when its first byte came, how many events, and how long nothing came in between."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.events = 0
        self.first = self.last = 0.0
        self.gaps: list[float] = []
        self.tail = b""
        self.ok = False
        loop = asyncio.get_running_loop()
        self.answered: asyncio.Future[None] = loop.create_future()
        self.over: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.began = time.perf_counter()
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if not self.first:
            self.first = now
            self.ok = data.startswith(b"HTTP/1.1 200")
        else:
            self.gaps.append(now - self.last)
        self.last = now
        # Frames end with two line feeds; those of headers and chunks have a carriage return in between.
        self.events += (self.tail + data).count(b"\n\n")
        self.tail = data[-1:] if data[-2:] != b"\n\n" else b""
        if self.events and not self.answered.done():
            self.answered.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        for future in (self.over, self.answered):
            if not future.done():
                future.set_result(None)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kib(pid: int | str = "self") -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


async def opened(port: int, streams: int, request: bytes) -> list[Reader]:
    loop = asyncio.get_running_loop()
    made = await asyncio.gather(
        *(loop.create_connection(lambda: Reader(request), "127.0.0.1", port) for _ in range(streams))
    )
    return [reader for _, reader in made]


async def talk(port: int, streams: int, waves: int, what: str, pid: int) -> dict[str, float]:
    """Saturated: each wave opens all its streams at once and reads them to their end."""
    request = requested(what)
    for reader in await opened(port, 1, request):  # what is built on first use
        await reader.over
    readers: list[Reader] = []
    cpu, began = cpu_seconds(pid), time.perf_counter()
    for _ in range(waves):
        wave = await opened(port, streams, request)
        await asyncio.gather(*(reader.over for reader in wave))
        readers += wave
    took, spent = time.perf_counter() - began, cpu_seconds(pid) - cpu
    assert all(reader.ok for reader in readers)
    events = sum(reader.events for reader in readers)
    first = [reader.first - reader.began for reader in readers]
    gaps = [gap for reader in readers for gap in reader.gaps]
    return {
        "cpu": spent / events * 1e5,
        "rate": events / took,
        "first50": at(first, 0.5) * 1e3,
        "first99": at(first, 0.99) * 1e3,
        "gap99": at(gaps, 0.99) * 1e3,
        "events": events / len(readers),
    }


async def hold(port: int, streams: int, pid: int) -> dict[str, float]:
    """What the server's memory grows by for each stream that is open and waits for its model."""
    for reader in await opened(port, 1, requested("talk")):
        await reader.over
    before = resident_kib(pid)
    readers = await opened(port, streams, requested("hold"))
    await asyncio.gather(*(reader.answered for reader in readers))
    await asyncio.sleep(0.5)
    grown = resident_kib(pid) - before
    assert all(reader.ok and not reader.over.done() for reader in readers)
    for reader in readers:
        reader.transport.abort()
    return {"kib": grown / streams}


def main() -> None:
    port, streams, waves, what, pid = *map(int, sys.argv[1:4]), sys.argv[4], int(sys.argv[5])
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    gc.disable()  # a pause of this side is no gap of the other
    work = hold(port, streams, pid) if what == "hold" else talk(port, streams, waves, what, pid)
    print(json.dumps(asyncio.run(work)))


if __name__ == "__main__":
    main()
