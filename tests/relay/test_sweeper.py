"""Turns of workers that are gone are ended, one by one, whatever happens to each (extensions.md §2.5)."""

import asyncio
from collections.abc import Sequence

import anyio
import pytest

from chatkit.relay.base import TurnName
from chatkit.relay.memory import MemoryRelay
from chatkit.relay.sweeper import Sweeper
from tests.served import PATIENCE

ONE, TWO = TurnName("alice", "thr_1", "one"), TurnName("alice", "thr_2", "two")
LAST = [b'data: {"type":"error"}\n\n']


class Deserted(MemoryRelay):
    """Turns that nobody runs: each is given out until it has been ended."""

    def __init__(self, *names: TurnName) -> None:
        super().__init__()
        self.left = list(names)
        self.told: dict[str, Sequence[bytes]] = {}
        self.looked = 0
        self.all_told, self.given = asyncio.Event(), asyncio.Event()

    async def overdue(self) -> list[TurnName]:
        self.looked += 1
        if self.looked == 1:
            raise OSError("not now")
        self.given.set()
        return list(self.left)

    async def conclude(self, name: TurnName, frames: Sequence[bytes]) -> None:
        self.left.remove(name)
        self.told[name.turn_id] = frames
        if not self.left:
            self.all_told.set()


async def test_what_fails_is_tried_again_and_holds_up_nothing_else() -> None:
    relay = Deserted(ONE, TWO)
    asked: list[str] = []

    async def end_turn(name: TurnName) -> list[bytes]:
        asked.append(name.turn_id)
        if len(asked) == 1:
            raise OSError("the disk is full")
        return LAST

    async with Sweeper(relay, end_turn, every=0.001):
        with anyio.fail_after(PATIENCE):
            await relay.all_told.wait()
    assert asked == ["one", "two", "one"]
    assert relay.told == {"one": LAST, "two": LAST}


class Turn:
    """Has a place."""

    async def stop(self) -> None:
        """End."""

    def rename(self, title: str) -> None:
        """Take a title."""


async def test_in_one_process_no_turn_is_ever_overdue() -> None:
    relay = MemoryRelay()
    assert await relay.overdue() == []
    await relay.conclude(ONE, LAST)
    await relay.clear("alice", "thr_1", 1)
    assert relay.place("alice", "thr_1", "one", "reject", Turn()) is None


async def test_a_sweeper_that_stops_is_stopped() -> None:
    relay = Deserted(ONE)

    async def end_turn(name: TurnName) -> list[bytes]:
        await asyncio.Event().wait()
        return LAST

    with anyio.fail_after(PATIENCE):
        async with Sweeper(relay, end_turn, every=0.001):
            await relay.given.wait()
    assert relay.told == {}


def test_a_sweeper_needs_a_moment_between_two_looks() -> None:
    with pytest.raises(ValueError, match="every"):
        Sweeper(MemoryRelay(), lambda name: asyncio.sleep(0, LAST), every=0)
