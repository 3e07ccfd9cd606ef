"""RedisRelay: turns run where they were started, and are read, stopped and watched from any worker."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

import anyio

from chatkit.errors import NotFoundError, TurnExpiredError, UnavailableError
from chatkit.logger import logger
from chatkit.relay.base import Active, RelayedTurn, Standing, TurnName
from chatkit.relay.log import TurnLog
from chatkit.relay.memory import MemoryRelay
from chatkit.relay.redis.connection import Connection
from chatkit.relay.redis.growing import growing
from chatkit.relay.redis.keys import Keys
from chatkit.relay.redis.leases import Leases
from chatkit.relay.redis.lines import Lines
from chatkit.relay.redis.mirror import Fields, Mirror, TurnFailedError, split
from chatkit.relay.redis.mirrors import Mirrors
from chatkit.relay.redis.publisher import Publisher, append, begin
from chatkit.relay.redis.scripts import CLAIM, ORDER
from chatkit.relay.redis.settings import Settings, from_text, to_text
from chatkit.relay.redis.tail import Tail, fields_of
from chatkit.types import TurnEndedEvent

if TYPE_CHECKING:
    from redis.asyncio import Redis

JUMP = 1 << 20
"""What the numbers of a turn go on by that was ended for a dead worker: its readers may have seen frames that Redis
has not."""

FLUSH = 2.0
"""Seconds that a worker which stops takes to tell Redis the last of its turns."""


class _ElsewhereError(Exception):
    """The turn runs on another worker."""


class RedisRelay(MemoryRelay):
    """Turns of several workers and hosts, joined by one Redis (6.2 or newer, or Valkey; not a cluster).

    A turn runs in the worker that started it, and those who read it there never wait for Redis. What it says goes to
    Redis in batches, from where other workers read it. A worker holds a lease on its turns; when that runs out, the
    turn is `overdue`, and another worker ends it.

    While Redis cannot be reached, turns that run go on for their readers on the same worker; new turns, attaches from
    other workers and `watch` are answered with 503.

    Args:
        where: A URL (`redis://…`, `rediss://…`, `unix://…`), or an asyncio client of the app's own, which it closes
            itself. A client must not decode (`decode_responses=False`), and may have 2 connections or more at once.
        prefix: What the names of all keys begin with. Servers that share it are workers of one another.
        lease: Seconds after which a worker that gives no sign of life loses its turns.
        renew: Seconds between two signs of life.
        keep: Seconds that the frames of a turn are kept after its end.
        ping_after: Seconds of silence after which a reader is sent a ping.
        readers: How many `attach` and `watch` streams an owner may have open on this worker at once.

    Raises:
        ValueError: If a number is not positive, `renew` is not below `lease`, or the client decodes.
    """

    def __init__(
        self,
        where: "str | Redis",
        *,
        prefix: str = "chatkit",
        lease: float = 10,
        renew: float = 3,
        keep: float = 60,
        ping_after: float = 15,
        readers: int = 100,
    ) -> None:
        super().__init__(keep=keep, ping_after=ping_after, readers=readers)
        if not 0 < renew < lease:
            raise ValueError(f"renew: expected more than 0 and less than lease ({lease}), got {renew!r}")
        keys, worker = Keys(prefix), uuid4().hex
        self._settings = settings = Settings(keys, worker, lease, renew, keep)
        self._keys = keys
        self._connection = Connection(where)
        self._publisher = Publisher(self._connection, settings, self._lose)
        self._leases = Leases(self._connection, settings, lambda: self._tasks.values(), self._lose)
        self._tail = Tail(self._connection, keys.orders(worker), self._obey, self._leases.hurry)
        self._lines = Lines(self._connection, settings, self._own, self._tail.steady)
        self._overdue = asyncio.Event()
        self._mirrors = Mirrors(self._connection, settings, self._tail, ping_after, self._overdue.set)
        self._watched: set[str] = set()  # owners whose news are followed
        self._watching = asyncio.Lock()
        self._process = os.getpid()
        self._loops: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def worker(self) -> str:
        """The name of this worker among those that share the Redis."""
        return self._settings.worker

    # --- turns

    async def start(self, turn: RelayedTurn) -> AsyncGenerator[bytes, None]:
        """Run a turn, or find the one that this owner has started by the same id, and read it from its beginning."""
        self._work()
        while True:
            try:
                async with aclosing(super().start(turn)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except _ElsewhereError:
                pass
            try:
                name = await self._name_of(turn.name.owner, turn.name.turn_id)
                async with (
                    self._mirrors.of(name) as mirror,
                    aclosing(mirror.read(0, attached=False)) as pieces,
                ):
                    async for piece in pieces:
                        yield piece
                return
            except (NotFoundError, TurnFailedError):
                pass  # it failed there before its first frame, and may be tried again

    async def _admit(self, log: TurnLog) -> None:
        known = await self._connection.run(*begin(log.turn.name, self._settings))
        if known:
            raise _ElsewhereError
        self._publisher.outbox(log)

    def _end(self, log: TurnLog, failure: Exception | None) -> None:
        super()._end(log, failure)
        if log.lost:
            self._publisher.forget(log)

    def _expire(self, log: TurnLog) -> None:
        super()._expire(log)
        self._publisher.expire(log)

    def _lose(self, log: TurnLog) -> None:
        """Another worker has ended the turn."""
        if not log.lost and not log.over.is_set():
            logger.warning("turn %s was taken from this worker; it is broken off", log.turn.name.turn_id)
            log.lost = True
            log.turn.abandon()

    async def _hear_the_end(self, log: TurnLog) -> None:
        with anyio.move_on_after(2 * self._settings.lease), suppress(NotFoundError, UnavailableError):
            async with self._mirrors.of(log.turn.name) as mirror:
                await mirror.over.wait()
                _, frames = mirror.whole()
                for seq, frame in frames:
                    if seq > log.seq:
                        log.publish(seq, frame)

    def _is_here(self, name: TurnName) -> bool:
        """Whether it runs here, or did.

        A start that is repeated here, while it runs elsewhere, has a log until Redis has said so; and if its thread is
        a new one, another name.
        """
        log = self._logs.get((name.owner, name.turn_id))
        return log is not None and log.outlet is not None and log.turn.name == name

    async def thread_of(self, owner: str | None, turn_id: str) -> str | None:
        """The thread of a known turn; None if this owner has started none of this id."""
        known = await super().thread_of(owner, turn_id)
        if known is not None:
            return known
        with suppress(NotFoundError):
            return (await self._name_of(owner, turn_id)).thread_id
        return None

    async def cancel(self, name: TurnName, patience: float) -> None:
        """Stop a turn and see its end. Nothing happens if it is over, or unknown."""
        if self._is_here(name):
            return await super().cancel(name, patience)
        self._work()
        known = await self._mirrors.read(name, log=False)
        if known is None or known[1] == b"over" or from_text(known[2]) != name:
            return None
        worker = known[0].decode()
        await self._connection.run(ORDER, [], [self._keys.prefix, worker, "cancel", to_text(name)])
        if known[1] == b"running":
            with anyio.move_on_after(patience), suppress(NotFoundError, TurnExpiredError):
                async with self._mirrors.of(name) as mirror:
                    await mirror.over.wait()
        return None

    async def active(self, owner: str | None, thread_id: str) -> Active | None:
        """The turn that runs in a thread, if there is one: on another worker, as its newest snapshot has it."""
        here = await super().active(owner, thread_id)
        if here is not None:
            return here
        turn_id = await self._connection.call("GET", self._keys.active(owner, thread_id))
        if turn_id is None:
            return None
        name = TurnName(owner, thread_id, turn_id.decode())
        if self._is_here(name):  # it is over already
            return None
        known = await self._mirrors.read(name, log=True)
        if known is None or known[1] != b"running":
            return None
        snapshot, _ = _log_in(known[6], name).whole()
        if snapshot is None:
            return Active(name.turn_id, 0, [])
        return Active(name.turn_id, snapshot.seq, growing(split(snapshot.state)))

    def is_sure_of(self, name: TurnName) -> bool:
        """Whether no other worker can have taken a turn that runs here for dead."""
        return self._leases.are_sure

    async def holds(self, name: TurnName) -> bool:
        """Whether no other worker has; also True where Redis does not tell."""
        log = self._logs.get((name.owner, name.turn_id))
        if log is not None and not log.lost:
            await self._leases.look(self._publisher, self._lines)
        return log is None or not log.lost

    async def growing(self, name: TurnName) -> list[str]:
        """The items of a turn that readers see grow, as far as Redis has heard of them."""
        known = await self._mirrors.read(name, log=True)
        if known is None or known[1] != b"running":
            return []
        snapshot, frames = _log_in(known[6], name).whole()
        return [item.id for item in growing([*(split(snapshot.state) if snapshot else ()), *frames])]

    def place(
        self,
        owner: str | None,
        thread_id: str,
        turn_id: str,
        on_busy: Literal["reject", "queue", "cancel"],
        turn: Standing,
    ) -> AbstractAsyncContextManager[None]:
        """Be the one turn of a thread, over all workers, until the block ends."""
        self._work()
        line, active = self._keys.line(owner, thread_id), self._keys.active(owner, thread_id)
        return self._lines.stand(line, active, turn_id, on_busy, turn)

    async def clear(self, owner: str | None, thread_id: str, patience: float) -> None:
        """Stop the turns of a thread on the other workers, and see their end."""
        await self._lines.clear(self._keys.line(owner, thread_id), patience)

    async def rename(self, owner: str | None, thread_id: str, title: str) -> None:
        """Tell the turn that runs in a thread on another worker of a new title."""
        self._work()
        await self._lines.rename(self._keys.line(owner, thread_id), title)

    async def overdue(self) -> list[TurnName]:
        """Turns whose worker is gone, claimed for the caller for the time of a lease."""
        args = [self._settings.worker, self._settings.lease_ms]
        return [from_text(name) for name in await self._connection.run(CLAIM, [self._keys.live], args)]

    async def conclude(self, name: TurnName, frames: Sequence[bytes]) -> None:
        """End an overdue turn: every reader gets these frames and the end, and its thread is free."""
        known = await self._mirrors.read(name, log=False)
        if known is None or known[1] == b"over":
            return
        first = int(known[3]) + JUMP
        data = b"".join([b"id: %d\n%b" % (seq, frame) for seq, frame in enumerate(frames, first)])
        last = first + len(frames) - 1
        entries = [("f", last, b"", data), ("e", last, b"", b"")]
        if await self._connection.run(*append(name, last, entries, self._settings)) == 1:
            self._tell(name, TurnEndedEvent)

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until somebody wants to read an overdue turn."""
        with anyio.move_on_after(seconds):
            await self._overdue.wait()
        self._overdue.clear()

    # --- readers

    async def attach(self, name: TurnName, after_seq: int) -> AsyncGenerator[bytes, None]:
        """Read what comes after a frame, to the end."""
        self._work()
        if self._is_here(name) or (name.owner, name.turn_id) in self._gone:
            try:
                async with aclosing(super().attach(name, after_seq)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except _ElsewhereError:
                pass
        with self._counted(name.owner if name.owner is not None else f"thread {name.thread_id}"):
            try:
                async with (
                    self._mirrors.of(name) as mirror,
                    aclosing(mirror.read(after_seq, attached=True)) as pieces,
                ):
                    async for piece in pieces:
                        yield piece
            except TurnFailedError:
                raise NotFoundError(f"turn {name.turn_id!r} is not there") from None

    async def watch(self, owner: str) -> AsyncGenerator[bytes, None]:
        """What happens to an owner's threads, on whichever worker; first `turn.started` for each turn that runs."""
        self._work()
        try:
            async with aclosing(super().watch(owner)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            if owner not in self._watchers and owner in self._watched:
                self._watched.remove(owner)
                self._tail.leave(self._keys.watch(owner))

    async def _running(self, owner: str) -> list[TurnName]:
        key = self._keys.watch(owner)
        async with self._watching:  # nobody reads what runs before the news are followed
            if owner not in self._watched:
                newest = await self._connection.call("XREVRANGE", key, "+", "-", "COUNT", 1)
                self._tail.follow(key, newest[0][0] if newest else b"0", partial(self._hear, owner))
                self._watched.add(owner)
                await self._tail.wake()
        here = await super()._running(owner)
        turns: dict[bytes, bytes] = await self._connection.call("HGETALL", self._keys.running(owner))
        for turn_id, text in turns.items():
            thread_id, worker = json.loads(text)
            if worker != self._settings.worker:
                here.append(TurnName(owner, thread_id, turn_id.decode()))
        return here

    def _hear(self, owner: str, news: Fields) -> None:
        if news[b"from"] != self._settings.worker.encode():  # else they were told at once
            self._push(owner, news[b"d"])

    def announce(self, owner: str | None, frame: bytes) -> None:
        """Tell those who watch an owner's threads, on whichever worker."""
        super().announce(owner, frame)
        if owner is not None:
            self._work()
            self._publisher.announce(self._keys.watch(owner), frame)

    # --- what goes on beside

    def _obey(self, order: Fields) -> None:
        """Do what another worker asks."""
        for what, whom in order.items():
            match what:
                case b"cancel":
                    name = from_text(whom)
                    log = self._logs.get((name.owner, name.turn_id))
                    if log is not None and not log.over.is_set():
                        log.turn.cancel()
                case b"stop" | b"place" | b"stand":
                    self._lines.asked(what.decode(), order[b"line"].decode(), whom.decode())
                case b"rename":
                    title = order[b"title"].decode()
                    self._lines.renamed(order[b"line"].decode(), whom.decode(), title)
                case _:
                    pass  # it was only to wake us

    def _own(self, errand: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            try:
                await errand()
            except Exception:
                logger.exception("a turn could not be stopped")

        task = asyncio.get_running_loop().create_task(run())
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _work(self) -> None:
        """Begin to talk with Redis, where that has not been done."""
        if self._loops or self._closed:
            return
        if os.getpid() != self._process:
            raise RuntimeError("the relay was made before its process was forked: make one in each worker")
        create = asyncio.get_running_loop().create_task
        renewing = self._leases.run(self._publisher, self._lines, self._mirrors)
        loops = {"publisher": self._publisher.run(), "tail": self._tail.run(), "leases": renewing}
        for name, loop in loops.items():
            task = create(loop, name=f"relay {name}")
            task.add_done_callback(_report)
            self._loops.append(task)

    async def _name_of(self, owner: str | None, turn_id: str) -> TurnName:
        known = await self._mirrors.read(TurnName(owner, "", turn_id), log=False)
        if known is None:
            raise NotFoundError(f"turn {turn_id!r} is not there")
        return from_text(known[2])

    # --- shutting down

    async def close_readers(self) -> None:
        """End what `attach` and `watch` send, and take no more of them, nor turns."""
        await super().close_readers()
        self._mirrors.end_attached()

    async def close(self) -> None:
        """See every turn end, and tell Redis; break off those that still run."""
        await super().close()
        if self._errands:
            await asyncio.wait(list(self._errands))
        loops, self._loops = self._loops, []
        if loops:
            await self._publisher.drained(FLUSH)
            for loop in loops:
                loop.cancel()
            await asyncio.wait(loops)
            with suppress(UnavailableError):
                await self._lines.say_goodbye()
                worker = self._settings.worker
                await self._connection.call("DEL", self._keys.worker(worker), self._keys.orders(worker))
        await self._connection.close()


def _log_in(entries: "list[Any]", name: TurnName) -> Mirror:
    """The log that these entries of a stream make."""
    mirror = Mirror(name, 1, 1)
    for _, flat in entries:
        mirror.take(fields_of(flat))
    return mirror


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("the relay has stopped talking with Redis", exc_info=error)
