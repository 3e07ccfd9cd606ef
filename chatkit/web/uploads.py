"""Uploads and downloads: the routes of attachments (protocol.md §14), beside the endpoint.

    POST     …/attachments                direct upload, in the app's own context
    PUT POST …/attachments/{id}           the second phase of a two-phase upload, by a signed link
    GET      …/attachments/{id}           the file, by a signed link
    GET      …/attachments/{id}/preview   a small picture of it, by a signed link

Signed links need no cookie and no header, so browsers can use them from any page, without credentials.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from chatkit.errors import NotSupportedError
from chatkit.public_url import set_public_url
from chatkit.server import ChatKitServer
from chatkit.server.results import to_bytes
from chatkit.web.downloads import SHARED, send_file
from chatkit.web.endpoint import ContextOf
from chatkit.web.failures import answer_for, failure
from chatkit.web.uploads_body import IdleError, arriving_file, drain
from chatkit.web.uploads_store import FileStore
from chatkit.web.uploads_sweep import Sweeper

ENDING = "/attachments"
"""What is added to the endpoint's path."""

_PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


class Attachments:
    """The routes of one server's attachments.

    Args:
        server: Where records are saved.
        files: Its attachment store.
    """

    def __init__(self, server: ChatKitServer[Any], files: FileStore) -> None:
        self.server = server
        self.files = files
        self.sweeper = Sweeper(files, server.store)

    async def direct(self, request: Request, context: Any) -> Response:
        """Take a file, save its record, and answer with the attachment (§14.1)."""
        set_public_url(str(request.url.replace(query="")).removesuffix(ENDING))

        async def take() -> Response:
            await self.sweeper.when_due()
            file = await arriving_file(request)
            attachment = await self.files.add_upload(file.name, file.mime_type, file.chunks, context)
            store = self._attachment_store()
            try:
                await self.server.store.save_attachment(attachment, context)
                return Response(
                    to_bytes(await store.present(attachment, context)), media_type="application/json"
                )
            except BaseException:
                with anyio.move_on_after(10, shield=True):  # a file without a record would be nobody's
                    await store.delete_attachment(attachment.id, context)
                raise

        return await _answered(request, take)

    async def upload(self, request: Request) -> Response:
        """Take the bytes of an announced file (§14.2)."""

        async def take() -> Response:
            await self.sweeper.when_due()
            file = await arriving_file(request)
            id = request.path_params["id"]
            await self.files.receive_upload(request.query_params.get("token", ""), id, file.chunks)
            return Response(status_code=204)

        return _shared(await _answered(request, take))

    async def download(self, request: Request) -> Response:
        """The file itself."""
        return await self._send(request, "download")

    async def preview(self, request: Request) -> Response:
        """A small picture of it."""
        return await self._send(request, "preview")

    async def preflight(self, request: Request) -> Response:
        """What a page of another origin may do: all that the link allows."""
        return Response(status_code=204, headers=_PREFLIGHT)

    async def _send(self, request: Request, purpose: Literal["download", "preview"]) -> Response:
        try:
            token = request.query_params.get("token", "")
            return send_file(request, await self.files.open_file(token, request.path_params["id"], purpose))
        except Exception as error:
            return _shared(answer_for(error))

    def _attachment_store(self) -> Any:
        if self.server.attachment_store is None:
            raise NotSupportedError("the server has lost its attachment store")
        return self.server.attachment_store

    def direct_route(self, path: str, context: ContextOf[Any]) -> Route:
        """The route of direct uploads.

        Args:
            path: Where the endpoint is.
            context: Makes the app's context of a request.
        """

        async def direct(request: Request) -> Response:
            try:
                made = context(request)
                made = await made if inspect.isawaitable(made) else made
            except Exception as error:
                await drain(request)
                return answer_for(error)
            return await self.direct(request, made)

        return Route(path.rstrip("/") + ENDING, direct, methods=["POST"])

    def signed_routes(self, path: str) -> list[Route]:
        """The routes that need no context.

        Args:
            path: Where the endpoint is.
        """
        place = path.rstrip("/") + ENDING + "/{id}"
        return [
            Route(place, self.upload, methods=["PUT", "POST"]),
            Route(place, self.download, methods=["GET"]),
            Route(place, self.preflight, methods=["OPTIONS"]),
            Route(place + "/preview", self.preview, methods=["GET"]),
            Route(place + "/preview", self.preflight, methods=["OPTIONS"]),
        ]


def attachments_of(server: ChatKitServer[Any]) -> Attachments | None:
    """The routes of a server's attachments; None if its store serves files in its own way, or it has none."""
    files = server.attachment_store
    return Attachments(server, files) if isinstance(files, FileStore) else None


async def _answered(request: Request, work: Callable[[], Awaitable[Response]]) -> Response:
    """The answer to an upload; the rest of a refused one is read, so that the browser sees why."""
    try:
        return await work()
    except ClientDisconnect:
        return failure(400, "the client left before the upload was complete")
    except IdleError as error:
        return failure(408, str(error))
    except Exception as error:
        answer = answer_for(error)
        await drain(request)
        return answer


def _shared(response: Response) -> Response:
    response.headers.update(SHARED | {"X-Content-Type-Options": "nosniff"})
    return response
