"""Workload 1: from `respond()` through `process()` to bytes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from fixtures import BIG, MESSAGE, NOW, answer, begun, envelope

from chatkit.types import (
    CustomTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

DELTAS = 5000


async def text(
    metadata: dict[str, Any] | None = None,
    *,
    built: bool = False,
    change_each: int = 0,
    relayed: bool = False,
) -> dict[str, float]:
    """CPU seconds per text delta. `built`: the responder's own cost of making events is in it."""
    server, thread_id = await begun(metadata)
    if relayed:
        from chatkit.relay.memory import MemoryRelay  # upstream has none

        server.relay = MemoryRelay()

    def events(thread: Any) -> Iterable[Any]:
        for n, event in enumerate(answer(thread_id, DELTAS) if built else prepared):
            if change_each and n % change_each == 0:
                thread.metadata["turn"] = n
            yield event

    prepared = [] if built else list(answer(thread_id, DELTAS))
    server.events = events if built or change_each else prepared
    return await timed(server, thread_id, DELTAS, ["resume"] if relayed else [])


async def timed(
    server: Any, thread_id: str, count: int, capabilities: Sequence[str] = ()
) -> dict[str, float]:
    body = envelope("threads.add_user_message", capabilities, thread_id=thread_id, input=MESSAGE)
    result = await server.process(body, {})
    size = 0
    before = time.process_time()
    async for frame in result:
        size += len(frame)
    return {"seconds": (time.process_time() - before) / count, "bytes": size / count}


def steps(thread_id: str) -> Iterable[Any]:
    item = WorkflowItem(
        id="wf_1", thread_id=thread_id, created_at=NOW, workflow=Workflow(type="custom", tasks=[])
    )
    yield ThreadItemAddedEvent(item=item)
    for n in range(200):
        task = CustomTask(title=f"Step {n}", content="Looking at the timetable of the harbour", icon="search")
        update = (
            WorkflowTaskUpdated(task_index=n // 2, task=task)
            if n % 2
            else WorkflowTaskAdded(task_index=n // 2, task=task)
        )
        yield ThreadItemUpdatedEvent(item_id="wf_1", update=update)
    yield ThreadItemDoneEvent(item=item)


async def workflow(*, built: bool = False) -> dict[str, float]:
    """CPU seconds per update of a workflow that grows to 100 tasks."""
    server, thread_id = await begun()
    assert list(steps(thread_id))  # built on first use, like everything else that is measured here
    server.events = (lambda thread: steps(thread_id)) if built else list(steps(thread_id))
    best = [await timed(server, thread_id, 200) for _ in range(10)]
    return {name: sum(one[name] for one in best) / len(best) for name in best[0]}


WORKLOADS: dict[str, Any] = {
    "delta": text,
    "delta-relayed": lambda: text(relayed=True),
    "delta-built": lambda: text(built=True),
    "delta-50k": lambda: text(BIG),
    "delta-50k-changed": lambda: text(BIG, change_each=20),
    "workflow": workflow,
    "workflow-built": lambda: workflow(built=True),
}
