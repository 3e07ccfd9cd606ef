"""The one endpoint: body → context → `process()` → answer."""

import inspect
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, TypeVar, cast

from starlette.datastructures import URL
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chatkit.public_url import set_public_url
from chatkit.server import ChatKitServer, NonStreamingResult
from chatkit.web.body import read_body
from chatkit.web.failures import answer_for, failure
from chatkit.web.sse import EventStreamResponse

T = TypeVar("T")

ContextOf = Callable[[Request], T | Awaitable[T]]
"""Makes the app's context of a request."""


class Endpoint:
    """`POST` with a request envelope; every operation (protocol.md §1.1).

    Args:
        server: What answers.
        context: Makes the app's context of the request, sync or async. Raise Starlette's `HTTPException` in it to
            turn somebody away.
        max_body: Bytes that a request body may have.
    """

    def __init__(self, server: ChatKitServer[T], context: ContextOf[T], max_body: int) -> None:
        self.server = server
        self.context = context
        self.max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As an ASGI app: what was needed to find the answer is gone while it is sent."""
        response = await self.answer(Request(scope, receive, send))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """Answer a request; failures that are known before the first byte have their status (§1.4)."""
        try:
            made = self.context(request)
            context = await cast("Awaitable[Any]", made) if inspect.isawaitable(made) else made
            return await respond_to(self.server, request, context, self.max_body)
        except ClientDisconnect:
            return failure(400, "the client left before the body was complete")
        except Exception as error:
            return answer_for(error)


async def respond_to(server: ChatKitServer[Any], request: Request, context: Any, max_body: int) -> Response:
    """Answer a request in a context that is there already.

    Raises:
        ChatKitError: Whatever is wrong with the request, before the first byte is sent.
        pydantic.ValidationError: If the body is not a request envelope.
    """
    server.look_for_dead_turns()
    set_public_url(_url_of(request.scope))
    result = await server.process(await read_body(request, max_body), context)
    if isinstance(result, NonStreamingResult):
        return Response(result.json, media_type="application/json")
    return EventStreamResponse(await result.start(), grace=server.grace)


def _url_of(scope: Scope) -> str:
    host = next((value for name, value in scope["headers"] if name == b"host"), None)
    server = scope.get("server")
    return _url(scope.get("scheme", "http"), server and tuple(server), scope["path"], host)


@lru_cache(maxsize=256)
def _url(scheme: str, server: tuple[str, int | None] | None, path: str, host: bytes | None) -> str:
    """The same text for all requests that came by the same address."""
    headers = [] if host is None else [(b"host", host)]
    return str(URL(scope={"scheme": scheme, "server": server, "path": path, "headers": headers}))


__all__ = ["ContextOf", "Endpoint", "respond_to"]
