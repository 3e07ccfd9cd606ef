"""Workload 2: one request in a thread of 100, 1,000 and 10,000 items, in a store of live objects."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from fixtures import NOW, begun, envelope, message

from chatkit.types import AssistantMessageContent, ClientToolCallItem, UserMessageItem

SIZES = (100, 1000, 10_000)


async def filled(items: int) -> tuple[Any, str]:
    server, thread_id = await begun()
    await fill(server, thread_id, items)
    return server, thread_id


async def fill(server: Any, thread_id: str, items: int) -> None:
    model = message(thread_id).model_copy(
        update={"content": [AssistantMessageContent(text="All docks are free.")]}
    )
    for number in range(items):
        await server.store.add_thread_item(thread_id, model.model_copy(update={"id": f"msg_{number}"}), {})


async def read(operation: str, items: int, rounds: int = 300) -> dict[str, float]:
    """CPU seconds per request of an operation that changes nothing."""
    server, thread_id = await filled(items)
    body = envelope(operation, thread_id=thread_id)
    await server.process(body, {})
    before = time.process_time()
    for _ in range(rounds):
        await server.process(body, {})
    return {"seconds": (time.process_time() - before) / rounds}


async def empty(rounds: int = 300) -> dict[str, float]:
    """CPU seconds of the least request there is."""
    server, thread_id = await begun()
    body = envelope("items.feedback", thread_id=thread_id, item_ids=["a"], kind="positive")
    await server.process(body, {})
    before = time.process_time()
    for _ in range(rounds):
        await server.process(body, {})
    return {"seconds": (time.process_time() - before) / rounds}


async def consumed(server: Any, body: bytes) -> float:
    before = time.process_time()
    async for _ in await server.process(body, {}):
        pass
    return time.process_time() - before


async def tool_output(items: int, rounds: int = 100) -> dict[str, float]:
    """CPU seconds per output of a client tool, to the end of an empty answer."""
    server, thread_id = await filled(items)
    call = ClientToolCallItem(
        id="call", thread_id=thread_id, created_at=NOW, call_id="c", name="look", arguments={}
    )
    await server.store.add_thread_item(thread_id, call.model_copy(), {})
    body = envelope("threads.add_client_tool_output", thread_id=thread_id, result={"ok": True})
    await consumed(server, body)
    spent = 0.0
    for _ in range(rounds):
        await server.store.save_item(thread_id, call.model_copy(), {})
        spent += await consumed(server, body)
    return {"seconds": spent / rounds}


async def retry(items: int) -> dict[str, float]:
    """CPU seconds to answer the first message again, which removes everything behind it."""
    server, thread_id = await begun()
    [first] = [row for row in server.store.rows[thread_id] if isinstance(row, UserMessageItem)]
    body = envelope("threads.retry_after_item", thread_id=thread_id, item_id=first.id)
    await consumed(server, body)
    spent: list[float] = []
    for _ in range(3):
        await fill(server, thread_id, items)
        spent.append(await consumed(server, body))
    return {"seconds": sorted(spent)[1]}


WORKLOADS: dict[str, Any] = {"empty": empty}
for size in SIZES:
    WORKLOADS[f"get_by_id-{size}"] = partial(read, "threads.get_by_id", size)
    WORKLOADS[f"items.list-{size}"] = partial(read, "items.list", size)
    WORKLOADS[f"tool_output-{size}"] = partial(tool_output, size)
    WORKLOADS[f"retry-{size}"] = partial(retry, size)
