"""Workload 4: real servers over loopback, a process each, beside the same bytes sent by a bare ASGI app."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from bench.processes import ROUNDS, WORK, environment
from bench.table import figures

SERVERS = ("ours", "upstream", "bare")
LOOPS = {"asyncio": "asyncio + httptools", "h11": "asyncio + h11", "uvloop": "uvloop + httptools"}


@dataclass
class Case:
    """One server under one event loop."""

    loop: str
    who: str

    @property
    def name(self) -> str:
        return f"http:{self.loop}:{self.who}"


CASES = [Case(loop, who) for loop in LOOPS for who in SERVERS]
LOADS = {  # streams → waves; the longer runs are for the clock of the kernel, which counts hundredths of seconds
    ("talk", 1): 20,
    ("talk", 50): 4,
    ("talk", 500): 1,
    ("burst", 500): 1,
    ("paced", 500): 1,
}
KINDS = {"talk": "", "burst": ", no pause between deltas", "paced": ", 20 deltas a second each"}


def table(upstream: str | None, cases: list[Case]) -> list[str]:
    found: dict[tuple[str, str, int], list[dict[str, float]]] = {}
    memory: dict[str, list[float]] = {}
    for _ in range(min(ROUNDS, 3)):
        for case in cases:
            if case.who == "upstream" and upstream is None:
                continue
            print(f"→ {case.name}", file=sys.stderr, flush=True)
            python = upstream if case.who == "upstream" else sys.executable
            one_round(str(python), case, found, memory)
    lines = [
        "| server | streams | CPU s per 100,000 events | events/s | first byte p50 / p99 ms | gap p99 ms |",
        "|---|---|---|---|---|---|",
    ]
    for (name, what, streams), runs in sorted(
        found.items(), key=lambda entry: list(LOADS).index(entry[0][1:])
    ):
        _, loop, who = name.split(":")
        cells = [
            f"{'**ours**' if who == 'ours' else who}, {LOOPS[loop]}",
            f"{streams}{KINDS[what]}",
            figures([run["cpu"] for run in runs], 2),
            f"{statistics.median([run['rate'] for run in runs]) / 1e3:.0f}k",
            f"{figures([run['first50'] for run in runs], 1)} / {figures([run['first99'] for run in runs], 1)}",
            figures([run["gap99"] for run in runs], 1),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| 500 streams that are open and wait | KiB of memory each |", "|---|---|"]
    for name, values in memory.items():
        _, loop, who = name.split(":")
        lines.append(f"| {'**ours**' if who == 'ours' else who}, {LOOPS[loop]} | {figures(values, 0)} |")
    return lines


def one_round(
    python: str,
    case: Case,
    found: dict[tuple[str, str, int], list[dict[str, float]]],
    memory: dict[str, list[float]],
) -> None:
    # Memory first, in a process of its own: what others have used and given back would hide it.
    memory.setdefault(case.name, []).append(loaded(python, case, [("hold", 500, 1)])[0]["kib"])
    loads = [(what, streams, waves) for (what, streams), waves in LOADS.items()]
    for (what, streams, _), result in zip(loads, loaded(python, case, loads), strict=True):
        found.setdefault((case.name, what, streams), []).append(result)


def loaded(python: str, case: Case, loads: list[tuple[str, int, int]]) -> list[dict[str, float]]:
    """Start the server, put it under each load, end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [python, str(WORK / "serve.py"), case.who, case.loop, port]
    server = subprocess.Popen(
        command, cwd="/", env=environment(ours=case.who != "upstream"), stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", int(port)), timeout=1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > until:
                    sys.exit(f"{case.name} did not start")
                time.sleep(0.05)
        return [read(port, streams, waves, what, server.pid) for what, streams, waves in loads]
    finally:
        server.kill()
        server.wait()


def read(port: str, streams: int, waves: int, what: str, pid: int) -> dict[str, float]:
    command = [sys.executable, str(WORK / "load.py"), port, str(streams), str(waves), what, str(pid)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    if done.returncode:
        sys.exit(f"the readers of {what} failed:\n{done.stderr}")
    return json.loads(done.stdout)
