"""The frames of one turn: those since the newest snapshot, the snapshot, and who reads them."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import Protocol

import anyio

from chatkit.errors import InvalidRequestError
from chatkit.relay.base import PING, RelayedTurn, Snapshot
from chatkit.relay.readers import MAX_BEHIND, Waiting

SNAPSHOT_EVERY = 1.0
"""Seconds of news that one snapshot sums up."""

AGAIN_AFTER = 0.1
"""Seconds until another try, where a turn could not tell its state."""

ARRIVES = 0.5
"""Seconds that a snapshot on its way to other workers is waited for."""


class Outlet(Protocol):
    """What else gets all that a turn says. It never waits."""

    def push(self, seq: int, frame: bytes) -> None: ...

    def summed_up(self, snapshot: Snapshot) -> None:
        """All that was pushed so far is in this snapshot. When it has arrived, the log is to be told (`arrived`)."""
        ...

    def end(self) -> None: ...


class Log:
    """What was sent by a turn, and is kept for those who come later. Somebody else fills it.

    Args:
        ping_after: Seconds of silence before a reader is sent a ping.
    """

    def __init__(self, ping_after: float) -> None:
        self.seq = 0
        """The newest frame that was published."""
        self.over = asyncio.Event()
        self.failure: Exception | None = None
        """What the turn raised before its first frame."""
        self._ping_after = ping_after
        # Side by side: pairs would be an object more for each frame, which the garbage collector goes through.
        self._numbers: deque[int] = deque()
        self._frames: deque[bytes] = deque()
        self._size: int = 0
        self._snapshot: Snapshot | None = None
        self._readers: set[Waiting] = set()

    @property
    def running(self) -> bool:
        """Whether it has begun and is not over."""
        return self.seq > 0 and not self.over.is_set()

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        kept = self._snapshot
        return self._size + (len(kept.state) + sum(len(f) for _, f in kept.kept) if kept else 0)

    def publish(self, seq: int, frame: bytes) -> None:
        """Keep a frame and hand it to everybody who reads."""
        self.seq = seq
        self._numbers.append(seq)
        self._frames.append(frame)
        self._size += len(frame)
        for reader in self._readers:
            reader.push(frame)

    def end(self, failure: Exception | None = None) -> None:
        """Nothing more will come."""
        self.failure = failure
        self.over.set()
        for reader in self._readers:
            reader.end()

    def end_attached(self) -> None:
        """End what was attached; whoever started the turn reads on."""
        for reader in self._readers:
            if reader.may_attach:
                reader.end()

    def whole(self) -> tuple[Snapshot | None, list[tuple[int, bytes]]]:
        """All that is kept."""
        return self._snapshot, list(zip(self._numbers, self._frames, strict=True))

    def clear(self) -> None:
        """Keep nothing any more."""
        self._drop_frames()
        self._snapshot = None

    async def read(self, after_seq: int, *, attached: bool) -> AsyncGenerator[bytes, None]:
        """What comes after a frame, in pieces of all that is ready; pings in silence; to the end.

        Raises:
            InvalidRequestError: If the turn has not come that far.
            Exception: What the turn raised before its first frame.
        """
        reader = Waiting(may_attach=attached)
        self._readers.add(reader)
        try:
            await self._settled(after_seq)
            if after_seq > self.seq and not await self._comes_to(after_seq, reader):
                raise InvalidRequestError(f"after_seq: the turn has come to {self.seq}, not to {after_seq}")
            reader.take()
            seen, piece = self.seq, self._since(after_seq)
            if attached and not piece and not self.over.is_set():
                piece = PING  # at once, so that the reader knows that it is heard
            while True:
                if piece:
                    yield piece
                elif reader.ended or self.over.is_set():
                    break
                elif not await reader.more(self._ping_after):
                    yield PING
                if reader.lapsed:
                    self._sum_up()
                    reader.lapsed = False
                    reader.take()
                    piece = self._since(seen)
                else:
                    piece = reader.take()
                seen = self.seq
        finally:
            self._readers.discard(reader)
            reader.close()
        if self.failure is not None:
            raise self.failure

    def _since(self, seq: int) -> bytes:
        kept = self._snapshot
        if kept is not None and seq <= kept.seq:
            return kept.after(seq) + b"".join(self._frames)
        if not seq:
            return b"".join(self._frames)
        own = zip(self._numbers, self._frames, strict=True)
        return b"".join([frame for number, frame in own if number > seq])

    async def _settled(self, seq: int) -> None:
        """Wait for a snapshot that is on its way, if whoever has seen this frame may have a part of it."""

    async def _comes_to(self, seq: int, reader: Waiting) -> bool:
        """Wait for a frame that may be on its way."""
        return False

    def _sum_up(self) -> bool:
        """Exchange the frames for a snapshot; False if there is none for now."""
        return False

    def _keep(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._drop_frames()

    def _drop_frames(self) -> None:
        self._numbers.clear()
        self._frames.clear()
        self._size = 0


class TurnLog(Log):
    """The log of a turn that runs in this process. It is behind the turn's own number while a frame is written.

    Where there is an outlet, readers get no snapshot that has not arrived there: one who was cut off in the middle of
    it goes on elsewhere, and would lack the rest. Until then the frames are kept.

    Args:
        turn: The turn.
        ping_after: Seconds of silence before a reader is sent a ping.
    """

    def __init__(self, turn: RelayedTurn, ping_after: float) -> None:
        super().__init__(ping_after)
        self.turn = turn
        self.outlet: Outlet | None = None
        self.lost = False
        """Another worker has ended the turn: what it still says is heard by nobody."""
        self._timer: asyncio.TimerHandle | None = None
        self._leaving: Snapshot | None = None  # on its way through the outlet
        self._covered = 0  # bytes of frames that it sums up
        self._arrival: asyncio.Event | None = None  # made when somebody waits

    def publish(self, seq: int, frame: bytes) -> None:
        """Keep a frame and hand it to everybody who reads."""
        super().publish(seq, frame)
        if self.outlet is not None:
            self.outlet.push(seq, frame)
        if self._size - self._covered > MAX_BEHIND:
            self._sum_up()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SNAPSHOT_EVERY, self._on_time)

    def end(self, failure: Exception | None = None) -> None:
        """Nothing more will come."""
        self._sum_up()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().end(failure)
        if self.outlet is not None:
            self.outlet.end()

    def whole(self) -> tuple[Snapshot | None, list[tuple[int, bytes]]]:
        """All that is kept, as short as it can be said."""
        kept, frames = super().whole()
        if (newest := self._leaving) is None:
            return kept, frames
        return newest, [(number, frame) for number, frame in frames if number > newest.seq]

    def clear(self) -> None:
        """Keep nothing any more."""
        super().clear()
        self._left_no_more()

    def arrived(self, snapshot: Snapshot) -> None:
        """A snapshot has come out of the outlet: now readers may have it."""
        if self._snapshot is not None and snapshot.seq <= self._snapshot.seq:
            return
        while self._numbers and self._numbers[0] <= snapshot.seq:
            self._numbers.popleft()
            size = len(self._frames.popleft())
            self._size -= size
            self._covered -= size
        self._snapshot = snapshot
        if snapshot is self._leaving:
            self._left_no_more()

    def _on_time(self) -> None:
        self._timer = None
        if not self._sum_up():
            self._timer = asyncio.get_running_loop().call_later(AGAIN_AFTER, self._on_time)

    def _sum_up(self) -> bool:
        if self._size == self._covered:  # nothing new
            return True
        snapshot = self.turn.snapshot() if self.turn.seq == self.seq else None
        if snapshot is None:
            return False
        if self.outlet is None or self._size > 2 * MAX_BEHIND:  # nothing arrives, and not all can be kept
            self._keep(snapshot)
            self._left_no_more()
        else:
            self._leaving, self._covered = snapshot, self._size
        if self.outlet is not None:
            self.outlet.summed_up(snapshot)
        return True

    def _left_no_more(self) -> None:
        self._leaving, self._covered = None, 0
        if self._arrival is not None:
            self._arrival.set()
            self._arrival = None

    async def _settled(self, seq: int) -> None:
        # A reader who has seen a frame between the two snapshots may have it from the newer one, on another worker
        # that has got it already.
        if (
            self._leaving is None
            or seq > self._leaving.seq
            or seq <= (self._snapshot.seq if self._snapshot else 0)
        ):
            return
        self._arrival = self._arrival or asyncio.Event()
        with anyio.move_on_after(ARRIVES):
            await self._arrival.wait()
