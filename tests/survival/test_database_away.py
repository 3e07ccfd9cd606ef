"""The database goes away in mid-answer and comes back (docs/backend/scaling.md)."""

import json
from typing import Any

import anyio
import httpx

from tests.scripted import create, request, say
from tests.store.postgres_server import Postgres
from tests.survival.cluster import Cluster
from tests.survival.reader import numbers_in, reached, text_of


async def test_an_answer_that_cannot_be_saved_ends_and_says_so(up: Cluster, postgres: Postgres) -> None:
    """What was stored before is there; threads cannot be read or written meanwhile: 503"""
    cookie = await up.visitor()
    async with (
        up.client(cookie) as first,
        httpx.AsyncClient(
            base_url=up.base, headers={"Cookie": cookie}, trust_env=False, timeout=60
        ) as plainly,
    ):
        before: list[dict[str, Any]] = []
        async with anyio.create_task_group() as reading:
            # Messages of fifty numbers: one is stored before, the next one cannot be.
            reading.start_soon(first.turn, create("count 300 0.01"), "turn-of-the-database")
            await reached(first, 70)
            await anyio.to_thread.run_sync(postgres.stop)
            try:
                before = first.tab.holds()["items"]
                while b'"error"' not in first.last:  # noqa: ASYNC110 (a list of frames has no event)
                    await anyio.sleep(0.01)
                for body in (
                    request("threads.list"),
                    request("threads.get_by_id", thread_id=first.thread_id),
                    request("threads.update", thread_id=first.thread_id, title="New"),
                    create("count 3 0"),
                ):
                    refused = await plainly.post("/chatkit", json=body)
                    assert (refused.status_code, "retry-after" in refused.headers) == (503, True), body
                assert (await plainly.get("/")).status_code == 200
            finally:
                await anyio.to_thread.run_sync(postgres.start)
        told = json.loads(first.last[6:])
        assert (told["type"], told["code"]) == ("error", "stream.error")
        assert first.thread_id is not None
        stored = await first.stored(first.thread_id)
        whole = [item for item in before if len(text_of(item).split()) == 50]
        assert [item["id"] for item in stored[: len(whole) + 1]] == [
            item["id"] for item in before[: len(whole) + 1]
        ]
        said = numbers_in(stored[1:])
        assert said == list(range(len(said)))
        await first.turn(say(first.thread_id, "count 3 0"))
        assert text_of(first.tab.holds()["items"][-1]) == "0 1 2 "
