"""Files on their way out: ranges, entity tags, and headers that keep a stranger's file from acting in the page."""

import re
import time
from collections.abc import AsyncGenerator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from chatkit.web.failures import failure
from chatkit.web.uploads_store import ServedFile

SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, Content-Range, ETag",
}
"""Links carry their own right and no cookie, so any page may use them; the chat may be embedded elsewhere."""

_SAFE = {
    "Accept-Ranges": "bytes",
    # Nothing in the file may run or load, even if somebody opens it as a page.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def disposition(name: str, *, inline: bool) -> str:
    """The `Content-Disposition` of a file, with its name in plain letters and, if need be, as it is (RFC 5987)."""
    kind = "inline" if inline else "attachment"
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    full = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{kind}; filename="{plain}"{full}'


def send_file(request: Request, file: ServedFile) -> Response:
    """The answer to a request for a file: all of it, a range, or that the reader has it already."""
    headers = (
        SHARED
        | _SAFE
        | {
            "Cache-Control": f"private, max-age={max(0, file.expires - int(time.time()))}",
            "Content-Disposition": disposition(file.name, inline=file.inline),
            "ETag": file.etag,
        }
    )
    if _names(request.headers.get("if-none-match", ""), file.etag):
        return Response(status_code=304, headers=headers)
    span = _span(request, file)
    if span is None:
        answer = failure(416, f"the file has {file.size} bytes; the range lies outside")
        answer.headers.update(SHARED | {"Content-Range": f"bytes */{file.size}"})
        return answer
    start, end = span
    partial = (start, end) != (0, file.size) or _ranged(request, file)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    headers["Content-Length"] = str(end - start)
    body = _nothing() if request.method == "HEAD" else file.read(start, end)
    return _FileResponse(body, 206 if partial else 200, headers, file.mime_type)


class _FileResponse(StreamingResponse):
    """Sends a file and closes its source on every way out."""

    def __init__(
        self, content: AsyncGenerator[bytes], status: int, headers: dict[str, str], mime_type: str
    ) -> None:
        super().__init__(content, status, headers, media_type=mime_type)
        if mime_type.startswith("text/"):
            self.headers["content-type"] = mime_type  # without a charset: it is the file's own
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._content.aclose()


async def _nothing() -> AsyncGenerator[bytes]:
    return
    yield b""


def _names(header: str, etag: str) -> bool:
    return any(one.strip().removeprefix("W/") in (etag, "*") for one in header.split(","))


def _ranged(request: Request, file: ServedFile) -> bool:
    """Whether the reader asks for one range of the file as it is now. Several at once are answered with all of it."""
    if not _RANGE.fullmatch(request.headers.get("range", "").replace(" ", "")):
        return False
    condition = request.headers.get("if-range")
    return condition is None or condition.strip() == file.etag


def _span(request: Request, file: ServedFile) -> tuple[int, int] | None:
    """First byte and the one behind the last; None if there is no such range."""
    if not _ranged(request, file):
        return 0, file.size
    asked = _RANGE.fullmatch(request.headers["range"].replace(" ", ""))
    first, last = asked.groups() if asked else ("", "")
    if not first:
        count = min(int(last or 0), file.size)
        return (file.size - count, file.size) if count else None
    start, end = int(first), min(int(last) + 1 if last else file.size, file.size)
    return (start, end) if start < end else None
