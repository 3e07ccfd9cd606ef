"""The two environments, and running a workload in each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "bench" / "work"
UPSTREAM = ROOT / ".make" / "upstream"
UPSTREAM_VERSION = "1.6.5"
NEEDED = [f"openai-chatkit=={UPSTREAM_VERSION}", "fastapi", "uvicorn[standard]"]
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SHOWN = ("pydantic", "starlette", "uvicorn", "uvloop", "openai", "openai-agents", "fastapi")


def upstream_python() -> str | None:
    """The interpreter of upstream's environment, made on first use; None when it cannot be had.

    Upstream lives in an environment of its own, since both packages are called `chatkit`.
    """
    python = UPSTREAM / "bin" / "python"
    if python.exists() and _run([str(python), "-c", "import chatkit, fastapi, uvloop"]):
        return str(python)
    print(f"→ Installing {', '.join(NEEDED)} into {UPSTREAM.relative_to(ROOT)} to compare with")
    subprocess.run([sys.executable, "-m", "venv", str(UPSTREAM)], check=True)
    if not _run([str(python), "-m", "pip", "install", "-q", *NEEDED]):
        print("→ It could not be installed: the tables show ours alone.")
        return None
    return str(python)


def _run(command: list[str]) -> bool:
    return subprocess.run(command, cwd="/", check=False, capture_output=True).returncode == 0


def environment(*, ours: bool) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT) if ours else "", "PYTHONHASHSEED": "0"}


def pair(name: str, upstream: str | None) -> tuple[dict[str, float], dict[str, float] | None]:
    """One workload, first ours and then upstream's."""
    mine = measured(sys.executable, name, ours=True)
    return mine, measured(upstream, name, ours=False) if upstream else None


def measured(python: str, name: str, *, ours: bool) -> dict[str, float]:
    command = [python, str(WORK / "run.py"), name]
    done = subprocess.run(
        command, cwd="/", env=environment(ours=ours), check=False, capture_output=True, text=True, timeout=120
    )
    if done.returncode:
        sys.exit(f"{name} failed for {'ours' if ours else 'upstream'}:\n{done.stderr}")
    return json.loads(done.stdout)


def versions(python: str) -> str:
    """What an environment consists of."""
    code = (
        "import importlib.metadata as m\n"
        f"for name in {SHOWN!r}:\n"
        "    try: print(name, m.version(name))\n"
        "    except m.PackageNotFoundError: pass"
    )
    done = subprocess.run([python, "-c", code], cwd="/", check=True, capture_output=True, text=True)
    return ", ".join(done.stdout.splitlines())
