"""Runs one workload in this interpreter and prints what it found: `python run.py NAME` → one JSON object.

Started by `bench` in two environments. Workloads are imported only when asked for: imports are measured too.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import resource
import sys
import time


def cold(module: str) -> dict[str, float]:
    """CPU seconds and peak memory (MiB) of an import in this process."""
    before = time.process_time()
    importlib.import_module(module)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return {"seconds": time.process_time() - before, "mib": peak / unit}


def measured(name: str) -> dict[str, float]:
    if name.startswith("import "):
        return cold(name.removeprefix("import "))
    room, workload = name.split(":")
    return asyncio.run(importlib.import_module(room).WORKLOADS[workload]())


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1])))
