"""Uploads that lie, break off or find no room: each has a status, and none leaves anything behind."""

import asyncio
import resource
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from chatkit.errors import UnavailableError
from chatkit.store import MemoryStore
from chatkit.types import Attachment
from chatkit.web import uploads_body
from tests.files.chat import PDF, TEXT, Chat, arriving_in, chatting, png, until
from tests.scripted import ALICE

MIB = 1 << 20


async def in_pieces(data: bytes, size: int = 64 * 1024) -> AsyncGenerator[bytes]:
    """A body whose length is not announced by a header."""
    for at in range(0, len(data), size):
        yield data[at : at + size]


def message(answer: Any) -> str:
    return answer.json()["error"]["message"]


async def test_a_file_above_the_limit_is_refused_and_leaves_nothing(chat: Chat) -> None:
    """protocol.md §1.4: 413"""
    answer = await chat.direct("large.txt", b"x" * (5 * MIB), "text/plain")
    assert (answer.status_code, message(answer)) == (
        413,
        "'large.txt' is larger than the limit of 4,194,304 bytes",
    )
    assert await chat.keys() == []
    announced = await chat.ask("attachments.create", name="a.txt", size=4 * MIB + 1, mime_type="text/plain")
    assert announced.status_code == 413
    assert await chat.keys() == []


async def test_an_upload_larger_than_announced_is_refused(chat: Chat) -> None:
    made = await chat.announce("notes.txt", 100, "text/plain")
    answer = await chat.put(made, in_pieces(b"x" * 3 * MIB))
    assert answer.status_code == 413
    assert "100 bytes that were announced" in message(answer)
    assert await chat.keys() == [f"announced/{made['id']}"]


async def test_an_upload_shorter_than_announced_is_refused(chat: Chat) -> None:
    made = await chat.announce("notes.txt", len(TEXT) + 1, "text/plain")
    answer = await chat.put(made, TEXT)
    assert answer.status_code == 400
    assert "ended after" in message(answer)
    assert await chat.keys() == [f"announced/{made['id']}"]


async def test_a_failed_repetition_leaves_the_file_that_was_there(chat: Chat) -> None:
    made = await chat.announce("notes.txt", len(TEXT), "text/plain")
    await chat.put(made, TEXT)
    assert (await chat.put(made, TEXT + b"x")).status_code == 413
    await chat.sent(made["id"])
    assert (await chat.http.get(await chat.link_to(made["id"]))).content == TEXT


@pytest.mark.parametrize(
    ("name", "mime_type", "data"),
    [
        ("photo.png", "image/png", b"<html><script>alert(1)</script></html>"),
        ("photo.png", "image/png", b"\xff\xd8\xff\xe0 a JPEG"),
        ("photo.png", "image/png", b""),
        ("paper.pdf", "application/pdf", b"MZ\x90\x00 a program"),
        ("notes.txt", "text/plain", b"\x7fELF a program"),
        ("notes.txt", "text/plain", b"words and \0 zeros"),
        ("report.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"no zip"),
        ("sound.bin", "application/x-unheard-of", b"\x89PNG\r\n\x1a\n"),
    ],
)
async def test_an_upload_that_lies_about_its_type_is_refused(
    chat: Chat, name: str, mime_type: str, data: bytes
) -> None:
    direct = await chat.direct(name, data, mime_type)
    made = await chat.announce(name, len(data), mime_type)
    second = await chat.put(made, data)
    for answer in (direct, second):
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (415, "unsupported_type")
        assert error["message"].startswith(f"{name!r} was announced as {mime_type!r}, but its content is ")
    assert await chat.keys() == [f"announced/{made['id']}"]


async def test_only_accepted_types_are_taken() -> None:
    async with chatting("memory://", accept=["image/*", "application/pdf"]) as chat:
        assert (await chat.direct("a.png", png(), "image/png")).status_code == 200
        unknown = await chat.direct("paper", PDF, "application/octet-stream")
        assert unknown.json()["mime_type"] == "application/pdf"  # what its content says
        before = await chat.keys()
        refused = (
            await chat.direct("a.txt", TEXT, "text/plain"),
            await chat.direct("a", TEXT, ""),
            await chat.ask("attachments.create", name="a.txt", size=3, mime_type="text/plain"),
        )
        for answer in refused:
            assert answer.status_code == 415
            assert "accepted are image/*, application/pdf" in message(answer)
        assert await chat.keys() == before


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no part named 'file'"),
        (b"--b\r\nContent-Disposition: form-data; name=other\r\n\r\nx\r\n--b--\r\n", "no part named 'file'"),
        (
            b"--b\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\nhalf",
            "ends in the middle",
        ),
        (b"no form at all", "cannot be read"),
        (
            b"--b\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\nx\r\n" * 2
            + b"--b--\r\n",
            "more than one file",
        ),
        (
            b"--b\r\nContent-Disposition: form-data; name=note\r\n\r\n" + b"x" * 100_000 + b"\r\n--b--\r\n",
            "besides its file",
        ),
    ],
)
async def test_a_broken_form_is_refused(chat: Chat, body: bytes, why: str) -> None:
    headers = {"x-person": ALICE, "content-type": "multipart/form-data; boundary=b"}
    answer = await chat.http.post(f"{chat.url}/attachments", content=body, headers=headers)
    assert (answer.status_code, why in message(answer)) == (400, True), answer.text
    assert await chat.keys() == []


