"""Takes what turns say to Redis, in batches, and never lets a turn or a reader wait for it."""

import asyncio
import json
from collections import deque
from collections.abc import Callable

import anyio

from chatkit.errors import UnavailableError
from chatkit.logger import logger
from chatkit.relay.base import Snapshot, TurnName
from chatkit.relay.log import TurnLog
from chatkit.relay.memory import told
from chatkit.relay.redis.connection import Argument, Connection
from chatkit.relay.redis.scripts import ANNOUNCE, APPEND, BEGIN
from chatkit.relay.redis.settings import REMEMBERED, Settings, to_text
from chatkit.types import TurnEndedEvent, TurnStartedEvent

GATHER = 0.01
"""Seconds between two batches: what is said meanwhile goes in one."""

MAX_NEWS = 10_000
"""Announcements that wait; older ones are dropped. They only say that something is to be loaded anew."""

MAX_BATCH = 4 << 20
"""Bytes of one batch, roughly."""

MAX_TOLD = 500
"""Announcements in one batch."""

Call = tuple[str, list[str], list[Argument]]
"""Script, keys, arguments."""

Entry = tuple[str, int, bytes, bytes]
"""Kind, number, kept frames, data (scripts.APPEND)."""


class Outbox:
    """What a turn has said and Redis has not got. It is never larger than the turn's log."""

    def __init__(self, log: TurnLog, ready: "Callable[[Outbox], None]") -> None:
        self.log = log
        self.anew = False
        """Redis has perhaps not got what was sent: send all there is."""
        self.begun = False
        """Redis knows that the turn has begun."""
        self.sent_seq = 0
        self.sent_snapshot: Snapshot | None = None
        self.sent_end = False
        self.expired = False
        self._ready = ready
        self._frames: list[bytes] = []
        self._seq = 0
        self._before: tuple[int, bytes] | None = None  # what was said before the snapshot
        self._snapshot: Snapshot | None = None

    def push(self, seq: int, frame: bytes) -> None:
        self._seq = seq
        self._frames.append(frame)
        self._ready(self)

    def summed_up(self, snapshot: Snapshot) -> None:
        """All that was pushed so far is in this snapshot: what waits is dropped if the one before it waits, too."""
        frames, self._frames = self._frames, []
        self._before = (self._seq, b"".join(frames)) if frames and self._snapshot is None else None
        self._snapshot = snapshot
        self._ready(self)

    def end(self) -> None:
        self._ready(self)

    def take(self) -> list[Entry]:
        """What is to be sent now."""
        log, entries = self.log, list[Entry]()
        if self.anew:
            snapshot, frames = log.whole()
            self._snapshot = snapshot
            if snapshot is not None:
                entries.append(_summary("a", snapshot))
            if frames:
                entries.append(("f", frames[-1][0], b"", b"".join([frame for _, frame in frames])))
        else:
            if self._before is not None:
                entries.append(("f", self._before[0], b"", self._before[1]))
            if self._snapshot is not None:
                entries.append(_summary("s", self._snapshot))
            if self._frames:
                entries.append(("f", self._seq, b"", b"".join(self._frames)))
        self.sent_seq, self.sent_snapshot = log.seq, self._snapshot
        self._frames, self._before, self._snapshot = [], None, None
        if log.over.is_set():
            self.sent_end = True
            kind = "x" if log.failure is not None else "g" if self.expired else "e"
            entries.append((kind, log.seq, b"", b""))
        return entries


def _summary(kind: str, snapshot: Snapshot) -> Entry:
    return kind, snapshot.seq, b"".join([frame for _, frame in snapshot.kept]), snapshot.state


