"""`kill -9` of a worker in mid-turn: what its readers get, and what is in the database (§2.5)."""

import asyncio
import json
import os
import random
import time
from contextlib import AsyncExitStack
from typing import Any

import anyio
import pytest
import sqlalchemy as sa

from chatkit.store.database import Database
from chatkit.store.tables import checkpoints
from tests.scripted import create, say
from tests.survival.cluster import SHORT_LEASE, Cluster
from tests.survival.reader import Client, numbers_in, reached, text_of

KILLS = 50 if os.environ.get("CHATKIT_SOAK") else 5
TURNS = 3
NUMBERS = 400


async def checkpoint_of(database: Database, turn_id: str) -> dict[str, str]:
    """The texts of the items that the newest checkpoint of a turn holds, by their ids."""
    query = sa.select(checkpoints.c.body).where(checkpoints.c.turn_id == turn_id)
    items: list[dict[str, Any]] = [item for row in await database.all(query) for item in json.loads(row.body)]
    return {item["id"]: text_of(item) for item in items}


async def kill_one(up: Cluster, database: Database, rng: random.Random) -> tuple[float, int] | None:
    """Kill a worker that runs some turns; how long their readers had to wait, and how many words are lost.

    Returns:
        None if the worker had lost its turns before: on a machine this busy it stood still for longer than a lease.
    """
    victim = rng.choice(up.workers)
    others = [worker for worker in up.workers if worker is not victim]
    cookie = await up.visitor()
    turn_ids = [f"turn-{rng.randrange(1 << 60)}" for _ in range(TURNS)]
    ended: list[float] = []

    async def read(client: Client, turn_id: str, start: bool) -> None:
        if start:
            await client.turn(create(f"count {NUMBERS} 0.01"), turn_id)
        else:
            assert client.thread_id is not None
            await client.follow(client.thread_id, turn_id)
        ended.append(time.monotonic())

    starters = [up.client(cookie) for _ in turn_ids]
    beside = [up.client(cookie, at=rng.choice(others)) for _ in turn_ids]
    async with AsyncExitStack() as open_tabs:
        for client in (*starters, *beside):
            await open_tabs.enter_async_context(client)
        reading = await open_tabs.enter_async_context(anyio.create_task_group())
        up.first = victim
        for client, turn_id in zip(starters, turn_ids, strict=True):
            reading.start_soon(read, client, turn_id, True)
        for client in starters:
            await client.begun.wait()
        up.first = None
        if any(client.interrupted for client in starters):
            reading.cancel_scope.cancel()
            return None
        for first, second, turn_id in zip(starters, beside, turn_ids, strict=True):
            second.thread_id = first.thread_id
            reading.start_soon(read, second, turn_id, False)
        for client in (*starters, *beside):
            await reached(client, 10)
        await reached(starters[0], rng.randrange(20, NUMBERS - 50))
        if any(client.interrupted for client in (*starters, *beside)):
            reading.cancel_scope.cancel()
            return None
        before = [await checkpoint_of(database, turn_id) for turn_id in turn_ids]
        seen = [client.tab.holds()["items"] for client in starters]
        victim.kill()
        killed = time.monotonic()
        while len(ended) < 2 * TURNS:  # noqa: ASYNC110 (the group itself is open to the end)
            await asyncio.sleep(0.01)
        lost = 0
        for first, second, checkpoint, shown in zip(starters, beside, before, seen, strict=True):
            lost += await compared(first, second, checkpoint, shown)
            assert first.thread_id is not None
            await first.turn(say(first.thread_id, "count 3 0"))  # its thread is free
            assert text_of(first.tab.holds()["items"][-1]) == "0 1 2 "
    await victim.start()
    return max(ended) - killed, lost


async def compared(
    first: Client, second: Client, checkpoint: dict[str, str], shown: list[dict[str, Any]]
) -> int:
    """What two readers of a killed turn hold, against what is stored; how many words of `shown` are lost."""
    assert first.thread_id is not None
    stored = await first.stored(first.thread_id)
    texts = {item["id"]: text_of(item) for item in stored}
    for client in (first, second):
        told = json.loads(client.last[6:])
        assert (told["type"], told.get("code"), told.get("allow_retry")) == (
            "error",
            "turn_interrupted",
            True,
        )
        assert not client.tab.fell
        # What the dead worker told nobody else is not known to whoever ended its turn: the page is loaded anew.
        assert await client.load(first.thread_id) is None
        assert client.tab.holds()["items"] == stored
    said = numbers_in(stored[1:])
    assert said == list(range(len(said)))
    for id, text in checkpoint.items():
        assert texts[id].startswith(text), "less than the last checkpoint"
    for item in shown[:-1]:  # the last one was growing
        assert texts[item["id"]] == text_of(item), "a finished item is lost"
    return sum(len(text_of(item).split()) - len(texts.get(item["id"], "").split()) for item in shown)


@pytest.mark.disconnect
async def test_a_killed_worker_costs_what_came_after_its_last_checkpoint(
    up_to_be_killed: Cluster, figures: list[str]
) -> None:
    """extensions.md §2.5: each reader gets an end, no finished item is lost, the thread is free."""
    up = up_to_be_killed
    database = Database(up.database)
    waits: list[float] = []
    lost: list[int] = []
    try:
        for seed in range(3 * KILLS):
            killed = await kill_one(up, database, random.Random(seed))
            if killed is not None:
                waits.append(killed[0])
                lost.append(killed[1])
            if len(waits) == KILLS:
                break
    finally:
        await database.close()
    assert len(waits) == KILLS
    figures.append(
        f"killed workers: {KILLS} of {TURNS} turns with two readers each, lease {SHORT_LEASE} s; the end came after "
        f"{min(waits):.1f} to {max(waits):.1f} s; {max(lost)} of {TURNS * NUMBERS} words lost at most"
    )
