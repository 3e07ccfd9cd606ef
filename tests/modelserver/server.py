"""The server: uvicorn on a loopback port of its own, in a thread, so that async and plain tests can use it alike."""

import asyncio
import json
import socket
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from typing_extensions import Self

from tests.modelserver.chat import chat_frames, chat_whole
from tests.modelserver.responses import responses_frames, responses_whole
from tests.modelserver.script import Breaks, Fails, Holds, Part, Reply

Frames = Callable[[Reply, str], Iterator[bytes | Holds | Breaks]]
Whole = Callable[[Reply, str], dict[str, Any]]

PATIENCE = 20
"""Seconds after which a test that waits for something that never comes fails instead of hanging."""


@dataclass
class Seen:
    """A request as it arrived, and whether its client stayed to the end."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    left: threading.Event = field(default_factory=threading.Event)
    """Set when the client goes away before the answer is complete."""
    finished: threading.Event = field(default_factory=threading.Event)
    """Set when the answer has been sent to the end."""

    @property
    def input(self) -> list[dict[str, Any]]:
        """What the model was told: `input` of Responses, `messages` of Chat Completions."""
        said: Any = self.body.get("input", self.body.get("messages"))
        return [{"role": "user", "content": said}] if isinstance(said, str) else said


class ModelServer:
    """Answers each request with the next reply of its script; a context manager.

    A request that the script does not expect is answered with 418, which no client tries again.
    """

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._script: deque[Reply | Fails] = deque()
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        routes = [
            Route("/v1/responses", self._responses, methods=["POST"]),
            Route("/v1/chat/completions", self._chat, methods=["POST"]),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), lifespan="off", ws="none", log_config=None, log_level="critical"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="model server")

    @property
    def base_url(self) -> str:
        """What a client takes as `base_url`."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def will(self, *parts: Part) -> None:
        """Add a reply to the script."""
        self._script.append(Reply(parts))

    def will_fail(self, status: int, message: str = "scripted failure", **headers: str) -> None:
        """Add an error to the script."""
        self._script.append(Fails(status, message, headers))

    def forget(self) -> None:
        """Drop what is left of the script."""
        self._script.clear()

    @property
    def unused(self) -> int:
        """How many replies nobody has asked for."""
        return len(self._script)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the model server did not start")
            self._thread.join(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True  # a held stream is not waited for
        self._thread.join(PATIENCE)
        self._socket.close()
        if self._thread.is_alive():
            raise RuntimeError("the model server did not stop")

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    async def _responses(self, request: Request) -> Response:
        return await self._answer(request, responses_frames, responses_whole)

    async def _chat(self, request: Request) -> Response:
        return await self._answer(request, chat_frames, chat_whole)

    async def _answer(self, request: Request, frames: Frames, whole: Whole) -> Response:
        body = json.loads(await request.body())
        seen = Seen(request.url.path, body, dict(request.headers))
        self.seen.append(seen)
        reply = self._script.popleft() if self._script else Fails(418, "the script is over")
        if isinstance(reply, Fails):
            seen.finished.set()
            error = {"error": {"message": reply.message, "type": "scripted", "code": None, "param": None}}
            return JSONResponse(error, reply.status, reply.headers)
        if not body.get("stream"):
            seen.finished.set()
            return JSONResponse(whole(reply, str(body.get("model"))))
        stream = self._stream(seen, frames(reply, str(body.get("model"))))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def _stream(self, seen: Seen, frames: Iterator[bytes | Holds | Breaks]) -> AsyncIterator[bytes]:
        try:
            for frame in frames:
                if isinstance(frame, Holds):
                    while not frame.until.is_set():  # noqa: ASYNC110 (set from another thread)
                        await asyncio.sleep(0.005)
                elif isinstance(frame, Breaks):
                    seen.finished.set()
                    raise _BrokenOffError
                else:
                    yield frame
            seen.finished.set()
        finally:
            if not seen.finished.is_set():
                seen.left.set()


class _BrokenOffError(Exception):
    """Ends the body without its last chunk: the client sees a torn stream."""
