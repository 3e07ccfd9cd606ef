"""The work that is measured, written against the public API only, so that ours and upstream's run the same lines.

Run by `bench/__main__.py` in two environments: `python workloads.py NAME` prints one JSON object with CPU seconds per
operation and, where it says so, memory.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any


def fixtures() -> Any:
    """Everything that imports `chatkit`, kept out of the cold-start workloads."""
    from chatkit.server import ChatKitServer
    from chatkit.store import NotFoundError, Store
    from chatkit.types import (
        AssistantMessageContentPartTextDelta,
        AssistantMessageItem,
        Page,
        ThreadItemAddedEvent,
        ThreadItemDoneEvent,
        ThreadItemUpdatedEvent,
        ThreadMetadata,
        UserMessageItem,
    )

    class ObjectStore(Store[Any]):
        """The in-memory store that upstream's samples use: a list per thread, live objects."""

        def __init__(self) -> None:
            self.threads: dict[str, Any] = {}
            self.items: dict[str, list[Any]] = {}

        async def load_thread(self, thread_id: str, context: Any) -> Any:
            if thread_id not in self.threads:
                raise NotFoundError(thread_id)
            return self.threads[thread_id]

        async def save_thread(self, thread: Any, context: Any) -> None:
            self.threads[thread.id] = ThreadMetadata(**thread.model_dump(exclude={"items"}))

        async def load_thread_items(
            self, thread_id: str, after: str | None, limit: int, order: str, context: Any
        ) -> Any:
            rows = self.items.get(thread_id, [])
            rows = rows[::-1] if order == "desc" else rows
            start = next((i + 1 for i, row in enumerate(rows) if row.id == after), 0) if after else 0
            page = rows[start : start + limit]
            more = len(rows) > start + limit
            return Page(data=list(page), has_more=more, after=page[-1].id if more else None)

        async def load_threads(self, limit: int, after: str | None, order: str, context: Any) -> Any:
            return Page(data=list(self.threads.values())[:limit])

        async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
            self.items.setdefault(thread_id, []).append(item)

        async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
            rows = self.items[thread_id]
            rows[next(i for i, row in enumerate(rows) if row.id == item.id)] = item

        async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
            return next(row for row in self.items[thread_id] if row.id == item_id)

        async def delete_thread(self, thread_id: str, context: Any) -> None:
            self.threads.pop(thread_id, None)

        async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
            self.items[thread_id] = [row for row in self.items[thread_id] if row.id != item_id]

        async def save_attachment(self, attachment: Any, context: Any) -> None: ...
        async def load_attachment(self, attachment_id: str, context: Any) -> Any:
            raise NotFoundError(attachment_id)

        async def delete_attachment(self, attachment_id: str, context: Any) -> None: ...

    def answer(thread_id: str, deltas: int) -> list[Any]:
        item = AssistantMessageItem(id="msg_a", thread_id=thread_id, created_at=datetime.now(), content=[])
        done = item.model_copy()
        update = [
            ThreadItemUpdatedEvent(
                item_id="msg_a",
                update=AssistantMessageContentPartTextDelta(content_index=0, delta=f" word{n}"),
            )
            for n in range(deltas)
        ]
        return [ThreadItemAddedEvent(item=item), *update, ThreadItemDoneEvent(item=done)]

    class Server(ChatKitServer[Any]):
        events: list[Any] = []  # noqa: RUF012 (set per run)

        async def respond(
            self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
        ) -> AsyncIterator[Any]:
            for event in self.events:
                yield event

    return ObjectStore, Server, answer


def envelope(operation: str, **params: Any) -> bytes:
    return json.dumps({"type": operation, "params": params}).encode()


MESSAGE = {"content": [{"type": "input_text", "text": "hi"}], "attachments": [], "inference_options": {}}


async def stream(metadata: dict[str, Any], deltas: int = 5000) -> dict[str, float]:
    """CPU seconds per text delta through process() to bytes, events built beforehand."""
    make_store, make_server, answer = fixtures()
    server = make_server(make_store())
    first = await server.process(envelope("threads.create", input=MESSAGE), {})
    frames = [frame async for frame in first]
    thread_id = json.loads(frames[0][6:])["thread"]["id"]
    thread = await server.store.load_thread(thread_id, {})
    thread.metadata.update(metadata)
    await server.store.save_thread(thread, {})
    server.events = answer(thread_id, deltas)
    body = envelope("threads.add_user_message", thread_id=thread_id, input=MESSAGE)
    result = await server.process(body, {})
    size = 0
    before = time.process_time()
    async for frame in result:
        size += len(frame)
    return {"seconds": (time.process_time() - before) / deltas, "bytes": size / deltas}


async def query(operation: str, items: int, rounds: int = 300) -> dict[str, float]:
    """CPU seconds per request of a reading operation on a thread of `items` items."""
    make_store, make_server, answer = fixtures()
    server = make_server(make_store())
    first = await server.process(envelope("threads.create", input=MESSAGE), {})
    frames = [frame async for frame in first]
    thread_id = json.loads(frames[0][6:])["thread"]["id"]
    item = answer(thread_id, 0)[-1].item
    for number in range(items):
        await server.store.add_thread_item(thread_id, item.model_copy(update={"id": f"msg_{number}"}), {})
    body = envelope(operation, thread_id=thread_id)
    await server.process(body, {})
    before = time.process_time()
    for _ in range(rounds):
        await server.process(body, {})
    return {"seconds": (time.process_time() - before) / rounds}


def cold_import() -> dict[str, float]:
    """CPU seconds and peak memory (MiB) of `import chatkit.server` in this process."""
    before = time.process_time()
    import chatkit.server  # noqa: F401  # pyright: ignore[reportUnusedImport]

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": time.process_time() - before,
        "mib": peak / (1024 * 1024 if sys.platform == "darwin" else 1024),
    }


BIG = {f"key{n}": {"label": f"value {n}", "tags": ["a", "b"], "rank": n} for n in range(520)}

WORKLOADS: dict[str, Any] = {
    "import": cold_import,
    "delta": lambda: asyncio.run(stream({})),
    "delta-50k": lambda: asyncio.run(stream(BIG)),
    "get_by_id-100": lambda: asyncio.run(query("threads.get_by_id", 100)),
    "get_by_id-10000": lambda: asyncio.run(query("threads.get_by_id", 10_000)),
    "items.list-10000": lambda: asyncio.run(query("items.list", 10_000)),
}

if __name__ == "__main__":
    print(json.dumps(WORKLOADS[sys.argv[1]]()))
