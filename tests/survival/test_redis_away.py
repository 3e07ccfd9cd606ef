"""Redis restarts, and Redis cannot be reached: running turns finish, new ones are told (docs/backend/scaling.md)."""

import anyio
import httpx
import pytest

from tests.relay.reading import attach
from tests.scripted import create, request
from tests.survival.cluster import Cluster
from tests.survival.reader import RefusedError, numbers_in, reached, text_of

NUMBERS = 300


async def test_a_turn_survives_its_redis(up: Cluster) -> None:
    """issue: Redis restarting; Redis unreachable (clear error to new turns, running ones finish)"""
    cookie = await up.visitor()
    here, there = up.workers[:2]
    async with (
        up.client(cookie, at=here) as first,
        up.client(cookie, at=there) as second,
        up.client(cookie, at=there) as third,
    ):
        thread_id = ""
        async with anyio.create_task_group() as reading:
            reading.start_soon(first.turn, create(f"count {NUMBERS} 0.02"), "turn-1")
            await first.begun.wait()
            thread_id = first.thread_id or ""
            reading.start_soon(second.follow, thread_id, "turn-1")
            await reached(first, 30)
            await reached(second, 30)
            up.redis.kill()
            with pytest.raises(RefusedError) as refused:
                await third.turn(create("count 3 0"))
            assert refused.value.status == 503
            async with httpx.AsyncClient(
                base_url=up.workers[2].base, headers={"Cookie": cookie}, trust_env=False, timeout=60
            ) as elsewhere:
                for body in (create("count 3 0"), attach(thread_id, 0, "turn-1")):
                    answer = await elsewhere.post("/chatkit", json=body)
                    assert (answer.status_code, "retry-after" in answer.headers) == (503, True), body
                for body in (request("threads.list"), request("threads.get_by_id", thread_id=thread_id)):
                    assert (await elsewhere.post("/chatkit", json=body)).status_code == 200
            await reached(first, first.tab.seq + 20)  # it goes on for those on its worker
            await anyio.to_thread.run_sync(up.redis.start)
        stored = await first.stored(thread_id)
        assert numbers_in(stored[1:]) == list(range(NUMBERS))
        assert first.tab.holds()["items"] == second.tab.holds()["items"] == stored
        assert not second.tab.fell
        await third.turn(create("count 3 0"))
        assert text_of(third.tab.holds()["items"][-1]) == "0 1 2 "


async def test_a_turn_ends_whole_while_redis_is_gone(up: Cluster) -> None:
    cookie = await up.visitor()
    async with up.client(cookie, at=up.workers[0]) as first:
        async with anyio.create_task_group() as reading:
            reading.start_soon(first.turn, create("count 100 0.01"), "turn-2")
            await reached(first, 20)
            up.redis.kill()
        stored = await first.stored(first.thread_id or "")
        assert numbers_in(stored[1:]) == list(range(100))
        assert first.tab.holds()["items"] == stored
    await anyio.to_thread.run_sync(up.redis.start)
    await up.settled()
