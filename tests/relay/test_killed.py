"""One process and its database, killed in mid-turn and started again (extensions.md §2.5)."""

import asyncio
import json
from pathlib import Path
from typing import Any

import anyio
import httpx

from chatkit.store.sql import SQLStore
from chatkit.testing import parse_events
from tests.relay.processes import running
from tests.relay.reading import TURN, attach, frames_of, resuming
from tests.scripted import ALICE, BOB, create, request, types
from tests.served import PATIENCE

SITE = """
import asyncio
from chatkit.server import sweeping
from chatkit.store.sql import SQLStore
from chatkit.web.app import create_app
from tests.scripted import Scripted, answer, beginning, delta, done
from tests.served import who

sweeping.LEASE = 3.0

async def script(thread, message, context):
    yield done(answer("a", "whole", thread.id))
    for event in beginning("b", thread.id):
        yield event
    yield delta("b", "half")
    await asyncio.Event().wait()

app = create_app(Scripted(SQLStore("sqlite:///{database}", owner=str), script), context=who)
"""


async def said(client: httpx.AsyncClient, thread_id: str, person: str) -> list[str]:
    """What a person sees who opens the thread."""
    body = {**request("threads.get_by_id", thread_id=thread_id), "capabilities": ["resume"]}
    response = await client.post("/chatkit", json=body, headers={"X-Person": person})
    return [item["content"][0]["text"] for item in response.json()["items"]["data"]]


async def test_what_a_killed_process_had_said_is_there_after_its_restart(tmp_path: Path) -> None:
    """Finished items at once; the partial answer when the lease is over, for those who come back and for others"""
    database = tmp_path / "chat.db"
    turns = {ALICE: TURN, BOB: "another"}
    threads: dict[str, str] = {}
    with anyio.fail_after(4 * PATIENCE):
        async with running(tmp_path, SITE.format(database=database)) as process:
            async with process.client() as client:
                for person, turn_id in turns.items():
                    body: Any = resuming(create("Hi"), turn_id)
                    headers = {"X-Person": person}
                    async with client.stream("POST", "/chatkit", json=body, headers=headers) as answering:
                        stream = b""
                        async for piece in answering.aiter_bytes():
                            stream += piece
                            if b"half" in stream:
                                break
                    threads[person] = json.loads(frames_of(stream)[0][1][6:])["thread"]["id"]
                async with SQLStore[str](f"sqlite:///{database}", owner=str) as store:
                    while len(await store.open_checkpoints()) < len(turns):  # noqa: ASYNC110 (the store has no event)
                        await asyncio.sleep(0.05)
            process.kill()
            process.start()
            async with process.client() as client:
                back = await client.post("/chatkit", json=attach(threads[ALICE], 6))
                assert back.status_code == 200
                assert types(parse_events(back.content)) == ["item.done", "error"]
                assert [number for number, _ in frames_of(back.content)] == [7, 8]
                assert b'"code":"turn_interrupted","allow_retry":true' in back.content
                assert await said(client, threads[ALICE], ALICE) == ["Hi", "whole", "half"]
                while (seen := await said(client, threads[BOB], BOB)) != ["Hi", "whole", "half"]:
                    assert seen == ["Hi", "whole"]
                    await asyncio.sleep(0.05)
                unknown = await client.post("/chatkit", json=attach(threads[ALICE], turn_id="unknown"))
                assert unknown.status_code == 404
