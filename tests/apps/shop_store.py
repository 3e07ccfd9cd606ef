"""The bookshop's own stores, as apps for upstream write them: dicts and lists, the live thread handed out."""

import base64
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import HTTPException

from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    ImageAttachment,
    Page,
    Thread,
    ThreadItem,
    ThreadMetadata,
)

MAX_SIZE = 1024

Context = dict[str, Any]
"""The request, under `"request"`."""

T = TypeVar("T", ThreadMetadata, ThreadItem)


@dataclass
class Conversation:
    thread: ThreadMetadata
    items: list[ThreadItem] = field(default_factory=list[ThreadItem])


def page_of(rows: list[T], after: str | None, limit: int, order: str) -> Page[T]:
    rows = sorted(rows, key=lambda row: row.created_at, reverse=order == "desc")
    if after is not None:
        place = next((place for place, row in enumerate(rows) if row.id == after), None)
        rows = [] if place is None else rows[place + 1 :]
    page, more = rows[:limit], len(rows) > limit
    return Page(data=page, has_more=more, after=page[-1].id if more else None)


class ShopStore(Store[Context]):
    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.attachments: dict[str, Attachment] = {}

    def _of(self, thread_id: str) -> Conversation:
        found = self.conversations.get(thread_id)
        if found is None:
            raise NotFoundError(f"Thread {thread_id} not found")
        return found

    async def load_thread(self, thread_id: str, context: Context) -> ThreadMetadata:
        return self._of(thread_id).thread

    async def save_thread(self, thread: ThreadMetadata, context: Context) -> None:
        kept = (
            ThreadMetadata(**thread.model_dump(exclude={"items"})) if isinstance(thread, Thread) else thread
        )
        if thread.id in self.conversations:
            self.conversations[thread.id].thread = kept
        else:
            self.conversations[thread.id] = Conversation(kept)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Context
    ) -> Page[ThreadMetadata]:
        return page_of([one.thread for one in self.conversations.values()], after, limit, order)

    async def delete_thread(self, thread_id: str, context: Context) -> None:
        self.conversations.pop(thread_id, None)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Context
    ) -> Page[ThreadItem]:
        return page_of(self._of(thread_id).items, after, limit, order)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        self._of(thread_id).items.append(item)

    async def save_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        items = self._of(thread_id).items
        for place, old in enumerate(items):
            if old.id == item.id:
                items[place] = item
                return
        items.append(item)

    async def load_item(self, thread_id: str, item_id: str, context: Context) -> ThreadItem:
        for item in self._of(thread_id).items:
            if item.id == item_id:
                return item
        raise NotFoundError(f"Item {item_id} not found")

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Context) -> None:
        conversation = self._of(thread_id)
        conversation.items = [item for item in conversation.items if item.id != item_id]

    async def save_attachment(self, attachment: Attachment, context: Context) -> None:
        self.attachments[attachment.id] = attachment

    async def load_attachment(self, attachment_id: str, context: Context) -> Attachment:
        if attachment_id not in self.attachments:
            raise NotFoundError(f"Attachment {attachment_id} not found")
        return self.attachments[attachment_id]

    async def delete_attachment(self, attachment_id: str, context: Context) -> None:
        self.attachments.pop(attachment_id, None)


class ShopAttachmentStore(AttachmentStore[Context]):
    """Takes pictures in two phases: registered first, uploaded to a route of the app second."""

    def __init__(self, records: ShopStore) -> None:
        self.records = records
        self.files: dict[str, bytes] = {}

    async def create_attachment(self, input: AttachmentCreateParams, context: Context) -> Attachment:
        if not input.mime_type.startswith("image/"):
            raise HTTPException(status_code=400, detail="Only pictures can be sent.")
        if input.size > MAX_SIZE:
            raise HTTPException(status_code=413, detail="The picture is too large.")
        id = self.generate_attachment_id(input.mime_type, context)
        url: Any = str(context["request"].url_for("upload", attachment_id=id))  # apps give strings for URLs
        attachment = ImageAttachment(
            id=id,
            name=input.name,
            mime_type=input.mime_type,
            preview_url=url,
            upload_descriptor=AttachmentUploadDescriptor(url=url, method="POST"),
            metadata={"shelf": "uploads"},
        )
        await self.records.save_attachment(attachment, context)  # older ones do; the server does it again
        return attachment

    async def take(self, attachment_id: str, data: bytes, context: Context) -> None:
        """The second phase: the bytes are here, and the preview is made of them."""
        try:
            attachment = await self.records.load_attachment(attachment_id, context)
        except NotFoundError as missing:
            raise HTTPException(status_code=404, detail="No such upload.") from missing
        self.files[attachment_id] = data
        preview = f"data:{attachment.mime_type};base64,{base64.b64encode(data).decode()}"
        copy = attachment.model_copy(update={"upload_descriptor": None, "preview_url": preview})
        await self.records.save_attachment(copy, context)

    async def delete_attachment(self, attachment_id: str, context: Context) -> None:
        self.files.pop(attachment_id, None)
