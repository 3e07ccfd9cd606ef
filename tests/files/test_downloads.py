"""Files on their way out: links, ranges, tags, headers, previews."""

import asyncio
import io
import sys
import threading
from typing import Any

import anyio
import anyio.from_thread
import httpx
import pytest
from PIL import Image

from chatkit.public_url import set_public_url
from chatkit.store.objects import previews
from chatkit.store.objects.stored import StoredFile
from chatkit.types import AttachmentCreateParams, UserMessageItem
from chatkit.web.downloads import disposition
from tests.files.chat import PDF, TEXT, Chat, bomb, chatting, png
from tests.scripted import ALICE, Scripted


def picture(data: bytes) -> Any:
    """A picture that Pillow can open."""
    opened: Any = Image.open(io.BytesIO(data))
    return opened


@pytest.fixture
async def link(chat: Chat) -> str:
    """A link to a file of 1040 bytes of text."""
    made = (await chat.direct("notes.txt", TEXT, "text/plain")).json()
    return await chat.link_to(made["id"])


@pytest.mark.parametrize(
    ("range", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, 1040),
        ("bytes=-10", 1030, 1040),
        ("bytes=1039-5000", 1039, 1040),
        ("bytes=-5000", 0, 1040),
        ("bytes=0-", 0, 1040),
    ],
)
async def test_a_range_is_sent_alone(chat: Chat, link: str, range: str, start: int, end: int) -> None:
    got = await chat.http.get(link, headers={"range": range})
    assert (got.status_code, got.content) == (206, TEXT[start:end])
    assert got.headers["content-range"] == f"bytes {start}-{end - 1}/1040"
    assert got.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("range", ["bytes=1040-", "bytes=5-4", "bytes=-0", f"bytes={10**17}-"])
async def test_a_range_outside_is_416(chat: Chat, link: str, range: str) -> None:
    got = await chat.http.get(link, headers={"range": range})
    assert (got.status_code, got.headers["content-range"]) == (416, "bytes */1040")


@pytest.mark.parametrize("range", ["bytes=0-1,4-5", "lines=1-2", "bytes=a-b"])
async def test_other_ranges_are_answered_with_all_of_it(chat: Chat, link: str, range: str) -> None:
    got = await chat.http.get(link, headers={"range": range})
    assert (got.status_code, got.content) == (200, TEXT)


async def test_a_file_that_is_known_is_not_sent_again(chat: Chat, link: str) -> None:
    first = await chat.http.get(link)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = await chat.http.get(link, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
    assert (await chat.http.get(link, headers={"if-none-match": '"other"'})).status_code == 200
    part = {"range": "bytes=0-1"}
    assert (await chat.http.get(link, headers={**part, "if-range": tag})).status_code == 206
    assert (await chat.http.get(link, headers={**part, "if-range": '"other"'})).content == TEXT


async def test_head_says_the_same_without_the_bytes(chat: Chat, link: str) -> None:
    got = await chat.http.head(link)
    assert (got.status_code, got.headers["content-length"], got.content) == (200, "1040", b"")


async def test_a_file_cannot_act_in_the_page(chat: Chat) -> None:
    page = b"<!doctype html><script>parent.postMessage(document.cookie)</script>"
    made = (await chat.direct("page.html", page, "text/html")).json()
    got = await chat.http.get(await chat.link_to(made["id"]))
    assert got.headers["content-type"] == "text/html"
    assert got.headers["content-disposition"] == 'attachment; filename="page.html"'
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["referrer-policy"] == "no-referrer"
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"
    assert got.headers["cache-control"].startswith("private, max-age=")


async def test_only_pictures_without_script_are_shown_by_the_browser(chat: Chat) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    shown: dict[str, str] = {}
    for name, data, kind in (
        ("a.png", png(), "image/png"),
        ("a.svg", svg, "image/svg+xml"),
        ("a.pdf", PDF, "application/pdf"),
    ):
        made = (await chat.direct(name, data, kind)).json()
        got = await chat.http.get(await chat.link_to(made["id"]))
        shown[f"{name} {made['type']}"] = got.headers["content-disposition"].split(";")[0]
    assert shown == {"a.png image": "inline", "a.svg file": "attachment", "a.pdf file": "attachment"}


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("plan.txt", 'attachment; filename="plan.txt"'),
        ("Übersicht.txt", "attachment; filename=\"_bersicht.txt\"; filename*=UTF-8''%C3%9Cbersicht.txt"),
        ("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
        ("a'b.txt", 'attachment; filename="a\'b.txt"'),
    ],
)
def test_a_name_is_kept_in_the_header(name: str, header: str) -> None:
    """RFC 5987, RFC 6266"""
    assert disposition(name, inline=False) == header


async def test_a_link_expires(chat: Chat, link: str) -> None:
    chat.clock.now += 3600  # for at least so long it works, and for at most twice as long
    assert (await chat.http.get(link)).status_code == 200
    chat.clock.now += 3600
    spent = await chat.http.get(link)
    error = spent.json()["error"]
    assert (spent.status_code, error["code"]) == (403, "link_invalid")
    assert "has expired" in error["message"]
    assert spent.headers["access-control-allow-origin"] == "*"


