"""One stored file, ready to be sent: what the web edge needs to know of it, and its bytes by range."""

import hashlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatkit.store.objects.bucket import Bucket

if TYPE_CHECKING:  # exists for type checkers only
    from obstore import ObjectMeta


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that a link has opened.

    Args:
        bucket: Where it is.
        key: Its key there.
        meta: What the bucket knows of it.
        name: The file name a reader sees.
        mime_type: Its type.
        inline: Whether a browser may show it; everything else is only downloaded.
        expires: When the link that opened it expires, in seconds since 1970.
    """

    bucket: Bucket
    key: str
    meta: "ObjectMeta"
    name: str
    mime_type: str
    inline: bool
    expires: int

    @property
    def size(self) -> int:
        """Bytes."""
        return self.meta["size"]

    @property
    def etag(self) -> str:
        """A strong entity tag. Hashed: those of a disk tell about the disk."""
        known = f"{self.key} {self.meta['e_tag'] or self.meta['last_modified'].isoformat()} {self.size}"
        return f'"{hashlib.sha256(known.encode()).hexdigest()[:32]}"'

    def read(self, start: int, end: int) -> AsyncGenerator[bytes]:
        """The bytes from `start` up to but not including `end`."""
        return self.bucket.read(self.key, start, end, self.meta["e_tag"])
