"""Turns of several workers on one Redis: read, stopped and watched from any of them (extensions.md §2)."""

from contextlib import aclosing
from typing import Any

import anyio

from chatkit.store import MemoryStore
from tests.relay.reading import Tab, Told, attach, begun, pieces
from tests.relay.relays import Relays
from tests.scripted import Scripted, answer, beginning, delta, done
from tests.served import PATIENCE


class Site:
    """Workers with one store, and a script that says what it is told to; started on the first of them."""

    def __init__(self, relays: Relays, workers: int = 2, **options: Any) -> None:
        self.told = Told()
        self.store = MemoryStore[str](owner=str)
        on_busy = options.pop("on_busy", "reject")
        self.relays = [relays.worker(**options) for _ in range(workers)]
        self.servers = [
            Scripted(self.store, self.told.__call__, relay=relay, on_busy=on_busy) for relay in self.relays
        ]


async def test_what_one_worker_runs_another_reads(workers: Relays) -> None:
    site = Site(workers)
    one, two = site.servers
    with anyio.fail_after(PATIENCE):
        thread_id, connection = await begun(one, site.told)
        await connection.aclose()
        async with aclosing(pieces(two, attach(thread_id))) as stream:
            tab = Tab()
            tab.take_all(await stream.__anext__())
            site.told.say(*beginning("a", thread_id), delta("a", "from afar"))
            while tab.seq < 6:
                tab.take_all(await stream.__anext__())
            site.told.say(done(answer("a", "from afar", thread_id)))
            site.told.end()
            async for piece in stream:
                tab.take_all(piece)
    assert [item["content"][0]["text"] for item in tab.holds()["items"]] == ["Hi", "from afar"]
