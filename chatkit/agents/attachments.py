"""Attachments → what the model reads: pictures and PDFs as such, texts as words, and a note for everything else."""

import base64
from typing import Any, Generic, Protocol, TypeVar

from chatkit.agents.inputs import ThreadItemConverter
from chatkit.errors import NotFoundError, TooLargeError
from chatkit.types import Attachment
from chatkit.types.media import TEXT_TYPES

MAX_SIZE = 20 << 20
"""Bytes of a file that is handed to a model. Providers refuse much more, and every later turn sends it again."""

MAX_TEXT = 200_000
"""Characters of a text that is handed to a model."""

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""What models see."""

C = TypeVar("C", contravariant=True)


class AttachmentReader(Protocol[C]):
    """Where the bytes are; `chatkit.store.objects.ObjectAttachmentStore` is one."""

    async def read_attachment(self, attachment: Attachment, context: C, max_size: int | None = None) -> bytes:
        """The whole file.

        Raises:
            NotFoundError: If it is not there in this context.
            TooLargeError: If it is larger than `max_size`.
        """
        ...


def attachment_content(attachment: Attachment, data: bytes) -> dict[str, Any]:
    """A content part of a message to the model.

    Args:
        attachment: What was attached.
        data: Its bytes.
    """
    kind = attachment.mime_type
    if kind in PICTURES:
        return {"type": "input_image", "detail": "auto", "image_url": _data_url(kind, data)}
    if kind == "application/pdf":
        return {"type": "input_file", "filename": attachment.name, "file_data": _data_url(kind, data)}
    if kind.startswith("text/") or kind in TEXT_TYPES:
        text = _decoded(data)
        cut = f"\n… (the first {MAX_TEXT:,} of {len(text):,} characters)" if len(text) > MAX_TEXT else ""
        return _note(attachment, f"contains:\n{text[:MAX_TEXT]}{cut}")
    return _note(attachment, "cannot be read by the assistant.")


class AttachmentConverter(ThreadItemConverter, Generic[C]):
    """A `ThreadItemConverter` that hands attachments to the model.

    A file that is gone, too large or of a kind that models do not read becomes a note: one such file must not end every
    later turn of its thread.

    Args:
        files: Where the bytes are.
        context: The app's per-request value.
        max_size: Bytes of a file that is handed over.
    """

    def __init__(self, files: AttachmentReader[C], context: C, *, max_size: int = MAX_SIZE) -> None:
        super().__init__()
        self._files = files
        self._context = context
        self._max_size = max_size

    async def attachment_to_message_content(self, attachment: Attachment) -> Any:
        """An attachment as a content part: `input_image`, `input_file` or `input_text`."""
        try:
            data = await self._files.read_attachment(attachment, self._context, self._max_size)
        except NotFoundError:
            return _note(attachment, "is not there any more.")
        except TooLargeError:
            return _note(attachment, "is too large to be read by the assistant.")
        return attachment_content(attachment, data)


def _data_url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _note(attachment: Attachment, what: str) -> dict[str, Any]:
    return {
        "type": "input_text",
        "text": f"The attached file {attachment.name!r} ({attachment.mime_type}) {what}",
    }


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")
