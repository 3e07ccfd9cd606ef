"""The element's files over HTTP (DESIGN decision 9a)."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from chatkit.store import MemoryStore
from chatkit.version import __version__
from chatkit.web import assets
from chatkit.web.app import create_app
from tests.scripted import Scripted
from tests.served import PATIENCE, Site, served, who

SCRIPT = b"customElements.define('openai-chatkit', class {});"
CHUNK = "export const words = 'Grüße';".encode()


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """A server whose element is two small files, beside one that is nobody's business."""
    static = tmp_path / "static"
    (static / "chunks" / "deeper").mkdir(parents=True)
    (static / "chatkit.js").write_bytes(SCRIPT)
    (static / "chunks" / "ui-abc.js").write_bytes(CHUNK)
    (static / "chunks" / "deeper" / "x.js").write_text("no")
    (static / "chunks" / "secret.env").write_text("no")
    (tmp_path / "secret.js").write_text("no")
    monkeypatch.setattr(assets, "STATIC", static)
    async with served(create_app(Scripted(MemoryStore(owner=str)), context=who)) as site:
        yield site


async def test_the_script_is_asked_for_anew_and_sent_once(site: Site) -> None:
    """DESIGN 9a: a new version is there at the next load, the same one costs a few bytes"""
    first = await site.client.get("/chatkit.js")
    assert (first.status_code, first.content) == (200, SCRIPT)
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}"):
        again = await site.client.get("/chatkit.js", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = await site.client.get("/chatkit.js", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, SCRIPT)


async def test_a_new_build_has_a_new_tag(site: Site) -> None:
    """DESIGN 9a"""
    tag = (await site.client.get("/chatkit.js")).headers["etag"]
    (assets.STATIC / "chatkit.js").write_bytes(SCRIPT + b"//2")
    again = await site.client.get("/chatkit.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (200, SCRIPT + b"//2")


async def test_a_chunk_is_kept_for_ever(site: Site) -> None:
    """DESIGN 9a: another content has another name"""
    response = await site.client.get("/chunks/ui-abc.js")
    assert (response.status_code, response.content) == (200, CHUNK)
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/chatkit.js", "/chunks/ui-abc.js"])
async def test_scripts_go_out_as_small_as_the_browser_takes_them(site: Site, path: str) -> None:
    """DESIGN budgets: what a plain chat loads; the build has compressed each script beside itself"""
    plain = assets.STATIC / path[1:]
    plain.with_name(plain.name + ".gz").write_bytes(gzip.compress(b"small"))
    plain.with_name(plain.name + ".br").write_bytes(b"smallest")
    tags: set[str] = set()
    for accepted, coding, length in (
        ("gzip, deflate, br, zstd", "br", 8),
        ("br;q=0, GZIP;q=0.5", "gzip", len(gzip.compress(b"small"))),
        ("identity", None, plain.stat().st_size),
        ("br;q=0.000", None, plain.stat().st_size),
    ):
        headers = {"Accept-Encoding": accepted}
        async with site.client.stream("GET", path, headers=headers) as answer:
            raw = b"".join([piece async for piece in answer.aiter_raw()])
        assert (answer.status_code, answer.headers.get("content-encoding")) == (200, coding), accepted
        assert len(raw) == int(answer.headers["content-length"]) == length
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        tags.add(answer.headers["etag"])
        again = await site.client.get(path, headers=headers | {"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    assert len(tags) == 3, "each form has a tag of its own: a cache must not take one for another"
    assert (await site.client.get(f"{path}.gz")).status_code == 404


@pytest.mark.parametrize("path", ["/chatkit.js", "/chunks/ui-abc.js", "/chunks/none.js"])
async def test_other_origins_may_load_the_element(site: Site, path: str) -> None:
    """C9: also under COEP, and for a module script"""
    headers = (await site.client.get(path, headers={"Origin": "https://elsewhere.example"})).headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/chunks/../chatkit.js",
        "/chunks/../../secret.js",
        "/chunks/..%2f..%2fsecret.js",
        "/chunks/%2e%2e/%2e%2e/secret.js",
        "/chunks/..%5c..%5csecret.js",
        "/chunks/deeper/x.js",
        "/chunks/deeper%2fx.js",
        "/chunks/secret.env",
        "/chunks/",
        "/chunks/..",
        "/chunks/deeper",
        "/chunks/%00.js",
        "/chunks/" + "x" * 5000 + ".js",
        "/chunks/%ff%fe.js",
    ],
)
async def test_nothing_else_is_served(site: Site, path: str) -> None:
    """DESIGN decision 8: sent as it is, since clients tidy paths up"""
    if path == "/chunks/../chatkit.js":
        (assets.STATIC / "chatkit.js").write_text("no")
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
    with anyio.fail_after(PATIENCE):
        answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 "), head
    assert body != b"no"


async def test_an_element_that_was_not_built_says_how(site: Site) -> None:
    """C4: a blank panel would not"""
    (assets.STATIC / "chatkit.js").unlink()
    response = await site.client.get("/chatkit.js")
    assert response.status_code == 503
    assert "make build" in response.text


async def test_the_script_can_be_looked_at_without_its_content(site: Site) -> None:
    response = await site.client.head("/chatkit.js")
    assert (response.status_code, response.content) == (200, b"")


async def test_a_health_check_tells_the_version(site: Site) -> None:
    response = await site.client.get("/healthz")
    assert response.json() == {"status": "ok", "version": __version__}
