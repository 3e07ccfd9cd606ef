"""What a file may claim to be, and what it may be called."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit.errors import UnsupportedTypeError
from chatkit.store.objects.kinds import checked_type, detected_type
from chatkit.store.objects.names import LONGEST, announced_type, matches, safe_name

ZIP = b"PK\x03\x04 and so on"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe1", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"\0\0\0\x1cftypheic", "image/heic"),
        (b"\0\0\0\x1cftypisom", "video/mp4"),
        (b"BM\x36\x01\0\0\0\0\0\0", "image/bmp"),
        (b"BM is a town", None),
        (b"ID3;name\n1;x", None),  # the head of a table, not of a song
        (b"ID3\x04\0\0", "audio/mpeg"),
        (b"OggS\0\x02\0\0", "audio/ogg"),
        (b"fLaC\0\0\0\x22", "audio/flac"),
        (b"Save as WEBP, please", None),  # no picture, though the letters are in their place
        (b"Convert WAVE files", None),
        (b"Just an AVI file", None),
        (b"Any ftypes?", None),
        (b"OggS begins each page", None),
        (b"", None),
        (b"plain words", None),
    ],
)
def test_a_signature_says_what_a_file_is(head: bytes, kind: str | None) -> None:
    assert detected_type(head) == kind


@pytest.mark.parametrize(
    ("announced", "head"),
    [
        (WORD, ZIP),
        ("application/vnd.oasis.opendocument.text", ZIP),
        ("application/epub+zip", ZIP),
        ("application/x-zip-compressed", ZIP),
        ("application/msword", OLE),
        ("application/vnd.ms-excel", OLE),
        ("audio/mp4", b"\0\0\0\x1cftypM4A "),
        ("video/quicktime", b"\0\0\0\x14ftypqt  "),
        ("audio/webm", b"\x1aE\xdf\xa3"),
        ("image/jpg", b"\xff\xd8\xff\xe0"),
        ("text/csv", "Größe;Preis\n".encode()),
        ("text/plain", "wide".encode("utf-16")),
        ("application/json", b"{}"),
        ("image/svg+xml", b"<svg/>"),
        ("text/markdown", b""),
        ("application/x-unheard-of", b"anything"),
        ("model/gltf-binary", b"glTF"),
        ("text/html", b"<!doctype html>"),
    ],
)
def test_a_file_may_be_called_what_it_is(announced: str, head: bytes) -> None:
    assert checked_type(announced, head, "a") == announced


@pytest.mark.parametrize(
    ("announced", "head"),
    [
        (WORD, OLE),
        ("application/msword", ZIP),
        ("image/png", ZIP),
        ("image/png", b"words"),
        ("image/svg+xml", b"\x89PNG\r\n\x1a\n"),
        ("text/plain", ZIP),
        ("text/plain", b"a\0b"),
        ("application/json", b"%PDF-1.4"),
        ("audio/ogg", b"\x7fELF"),
        ("application/x-unheard-of", b"MZ\x90\0"),
        ("video/mp4", b"<html>"),
    ],
)
def test_a_file_may_not_be_called_what_it_is_not(announced: str, head: bytes) -> None:
    with pytest.raises(UnsupportedTypeError, match="was announced as"):
        checked_type(announced, head, "a")


def test_what_nobody_knows_is_what_its_content_says() -> None:
    assert checked_type("application/octet-stream", ZIP, "a") == "application/zip"
    assert checked_type("application/octet-stream", b"???", "a") == "application/octet-stream"


@pytest.mark.parametrize(
    ("mime_type", "name", "kind"),
    [
        ("Text/Plain; charset=utf-8", "a", "text/plain"),
        ("", "notes.md", "text/markdown"),
        ("application/octet-stream", "a.json", "application/json"),
        ("image/png", "a.txt", "image/png"),
        ("nonsense", "a", "application/octet-stream"),
        ("a/b\r\nX: y", "a", "application/octet-stream"),
        ("text/" + "x" * 500, "a", "application/octet-stream"),
    ],
)
def test_a_type_is_plain_or_guessed_by_the_name(mime_type: str, name: str, kind: str) -> None:
    assert announced_type(mime_type, name) == kind


@pytest.mark.parametrize(
    ("mime_type", "pattern", "matching"),
    [
        ("image/png", "image/png", True),
        ("image/png", "image/*", True),
        ("image/png", "*/*", True),
        ("image/png", "*", True),
        ("image/png", "image/pn", False),
        ("image/png", "text/*", False),
        ("imagex/png", "image/*", False),
    ],
)
def test_a_pattern_names_a_type_or_a_family(mime_type: str, pattern: str, matching: bool) -> None:
    assert matches(mime_type, [pattern]) is matching


@pytest.mark.property
@given(st.text(max_size=400))
def test_any_name_becomes_one_that_harms_nobody(name: str) -> None:
    made = safe_name(name)
    assert made
    assert made not in (".", "..")
    assert len(made.encode()) <= LONGEST
    assert not set(made) & set('/\\<>:"|?*')
    assert not [sign for sign in made if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert safe_name(made) == made


@pytest.mark.property
@given(
    st.binary(max_size=200), st.sampled_from(["image/png", "text/plain", WORD, "application/octet-stream"])
)
def test_any_content_is_taken_or_refused_without_another_error(head: bytes, announced: str) -> None:
    try:
        kind = checked_type(announced, head, "a")
    except UnsupportedTypeError:
        return
    assert kind == announced or (announced == "application/octet-stream" and kind == detected_type(head))
