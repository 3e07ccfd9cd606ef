"""Small pictures of large ones, made by Pillow (extra `images`) in a worker thread."""

import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from chatkit.errors import NotFoundError
from chatkit.logger import logger
from chatkit.store.objects.bucket import Bucket
from chatkit.store.objects.kinds import PICTURES
from chatkit.store.objects.stored import StoredFile

if TYPE_CHECKING:  # exists for type checkers only
    from obstore import ObjectMeta

LONGEST_EDGE = 640
"""Pixels: twice what the chat draws, for dense screens."""

MOST_BYTES = 32 << 20
MOST_PIXELS = 50_000_000
"""A picture with more is not decoded: a file of a few kilobytes can unfold to gigabytes."""

PREVIEW_TYPE = "image/webp"

_FORMATS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
    "image/bmp": "BMP",
}


class NoPreviewError(Exception):
    """The picture is broken, or too large to be opened safely."""


class Previews:
    """Makes previews when they are first asked for, and keeps them beside the originals.

    Two are made at a time at most: each may need a few hundred megabytes for a moment.

    Args:
        bucket: Where they are kept.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._room: anyio.CapacityLimiter | None = None
        self._drawing: dict[str, anyio.Lock] = {}

    async def of(self, original: StoredFile, key: str) -> StoredFile:
        """The preview of a picture: WebP without the original's metadata. Where Pillow is missing, the original.

        Args:
            original: The picture.
            key: Where its preview is kept.

        Raises:
            NotFoundError: If it is no picture, or none that can be opened.
        """
        if original.mime_type not in PICTURES:
            raise NotFoundError("there is no preview of such a file")
        known = await self._bucket.head(key)
        if known is None:
            known = None if original.size > MOST_BYTES else await self._drawn(original, key)
            if known is None:
                return original
        return StoredFile(self._bucket, key, known, original.name, PREVIEW_TYPE, True, original.expires)

    async def _drawn(self, original: StoredFile, key: str) -> "ObjectMeta | None":
        """The preview, new or drawn by another while we waited; None where Pillow is missing."""
        # Before it is read: pictures that wait are not in memory.
        async with self._alone(key), self._room_now():
            if known := await self._bucket.head(key):
                return known
            data = b"".join([piece async for piece in original.read(0, original.size)])
            try:
                small = await anyio.to_thread.run_sync(_preview, data, original.mime_type)
            except NoPreviewError as error:
                logger.info("no preview of %s: %s", original.key, error)
                raise NotFoundError("no preview can be made of this picture") from error
            if small is None:
                return None
            known = await self._bucket.head(key)
            if known is None:  # another process may have been quicker, and is sending it already
                await self._bucket.put(key, _whole(small))
                known = await self._bucket.head(key)
            still = await self._bucket.head(original.key)
            if known is None or still is None or still["e_tag"] != original.meta["e_tag"]:
                await self._bucket.delete(key)  # meanwhile, the picture was deleted or uploaded again
                raise NotFoundError("the file is not there any more")
            return known

    @asynccontextmanager
    async def _alone(self, key: str) -> AsyncGenerator[None]:
        """One at a time: who reads a preview would be cut off by another that takes its place."""
        lock = self._drawing.setdefault(key, anyio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.locked():  # nobody waits
                self._drawing.pop(key, None)

    def _room_now(self) -> anyio.CapacityLimiter:
        if self._room is None:
            self._room = anyio.CapacityLimiter(2)  # made here: it belongs to the running loop
        return self._room


async def _whole(data: bytes) -> AsyncGenerator[bytes]:
    yield data


def _preview(data: bytes, mime_type: str) -> bytes | None:
    try:
        from PIL import Image, ImageOps
    except ImportError:
        return None
    try:
        opened: Any = Image.open(io.BytesIO(data), formats=[_FORMATS[mime_type]])
        with opened as image:
            if image.width * image.height > MOST_PIXELS:
                raise NoPreviewError(f"{image.width} × {image.height} pixels are too many")
            image.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
            upright = ImageOps.exif_transpose(image)
            plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            made = io.BytesIO()
            plain.save(made, "WEBP", quality=80)
            return made.getvalue()
    except NoPreviewError:
        raise
    except Exception as error:  # hostile files make Pillow raise almost anything
        raise NoPreviewError(f"the picture cannot be opened: {error}") from error
