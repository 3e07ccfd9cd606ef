"""Between a real client and a real server, whatever the line does: nothing is lost, nothing doubled (§2.2, §2.7)."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from tests.scripted import create, request, say
from tests.served import PATIENCE
from tests.survival.faults import Fault, Line, faults
from tests.survival.processes import Worker
from tests.survival.reader import Client, by_id
from tests.survival.typescript import Chats, chats

PATTERNS = 1000 if os.environ.get("CHATKIT_SOAK") else 50
AT_ONCE = 16
STALL = 0.3
TURNS = 2


async def pattern(workers: list[Worker], seed: int) -> Client:
    """Two turns over a line that fails; beside it somebody reads over one that holds."""
    rng, ways = random.Random(seed), random.Random(seed)
    person = f"person-{seed}"
    async with (
        Line(lambda: ways.choice(workers).address, seed=seed) as line,
        Client(f"http://127.0.0.1:{line.port}", person, STALL, rng if seed % 3 == 0 else None) as broken,
        Client(rng.choice(workers).base, person, 6 * PATIENCE) as unbroken,
        unbroken.watching() as news,
    ):
        for turn in range(TURNS):
            said = f"play {seed * TURNS + turn}"
            body = say(broken.thread_id, said) if broken.thread_id else create(said)
            line.faults += faults(rng, 8)
            async with anyio.create_task_group() as reading:
                reading.start_soon(broken.insist, body)
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


async def pattern_in_typescript(chats: Chats, workers: list[Worker], seed: int) -> int:
    """The same with the client of the element; the connections that it took."""
    rng, ways = random.Random(seed), random.Random(seed)
    person, held = f"typescript-{seed}", dict[str, Any]()
    async with (
        Line(lambda: ways.choice(workers).address, seed=seed) as line,
        Client(rng.choice(workers).base, person, 6 * PATIENCE) as unbroken,
        unbroken.watching() as news,
    ):
        for turn in range(TURNS):
            # From the second turn on it knows from the beginning.
            line.faults += [fault if turn else _heard_first(fault) for fault in faults(rng, 8)]
            saying = asyncio.ensure_future(
                chats.say(f"http://127.0.0.1:{line.port}/chatkit", person, f"play {seed * TURNS + turn}")
            )
            async for event in news:
                if event["type"] == "turn.started":
                    await unbroken.follow(event["thread_id"], event["turn_id"])
                    break
            held = await saying
            line.faults.clear()
            assert held["error"] is None, held["error"]
            assert unbroken.thread_id == held["thread_id"]
            whole, stored = unbroken.tab.holds(), await unbroken.stored(unbroken.thread_id or "")
            assert by_id(stored) == by_id(whole["items"])
            assert by_id(_told(held["items"])) == by_id(_told(stored)), (held["items"], stored)
            assert held["title"] == whole["thread"].get("title")
            assert held["effects"][-len(unbroken.tab.effects) :] == unbroken.tab.effects
            threads = (await unbroken.ask(request("threads.list", limit=9)))["data"]
            assert [thread["id"] for thread in threads] == [held["thread_id"]]
    return held["requests"]


def _heard_first(fault: Fault) -> Fault:
    """A line goes silent when the client can know that it should not: it has heard that the turn can be resumed."""
    early = fault.after_down is None or fault.after_down < 2000
    return replace(fault, ending="reset") if fault.ending == "hang" and early else fault


def _told(value: Any) -> Any:
    """What JSON says, whether it leaves out what is null or not."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: _told(field) for name, field in fields.items() if field is not None}
    if isinstance(value, list):
        return [_told(one) for one in cast("list[Any]", value)]
    return value


async def attempted(attempt: Callable[[int], Awaitable[int]]) -> int:
    """Try every pattern, some at once; the sum of what they took."""
    failed: dict[int, Exception] = {}
    took: list[int] = []
    at_once = anyio.CapacityLimiter(AT_ONCE)

    async def one(seed: int) -> None:
        async with at_once:
            try:
                took.append(await attempt(seed))
            except Exception as error:
                failed[seed] = error

    async with anyio.create_task_group() as patterns:
        for seed in range(PATTERNS):
            patterns.start_soon(one, seed)
    if failed:
        seed, error = next(iter(failed.items()))
        raise AssertionError(f"patterns {sorted(failed)} failed; the first was {seed}") from error
    return sum(took)


@pytest.mark.disconnect
async def test_whatever_the_line_does_the_thread_is_that_of_an_unbroken_one(
    workers: list[Worker], figures: list[str]
) -> None:
    """issue: drops at random bytes, delays, half-open lines, refusals, doubled requests; starts included"""
    reloads = 0

    async def attempt(seed: int) -> int:
        nonlocal reloads
        client = await pattern(workers, seed)
        reloads += client.reloaded
        return client.connections

    connections = await attempted(attempt)
    assert connections > 3 * TURNS * PATTERNS, "the line hardly failed"
    figures.append(
        f"broken lines, {len(workers)} worker(s): {PATTERNS} patterns of {TURNS} turns, {connections} connections, "
        f"{reloads} reloads"
    )


@pytest.mark.disconnect
async def test_the_same_with_the_client_of_the_element(
    workers: list[Worker], figures: list[str], tmp_path: Path
) -> None:
    async with chats(tmp_path) as one:
        requests = await attempted(partial(pattern_in_typescript, one, workers))
    assert requests > 3 * TURNS * PATTERNS, "the line hardly failed"
    figures.append(
        f"broken lines, {len(workers)} worker(s), TypeScript: {PATTERNS} patterns of {TURNS} turns, "
        f"{requests} requests"
    )
