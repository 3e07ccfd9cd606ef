"""Links that we sign ourselves: who may do what with which file, until when. Nothing about them is stored."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Literal

from chatkit.errors import LinkError

Purpose = Literal["upload", "download", "preview"]


@dataclass(frozen=True, slots=True)
class Link:
    """What a link allows.

    Args:
        purpose: The one thing it may be used for.
        scope: The owner's part of the key, hashed.
        id: The attachment.
        name: Its file name.
        mime_type: Its type, as announced.
        size: Its size in bytes, as announced; -1 where that is not known.
        expires: Seconds since 1970.
    """

    purpose: Purpose
    scope: str
    id: str
    name: str
    mime_type: str
    size: int
    expires: int


class Links:
    """Signs links and reads them back.

    Args:
        secret: The key. Every worker needs the same one.
    """

    def __init__(self, secret: bytes) -> None:
        # A key of its own: the app's secret may sign other things too.
        self._key = hmac.digest(secret, b"chatkit attachments 1", hashlib.sha256)

    def sign(self, link: Link) -> str:
        """The link as a token, safe in a URL."""
        body = json.dumps(astuple(link), ensure_ascii=False, separators=(",", ":")).encode()
        return f"{_text(body)}.{_text(self._signature(body))}"

    def read(self, token: str, purpose: Purpose, id: str, now: float) -> Link:
        """What a token allows.

        Args:
            token: As it came.
            purpose: What somebody wants to do with it.
            id: The attachment they name.
            now: Seconds since 1970.

        Raises:
            LinkError: If it is not one of ours, is for something else, or has expired.
        """
        body, _, signature = token.partition(".")
        try:
            signed = _bytes(body)
            genuine = hmac.compare_digest(_bytes(signature), self._signature(signed))
        except (binascii.Error, ValueError):
            genuine, signed = False, b""
        if not genuine:
            raise LinkError(
                "this link is not valid: it is incomplete, was changed, or was made by another server"
            )
        values: list[Any] = json.loads(signed)
        link = Link(*values)
        if (link.purpose, link.id) != (purpose, id):
            raise LinkError("this link is for something else")
        if link.expires <= now:
            raise LinkError(
                "this link has expired: load the conversation again, or upload again, to get a new one"
            )
        return link

    def _signature(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(value: str) -> bytes:
    return base64.b64decode(value.encode("ascii") + b"=" * (-len(value) % 4), altchars=b"-_", validate=True)


def secret_for(secret: str | bytes | None, folder: Path | None, *, shared: bool) -> bytes:
    """The key to sign with: the one given, else `CHATKIT_SECRET`, else one made once and kept in the data folder.

    Args:
        secret: What the app passed.
        folder: Where a generated key can be kept; None when there is no folder.
        shared: Whether other processes see the same files, so that a key of our own would not be enough.

    Raises:
        ValueError: If there is none and none can be kept, or it is too short.
    """
    given = secret or os.environ.get("CHATKIT_SECRET") or None
    if given is not None:
        key = given.encode() if isinstance(given, str) else given
        if len(key) < 16:
            raise ValueError("secret: expected at least 16 bytes, so that nobody can guess it")
        return key
    if folder is not None:
        return _kept_secret(folder / "secret.key")
    if shared:
        raise ValueError(
            "secret: files in a bucket need one, the same for every worker; pass secret= or set CHATKIT_SECRET"
        )
    return secrets.token_bytes(32)


def _kept_secret(path: Path) -> bytes:
    # Written aside and linked into place: a second worker that starts now sees no key or the whole key.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            if not path.exists():
                draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return path.read_bytes()
