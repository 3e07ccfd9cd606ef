"""A chat with attachments, run by uvicorn on loopback, and what its tests do with it."""

import asyncio
import io
import socket
import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import uvicorn
from PIL import Image
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp

from chatkit.public_url import set_public_url
from chatkit.store import MemoryStore, Store
from chatkit.store.objects import ObjectAttachmentStore
from chatkit.testing import parse_events
from chatkit.types import ThreadItemDoneEvent, UserMessageItem
from chatkit.web.app import create_app
from tests.scripted import ALICE, Scripted, create, request, say
from tests.served import left_behind

TEXT = b"Dock 4 is free on Monday.\n" * 40
PDF = b"%PDF-1.7\n" + b"1 0 obj << >> endobj\n" * 100 + b"%%EOF\n"


def png(width: int = 8, height: int = 8, color: str = "teal") -> bytes:
    """A real picture."""
    made = io.BytesIO()
    Image.new("RGB", (width, height), color).save(made, "PNG")
    return made.getvalue()


def bomb(edge: int = 30_000, rows: int = 2000) -> bytes:
    """A small PNG that says it is huge: some rows of zeros, squeezed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = edge.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    squeezed = zlib.compress(bytes(edge + 1) * rows, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", squeezed) + chunk(b"IEND", b"")


def person(request: Request) -> str:
    """Who asks, by a header: what a cookie is elsewhere."""
    name = request.headers.get("x-person", "")
    if not name:
        raise HTTPException(401, "say who you are")
    return name


class Clock:
    """The time, as a test sets it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Chat:
    """A running chat and a browser in front of it."""

    url: str
    server: Scripted
    files: ObjectAttachmentStore[str]
    http: httpx.AsyncClient
    clock: Clock
    folder: Path | None = None
    stop: Callable[[], None] = field(default=lambda: None)

    @property
    def store(self) -> Store[str]:
        return self.server.store

    async def direct(
        self, name: str, data: Any, mime_type: str, who: str = ALICE, **more: Any
    ) -> httpx.Response:
        """Upload a file in one step."""
        form = {"file": (name, data, mime_type)}
        return await self.http.post(f"{self.url}/attachments", files=form, headers={"x-person": who}, **more)

    async def ask(self, type: str, who: str = ALICE, **params: Any) -> httpx.Response:
        """A request to the endpoint."""
        return await self.http.post(self.url, json=request(type, **params), headers={"x-person": who})

    async def announce(self, name: str, size: int, mime_type: str, who: str = ALICE) -> dict[str, Any]:
        """The first phase of an upload in two."""
        answer = await self.ask("attachments.create", who, name=name, size=size, mime_type=mime_type)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put(self, attachment: dict[str, Any], data: Any) -> httpx.Response:
        """The second phase, as a browser does it: without credentials."""
        upload = attachment["upload_descriptor"]
        headers = {"content-type": attachment["mime_type"], **upload["headers"]}
        return await self.http.request(upload["method"], upload["url"], content=data, headers=headers)

    async def send(self, *ids: str, who: str = ALICE, thread: str | None = None) -> httpx.Response:
        """Send a message with these attachments."""
        body = say(thread, attachments=list(ids)) if thread else create(attachments=list(ids))
        return await self.http.post(self.url, json=body, headers={"x-person": who})

    async def sent(self, *ids: str, who: str = ALICE, thread: str | None = None) -> UserMessageItem:
        """Send a message, and return it as it came back."""
        answer = await self.send(*ids, who=who, thread=thread)
        assert answer.status_code == 200, answer.text
        events = parse_events(answer.content)
        items = [event.item for event in events if isinstance(event, ThreadItemDoneEvent)]
        assert isinstance(items[0], UserMessageItem)
        return items[0]

    async def link_to(self, id: str, who: str = ALICE) -> str:
        """A link to the file itself."""
        attachment = await self.store.load_attachment(id, who)
        set_public_url(self.url)  # what `web/` does while it answers a request
        return self.files.download_url(attachment, who)

    async def keys(self) -> list[str]:
        """Everything that is stored, by stage and id. On disk also what a broken write may have left."""
        bucket = self.files._bucket  # pyright: ignore[reportPrivateUsage]
        found = [one["path"] async for one in bucket.list("")]
        if self.folder is not None:
            on_disk = [path for path in (self.folder / "files").rglob("*") if path.is_file()]
            assert len(on_disk) == len(found), on_disk
        return sorted(f"{key.split('/')[0]}/{key.split('/')[-1]}" for key in found)


async def until(condition: Callable[[], bool]) -> None:
    """Waits for something that another task does."""
    with anyio.fail_after(20):
        while not condition():  # noqa: ASYNC110 (what is watched is a folder, and has no event)
            await anyio.sleep(0.01)


def arriving_in(folder: Path) -> list[Path]:
    """The halves of files that are being written."""
    return [path for path in folder.rglob("*#*") if path.is_file()]


class Uvicorn(uvicorn.Server):
    """Leaves the signals alone, and stops at once when asked to instead of at its next look at the clock."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.asked_to_stop = anyio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.asked_to_stop.wait()

    async def run_on(self, bound: socket.socket) -> None:
        with bound:
            await self._serve([bound])


@asynccontextmanager
async def served(app: ASGIApp, **settings: Any) -> AsyncGenerator[tuple[str, Uvicorn]]:
    """The app on a loopback port of its own, with uvicorn's own settings. Afterwards no task of it may be left."""
    before = asyncio.all_tasks()
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    server = Uvicorn(
        uvicorn.Config(
            app, loop="asyncio", http="h11", log_level="warning", timeout_graceful_shutdown=1, **settings
        )
    )
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.run_on, bound)
        await until(lambda: server.started)
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}", server
        finally:
            server.asked_to_stop.set()
    assert await left_behind(before) == []


@asynccontextmanager
async def chatting(
    place: Any, *, folder: Path | None = None, store: Store[str] | None = None, **settings: Any
) -> AsyncGenerator[Chat]:
    """A chat whose files are in this place."""
    clock = Clock()
    files = ObjectAttachmentStore[str](place, owner=str, clock=clock, **settings)
    server = Scripted(store or MemoryStore(owner=str), attachment_store=files)
    async with (
        served(create_app(server, context=person)) as (url, running),
        httpx.AsyncClient(trust_env=False) as http,
    ):
        yield Chat(f"{url}/chatkit", server, files, http, clock, folder, running.asked_to_stop.set)
