"""The relay of one process: turns run on tasks of their own, their frames are kept in memory."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import aclosing, contextmanager

from chatkit.errors import NotFoundError, TooManyRequestsError, TurnExpiredError, UnavailableError
from chatkit.logger import logger
from chatkit.relay.base import PING, Active, Relay, RelayedTurn, TurnName
from chatkit.relay.log import TurnLog
from chatkit.relay.readers import Waiting
from chatkit.types import TurnEndedEvent, TurnStartedEvent

BREATHER = 16 * 1024
"""Bytes after which a turn that never waits lets its readers write."""

REMEMBERED = 100_000
"""Ids of turns that are over which are remembered, so that a start that is repeated late is not run again."""


class MemoryRelay(Relay):
    """Turns and readers of one process. A restart forgets them.

    Args:
        keep: Seconds that the frames of a turn are kept after its end.
        ping_after: Seconds of silence after which a reader is sent a ping.
        readers: How many `attach` and `watch` streams an owner may have open at once.

    Raises:
        ValueError: If one of them is not positive.
    """

    def __init__(self, *, keep: float = 60, ping_after: float = 15, readers: int = 100) -> None:
        for name, value in (("keep", keep), ("ping_after", ping_after), ("readers", readers)):
            if value <= 0:
                raise ValueError(f"{name}: expected a positive number, got {value!r}")
        self._keep = keep
        self._ping_after = ping_after
        self._max_readers = readers
        self._logs: dict[tuple[str | None, str], TurnLog] = {}
        self._gone: OrderedDict[tuple[str | None, str], str] = OrderedDict()  # → thread id
        self._places: dict[tuple[str | None, str], list[TurnLog]] = {}  # turns that are not over, in order
        self._watchers: dict[str | None, set[Waiting]] = {}
        self._reading: dict[str | None, int] = {}
        self._tasks: dict[asyncio.Task[None], TurnLog] = {}
        self._timers: set[asyncio.TimerHandle] = set()
        self._closed = False

    # --- turns

    async def start(self, turn: RelayedTurn) -> AsyncGenerator[bytes, None]:
        """Run a turn, or find the one that this owner has started by the same id, and read it from its beginning."""
        key = turn.name.owner, turn.name.turn_id
        if key in self._gone:
            raise TurnExpiredError(f"turn {turn.name.turn_id!r} is over and its frames are gone")
        log = self._logs.get(key)
        if log is None:
            if self._closed:
                raise UnavailableError("the server is shutting down; try again in a moment")
            log = self._run(turn)
        async with aclosing(log.read(0, attached=False)) as pieces:
            async for piece in pieces:
                yield piece

    def _run(self, turn: RelayedTurn) -> TurnLog:
        name = turn.name
        log = self._logs[name.owner, name.turn_id] = TurnLog(turn, self._ping_after)
        self._places.setdefault((name.owner, name.thread_id), []).append(log)
        task = asyncio.get_running_loop().create_task(self._pump(log), name=f"turn {name.turn_id}")
        self._tasks[task] = log
        task.add_done_callback(self._tasks.pop)
        return log

    async def _pump(self, log: TurnLog) -> None:
        turn, unsent = log.turn, 0
        failure: Exception | None = None
        try:
            await self._admit(log)
            async with aclosing(turn.frames()) as frames:
                async for frame in frames:
                    if log.lost:
                        continue
                    if not log.seq:
                        self._tell(turn.name, TurnStartedEvent)
                    log.publish(turn.seq, frame)
                    unsent += len(frame)
                    if unsent > BREATHER:
                        unsent = 0
                        await asyncio.sleep(0)
        except Exception as error:  # it has been logged where it came from
            if log.seq and not log.lost:
                broken = turn.broken()
                log.publish(turn.seq, broken)
            elif not log.seq:
                failure = error
        finally:
            try:
                if log.lost:
                    await self._hear_the_end(log)
            finally:
                self._end(log, failure)

    async def _admit(self, log: TurnLog) -> None:
        """Whatever is to be asked before a turn runs; what is raised here is raised to its reader."""

    async def _hear_the_end(self, log: TurnLog) -> None:
        """Add to the log of a lost turn what the worker said that has ended it."""

    def _end(self, log: TurnLog, failure: Exception | None) -> None:
        name = log.turn.name
        log.end(failure)
        place = self._places[name.owner, name.thread_id]
        place.remove(log)
        if not place:
            del self._places[name.owner, name.thread_id]
        if failure is not None:  # nothing was done: the same id may be tried again
            del self._logs[name.owner, name.turn_id]
            return
        if log.seq:
            self._tell(name, TurnEndedEvent)
        self._later(self._keep, log)

    def _later(self, seconds: float, log: TurnLog) -> None:
        def expire() -> None:
            self._timers.discard(timer)
            self._expire(log)

        timer = asyncio.get_running_loop().call_later(seconds, expire)
        self._timers.add(timer)

    def _expire(self, log: TurnLog) -> None:
        """Forget the frames of a turn that was over long ago."""
        name = log.turn.name
        del self._logs[name.owner, name.turn_id]
        self._gone[name.owner, name.turn_id] = name.thread_id
        if len(self._gone) > REMEMBERED:
            self._gone.popitem(last=False)

    async def thread_of(self, owner: str | None, turn_id: str) -> str | None:
        """The thread of a known turn; None if this owner has started none of this id."""
        log = self._logs.get((owner, turn_id))
        return self._gone.get((owner, turn_id)) if log is None else log.turn.name.thread_id

    async def cancel(self, name: TurnName, patience: float) -> None:
        """Stop a turn and see its end. Nothing happens if it is over, or unknown."""
        log = self._logs.get((name.owner, name.turn_id))
        if log is None or log.turn.name != name or log.over.is_set():
            return
        log.turn.cancel()
        if log.seq:  # else it waits for another one, or for its own opening
            waiting = asyncio.ensure_future(log.over.wait())
            try:
                await asyncio.wait([waiting], timeout=patience)
            finally:
                waiting.cancel()

    async def active(self, owner: str | None, thread_id: str) -> Active | None:
        """The turn that runs in a thread, if there is one."""
        for log in self._places.get((owner, thread_id), ()):
            if log.running:
                return Active(log.turn.name.turn_id, log.turn.seq, log.turn.pending_items())
        return None

    async def clear(self, owner: str | None, thread_id: str, patience: float) -> None:
        """There is no other worker."""

    async def rename(self, owner: str | None, thread_id: str, title: str) -> None:
        """There is no other worker."""

    async def overdue(self) -> list[TurnName]:
        """None: turns end with their process."""
        return []

    async def conclude(self, name: TurnName, frames: Sequence[bytes]) -> None:
        """Nothing is overdue here."""

    # --- readers

    async def attach(self, name: TurnName, after_seq: int) -> AsyncGenerator[bytes, None]:
        """Read what comes after a frame, to the end."""
        key = name.owner, name.turn_id
        if self._gone.get(key) == name.thread_id:
            raise TurnExpiredError(f"turn {name.turn_id!r} is over and its frames are gone")
        log = self._logs.get(key)
        if log is None or log.turn.name != name:
            raise NotFoundError(f"turn {name.turn_id!r} is not there")
        # Where the store tells people apart, the limit is a person's; elsewhere a thread's.
        with self._counted(name.owner if name.owner is not None else f"thread {name.thread_id}"):
            async with aclosing(log.read(after_seq, attached=True)) as pieces:
                async for piece in pieces:
                    yield piece

    async def watch(self, owner: str) -> AsyncGenerator[bytes, None]:
        """What happens to an owner's threads; first `turn.started` for each turn that runs."""
        with self._counted(owner):
            watcher = Waiting(may_attach=True)
            watchers = self._watchers.setdefault(owner, set())
            watchers.add(watcher)
            try:
                running = [told(name, TurnStartedEvent) for name in await self._running(owner)]
                # At once, so that the reader knows that it is heard. What it was told meanwhile comes behind.
                yield b"".join([*running, watcher.take()]) or PING
                while not (watcher.ended or watcher.lapsed):
                    if piece := watcher.take():
                        yield piece
                    elif not await watcher.more(self._ping_after):
                        yield PING
            finally:
                watchers.discard(watcher)
                watcher.close()
                if not watchers and self._watchers.get(owner) is watchers:
                    del self._watchers[owner]

    async def _running(self, owner: str) -> list[TurnName]:
        """The turns of an owner that run."""
        places = [logs for (whose, _), logs in self._places.items() if whose == owner]
        return [log.turn.name for logs in places for log in logs if log.running]

    def announce(self, owner: str | None, frame: bytes) -> None:
        """Tell those who watch an owner's threads."""
        self._push(owner, frame)

    def _push(self, owner: str | None, frame: bytes) -> None:
        for watcher in self._watchers.get(owner, ()):
            watcher.push(frame)

    def _tell(self, name: TurnName, kind: type[TurnStartedEvent] | type[TurnEndedEvent]) -> None:
        if name.owner in self._watchers:
            self._push(name.owner, told(name, kind))

    @contextmanager
    def _counted(self, whose: str | None) -> Generator[None]:
        if self._closed:
            raise UnavailableError("the server is shutting down; try again in a moment")
        count = self._reading.get(whose, 0)
        if count >= self._max_readers:
            raise TooManyRequestsError(f"{count} streams are open already; close some first", retry_after=5)
        self._reading[whose] = count + 1
        try:
            yield
        finally:
            left = self._reading[whose] - 1
            if left:
                self._reading[whose] = left
            else:
                del self._reading[whose]

    # --- shutting down

    async def close_readers(self) -> None:
        """End what `attach` and `watch` send, and take no more of them, nor turns."""
        self._closed = True
        for log in self._logs.values():
            log.end_attached()
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.end()

    async def close(self) -> None:
        """See every turn end; break off those that still run."""
        await self.close_readers()
        for task, log in list(self._tasks.items()):
            logger.warning("turn %s is broken off", log.turn.name.turn_id)
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks))
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._logs.clear()

    def open(self) -> None:
        """Work again, after `close`."""
        self._closed = False


def told(name: TurnName, kind: type[TurnStartedEvent] | type[TurnEndedEvent]) -> bytes:
    """The frame by which those who watch hear of a turn."""
    event = kind(thread_id=name.thread_id, turn_id=name.turn_id)
    return b"data: " + event.model_dump_json().encode() + b"\n\n"
