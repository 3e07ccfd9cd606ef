"""The whole edge as one Starlette app: the endpoint, attachments, the element's files, and a health check."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager, nullcontext
from typing import TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from chatkit.relay.base import default_relay
from chatkit.server import ChatKitServer
from chatkit.version import __version__
from chatkit.web.assets import chunk, script
from chatkit.web.draining import draining
from chatkit.web.endpoint import ContextOf, Endpoint
from chatkit.web.uploads import attachments_of

T = TypeVar("T")

MAX_BODY = 1 << 20
"""Bytes a request body may have unless the app says otherwise."""


def create_app(
    server: ChatKitServer[T],
    *,
    context: ContextOf[T],
    path: str = "/chatkit",
    max_body: int = MAX_BODY,
    hosted: None = None,
) -> Starlette:
    """An ASGI app that serves a chat. Run it, or mount it in another app.

    A mounted app's lifespan does not run: what has to be opened is opened on first use.

    Args:
        server: What answers.
        context: Makes the app's context of a request, sync or async; it says who is asking. Raise Starlette's
            `HTTPException` in it to turn somebody away. What it returns must outlive the request.
        path: Where the endpoint is.
        max_body: Bytes a request body may have; a larger one is answered with 413.
        hosted: The REST API for hosted mode. Not available yet: must be None.

    Raises:
        TypeError: If `hosted` is given.
        ValueError: If `path` does not begin with a slash, or `max_body` is not positive.
    """
    if hosted is not None:
        raise TypeError("hosted: this version has no REST API for hosted mode yet; leave it out")
    if not path.startswith("/"):
        raise ValueError(f"path: expected it to begin with a slash, got {path!r}")
    if max_body <= 0:
        raise ValueError(f"max_body: expected a positive number of bytes, got {max_body!r}")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        sweeping = attachments.sweeper.running() if attachments else nullcontext()
        async with server, draining(server), sweeping:
            yield

    server.relay = server.relay or default_relay()
    attachments = attachments_of(server)
    endpoint = Endpoint(server, context, max_body)
    routes = [
        Route(path, endpoint, methods=["POST"]),
        Route("/chatkit.js", script, methods=["GET"]),
        Route("/chunks/{name}", chunk, methods=["GET"]),
        Route("/healthz", health, methods=["GET"]),
    ]
    if attachments is not None:
        routes += [attachments.direct_route(path, context), *attachments.signed_routes(path)]
    return _Edge(routes=routes, lifespan=lifespan)


class _Edge(Starlette):
    """An app whose first route, the endpoint, is not wrapped in layers that it has no use for.

    They catch exceptions: the endpoint answers its own. Each would be kept for every open stream, and pass on each of
    its frames. As soon as somebody adds middleware, everything is as in any app.
    """

    def build_middleware_stack(self) -> ASGIApp:
        stack = super().build_middleware_stack()
        endpoint = self.routes[0]
        if self.user_middleware or not isinstance(endpoint, Route):
            return stack

        def dispatch(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            match, found = endpoint.matches(scope)
            if match is not Match.FULL:
                return stack(scope, receive, send)
            scope.update(found, route=endpoint, router=scope.get("router", self.router))
            return endpoint.app(scope, receive, send)

        return dispatch


async def health(request: Request) -> JSONResponse:
    """`GET /healthz`: the process answers and its loop is free."""
    await asyncio.sleep(0)
    return JSONResponse({"status": "ok", "version": __version__})
