"""What the demo's model is given of a message: its files, and what is mentioned in it."""

from typing import Any

from chatkit.agents import ThreadItemConverter
from chatkit.agents.attachments import AttachmentConverter
from chatkit.store.objects import ObjectAttachmentStore
from chatkit.types import Attachment, UserMessageTagContent

LOCAL_FILE = 4000
"""Bytes of a text that the local model is shown."""


class Mentions(ThreadItemConverter):
    """Explains a tag by what the page sent along with it."""

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> dict[str, Any]:
        about = tag.data.get("description") or tag.group or "mentioned by the person"
        return {"type": "input_text", "text": f"@{tag.text}: {about}"}


class Files(Mentions, AttachmentConverter[Any]):
    """Hands files over, too."""


class FilesForTheLocalModel(Files):
    """It sees no pictures, and remembers some pages."""

    def __init__(self, store: ObjectAttachmentStore[Any], context: Any) -> None:
        super().__init__(store, context, max_size=LOCAL_FILE)

    async def attachment_to_message_content(self, attachment: Attachment) -> Any:
        if attachment.mime_type.startswith("text/"):
            return await super().attachment_to_message_content(attachment)
        return {"type": "input_text", "text": f"(A file is attached: {attachment.name!r}.)"}
