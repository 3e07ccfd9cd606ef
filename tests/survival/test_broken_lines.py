"""Between a real client and a real server, whatever the line does: nothing is lost, nothing doubled (§2.2, §2.7)."""

import os
import random

import anyio
import pytest

from tests.scripted import create, request, say
from tests.served import PATIENCE
from tests.survival.faults import Line, faults
from tests.survival.processes import Worker
from tests.survival.reader import Client, by_id

PATTERNS = 1000 if os.environ.get("CHATKIT_SOAK") else 50
AT_ONCE = 16
STALL = 0.3
TURNS = 2


async def pattern(workers: list[Worker], seed: int) -> Client:
    """Two turns over a line that fails; beside it somebody reads over one that holds."""
    rng, ways = random.Random(seed), random.Random(seed)
    person = f"person-{seed}"
    async with (
        Line(lambda: ways.choice(workers).port, seed=seed) as line,
        Client(f"http://127.0.0.1:{line.port}", person, STALL, rng if seed % 3 == 0 else None) as broken,
        Client(rng.choice(workers).base, person, 6 * PATIENCE) as unbroken,
        unbroken.watching() as news,
    ):
        for turn in range(TURNS):
            said = f"play {seed * TURNS + turn}"
            body = say(broken.thread_id, said) if broken.thread_id else create(said)
            line.faults += faults(rng, 8)
            async with anyio.create_task_group() as reading:
                reading.start_soon(broken.turn, body)
                async for event in news:
                    if event["type"] == "turn.started":
                        await unbroken.follow(event["thread_id"], event["turn_id"])
                        break
            line.faults.clear()
            assert unbroken.thread_id is not None
            shown, whole = broken.tab.holds()["items"], unbroken.tab.holds()["items"]
            stored = await unbroken.stored(unbroken.thread_id)
            assert by_id(stored) == by_id(whole)
            if broken.reloaded:
                assert by_id(shown) == by_id(whole)
                assert len(set(broken.tab.effects)) == len(broken.tab.effects)
            else:
                assert shown == whole
                assert broken.tab.effects == unbroken.tab.effects
            assert not broken.tab.fell
            assert [item["type"] for item in stored].count("user_message") == turn + 1
            threads = (await unbroken.ask(request("threads.list", limit=9)))["data"]
            titles = {tab.holds()["thread"].get("title") for tab in (broken.tab, unbroken.tab)}
            assert [thread["id"] for thread in threads] == [broken.thread_id]
            assert titles == {threads[0].get("title")}
    return broken


@pytest.mark.disconnect
async def test_whatever_the_line_does_the_thread_is_that_of_an_unbroken_one(
    workers: list[Worker], figures: list[str]
) -> None:
    """issue: drops at random bytes, delays, half-open lines, refusals, doubled requests; starts included"""
    failed: dict[int, Exception] = {}
    clients: list[Client] = []
    at_once = anyio.CapacityLimiter(AT_ONCE)

    async def attempt(seed: int) -> None:
        async with at_once:
            try:
                clients.append(await pattern(workers, seed))
            except Exception as error:
                failed[seed] = error

    async with anyio.create_task_group() as patterns:
        for seed in range(PATTERNS):
            patterns.start_soon(attempt, seed)
    if failed:
        seed, error = next(iter(failed.items()))
        raise AssertionError(f"patterns {sorted(failed)} failed; the first was {seed}") from error
    connections = sum(client.connections for client in clients)
    assert connections > 3 * TURNS * PATTERNS, "the line hardly failed"
    reloads = sum(client.reloaded for client in clients)
    figures.append(
        f"broken lines, {len(workers)} worker(s): {PATTERNS} patterns of {TURNS} turns, {connections} connections, "
        f"{reloads} reloads"
    )
