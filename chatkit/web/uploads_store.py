"""What the edge asks of an attachment store whose files it serves; `ObjectAttachmentStore` is one."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from chatkit.types import Attachment


class ServedFile(Protocol):
    """A file that may be sent."""

    @property
    def name(self) -> str:
        """The file name a reader sees."""
        ...

    @property
    def mime_type(self) -> str:
        """Its type."""
        ...

    @property
    def size(self) -> int:
        """Bytes."""
        ...

    @property
    def etag(self) -> str:
        """A strong entity tag, with its quotes."""
        ...

    @property
    def inline(self) -> bool:
        """Whether a browser may show it."""
        ...

    @property
    def expires(self) -> int:
        """Until when it may be kept in a cache, in seconds since 1970."""
        ...

    def read(self, start: int, end: int) -> AsyncGenerator[bytes]:
        """The bytes from `start` up to but not including `end`."""
        ...


@runtime_checkable
class FileStore(Protocol):
    """An attachment store that takes uploads and hands files out."""

    async def add_upload(
        self, name: str, mime_type: str, chunks: AsyncGenerator[bytes], context: Any
    ) -> Attachment:
        """Take a file that was not announced, and make its record."""
        ...

    async def receive_upload(self, token: str, id: str, chunks: AsyncGenerator[bytes]) -> None:
        """Take a file that was announced, if the link allows it."""
        ...

    async def open_file(self, token: str, id: str, purpose: Literal["download", "preview"]) -> ServedFile:
        """The file that a link leads to."""
        ...

    async def sweep(self, now: datetime | None = None) -> int:
        """Delete what was never sent; returns how many files."""
        ...
