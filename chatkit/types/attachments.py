"""Files that travel with a message."""

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import (
    AnyUrl,
    Field,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    model_serializer,
)

from chatkit.types.model import WireModel


class AttachmentUploadDescriptor(WireModel):
    """Where and how the browser uploads the bytes (protocol.md §14.2)."""

    url: AnyUrl
    method: Literal["POST", "PUT"]
    headers: dict[str, str] = Field(default_factory=dict)


class AttachmentBase(WireModel):
    """What every attachment has."""

    id: str
    name: str
    mime_type: str
    upload_descriptor: AttachmentUploadDescriptor | None = None
    """Set until the bytes are stored."""
    thread_id: str | None = None
    """Set when the message that carries the attachment is saved."""
    metadata: dict[str, Any] | None = None
    """For the server only: left out of every response."""

    @model_serializer(mode="wrap")
    def _without_metadata_for_clients(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo):
        # A return annotation would replace the fields in the generated schema.
        values = handler(self)
        if isinstance(info.context, dict) and info.context.get("exclude_metadata"):  # pyright: ignore[reportUnknownMemberType]
            values.pop("metadata", None)
        return values


class FileAttachment(AttachmentBase):
    """Any file that is not shown as a picture."""

    type: Literal["file"] = "file"


class ImageAttachment(AttachmentBase):
    """A picture."""

    type: Literal["image"] = "image"
    preview_url: AnyUrl


Attachment = Annotated[FileAttachment | ImageAttachment, Field(discriminator="type")]
"""A file or a picture."""


@cache
def attachment_adapter() -> TypeAdapter[Attachment]:
    """The validator of stored attachments, built once."""
    return TypeAdapter(Attachment)
