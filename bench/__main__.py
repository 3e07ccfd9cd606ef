"""`make bench`: ours and upstream's published package, alternating in one run; medians, ranges and ratios.

Upstream lives in an environment of its own (`.make/upstream`), since both packages are called `chatkit`. Without
network the table shows ours alone and says so.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UPSTREAM = ROOT / ".make" / "upstream"
UPSTREAM_VERSION = "1.6.5"
ROUNDS = int(os.environ.get("ROUNDS", "5"))

LABELS = {
    "import": "import chatkit.server (CPU)",
    "delta": "one text delta, prebuilt",
    "delta-50k": "the same, 50 KiB of thread metadata",
    "get_by_id-100": "threads.get_by_id, 100 items",
    "get_by_id-10000": "threads.get_by_id, 10,000 items",
    "items.list-10000": "items.list, 10,000 items",
}


def upstream_python() -> str | None:
    """The interpreter of upstream's environment, made on first use; None when it cannot be had."""
    python = UPSTREAM / "bin" / "python"
    if python.exists():
        return str(python)
    print(f"→ Installing openai-chatkit {UPSTREAM_VERSION} into {UPSTREAM.relative_to(ROOT)} to compare with")
    subprocess.run([sys.executable, "-m", "venv", str(UPSTREAM)], check=True)
    install = [str(python), "-m", "pip", "install", "-q", f"openai-chatkit=={UPSTREAM_VERSION}"]
    if subprocess.run(install, check=False).returncode != 0:
        python.unlink(missing_ok=True)
        print("→ It could not be installed: the table shows ours alone.")
        return None
    return str(python)


def measure(python: str, workload: str, *, ours: bool) -> dict[str, float]:
    environment = os.environ | {"PYTHONPATH": str(ROOT) if ours else ""}
    command = [python, str(ROOT / "bench" / "workloads.py"), workload]
    done = subprocess.run(command, cwd="/", env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def shown(seconds: float) -> str:
    for unit, scale in (("s", 1), ("ms", 1e3)):
        if seconds * scale >= 0.1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def spread(values: list[float]) -> str:
    return f"{shown(statistics.median(values))} [{shown(min(values))}–{shown(max(values))}]"


def server_table(upstream: str | None) -> None:
    print(f"\n| workload ({ROUNDS} rounds, alternating) | ours | upstream {UPSTREAM_VERSION} | ratio |")
    print("|---|---|---|---|")
    for name, label in LABELS.items():
        ours: list[float] = []
        theirs: list[float] = []
        memory: list[str] = []
        for _ in range(ROUNDS):
            mine = measure(sys.executable, name, ours=True)
            ours.append(mine["seconds"])
            if upstream:
                other = measure(upstream, name, ours=False)
                theirs.append(other["seconds"])
                if "mib" in mine:
                    memory = [f"{mine['mib']:.0f} MiB", f"{other['mib']:.0f} MiB"]
        ratio = f"{statistics.median(theirs) / statistics.median(ours):.1f}x" if theirs else "–"
        mib = f" · {memory[0]} against {memory[1]}" if memory else ""
        print(
            f"| {label}{mib} | {spread(ours)} | {spread(theirs) if theirs else '–'} | {ratio} |", flush=True
        )


def size_table() -> None:
    print("\n| file | raw kB | gzip kB |")
    print("|---|---|---|")
    static = ROOT / "chatkit" / "static"
    for file in sorted(static.rglob("*.js"), key=lambda f: (f.parent != static, -f.stat().st_size)):
        content = file.read_bytes()
        print(
            f"| {file.relative_to(static)} | {len(content) / 1e3:.1f} | {len(gzip.compress(content, 9)) / 1e3:.1f} |"
        )


def main() -> None:
    print(f"{platform.platform()} · {os.cpu_count()} CPUs · Python {platform.python_version()}")
    server_table(upstream_python())
    size_table()


if __name__ == "__main__":
    main()
