"""Workload: 500 turns at once in one process, read directly, and through the relay by one reader and by two each."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from fixtures import MESSAGE, ObjectStore, Server, answer
from load import resident_kib

from chatkit.relay.memory import MemoryRelay

TURNS, DELTAS, HELD = 500, 300, 10


class Talking(Server):
    """Lets others run after each delta; stops at one of them until the gate is opened."""

    def __init__(self) -> None:
        super().__init__(ObjectStore(), relay=MemoryRelay())
        self.gate = asyncio.Event()
        self.waiting = 0
        self.all_wait = asyncio.Event()

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
        for number, event in enumerate(answer(thread.id, DELTAS)):
            if number == HELD:
                self.waiting += 1
                if self.waiting == TURNS:
                    self.all_wait.set()
                await self.gate.wait()
            await asyncio.sleep(0)
            yield event


async def read(frames: AsyncIterator[bytes]) -> bytes:
    """The last piece: what a reader knows at the end."""
    last = b""
    async for piece in frames:
        last = piece
    return last


async def started(server: Talking, number: int, *, resume: bool, readers: int) -> None:
    capabilities = ["resume"] if resume else []
    body = {"type": "threads.create", "params": {"input": MESSAGE}, "capabilities": capabilities}
    turn_id = f"turn {number}"
    result: Any = await server.process(json.dumps(body | {"turn_id": turn_id}), {})
    stream = await result.start()
    others: list[Any] = []
    if readers > 1:
        thread_id = json.loads(stream.first.partition(b"data: ")[2].partition(b"\n\n")[0])["thread"]["id"]
        params = {"thread_id": thread_id, "turn_id": turn_id, "after_seq": 0}
        for _ in range(1, readers):
            attached: Any = await server.process(json.dumps({"type": "threads.attach", "params": params}), {})
            others.append(asyncio.create_task(read(attached)))
    ends = [await read(stream), *[await other for other in others]]
    final = [end.split(b"\n\n")[-2] for end in ends]
    assert all(b"thread.item.done" in frame and frame == final[0] for frame in final), final


async def turns(*, resume: bool, readers: int) -> dict[str, float]:
    """CPU seconds per event of a turn, and KiB that an open turn with its readers costs."""
    server = Talking()
    server.gate.set()
    await started(server, -1, resume=resume, readers=readers)  # what is built on first use
    server.gate.clear()
    server.waiting = 0
    memory, spent = resident_kib(), -time.process_time()
    reading = [
        asyncio.create_task(started(server, number, resume=resume, readers=readers))
        for number in range(TURNS)
    ]
    await server.all_wait.wait()
    await asyncio.sleep(0.1)  # their readers get to it
    memory = resident_kib() - memory
    server.gate.set()
    await asyncio.gather(*reading)
    spent += time.process_time()
    return {"seconds": spent / (TURNS * (DELTAS + 5)), "kib": memory / TURNS}


WORKLOADS: dict[str, Any] = {
    "direct": partial(turns, resume=False, readers=1),
    "one": partial(turns, resume=True, readers=1),
    "two": partial(turns, resume=True, readers=2),
}
