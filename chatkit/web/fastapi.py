"""The endpoint as a FastAPI router, so that the context can come from `Depends`. Needs the extra `fastapi`."""

from collections.abc import Callable
from typing import Any

try:
    from fastapi import APIRouter, Depends
except ImportError as error:  # pragma: no cover
    raise ImportError(
        "chatkit.web.fastapi needs FastAPI: install the extra `fastapi` of this package"
    ) from error
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from chatkit.relay.base import default_relay
from chatkit.server import ChatKitServer
from chatkit.web.app import MAX_BODY, health
from chatkit.web.assets import chunk, script
from chatkit.web.endpoint import respond_to
from chatkit.web.failures import answer_for, failure
from chatkit.web.uploads import ENDING, attachments_of


def create_router(
    server: ChatKitServer[Any],
    *,
    context: Callable[..., Any],
    path: str = "/chatkit",
    max_body: int = MAX_BODY,
) -> APIRouter:
    """A router with the endpoint, attachments and the element's files.

    Args:
        server: What answers.
        context: A FastAPI dependency that makes the app's context; may itself use `Depends`.
        path: Where the endpoint is.
        max_body: Bytes a request body may have; a larger one is answered with 413.
    """
    server.relay = server.relay or default_relay()
    router = APIRouter()

    async def endpoint(request: Request, made: Any = Depends(context)) -> Response:  # noqa: B008 (FastAPI's way)
        try:
            return await respond_to(server, request, made, max_body)
        except ClientDisconnect:
            return failure(400, "the client left before the body was complete")
        except Exception as error:
            return answer_for(error)

    router.add_api_route(path, endpoint, methods=["POST"], include_in_schema=False)
    for place, handler in (("/chatkit.js", script), ("/chunks/{name}", chunk), ("/healthz", health)):
        router.add_route(place, handler, methods=["GET"], include_in_schema=False)

    attachments = attachments_of(server)
    if attachments is not None:

        async def direct(request: Request, made: Any = Depends(context)) -> Response:  # noqa: B008
            return await attachments.direct(request, made)

        router.add_api_route(path.rstrip("/") + ENDING, direct, methods=["POST"], include_in_schema=False)
        router.routes.extend(attachments.signed_routes(path))
    return router
