"""File names and MIME types as strangers send them → ones that are safe to store, show and put into a header."""

import mimetypes
import re
import unicodedata
from collections.abc import Sequence
from fnmatch import fnmatchcase

UNKNOWN = "application/octet-stream"

LONGEST = 200
"""Bytes of UTF-8 that a name may have; file systems stop at 255."""

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
# Control characters, invisible ones that reorder or hide text, halves of surrogate pairs, unassigned, line separators.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def safe_name(name: str) -> str:
    """A name without a path, without characters that deceive or break, and not too long; its ending is kept."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN)
    plain = _FORBIDDEN.sub("_", seen).strip().strip(".").strip()
    return _shortened(plain) or "file"


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    room = LONGEST - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + dot + ending


def announced_type(mime_type: str, name: str) -> str:
    """The MIME type without parameters, in lower case. Where the browser knew none, what the name's ending says."""
    plain = mime_type.partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(plain):
        plain = UNKNOWN
    if plain == UNKNOWN:
        plain = mimetypes.guess_type(name, strict=False)[0] or UNKNOWN
    return plain


def matches(mime_type: str, patterns: Sequence[str]) -> bool:
    """Whether a type is one of these: exact (`image/png`), or with a star (`image/*`, `*/*`)."""
    return any(fnmatchcase(mime_type, pattern) for pattern in patterns)