async def test_an_upload_link_expires(chat: Chat) -> None:
    made = await chat.announce("notes.txt", len(TEXT), "text/plain")
    chat.clock.now += 901
    assert (await chat.put(made, TEXT)).status_code == 403
    assert await chat.keys() == [f"announced/{made['id']}"]


async def test_a_link_that_was_changed_is_refused(chat: Chat, link: str) -> None:
    address, token = link.split("?token=")
    body, signature = token.split(".")
    other = (await chat.direct("other.txt", b"secret", "text/plain")).json()
    changed = [
        f"{address}?token={body[:-2]}AA.{signature}",
        f"{address}?token={body}.{signature[:-2]}AA",
        f"{address}?token={body}",
        f"{address}?token=.",
        f"{address}?token=%C3%A4.%C3%A4",
        f"{address}?token=",
        address,
        f"{address}/preview?token={token}",  # right for the file, not for its preview
        f"{chat.url}/attachments/{other['id']}?token={token}",  # right for another file
    ]
    for url in changed:
        got = await chat.http.get(url)
        assert (got.status_code, got.json()["error"]["code"]) == (403, "link_invalid"), url
    assert (await chat.http.put(link, content=TEXT)).status_code == 403  # right for reading, not for writing


async def test_links_stay_the_same_for_a_while_so_that_browsers_cache(chat: Chat) -> None:
    made = (await chat.direct("a.png", png(), "image/png")).json()
    chat.clock.now = 1_800_000_000 // 3600 * 3600 + 10
    first = await chat.link_to(made["id"])
    chat.clock.now += 3000
    assert await chat.link_to(made["id"]) == first
    chat.clock.now += 3600
    assert await chat.link_to(made["id"]) != first


async def test_a_picture_has_a_small_preview_without_its_metadata(chat: Chat) -> None:
    large = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "taken at home"
    Image.new("RGB", (2000, 1000), "teal").save(large, "JPEG", exif=exif)
    made = (await chat.direct("photo.jpg", large.getvalue(), "image/jpeg")).json()
    for _ in range(2):  # made once, then kept
        got = await chat.http.get(made["preview_url"])
        assert (got.status_code, got.headers["content-type"]) == (200, "image/webp")
        with picture(got.content) as small:
            assert small.size == (320, 640)
            assert not small.getexif()
        assert b"taken at home" not in got.content
        assert await chat.keys() == [f"incoming/{made['id']}", f"preview/{made['id']}"]


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "AVIF", "BMP"])
async def test_every_kind_of_picture_has_a_preview(chat: Chat, kind: str) -> None:
    data = io.BytesIO()
    mode = "RGBA" if kind in ("PNG", "WEBP", "AVIF") else "P" if kind == "GIF" else "RGB"
    Image.new(mode, (700, 70)).save(data, kind)
    made = (await chat.direct("a", data.getvalue(), f"image/{kind.lower()}")).json()
    assert made["type"] == "image"
    got = await chat.http.get(made["preview_url"])
    with picture(got.content) as small:
        assert small.size == (640, 64)


@pytest.mark.parametrize("edge", [8_000, 30_000])
async def test_a_picture_that_unfolds_to_far_more_is_never_opened(chat: Chat, edge: int) -> None:
    """A decompression bomb: the browser is spared it too. Pillow itself would open the smaller one."""
    data = bomb(edge, rows=min(edge, 8_000))
    assert len(data) < 300_000
    made = (await chat.direct("bomb.png", data, "image/png")).json()
    got = await chat.http.get(made["preview_url"])
    assert (got.status_code, got.json()["error"]["message"]) == (
        404,
        "no preview can be made of this picture",
    )
    assert await chat.keys() == [f"incoming/{made['id']}"]


