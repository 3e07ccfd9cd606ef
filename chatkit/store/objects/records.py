"""What the database keeps of a file: its record, without a link that works."""

from pydantic import AnyUrl

from chatkit.store.objects.kinds import PICTURES
from chatkit.types import Attachment, AttachmentUploadDescriptor, FileAttachment, ImageAttachment


def record(id: str, name: str, kind: str, size: int, *, expected: bool) -> Attachment:
    """The record of a file; `expected` is one that is still to be uploaded. `present` puts links into it."""
    unsigned = AnyUrl(f"attachment:{id}")
    upload = AttachmentUploadDescriptor(url=unsigned, method="PUT") if expected else None
    size_of = {"size": size}
    if kind in PICTURES:
        return ImageAttachment(
            id=id,
            name=name,
            mime_type=kind,
            preview_url=unsigned,
            upload_descriptor=upload,
            metadata=size_of,
        )
    return FileAttachment(id=id, name=name, mime_type=kind, upload_descriptor=upload, metadata=size_of)


def size_in(attachment: Attachment) -> int:
    """The bytes that a record names; -1 if it names none."""
    size = (attachment.metadata or {}).get("size")
    return size if isinstance(size, int) else -1
