"""chatkit.js in every kind of script, under a strict policy, and from another origin (element.md §1)."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Watch

ELEMENT = Path(__file__).parent.parent / "chatkit" / "static"
HASH = base64.b64encode(hashlib.sha384((ELEMENT / "chatkit.js").read_bytes()).digest()).decode()
PINNED = f'integrity="sha384-{HASH}" crossorigin="anonymous"'

# What a page does with the element; the file under test comes before, after or in between.
PAGE_SCRIPT = """
window.heard = [];
addEventListener('chatkit-script-loaded', () => heard.push('loaded'));
const use = (chat) => {
  chat.addEventListener('chatkit.ready', () => (document.title = heard.push('ready') && 'ready'));
  customElements.whenDefined('openai-chatkit').then(() => chat.setOptions({ api: { url: '/chatkit' } }));
};
addEventListener('DOMContentLoaded', () => document.querySelectorAll('openai-chatkit').forEach(use));
"""

PAGE = """<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,">
<script src="page.js"></script>{head}<openai-chatkit debug="off"></openai-chatkit>{tail}</html>"""

KINDS = {
    "classic in the head": ('<script src="{base}chatkit.js"></script>', ""),
    "classic at the end": ("", '<script src="{base}chatkit.js"></script>'),
    "async": ('<script async src="{base}chatkit.js"></script>', ""),
    "module": ('<script type="module" crossorigin src="{base}chatkit.js"></script>', ""),
    "imported": ('<script type="module" src="import.js?{base}"></script>', ""),
    "twice": (
        '<script src="{base}chatkit.js"></script>',
        '<script type="module" src="{base}chatkit.js"></script>',
    ),
    "pinned by its hash": (f'<script {PINNED} src="{{base}}chatkit.js"></script>', ""),
    "with a query": ('<script src="{base}chatkit.js?v=7"></script>', ""),
}


class Files(SimpleHTTPRequestHandler):
    """The built element for any origin, and pages under a policy that allows nothing but it."""

    cdn = ""
    isolated = False

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/page.html":
            wanted = dict(parse_qsl(query))
            self.isolated = "isolated" in wanted
            head, tail = KINDS[wanted["kind"]]
            base = wanted["base"]
            self._send("text/html", PAGE.format(head=head.format(base=base), tail=tail.format(base=base)))
        elif path == "/page.js":
            self._send("text/javascript", PAGE_SCRIPT)
        elif path == "/import.js":
            self._send("text/javascript", "import(import.meta.url.split('?')[1] + 'chatkit.js');")
        else:
            super().do_GET()

    def _send(self, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        policy = f"default-src 'self'; script-src 'self' {self.cdn}; img-src 'self' data:"
        self.send_header(
            "Content-Security-Policy", f"{policy}; require-trusted-types-for 'script'; trusted-types"
        )
        if self.isolated:
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(cdn: str = "") -> Iterator[str]:
    handler = type("Handler", (Files,), {"cdn": cdn})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(ELEMENT))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def other_origin() -> Iterator[str]:
    yield from serve()


@pytest.fixture(scope="module")
def origin(other_origin: str) -> Iterator[str]:
    yield from serve(cdn=other_origin)


@pytest.mark.parametrize("is_other", [False, True], ids=["same origin", "other origin"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_script_ends_in_a_ready_chat(
    kind: str, is_other: bool, page: Page, origin: str, other_origin: str
) -> None:
    base = other_origin if is_other else origin
    page.goto(f"{origin}page.html?{urlencode({'kind': kind, 'base': base})}")
    expect(page).to_have_title("ready")
    heard: list[str] = page.evaluate("heard")
    assert heard.count("ready") == 1
    assert heard.count("loaded") == (2 if kind == "twice" else 1)
    assert page.evaluate("document.querySelector('openai-chatkit').shadowRoot.childElementCount") > 0


def test_a_page_that_is_isolated_loads_it_from_elsewhere(page: Page, origin: str, other_origin: str) -> None:
    """`Cross-Origin-Embedder-Policy: require-corp`: the script asks by CORS, and its parts always do."""
    query = urlencode({"kind": "pinned by its hash", "base": other_origin, "isolated": "1"})
    page.goto(f"{origin}page.html?{query}")
    expect(page).to_have_title("ready")
    assert page.evaluate("crossOriginIsolated") is True


def test_a_chunk_that_fails_to_load_is_said_and_can_be_tried_again(
    page: Page, origin: str, watch: Watch
) -> None:
    watch.expect("Failed to load resource")
    page.route("**/chunks/ui-*", lambda route: route.abort())
    page.goto(f"{origin}page.html?{urlencode({'kind': 'classic in the head', 'base': origin})}")
    expect(page.get_by_role("alert")).to_have_text("The chat could not be loaded.")
    page.unroute("**/chunks/ui-*")
    page.get_by_role("button", name="Try again").click()
    expect(page).to_have_title("ready")