async def test_many_previews_at_once_are_made_two_by_two_and_each_once(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures that wait are not in memory: there may be many, and each may be large."""
    held, most, drawn, counting = 0, 0, 0, threading.Lock()
    read, draw = StoredFile.read, previews._preview  # pyright: ignore[reportPrivateUsage]

    def reading(file: StoredFile, start: int, end: int) -> Any:
        nonlocal held, most
        if file.mime_type == "image/png":
            with counting:
                held += 1
                most = max(most, held)
        return read(file, start, end)

    def drawing(data: bytes, mime_type: str) -> bytes | None:
        nonlocal held, drawn
        made = draw(data, mime_type)
        with counting:
            held, drawn = held - 1, drawn + 1
        return made

    monkeypatch.setattr(StoredFile, "read", reading)
    monkeypatch.setattr(previews, "_preview", drawing)
    urls = [(await chat.direct("a.png", png(), "image/png")).json()["preview_url"] for _ in range(6)]
    answers = await asyncio.gather(*(chat.http.get(url) for url in urls * 2))
    assert {answer.status_code for answer in answers} == {200}
    assert most <= 2
    assert drawn == 6


async def test_a_preview_that_is_made_while_its_message_is_sent_is_there(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser draws the message on its way, and so asks for the picture when it becomes part of it."""
    made = (await chat.direct("a.png", png(), "image/png")).json()
    is_open, is_sent = anyio.Event(), threading.Event()
    draw = previews._preview  # pyright: ignore[reportPrivateUsage]

    def slowly(data: bytes, mime_type: str) -> bytes | None:
        anyio.from_thread.run_sync(is_open.set)
        assert is_sent.wait(30)
        return draw(data, mime_type)

    monkeypatch.setattr(previews, "_preview", slowly)
    asking = asyncio.ensure_future(chat.http.get(made["preview_url"]))
    await is_open.wait()
    await chat.sent(made["id"])
    is_sent.set()
    got = await asking
    assert (got.status_code, got.headers["content-type"]) == (200, "image/webp")
    assert await chat.keys() == [f"kept/{made['id']}", f"preview/{made['id']}"]


async def test_a_broken_picture_has_no_preview(chat: Chat) -> None:
    made = (await chat.direct("broken.png", png(300, 300)[:60], "image/png")).json()
    assert (await chat.http.get(made["preview_url"])).status_code == 404


async def test_without_pillow_the_picture_is_its_own_preview(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = png()
    monkeypatch.setitem(sys.modules, "PIL", None)
    made = (await chat.direct("a.png", data, "image/png")).json()
    got = await chat.http.get(made["preview_url"])
    assert (got.content, got.headers["content-type"]) == (data, "image/png")


async def test_a_new_upload_has_a_new_preview(chat: Chat) -> None:
    first, second = png(10, 10), png(20, 10, "white")
    assert len(first) != len(second) or first != second
    padded = first + b"\0" * (len(second) - len(first)) if len(first) < len(second) else first
    other = second + b"\0" * (len(padded) - len(second))
    made = await chat.announce("a.png", len(padded), "image/png")
    sizes: list[Any] = []
    for data in (padded, other):
        assert (await chat.put(made, data)).status_code == 204
        got = await chat.http.get(made["preview_url"])
        with picture(got.content) as small:
            sizes.append(small.size)
    assert sizes == [(10, 10), (20, 10)]


async def test_public_url_overrides_what_the_request_says() -> None:
    """DESIGN decision 7"""
    async with chatting("memory://", public_url="https://chat.example.com/api/chatkit/") as chat:
        made = await chat.announce("a.png", len(png()), "image/png")
        begin = f"https://chat.example.com/api/chatkit/attachments/{made['id']}"
        assert made["preview_url"].startswith(f"{begin}/preview?token=")
        assert made["upload_descriptor"]["url"].startswith(f"{begin}?token=")


async def test_without_a_public_url_the_store_says_what_to_do() -> None:
    async with chatting("memory://") as chat:
        asked = AttachmentCreateParams(name="a.txt", size=1, mime_type="text/plain")
        with pytest.raises(RuntimeError, match="public_url="):
            await chat.files.create_attachment(asked, ALICE)


async def test_a_secret_outlives_a_restart_and_is_its_owners_alone(tmp_path: Any) -> None:
    """DESIGN decision 7"""
    links: list[str] = []
    for _ in range(2):
        async with chatting(tmp_path, folder=tmp_path) as chat:
            if not links:
                made = (await chat.direct("notes.txt", TEXT, "text/plain")).json()
                links.append(await chat.link_to(made["id"]))
            path = links[0].split("/chatkit/", 1)[1]
            assert (await chat.http.get(f"{chat.url}/{path}")).content == TEXT
    key = tmp_path / "secret.key"
    assert (key.stat().st_mode & 0o777, key.stat().st_size) == (0o600, 32)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


async def test_another_secret_makes_old_links_invalid(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with chatting(tmp_path) as chat:
        made = (await chat.direct("notes.txt", TEXT, "text/plain")).json()
        path = (await chat.link_to(made["id"])).split("/chatkit/", 1)[1]
    monkeypatch.setenv("CHATKIT_SECRET", "a secret of the environment")
    async with chatting(tmp_path) as chat:
        assert (await chat.http.get(f"{chat.url}/{path}")).status_code == 403
    with pytest.raises(ValueError, match="at least 16 bytes"):
        async with chatting(tmp_path, secret="short"):
            pass


async def test_the_responder_reads_the_file_it_was_sent(chat: Chat) -> None:
    made = (await chat.direct("notes.txt", TEXT, "text/plain")).json()
    await chat.sent(made["id"])
    server: Scripted = chat.server
    message = server.asked[0][1]
    assert isinstance(message, UserMessageItem)
    assert await chat.files.read_attachment(message.attachments[0], ALICE) == TEXT


async def test_a_reader_that_leaves_ends_the_download(chat: Chat) -> None:
    data = PDF + bytes(3 << 20)
    made = (await chat.direct("large.pdf", data, "application/pdf")).json()
    set_public_url(chat.url)
    async with httpx.AsyncClient() as http, http.stream("GET", await chat.link_to(made["id"])) as got:
        async for _ in got.aiter_bytes(1000):
            break
    assert (await chat.http.get(await chat.link_to(made["id"]))).content == data
