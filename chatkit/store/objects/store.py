"""ObjectAttachmentStore: the bytes of attachments, on disk, in memory or in a bucket.

A file moves from `incoming` to `kept` when a message takes it (`keep`). So what was never sent can be found and swept
without asking the database, and what was sent can no longer be replaced by whoever holds an upload link.
"""

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from pydantic import AnyUrl

from chatkit.errors import (
    AttachmentMissingError,
    InvalidRequestError,
    NotFoundError,
    TooLargeError,
    UnsupportedTypeError,
)
from chatkit.logger import logger
from chatkit.store.base import UNSENT_FOR, AttachmentStore, TContext
from chatkit.store.objects.addresses import Addresses
from chatkit.store.objects.bucket import MIB, open_bucket
from chatkit.store.objects.incoming import Incoming
from chatkit.store.objects.keys import key_of, scope_of
from chatkit.store.objects.kinds import HEAD, PICTURES, checked_type
from chatkit.store.objects.links import Link, Links, Purpose, secret_for
from chatkit.store.objects.names import UNKNOWN, announced_type, matches, safe_name
from chatkit.store.objects.previews import Previews
from chatkit.store.objects.records import record, size_in
from chatkit.store.objects.room import Room
from chatkit.store.objects.stored import StoredFile
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    ImageAttachment,
)

if TYPE_CHECKING:  # these exist for type checkers only
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

MAX_SIZE = 100 * MIB
"""Bytes a file may have unless the app says otherwise; the element's own limit is the same."""

MAX_UNSENT = 100
"""Files that a person may have uploaded and not sent, unless the app says otherwise."""

UNSENT_TIMES = 10
"""How many of the largest files these may be together, unless the app says otherwise."""


async def _nothing() -> AsyncGenerator[bytes]:
    return
    yield b""


