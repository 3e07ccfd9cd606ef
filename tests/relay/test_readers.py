"""One reader's wait: news end it, silence ends it, and one timer serves many waits."""

import asyncio
from time import monotonic

import pytest

from chatkit.relay.readers import Waiting

pytestmark = pytest.mark.anyio

LONG = 3600.0


async def interrupted(reader: Waiting, patience: float) -> None:
    """A wait that news end."""
    waiting = asyncio.ensure_future(reader.more(patience))
    await asyncio.sleep(0)
    reader.push(b"news")
    assert await asyncio.wait_for(waiting, 60)


async def silent(reader: Waiting, patience: float) -> None:
    """A wait that silence ends, not before its time."""
    began = monotonic()
    assert await asyncio.wait_for(reader.more(patience), 60) is False
    assert monotonic() - began >= patience * 0.99


async def test_each_wait_has_its_own_patience() -> None:
    reader = Waiting(may_attach=False)
    await interrupted(reader, LONG)
    await silent(reader, 0.01)  # not for as long as the wait before it
    await interrupted(reader, 0.1)
    await asyncio.sleep(0.06)
    await silent(reader, 0.1)  # the timer of the wait before it comes too early
    await interrupted(reader, 0.02)
    await asyncio.sleep(0.04)
    await silent(reader, 0.02)  # the timer has come while nobody waited
    reader.close()


async def test_a_closed_reader_leaves_no_timer() -> None:
    reader = Waiting(may_attach=False)
    await interrupted(reader, LONG)
    timer = reader._timer  # pyright: ignore[reportPrivateUsage]
    assert timer is not None
    assert not timer.cancelled()
    reader.close()
    assert timer.cancelled()
