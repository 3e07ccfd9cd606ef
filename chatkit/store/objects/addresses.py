"""The addresses under which browsers reach files: what is signed, for how long, and below which URL."""

from collections.abc import Callable

from pydantic import AnyUrl

from chatkit.public_url import public_url as current_public_url
from chatkit.store.objects.bucket import Bucket
from chatkit.store.objects.keys import key_of
from chatkit.store.objects.links import Link, Links, Purpose
from chatkit.store.objects.records import size_in
from chatkit.types import Attachment, AttachmentUploadDescriptor


class Addresses:
    """Makes them.

    Args:
        links: Signs them.
        public_url: The absolute URL of the chat's endpoint; None: of the request that is being answered.
        lifetime: Seconds that one for reading works at least.
        upload_lifetime: Seconds in which an upload has to begin.
        clock: The time in seconds since 1970.
    """

    def __init__(
        self,
        links: Links,
        public_url: str | None,
        lifetime: int,
        upload_lifetime: int,
        clock: Callable[[], float],
    ) -> None:
        self._links = links
        self._public_url = public_url.rstrip("/") if public_url else None
        self._lifetime = lifetime
        self._upload_lifetime = upload_lifetime
        self._clock = clock

    @property
    def base(self) -> str | None:
        """The endpoint's URL, if it is known."""
        return self._public_url or current_public_url()

    def require_base(self) -> str:
        """The endpoint's URL.

        Raises:
            RuntimeError: If it is not known.
        """
        base = self.base
        if base is None:
            raise RuntimeError(
                "ObjectAttachmentStore does not know its public URL: serve it with chatkit.web, or pass public_url="
            )
        return base

    def reading(self, purpose: Purpose, scope: str, attachment: Attachment, base: str) -> str:
        """Where a file, or the preview of one, is read."""
        # The same for one lifetime, then good for another: a browser finds in its cache what it has seen.
        expires = (int(self._clock()) // self._lifetime + 2) * self._lifetime
        link = Link(purpose, scope, attachment.id, attachment.name, attachment.mime_type, -1, expires)
        return self._url(base, link, "/preview" if purpose == "preview" else "")

    def upload(self, scope: str, attachment: Attachment) -> AttachmentUploadDescriptor:
        """Where a file that was announced is put."""
        expires = int(self._clock()) + self._upload_lifetime
        size = size_in(attachment)
        link = Link("upload", scope, attachment.id, attachment.name, attachment.mime_type, size, expires)
        return AttachmentUploadDescriptor(url=AnyUrl(self._url(self.require_base(), link, "")), method="PUT")

    async def upload_into(
        self, bucket: Bucket, scope: str, attachment: Attachment
    ) -> AttachmentUploadDescriptor:
        """Where the browser puts it straight into the bucket."""
        key = key_of("incoming", scope, attachment.id)
        url, headers = await bucket.signed_put(key, self._upload_lifetime)
        return AttachmentUploadDescriptor(url=AnyUrl(url), method="PUT", headers=headers)

    def _url(self, base: str, link: Link, ending: str) -> str:
        return f"{base}/attachments/{link.id}{ending}?token={self._links.sign(link)}"