class ObjectAttachmentStore(AttachmentStore[TContext]):
    """Keeps files in a folder, in memory, in S3, Google Cloud Storage or Azure. What is not yours does not exist.

    Serve it with `chatkit.web`: its routes take uploads and hand files out, by links that expire.

    Args:
        place: A folder; a URL (`memory://`, `s3://bucket/prefix`, `gs://…`, `az://…`, configured by the usual
            environment variables); or an obstore store, for every other setting.
        owner: Tells whose files a context is about.
        public_url: The absolute URL of the chat's endpoint as browsers reach it. Default: taken from each request.
        secret: Signs links; at least 16 bytes, the same for every worker. Default: `CHATKIT_SECRET`, else, in a folder,
            a key that is made once and kept there.
        max_size: Bytes that a file may have.
        max_unsent: Files that a person may have announced or uploaded and not sent; above it, 429.
        max_unsent_size: Bytes that these may have together. Default: ten times `max_size`.
        accept: MIME types that are taken (`"image/*"`, `"application/pdf"`). Default: all.
        presign: Whether browsers upload straight into the bucket. Default: where the bucket can. Such a file is checked
            when it is sent.
        lifetime: Seconds that links to files work at least; at most twice as long, so that they stay the same for a
            while and browsers can cache.
        upload_lifetime: Seconds in which an upload has to begin.
        clock: The time in seconds since 1970.

    Raises:
        ValueError: If the place cannot be used, a number is not positive, or a bucket comes without a secret.
    """

    def __init__(
        self,
        place: "str | Path | ObjectStore",
        *,
        owner: Callable[[TContext], str],
        public_url: str | None = None,
        secret: str | bytes | None = None,
        max_size: int = MAX_SIZE,
        max_unsent: int = MAX_UNSENT,
        max_unsent_size: int | None = None,
        accept: Sequence[str] = ("*/*",),
        presign: bool | None = None,
        lifetime: int = 3600,
        upload_lifetime: int = 900,
        clock: Callable[[], float] = time.time,
    ) -> None:
        for name, value in (
            ("max_size", max_size),
            ("max_unsent", max_unsent),
            ("lifetime", lifetime),
            ("upload_lifetime", upload_lifetime),
        ):
            if value <= 0:
                raise ValueError(f"{name}: expected a positive number, got {value!r}")
        self._bucket, folder = open_bucket(place)
        if presign and not self._bucket.can_sign:
            raise ValueError("presign: only S3, Google Cloud Storage and Azure take uploads by themselves")
        self._presign = self._bucket.can_sign if presign is None else presign
        self._links = Links(secret_for(secret, folder, shared=self._bucket.can_sign))
        self._owner = owner
        self._max_size = max_size
        self._accept = tuple(accept)
        self._clock = clock
        self._addresses = Addresses(self._links, public_url, lifetime, upload_lifetime, clock)
        self._previews = Previews(self._bucket)
        unsent = UNSENT_TIMES * max_size if max_unsent_size is None else max_unsent_size
        if unsent < max_size:
            raise ValueError(f"max_unsent_size: expected at least max_size ({max_size:,}), got {unsent:,}")
        self._room = Room(self._bucket, max_unsent, unsent)

    # --- what ChatKitServer asks

    async def create_attachment(self, input: AttachmentCreateParams, context: TContext) -> Attachment:
        """Register a file that is about to be uploaded (S-29). Its links are made by `present`.

        Raises:
            TooLargeError: If it is larger than `max_size`.
            UnsupportedTypeError: If its type is not accepted.
            TooManyRequestsError: If too much of this person is unsent.
        """
        name = safe_name(input.name)
        kind = announced_type(input.mime_type, name)
        if input.size < 0:
            raise InvalidRequestError(f"size: expected a number of bytes, got {input.size!r}")
        if input.size > self._max_size:
            raise TooLargeError(self._too_large(name))
        self._require_accepted(kind, name)
        if not self._presign:
            self._addresses.require_base()
        id, scope = self.generate_attachment_id(kind, context), self._scope(context)
        async with self._room.taken(scope, id, input.size):
            await self._bucket.put(key_of("announced", scope, id), _nothing())
        return record(id, name, kind, input.size, expected=True)

    async def present(self, attachment: Attachment, context: TContext) -> Attachment:
        base, scope = self._addresses.base, self._scope(context)
        changes: dict[str, object] = {}
        if isinstance(attachment, ImageAttachment) and base:
            changes["preview_url"] = AnyUrl(self._addresses.reading("preview", scope, attachment, base))
        if attachment.upload_descriptor is not None:
            awaiting = attachment.thread_id is None
            changes["upload_descriptor"] = await self._upload(scope, attachment) if awaiting else None
        return attachment.model_copy(update=changes)

    async def keep(self, attachment: Attachment, context: TContext) -> Attachment:
        """Make an uploaded file part of a message; from now on it is neither replaced nor swept.

        Raises:
            AttachmentMissingError: If it has not been uploaded, or was left unsent for too long.
            InvalidRequestError: If what was put into the bucket is not what was announced; it is deleted.
        """
        scope, id = self._scope(context), attachment.id
        announced, incoming, kept = (key_of(s, scope, id) for s in ("announced", "incoming", "kept"))
        changes: dict[str, object] = {"upload_descriptor": None}
        if await self._bucket.head(kept) is None:
            if not await self._bucket.move(incoming, kept) and await self._bucket.head(kept) is None:
                raise AttachmentMissingError(
                    f"attachment {id!r} has not been uploaded, or was left unsent for too long"
                )
            if self._presign or attachment.mime_type == UNKNOWN:
                # After the move: nobody can exchange it between the look and the use.
                changes["mime_type"] = await self._inspected(kept, attachment)
            await self._bucket.delete(announced)
            self._room.given_back(scope, id)
        return attachment.model_copy(update=changes)

    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        """Delete a file, sent or not (S-30)."""
        scope = self._scope(context)
        stages = [key_of(stage, scope, attachment_id) for stage in ("announced", "incoming", "kept")]
        if not [key for key in stages if await self._bucket.head(key)]:
            raise NotFoundError(f"attachment {attachment_id!r} is not there")
        # The mark goes first: an upload that is running finds it gone at its end, and leaves nothing.
        await self._bucket.delete(*stages, key_of("preview", scope, attachment_id))
        self._room.given_back(scope, attachment_id)

    # --- what an app asks

    async def read_attachment(
        self, attachment: Attachment, context: TContext, max_size: int | None = None
    ) -> bytes:
        """The whole file, for a tool or a model.

        Raises:
            NotFoundError: If it is not there in this context.
            TooLargeError: If it is larger than `max_size`.
        """
        key, meta = await self._find(self._scope(context), attachment.id)
        if max_size is not None and meta["size"] > max_size:
            raise TooLargeError(f"{attachment.name!r} has more than {max_size:,} bytes")
        return b"".join([piece async for piece in self._bucket.read(key, 0, meta["size"], meta["e_tag"])])

    def download_url(self, attachment: Attachment, context: TContext) -> str:
        """A link to the original file, to be put into a message, a widget or a page. It expires.

        Raises:
            RuntimeError: Outside a request that `chatkit.web` answers, if there is no `public_url`.
        """
        base = self._addresses.require_base()
        return self._addresses.reading("download", self._scope(context), attachment, base)

    # --- what the web edge asks

    async def add_upload(
        self, name: str, mime_type: str, chunks: AsyncGenerator[bytes], context: TContext
    ) -> Attachment:
        """Take a file that comes without having been announced (direct upload), and make its record.

        Raises:
            TooLargeError: As soon as it is larger than `max_size`. Nothing is left of it.
            UnsupportedTypeError: If its type is not accepted, or its content is of another type.
            TooManyRequestsError: If too much of this person is unsent. Nothing is left of it.
        """
        name = safe_name(name)
        kind = announced_type(mime_type, name)
        if kind != UNKNOWN:
            self._require_accepted(kind, name)
        id, scope = self.generate_attachment_id(kind, context), self._scope(context)
        async with self._room.taken(scope, id) as place:
            counted = place.filled(chunks)
            file = Incoming(counted, name, kind, None, self._max_size, self._require_accepted)
            await self._bucket.put(key_of("incoming", scope, id), file.checked())
        return record(id, name, file.mime_type, file.size, expected=False)

    async def receive_upload(self, token: str, id: str, chunks: AsyncGenerator[bytes]) -> None:
        """Take a file that was announced. May be repeated until the file is sent: the last one counts.

        Raises:
            LinkError: If the link does not allow it.
            NotFoundError: If the file is not expected (any more): it was sent, deleted or swept.
            TooLargeError: As soon as it is larger than announced. Nothing is left of it.
            InvalidRequestError: If it is shorter than announced, or of another type.
            TooManyRequestsError: If too much of this person is unsent.
        """
        link = self._links.read(token, "upload", id, self._clock())
        mark, incoming, preview = (
            key_of(stage, link.scope, id) for stage in ("announced", "incoming", "preview")
        )
        await self._require_expected(mark)
        file = Incoming(chunks, link.name, link.mime_type, link.size, self._max_size, self._require_accepted)
        async with self._room.taken(link.scope, id, link.size):
            await self._bucket.put(incoming, file.checked())
        await self._bucket.delete(preview)
        try:
            await self._require_expected(mark)
        except NotFoundError:
            await self._bucket.delete(incoming)
            raise

    async def open_file(self, token: str, id: str, purpose: Purpose) -> StoredFile:
        """The file that a link leads to.

        Raises:
            LinkError: If the link does not allow it.
            NotFoundError: If the file is not there, or there is no preview of it.
        """
        link = self._links.read(token, purpose, id, self._clock())
        original = await self._stored(link)
        if purpose != "preview":
            return original
        preview = key_of("preview", link.scope, id)
        try:
            return await self._previews.of(original, preview)
        except NotFoundError:
            # The message with it was sent at this moment, and the picture has moved?
            moved = await self._stored(link)
            if moved.key == original.key:
                raise
            return await self._previews.of(moved, preview)

    async def sweep(self, now: datetime | None = None) -> int:
        """Delete what was announced or uploaded a day ago and never sent. Returns how many files that were.

        Args:
            now: The time to judge by, with its zone.
        """
        before = (now or datetime.now(timezone.utc)) - UNSENT_FOR
        swept: set[str] = set()
        for stage in ("announced", "incoming"):
            old = [one["path"] async for one in self._bucket.list(stage) if one["last_modified"] < before]
            for key in old:
                await self._bucket.delete(key, key.replace(stage, "preview", 1))
            swept.update(key.partition("/")[2] for key in old)
        await self._bucket.forget_halves(before)
        if swept:
            logger.info("swept %d attachments that were never sent", len(swept))
        return len(swept)

    # --- details

    def _scope(self, context: TContext) -> str:
        return scope_of(self._owner(context))

    async def _upload(self, scope: str, attachment: Attachment) -> AttachmentUploadDescriptor:
        if self._presign:
            return await self._addresses.upload_into(self._bucket, scope, attachment)
        return self._addresses.upload(scope, attachment)

    def _require_accepted(self, kind: str, name: str) -> None:
        if not matches(kind, self._accept):
            raise UnsupportedTypeError(
                f"{name!r} is of type {kind!r}; accepted are {', '.join(self._accept)}"
            )

    async def _require_expected(self, mark: str) -> None:
        if await self._bucket.head(mark) is None:
            raise NotFoundError(
                "no upload is expected here: the file was sent, deleted, or left for too long"
            )

    def _too_large(self, name: str) -> str:
        return f"{name!r} is larger than the limit of {self._max_size:,} bytes"

    async def _stored(self, link: Link) -> StoredFile:
        key, meta = await self._find(link.scope, link.id)
        inline = link.mime_type in PICTURES
        return StoredFile(self._bucket, key, meta, link.name, link.mime_type, inline, link.expires)

    async def _find(self, scope: str, id: str) -> tuple[str, "ObjectMeta"]:
        # What browsers put straight into a bucket is not handed out before `keep` has looked at it.
        # Twice: it may be moved from the one place to the other between the two looks.
        for stage in ("kept",) if self._presign else ("kept", "incoming", "kept"):
            key = key_of(stage, scope, id)
            meta = await self._bucket.head(key)
            if meta is not None:
                return key, meta
        raise NotFoundError(f"the file of attachment {id!r} is not there")

    async def _inspected(self, key: str, attachment: Attachment) -> str:
        meta = await self._bucket.head(key)
        if meta is None:
            raise NotFoundError(f"the file of attachment {attachment.id!r} is not there")
        try:
            if meta["size"] > self._max_size:
                raise TooLargeError(self._too_large(attachment.name))
            if meta["size"] != size_in(attachment):
                raise InvalidRequestError(f"{attachment.name!r} has another size than was announced")
            first = self._bucket.read(key, 0, min(HEAD, meta["size"]), meta["e_tag"])
            head = b"".join([piece async for piece in first])
            kind = checked_type(attachment.mime_type, head, attachment.name)
            self._require_accepted(kind, attachment.name)
        except (TooLargeError, InvalidRequestError):
            with anyio.CancelScope(shield=True):
                await self._bucket.delete(key)
            raise
        return kind
