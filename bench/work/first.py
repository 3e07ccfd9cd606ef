"""A process from its start to the end of its first answer: what is not built at import is built here."""

from __future__ import annotations

import time
from typing import Any


async def answer() -> dict[str, float]:
    """CPU seconds of this process until the last byte of its first answer."""
    from fixtures import begun

    await begun()
    return {"seconds": time.process_time()}


WORKLOADS: dict[str, Any] = {"answer": answer}
