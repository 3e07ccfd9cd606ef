"""A small honest client: what extensions.md §2.7 says, and nothing more."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

import anyio
import httpx
from typing_extensions import Self

from chatkit.types import Thread
from tests.relay.reading import Tab
from tests.scripted import request
from tests.turns.test_conversations import Reader

FIRST_WAIT, LONGEST_WAIT = 0.01, 0.2
"""Seconds between two tries: the specification's 0.25 and 8, in the time of a test."""


class RefusedError(Exception):
    """The server answered with a status that is no success."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status} {body}")
        self.status = status


@dataclass
class Client:
    """A browser tab on one person's thread.

    Args:
        base: Where the server, or the line to it, is.
        person: Whose it is.
        stall: Seconds without a byte after which a connection counts as lost. Half as much more whenever one brought
            nothing, so that a busy machine is not taken for a dead line for ever.
        reloads: Decides after a drop whether the page is loaded anew; None: never.
    """

    base: str
    person: str
    stall: float = 45
    reloads: random.Random | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    tab: Tab = field(default_factory=Tab)
    thread_id: str | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """The first frame has come."""
    last: bytes = b""
    """The newest frame, without its number."""
    connections: int = 0
    reloaded: int = 0

    async def __aenter__(self) -> Self:
        # One connection for each request, so that each meets a fault of its own.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._http = httpx.AsyncClient(
            base_url=self.base,
            limits=limits,
            timeout=None,
            trust_env=False,
            verify=False,  # nothing here is encrypted, and reading certificates takes longer than a test's turn
            headers={"X-Person": self.person, **self.headers},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def ask(self, body: dict[str, Any]) -> Any:
        """Post until there is an answer; for operations that may be repeated."""
        wait, stall = FIRST_WAIT, self.stall
        while True:
            try:
                with anyio.fail_after(stall):
                    response = await self._http.post("/chatkit", json=body)
            except (httpx.TransportError, TimeoutError):
                await asyncio.sleep(wait)
                wait, stall = min(2 * wait, LONGEST_WAIT), 1.5 * stall
                continue
            if response.status_code != 200:
                raise RefusedError(response.status_code, response.text)
            return response.json()

    async def turn(self, body: dict[str, Any], turn_id: str | None = None) -> None:
        """Start a turn and read it to its end, whatever happens to the line.

        Raises:
            RefusedError: If the server refuses the start, or refuses to go on. A 503 in mid-turn is waited out.
        """
        turn_id = turn_id or str(uuid4())
        self.thread_id = body["params"].get("thread_id")
        await self._follow(turn_id, {**body, "capabilities": ["resume"], "turn_id": turn_id})

    async def insist(self, body: dict[str, Any]) -> None:
        """The same, as a person who is told to try again does: Redis may be slow where the machine is busy."""
        turn_id = str(uuid4())
        while True:
            try:
                return await self.turn(body, turn_id)
            except RefusedError as refused:
                if refused.status != 503:
                    raise
                await asyncio.sleep(LONGEST_WAIT)

    @property
    def interrupted(self) -> bool:
        """Whether the turn was ended because its worker was gone."""
        return b'"turn_interrupted"' in self.last

    async def follow(self, thread_id: str, turn_id: str) -> None:
        """Read a turn from its beginning to its end.

        Raises:
            RefusedError: If there is no such turn, or not any more.
        """
        self.thread_id = thread_id
        await self._follow(turn_id, None)

    async def _follow(self, turn_id: str, start: dict[str, Any] | None) -> None:
        self.tab.seq = 0
        wait, stall = FIRST_WAIT, self.stall
        while True:
            before = self.tab.seq
            if self.interrupted and self.thread_id is None:
                return  # its worker was taken for dead before it had begun
            try:
                await self._read(start if start and not before else self._attach(turn_id), stall)
                if self.tab.seq == before:
                    return  # a proper end, and nothing new: that was the turn
                continue  # a proper end; whether it was the turn's, the next answer tells
            except (httpx.TransportError, TimeoutError):
                pass
            except RefusedError as refused:
                if refused.status != 503 or not self.tab.seq:
                    raise
            if self.tab.seq > before:
                wait, stall = FIRST_WAIT, self.stall
            else:
                wait, stall = min(2 * wait, LONGEST_WAIT), 1.5 * stall
            await asyncio.sleep(wait)
            if self.thread_id and self.tab.seq and self.reloads and self.reloads.random() < 0.25:
                active = await self.load(self.thread_id)
                if active is None:
                    return
                assert active["turn_id"] == turn_id

    async def load(self, thread_id: str) -> dict[str, Any] | None:
        """Load the page anew; returns the turn that runs, with what it shows so far on screen."""
        asked = {**request("threads.get_by_id", thread_id=thread_id), "capabilities": ["resume"]}
        thread = await self.ask(asked)
        active, page = thread.pop("active_turn", None), thread["items"]
        items: list[dict[str, Any]] = page["data"]
        if page["has_more"]:
            items += await self.stored(thread_id, page["after"])
        growing: list[dict[str, Any]] = active["items"] if active else []
        ids = {item["id"] for item in growing}
        shown = [*(item for item in items if item["id"] not in ids), *growing]
        self.reloaded += 1
        self.tab = Tab(Reader({"thread": thread, "items": shown}), fell=self.tab.fell)
        self.tab.seq = active["last_seq"] if active else 0
        self.thread_id = thread_id
        return active

    async def stored(self, thread_id: str, after: str | None = None) -> list[dict[str, Any]]:
        """Every item of a thread, as the server tells it."""
        found: list[dict[str, Any]] = []
        while True:
            listing = request("items.list", thread_id=thread_id, after=after, limit=100, order="asc")
            page = await self.ask(listing)
            found += page["data"]
            after = page.get("after")
            if not page["has_more"]:
                return found

    @asynccontextmanager
    async def watching(self) -> AsyncGenerator[AsyncGenerator[dict[str, Any], None]]:
        """What happens to the person's threads, heard from when the block begins."""
        async with (
            self._posted(request("threads.watch"), self.stall) as response,
            aclosing(self._frames(response, self.stall)) as frames,
        ):
            yield (json.loads(data[6:]) async for _, data in frames)

    def _attach(self, turn_id: str) -> dict[str, Any]:
        assert self.thread_id is not None
        return request("threads.attach", thread_id=self.thread_id, turn_id=turn_id, after_seq=self.tab.seq)

    async def _read(self, body: dict[str, Any], stall: float) -> None:
        self.connections += 1
        async with self._posted(body, stall) as response, aclosing(self._frames(response, stall)) as frames:
            async for number, data in frames:
                self.tab.take(number, data)
                self.last = data
                if self.thread_id is None and isinstance(thread := self.tab.reader.thread, Thread):
                    self.thread_id = thread.id
                self.begun.set()

    @asynccontextmanager
    async def _posted(self, body: dict[str, Any], stall: float) -> AsyncGenerator[httpx.Response]:
        asked = self._http.build_request("POST", "/chatkit", json=body)
        with anyio.fail_after(stall):
            response = await self._http.send(asked, stream=True)
        try:
            if response.status_code != 200:
                with anyio.fail_after(stall):
                    await response.aread()
                raise RefusedError(response.status_code, response.text)
            yield response
        finally:
            with anyio.CancelScope(shield=True), suppress(httpx.TransportError):
                await response.aclose()

    async def _frames(
        self, response: httpx.Response, stall: float
    ) -> AsyncGenerator[tuple[int, bytes], None]:
        """Number (0 without one) and frame; a frame of which a part is missing is none."""
        rest = b""
        async with aclosing(cast("AsyncGenerator[bytes, None]", response.aiter_bytes())) as pieces:
            while True:
                with anyio.fail_after(stall):
                    piece = await anext(pieces, None)
                if piece is None:
                    return
                *frames, rest = (rest + piece).split(b"\n\n")
                for frame in frames:
                    if not frame.startswith(b":"):
                        *number, data = frame.split(b"\n")
                        yield int(number[0][4:]) if number else 0, data + b"\n\n"


def by_id(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items in an order of their own: those that grew side by side are stored in the order of their ends."""
    return sorted(items, key=lambda item: json.dumps([item["id"], item], sort_keys=True))


def text_of(item: dict[str, Any]) -> str:
    return "".join(part["text"] for part in item["content"])


def numbers_in(items: list[dict[str, Any]]) -> list[int]:
    """What was counted, in all of these messages together."""
    return [int(word) for item in items for word in text_of(item).split()]


async def reached(client: Client, frames: int) -> None:
    """Wait until a reader has seen so many frames."""
    while client.tab.seq < frames:  # noqa: ASYNC110 (a list of frames has no event)
        await asyncio.sleep(0.005)
