"""The log of a turn that another worker runs, as far as Redis has it."""

import asyncio
from collections.abc import Mapping

import anyio

from chatkit.relay.base import Snapshot, TurnName
from chatkit.relay.log import Log
from chatkit.relay.readers import Waiting

Fields = Mapping[bytes, bytes]


class TurnFailedError(Exception):
    """The turn failed on its worker before its first frame: it may be tried again."""


def split(frames: bytes) -> list[tuple[int, bytes]]:
    """Numbered frames, one by one. No frame has an empty line in it but at its end."""
    found: list[tuple[int, bytes]] = []
    for frame in frames.split(b"\n\n"):
        if frame:
            number, _, _ = frame.partition(b"\n")
            found.append((int(number[4:]), frame + b"\n\n"))
    return found


class Mirror(Log):
    """What Redis has of a turn. Filled by the worker's one reader of Redis, read by any number of readers.

    Args:
        name: Which turn.
        ping_after: Seconds of silence before a reader is sent a ping.
        patience: Seconds for which a frame that a reader has seen already, on the turn's own worker, may be on its
            way. A worker that died has perhaps not sent it: the end that comes then has a higher number.
    """

    def __init__(self, name: TurnName, ping_after: float, patience: float) -> None:
        super().__init__(ping_after)
        self.name = name
        self.users = 0
        self.missed = 0
        """How often Redis did not know the turn when it was asked."""
        self._patience = patience
        self._moved = asyncio.Event()

    def take(self, entry: Fields) -> None:
        """Add what an entry of the stream says (scripts.APPEND)."""
        kind, number = entry[b"k"], int(entry[b"n"])
        if kind == b"f":
            if number > self.seq:
                for seq, frame in split(entry[b"d"]):
                    if seq > self.seq:
                        self.publish(seq, frame)
        elif kind in (b"s", b"a"):
            self._take_snapshot(Snapshot(number, tuple(split(entry[b"o"])), entry[b"d"]))
        elif not self.over.is_set():
            self.end(TurnFailedError() if kind == b"x" else None)

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        if self._snapshot is not None and snapshot.seq <= self._snapshot.seq:
            return  # read once more: what came between this one and ours is kept no longer
        if snapshot.seq > self.seq:  # the frames before it are gone
            for reader in self._readers:
                reader.push(snapshot.after(self.seq))
            self.seq = snapshot.seq
        _, kept = self.whole()
        self._keep(snapshot)
        for seq, frame in kept:
            if seq > snapshot.seq:
                self._numbers.append(seq)
                self._frames.append(frame)
                self._size += len(frame)
        self._moved.set()
        self._moved = asyncio.Event()

    def end(self, failure: Exception | None = None) -> None:
        """Nothing more will come."""
        super().end(failure)
        self._moved.set()

    async def has_snapshot(self, seq: int) -> None:
        """Wait for a snapshot that Redis has: whoever comes may have been cut off in the middle of it."""
        with anyio.move_on_after(self._patience):
            while not self.over.is_set() and (self._snapshot is None or self._snapshot.seq < seq):
                await self._moved.wait()

    async def _comes_to(self, seq: int, reader: Waiting) -> bool:
        with anyio.move_on_after(self._patience):
            while self.seq < seq and not self.over.is_set() and not reader.ended:
                await reader.more(self._patience)
        return self.seq >= seq