@pytest.mark.parametrize("boundary", ["", "; boundary=" + "x" * 300])
async def test_a_form_without_a_usable_boundary_is_refused(chat: Chat, boundary: str) -> None:
    headers = {"x-person": ALICE, "content-type": f"multipart/form-data{boundary}"}
    answer = await chat.http.post(f"{chat.url}/attachments", content=b"x", headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\plan.txt", "plan.txt"),
        ("a\u202etxt.exe", "atxt.exe"),  # a mark that turns the direction of writing
        ("line\r\nX-Header: 1.txt", "lineX-Header_ 1.txt"),
        ("..", "file"),
        ("", "file"),
        ('say "hi".txt', "say _hi_.txt"),
        ("Übersicht – 四半期.txt", "Übersicht – 四半期.txt"),
        ("x" * 400 + ".txt", "x" * 196 + ".txt"),
    ],
)
async def test_a_name_can_neither_lead_away_nor_deceive(chat: Chat, given: str, kept: str) -> None:
    """Also in the header of its download (RFC 5987)."""
    made = await chat.announce(given, len(TEXT), "text/plain")
    assert made["name"] == kept
    await chat.put(made, TEXT)
    got = await chat.http.get(await chat.link_to(made["id"]))
    assert got.status_code == 200
    assert "\n" not in got.headers["content-disposition"]
    assert not {path.name for path in (chat.folder or Path("/nowhere")).glob("*")} - {"files", "secret.key"}


async def test_a_client_that_leaves_in_the_middle_leaves_nothing(chat_on_disk: Chat) -> None:
    chat = chat_on_disk
    assert chat.folder is not None
    made = await chat.announce("notes.txt", 4 * MIB, "text/plain")
    writer = await _begin(made["upload_descriptor"]["url"], 4 * MIB, b"x" * 3 * MIB)
    await until(lambda: bool(arriving_in(chat.folder or Path())))  # it is being written
    writer.transport.abort()
    await until(lambda: not arriving_in(chat.folder or Path()))
    assert await chat.keys() == [f"announced/{made['id']}"]
    # And the server is as before.
    assert (await chat.direct("a.txt", TEXT, "text/plain")).status_code == 200


async def test_a_server_that_stops_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "attachments"
    async with chatting(folder, folder=folder) as chat:
        made = await chat.announce("notes.txt", 4 * MIB, "text/plain")
        writer = await _begin(made["upload_descriptor"]["url"], 4 * MIB, b"x" * 3 * MIB)
        await until(lambda: bool(arriving_in(folder)))
        chat.stop()
        await until(lambda: not arriving_in(folder))
        writer.close()
    assert await chat.keys() == [f"announced/{made['id']}"]


async def test_an_upload_that_stalls_is_given_up(chat_on_disk: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = chat_on_disk
    monkeypatch.setattr(uploads_body.arriving, "__defaults__", (0.05,))
    made = await chat.announce("notes.txt", 4 * MIB, "text/plain")
    url = urlsplit(str(made["upload_descriptor"]["url"]))
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    head = f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {4 * MIB}\r\n\r\n"
    writer.write(head.encode() + b"x" * 3 * MIB)
    status = await reader.readline()
    writer.close()
    assert b" 408 " in status
    assert await chat.keys() == [f"announced/{made['id']}"]


@contextmanager
def no_file_above(size: int) -> Generator[None]:
    """Stands for a full disk: the kernel refuses to write a file any further (EFBIG instead of ENOSPC), while the rest
    of the disk stays usable. Real as far as the write that fails; a small file system would need the right to mount."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [200_000, 3 * MIB])
async def test_a_full_disk_is_said_and_leaves_nothing(chat_on_disk: Chat, size: int) -> None:
    """protocol.md §1.4: 503; for a file that goes in one write, and for one that goes in parts"""
    chat = chat_on_disk
    with no_file_above(100_000):
        answer = await chat.direct("a.txt", b"x" * size, "text/plain")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert str(chat.folder) not in message(answer)  # nothing internal
    assert await chat.keys() == []
    assert (await chat.direct("a.txt", b"x" * size, "text/plain")).status_code == 200


class Unwritable(MemoryStore[str]):
    """A database that fails when an attachment is saved: what stands for a lost connection here."""

    async def save_attachment(self, attachment: Attachment, context: str) -> None:
        raise UnavailableError("the database is away")


async def test_a_file_whose_record_cannot_be_saved_is_deleted(tmp_path: Path) -> None:
    async with chatting(tmp_path, folder=tmp_path, store=Unwritable(owner=str)) as chat:
        answer = await chat.direct("a.txt", TEXT, "text/plain")
        assert answer.status_code == 503
        assert await chat.keys() == []


async def _begin(url: str, length: int, data: bytes) -> asyncio.StreamWriter:
    """Begins an upload over a bare socket, and sends only the first part of it."""
    parts = urlsplit(url)
    _, writer = await asyncio.open_connection(parts.hostname, parts.port, family=socket.AF_INET)
    head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
    writer.write(head.encode() + data)
    await writer.drain()
    return writer