class Publisher:
    """Sends what is ready, again and again; after a failure, everything anew.

    Args:
        connection: Where to.
        settings: Times and names.
        lost: Called for a turn that another worker has ended.
    """

    def __init__(self, connection: Connection, settings: Settings, lost: Callable[[TurnLog], None]) -> None:
        self._connection = connection
        self._settings = settings
        self._lost = lost
        self._ready: dict[Outbox, None] = {}
        self._open: dict[Outbox, None] = {}
        self._news: deque[tuple[str, bytes]] = deque(maxlen=MAX_NEWS)
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def outbox(self, log: TurnLog) -> None:
        """Send what this turn says from now on."""
        box = Outbox(log, self._has_news)
        self._open[box] = None
        log.outlet = box

    def announce(self, key: str, frame: bytes) -> None:
        """Tell those who watch."""
        self._news.append((key, frame))
        self._awaken()

    def republish(self, logs: "set[TurnLog]") -> None:
        """Redis does not know these turns (any more)."""
        for box in self._open:
            if box.log in logs:
                box.anew = True
                self._has_news(box)

    def expire(self, log: TurnLog) -> None:
        """The frames of a turn are kept no longer: if Redis has not heard of its end, it hears of that alone."""
        for box in self._open:
            if box.log is log:
                box.expired = True
                log.clear()

    def forget(self, log: TurnLog) -> None:
        """There is nothing more to be sent of a turn."""
        for box in [box for box in self._open if box.log is log]:
            self._open.pop(box, None)
            self._ready.pop(box, None)

    async def drained(self, patience: float) -> None:
        """Wait until everything was sent, for so many seconds."""
        with anyio.move_on_after(patience):
            await self._idle.wait()

    async def run(self) -> None:
        """Send until cancelled."""
        pause = 0.0
        while True:
            if not self._ready and not self._news:
                self._idle.set()
                self._wake.clear()
                await self._wake.wait()
            try:
                await self._flush()
            except UnavailableError as error:
                pause = min(max(2 * pause, 0.1), 2.0)
                logger.warning("what turns say did not reach Redis: %s", error.__cause__ or error)
            else:
                pause = 0.0
            await asyncio.sleep(pause or GATHER)

    async def _flush(self) -> None:
        """Send what is ready, up to a limit; the rest stays ready."""
        calls: list[Call] = []
        boxes: list[Outbox] = []
        size = 0
        while self._ready and size < MAX_BATCH:
            box = next(iter(self._ready))
            del self._ready[box]
            if box.log.lost:
                self._open.pop(box, None)
                continue
            if box.anew:
                calls.append(begin(box.log.turn.name, self._settings))
                box.begun = False
            entries = box.take()
            box.anew = False
            name, seq = box.log.turn.name, box.log.seq
            calls.append(append(name, seq, entries, self._settings, begins=not box.begun and seq > 0))
            boxes.append(box)
            size += sum(len(entry[2]) + len(entry[3]) for entry in entries)
        news = [self._news.popleft() for _ in range(min(len(self._news), MAX_TOLD))]
        for key, frame in news:
            calls.append((ANNOUNCE, [key], [self._settings.worker, frame]))
        try:
            results = await self._connection.run_all(calls)
        except BaseException:  # cancelled, too: it is not known what has arrived
            self._news.extendleft(reversed(news))
            for box in self._open:
                box.anew = True
                self._has_news(box)
            raise
        codes = [result for call, result in zip(calls, results, strict=True) if call[0] is APPEND]
        for box, code in zip(boxes, codes, strict=True):
            if code == 1:
                box.begun = box.begun or box.sent_seq > 0
                if box.sent_snapshot is not None:
                    box.log.arrived(box.sent_snapshot)
                if box.sent_end:
                    self._open.pop(box, None)
                    self._ready.pop(box, None)
            elif code == -1:
                self._open.pop(box, None)
                self._lost(box.log)
            else:  # nothing is known of it, or an error: once more, from the beginning
                box.anew = True
                self._has_news(box)
        failed = [code for code in codes if isinstance(code, Exception)]
        if failed:
            raise UnavailableError("Redis refused what turns say") from failed[0]

    def _has_news(self, box: Outbox) -> None:
        self._ready[box] = None
        self._awaken()

    def _awaken(self) -> None:
        self._idle.clear()
        self._wake.set()


def begin(name: TurnName, settings: Settings) -> Call:
    """The call that tells Redis of a turn, unless it knows it."""
    args: list[Argument] = [settings.worker, to_text(name), settings.lease_ms]
    return BEGIN, settings.keys.of_turn(name), args


def append(
    name: TurnName, seq: int, entries: list[Entry], settings: Settings, *, begins: bool = False
) -> Call:
    """The call that adds to the log of a turn.

    Args:
        name: Which turn.
        seq: Its newest number.
        entries: What it has said.
        settings: Names and times.
        begins: Whether Redis does not know yet that it has begun.
    """
    ends = bool(entries) and entries[-1][0] in ("e", "g")
    args: list[Argument] = [
        settings.keys.prefix,
        settings.worker,
        name.turn_id,
        seq,
        settings.keep_ms,
        REMEMBERED * 1000,
        told(name, TurnStartedEvent) if begins else b"",
        json.dumps([name.thread_id, settings.worker]) if begins else b"",
        told(name, TurnEndedEvent) if ends else b"",
    ]
    for entry in entries:
        args += entry
    return APPEND, settings.keys.of_turn(name), args
