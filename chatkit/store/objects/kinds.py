"""What a file is by its first bytes, and whether that contradicts what was announced.

The table is our own and small on purpose. The question here is not "what is this?", which libraries answer with
hundreds of guesses, but "can this be what it claims to be?", and that takes the few formats that browsers draw, models
read or attackers disguise, and what else each of them may be called, which no library tells.
"""

from chatkit.errors import UnsupportedTypeError
from chatkit.store.objects.names import UNKNOWN, matches
from chatkit.types.media import TEXT_TYPES

HEAD = 1024
"""First bytes that are looked at."""

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp")
"""Pictures that browsers draw and that carry no script: the attachments of type `image`."""

# How a file begins, and what that says. Signatures of letters alone would make texts pictures and songs.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"OggS\0", "audio/ogg"),
    (b"fLaC\0", "audio/flac"),
    (b"fLaC\x80", "audio/flac"),
    (b"ID3\x02", "audio/mpeg"),
    (b"ID3\x03", "audio/mpeg"),
    (b"ID3\x04", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ\x90\x00", "application/x-msdownload"),
)

# What stands behind `RIFF` and a size.
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}

# What stands behind a size and `ftyp`; anything else is a film.
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"mif1": "image/heic",
}

# What else a file with this content may rightly be called.
_ALSO: dict[str, tuple[str, ...]] = {
    "application/zip": (
        "application/x-zip-compressed",
        "application/vnd.openxmlformats-officedocument.*",
        "application/vnd.ms-*",
        "application/vnd.oasis.opendocument.*",
        "application/vnd.apple.*",
        "application/epub+zip",
        "application/java-archive",
        "application/x-*",
        "model/3mf",
    ),
    "application/x-ole-storage": (
        "application/msword",
        "application/vnd.ms-*",
        "application/x-msi",
        "application/vnd.visio",
    ),
    "application/gzip": (
        "application/x-gzip",
        "application/x-tar",
        "application/x-compressed-tar",
        "image/svg+xml",
    ),
    "application/vnd.rar": ("application/x-rar-compressed", "application/x-rar"),
    "application/x-executable": (
        "application/x-elf",
        "application/x-sharedlib",
        "application/x-pie-executable",
    ),
    "application/x-msdownload": ("application/vnd.microsoft.portable-executable", "application/x-dosexec"),
    "application/pdf": ("application/x-pdf", "application/illustrator", "application/postscript"),
    "image/jpeg": ("image/jpg", "image/pjpeg"),
    "image/heic": ("image/heif", "image/heic-sequence", "image/heif-sequence", "image/avif"),
    "image/tiff": ("image/x-*", "image/dng"),
    "audio/wav": ("audio/x-wav", "audio/wave", "audio/vnd.wave"),
    "audio/ogg": ("video/ogg", "application/ogg", "audio/opus", "audio/vorbis"),
    "audio/flac": ("audio/x-flac",),
    "audio/mpeg": ("audio/mp3", "audio/x-mp3"),
    "video/mp4": ("audio/*", "video/*", "image/heic", "image/heif", "application/mp4"),
    "video/webm": ("audio/webm", "video/x-matroska", "audio/x-matroska"),
    "video/x-msvideo": ("video/avi", "video/msvideo"),
}

# Types whose files always begin with their signature: without it, they are not what they claim to be.
_STRICT = (
    *PICTURES,
    "image/jpg",
    "image/tiff",
    "image/heic",
    "image/heif",
    "application/pdf",
    "application/zip",
    "application/x-zip-compressed",
    "application/vnd.openxmlformats-officedocument.*",
    "application/vnd.oasis.opendocument.*",
    "application/gzip",
    "application/x-7z-compressed",
    "application/vnd.rar",
    "audio/wav",
    "audio/ogg",
    "audio/flac",
    "video/mp4",
    "video/webm",
)

TEXTUAL = ("text/*", "application/rtf", *TEXT_TYPES)
"""Types whose files are text."""

# A file that begins so may hold zero bytes and still be text.
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def detected_type(head: bytes) -> str | None:
    """What the first bytes say; None when they have no signature we know."""
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(b"\0\0") and head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    return next((kind for sign, kind in _SIGNATURES if head.startswith(sign)), None)


def checked_type(announced: str, head: bytes, name: str) -> str:
    """The type of a file that begins like this; the announced one, unless that said nothing.

    Args:
        announced: MIME type, without parameters.
        head: The first `HEAD` bytes, or all there are.
        name: For the message.

    Raises:
        UnsupportedTypeError: If the content cannot be what was announced.
    """
    detected = detected_type(head)
    if matches(announced, TEXTUAL):
        if detected in (None, *_named_like(announced)) and (b"\0" not in head or head.startswith(_WIDE)):
            return announced
    elif detected is None:
        if not matches(announced, _STRICT):
            return announced
    elif announced == UNKNOWN:
        return detected
    elif announced == detected or matches(announced, _ALSO.get(detected, ())):
        return announced
    raise UnsupportedTypeError(
        f"{name!r} was announced as {announced!r}, but its content is "
        + (f"{detected!r}" if detected else "something else")
    )


def _named_like(announced: str) -> list[str]:
    """Signatures that a textual type may begin with all the same."""
    return [kind for kind, others in _ALSO.items() if announced in others]
