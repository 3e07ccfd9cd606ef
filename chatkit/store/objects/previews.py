"""Small pictures of large ones, made by Pillow (extra `images`) in a worker thread."""

import io
from typing import Any

import anyio
import anyio.to_thread

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
    """Makes previews, two at a time at most: each may need a few hundred megabytes for a moment."""

    def __init__(self) -> None:
        self._room: anyio.CapacityLimiter | None = None

    async def make(self, data: bytes, mime_type: str) -> bytes | None:
        """A preview as WebP, without the original's metadata; None where Pillow is not installed.

        Raises:
            NoPreviewError: If there can be none.
        """
        if self._room is None:
            self._room = anyio.CapacityLimiter(2)  # made here: it belongs to the running loop
        return await anyio.to_thread.run_sync(_preview, data, mime_type, limiter=self._room)


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
