"""The frames of one turn: those since the newest snapshot, the snapshot, and who reads them."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import Protocol

from chatkit.errors import InvalidRequestError
from chatkit.relay.base import PING, RelayedTurn, Snapshot
from chatkit.relay.readers import MAX_BEHIND, Waiting

SNAPSHOT_EVERY = 1.0
"""Seconds of news that one snapshot sums up."""

AGAIN_AFTER = 0.1
"""Seconds until another try, where a turn could not tell its state."""


class Outlet(Protocol):
    """What else gets all that a turn says. It never waits."""

    def push(self, seq: int, frame: bytes) -> None: ...

    def summed_up(self, snapshot: Snapshot) -> None:
        """All that was pushed so far is in this snapshot."""
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
        self._size = 0
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

    def publish(self, seq: int, frame: bytes) -> None:
        """Keep a frame and hand it to everybody who reads."""
        super().publish(seq, frame)
        if self.outlet is not None:
            self.outlet.push(seq, frame)
        if self._size > MAX_BEHIND:
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

    def _on_time(self) -> None:
        self._timer = None
        if not self._sum_up():
            self._timer = asyncio.get_running_loop().call_later(AGAIN_AFTER, self._on_time)

    def _sum_up(self) -> bool:
        if not self._frames:
            return True
        snapshot = self.turn.snapshot() if self.turn.seq == self.seq else None
        if snapshot is None:
            return False
        self._keep(snapshot)
        if self.outlet is not None:
            self.outlet.summed_up(snapshot)
        return True
