"""The body of an upload while it arrives: raw, or the one file of a multipart form. No file is ever held whole."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from urllib.parse import unquote

import anyio
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from chatkit.errors import InvalidRequestError

FIELD = "file"
"""Name of the part that carries the file (protocol.md §14.1)."""

IDLE = 60.0
"""Seconds without a byte after which an upload is given up."""

MOST_AROUND = 64 * 1024
"""Bytes that a form may have besides its file."""

DRAINED = 16 << 20
"""Bytes of a refused upload that are read and thrown away, so that the browser gets to see the answer."""


class IdleError(Exception):
    """No byte came for too long."""


async def arriving(request: Request, idle: float = IDLE) -> AsyncGenerator[bytes]:
    """The body's bytes as they come.

    Raises:
        IdleError: If none comes for `idle` seconds.
        ClientDisconnect: If the client leaves in the middle.
    """
    async with aclosing(request.stream()) as stream:
        while True:
            try:
                with anyio.fail_after(idle):
                    chunk = await anext(stream, b"")
            except TimeoutError:
                raise IdleError(f"no byte came for {idle:g} seconds") from None
            if not chunk:
                return
            yield chunk


async def drain(request: Request) -> None:
    """Read what is still coming, within limits: a server that answers and hangs up may never be heard."""
    with suppress(ClientDisconnect, RuntimeError), anyio.move_on_after(10):
        left = DRAINED
        async with aclosing(request.stream()) as stream:
            async for chunk in stream:
                left -= len(chunk)
                if left < 0:
                    return


@dataclass(frozen=True, slots=True)
class ArrivingFile:
    """A file whose first bytes are here.

    Args:
        name: As the browser calls it; not to be trusted.
        mime_type: As the browser says; not to be trusted.
        chunks: Its bytes.
    """

    name: str
    mime_type: str
    chunks: AsyncGenerator[bytes]


async def arriving_file(request: Request) -> ArrivingFile:
    """The file that a request carries, in either form (protocol.md §14.2).

    Raises:
        InvalidRequestError: If a form has no part `file`, or is broken. Also while its bytes are read.
    """
    header = request.headers.get("content-type", "")
    kind, options = parse_options_header(header)
    chunks = arriving(request)
    if kind != b"multipart/form-data":
        return ArrivingFile("", header, chunks)
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise InvalidRequestError("the form has no boundary in its content type")
    form = _Form(boundary)
    while form.file is None:
        chunk = await anext(chunks, b"")
        if not chunk:
            raise InvalidRequestError(f"the form has no part named {FIELD!r} with a file")
        form.feed(chunk)
    name, mime_type = form.file
    return ArrivingFile(name, mime_type, form.rest(chunks))


class _Form:
    """Reads a form piece by piece, and lets only the file through."""

    def __init__(self, boundary: bytes) -> None:
        self.file: tuple[str, str] | None = None
        self._in_file = False
        self._ended = False
        self._content = bytearray()
        self._around = 0
        self._name = b""
        self._value = b""
        self._headers: dict[bytes, bytes] = {}
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": self._on_name,
                    "on_header_value": self._on_value,
                    "on_header_end": self._on_header,
                    "on_headers_finished": self._on_headers,
                    "on_part_data": self._on_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise InvalidRequestError(f"the form cannot be read: {error}") from None

    def feed(self, chunk: bytes) -> None:
        before = len(self._content)
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise InvalidRequestError(f"the form cannot be read: {error}") from None
        self._around += len(chunk) - (len(self._content) - before)
        if self._around > MOST_AROUND:
            raise InvalidRequestError(f"the form has more than {MOST_AROUND:,} bytes besides its file")

    async def rest(self, chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        """The file's bytes. Ends only when the whole form was well-formed."""
        async with aclosing(chunks):
            while True:
                if self._content:
                    piece = bytes(self._content)
                    self._content.clear()
                    yield piece
                chunk = await anext(chunks, b"")
                if not chunk:
                    break
                self.feed(chunk)
        if not self._ended:
            raise InvalidRequestError("the form ends in the middle")

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if options.get(b"name") != FIELD.encode() or b"filename" not in options:
            return
        if self.file is not None:
            raise InvalidRequestError("the form has more than one file")
        self._in_file = True
        # Browsers escape only quotes and line ends, as in a URL.
        name = unquote(options[b"filename"].decode("utf-8", "replace"))
        self.file = (name, self._headers.get(b"content-type", b"").decode("latin-1"))

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._content += data[start:end]

    def _on_part_end(self) -> None:
        self._in_file = False

    def _on_end(self) -> None:
        self._ended = True
