"""A TCP line that fails as lines do: cut at any byte, silent without an end, slow, refused, and heard twice."""

import asyncio
import random
import socket
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any, Literal

from typing_extensions import Self

Ending = Literal["reset", "close", "hang"]

Address = tuple[str, int]
"""Host and port."""


@dataclass(frozen=True)
class Fault:
    """What happens to one connection.

    Args:
        after_up: Bytes of the client's that get through before the ending; None: all.
        after_down: Bytes of the server's that get through before the ending; None: all.
        ending: How it ends then. `hang` leaves both sides open and carries nothing any more.
        delay: Seconds that a piece may be late; pieces are then cut up, too.
        twice: Whether the server hears everything a second time, on a connection whose answer nobody reads to its
            end: what a client does that tries again while its first try still runs.
        away: Seconds for which new connections are refused after this one.
    """

    after_up: int | None = None
    after_down: int | None = None
    ending: Ending = "reset"
    delay: float = 0
    twice: bool = False
    away: float = 0


def faults(rng: random.Random, most: int) -> list[Fault]:
    """Some connections' faults; those after them get through."""
    found: list[Fault] = []
    for _ in range(rng.randint(1, most)):
        up = rng.randint(0, 500) if rng.random() < 0.2 else None
        # Small numbers as often as large ones: the headers, the first frame, the middle of the answer.
        down = None if up is not None or rng.random() < 0.1 else int(2 ** rng.uniform(0, 15)) - 1
        fault = Fault(
            after_up=up,
            after_down=down,
            ending=rng.choices(("reset", "close", "hang"), (5, 3, 2))[0],
            delay=rng.choice((0, 0, 0.002, 0.02)),
            twice=rng.random() < 0.2,
            away=rng.choice((0, 0, 0, 0.02)),
        )
        found.append(fault)
    return found


class Line:
    """Listens on a port of its own and carries what comes to the server, one fault for each connection.

    Args:
        to: Names the server's address for each connection.
        faults: In order of arrival; connections after the last one get through.
        seed: Of the delays and of the sizes of pieces.
    """

    def __init__(self, to: Callable[[], Address], faults: Iterable[Fault] = (), seed: int = 0) -> None:
        self._to = to
        self.faults = list(faults)
        """Of the connections to come; may be added to."""
        self._rng = random.Random(seed)
        self._connections: set[asyncio.Task[None]] = set()
        self._listening: socket.socket | None = None
        self._opening: asyncio.Task[None] | None = None
        self._over = False
        self.port = 0
        self.carried = 0
        """Connections that were made."""

    async def __aenter__(self) -> Self:
        self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over = True
        self._close()
        tasks = [*self._connections, *([self._opening] if self._opening else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # asyncio's own server loses connections that it accepts while it is being closed; and this one is, again and again.

    def _listen(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self._listening.setblocking(False)
        self.port = self._listening.getsockname()[1]
        asyncio.get_running_loop().add_reader(self._listening, self._accept)

    def _close(self) -> None:
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None

    def _accept(self) -> None:
        assert self._listening is not None
        try:
            connection, _ = self._listening.accept()
        except OSError:
            return  # it is gone already
        connection.setblocking(False)
        fault = self.faults.pop(0) if self.faults else Fault()
        self.carried += 1
        task = asyncio.create_task(self._carry(fault, connection))
        self._connections.add(task)
        task.add_done_callback(lambda task: self._ended(task, fault, connection))

    def _ended(self, task: "asyncio.Task[None]", fault: Fault, connection: socket.socket) -> None:
        self._connections.discard(task)
        connection.close()
        if fault.away and self._opening is None and not self._over:
            self._close()
            self._opening = asyncio.create_task(self._open_later(fault.away))

    async def _open_later(self, seconds: float) -> None:
        while self._listening is None:
            await asyncio.sleep(seconds)
            with suppress(OSError):  # somebody's connection may have taken the port meanwhile
                self._listen()
        self._opening = None

    async def _carry(self, fault: Fault, connection: socket.socket) -> None:
        async with AsyncExitStack() as stack:

            async def streams(**to: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
                reader, writer = await asyncio.open_connection(**to)
                stack.push_async_callback(_dropped, writer)
                return reader, writer

            try:
                reader, writer = await streams(sock=connection)
                answers, server = await streams(**_named(self._to()))
                writers, deaf = [server], None
                if fault.twice:
                    unread, second = await streams(**_named(self._to()))
                    writers.append(second)
                    deaf = asyncio.create_task(self._ignore(unread))
            except OSError:
                return
            await self._between(fault, reader, writer, answers, writers, deaf)

    async def _between(
        self,
        fault: Fault,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        writers: list[asyncio.StreamWriter],
        deaf: "asyncio.Task[None] | None",
    ) -> None:
        up = asyncio.create_task(self._pump(reader, writers, fault.after_up, fault.delay))
        down = asyncio.create_task(self._pump(answers, [writer], fault.after_down, fault.delay))
        try:
            done, _ = await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            reached = any(task.result() for task in done)
            if reached and fault.ending == "hang":
                up.cancel()
                down.cancel()
                await asyncio.Event().wait()  # until the line is taken down
            if not reached or fault.ending == "close":
                with suppress(OSError):
                    writer.close()
                    await writer.wait_closed()
        finally:
            tasks: list[asyncio.Task[Any]] = [task for task in (up, down, deaf) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writers: list[asyncio.StreamWriter],
        limit: int | None,
        delay: float,
    ) -> bool:
        """Carry bytes to the end; True if the limit came first."""
        left = limit
        try:
            while left is None or left > 0:
                most = self._rng.randint(1, 2000) if delay else 65536
                piece = await reader.read(most if left is None else min(most, left))
                if not piece:
                    return False
                if left is not None:
                    left -= len(piece)
                if delay:
                    await asyncio.sleep(self._rng.uniform(0, delay))
                for writer in writers:
                    writer.write(piece)
                    await writer.drain()
        except OSError:
            return False
        return True

    @staticmethod
    async def _ignore(reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            await reader.read(200)
            await asyncio.Event().wait()


def _named(address: Address) -> dict[str, Any]:
    host, port = address
    return {"host": host, "port": port}


async def _dropped(writer: asyncio.StreamWriter) -> None:
    """Cut a connection, and see that its socket is closed."""
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()
