"""Pictures in answers: what is asked of whom, before and after a click, and by a thread's list (protocol.md §18)."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from e2e.screen import serious_faults
from e2e.scripted import Stage, said, thread

PIXEL = base64.b64decode("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")


class Pictures:
    """A host of pictures that knows what it was asked for."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []

    def markdown(self, name: str, host: str = "127.0.0.1") -> str:
        return f"![{name}](http://{host}:{self.port}/{name}.gif?secret=1)"


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    host = Pictures()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(f"{self.path.partition('?')[0]} {self.headers['Referer']}")
            if "gone" in self.path:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "image/gif")
            self.send_header("Content-Length", str(len(PIXEL)))
            self.end_headers()
            self.wfile.write(PIXEL)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        host.port = server.server_port
        yield host
        server.shutdown()


def test_no_picture_is_asked_for_before_a_click_or_an_allowance(stage: Stage, pictures: Pictures) -> None:
    answer = f"{pictures.markdown('one')}\n\n{pictures.markdown('two', 'localhost')}\n\nThe end."
    for name, domains in (("says_nothing", None), ("one_host", ["127.0.0.1"]), ("nobody", [])):
        items = [said(f"msg_{name}", answer)]
        one = thread(f"thr_{name}", items, allowed_image_domains=domains)
        stage.script.answer("threads.get_by_id", one)
    loaded = "[...chat.shadowRoot.querySelectorAll('.md img')].filter((one) => one.naturalWidth).map((one) => one.alt)"
    load = stage.element.get_by_role("button", name="Load picture from")

    stage.start("{initialThread: 'thr_says_nothing'}")
    expect(load).to_have_count(2)
    assert serious_faults(stage.page) == []
    load.first.focus()
    assert pictures.asked == []
    stage.page.keyboard.press("Enter")
    stage.until(f"{loaded}.join() === 'one'")
    expect(load).to_have_count(1)
    assert stage.js("chat.shadowRoot.activeElement.alt") == "one", "focus stays where it was"
    assert pictures.asked == ["/one.gif None"], "one request, and it does not say where it comes from"

    pictures.asked.clear()
    assert stage.call("setThreadId", "thr_one_host") is None
    stage.until(f"{loaded}.join() === 'one'")
    expect(load).to_have_count(0)
    other = stage.element.get_by_role("link", name="two")
    expect(other).to_have_attribute("href", f"http://localhost:{pictures.port}/two.gif?secret=1")
    expect(other).to_have_attribute("rel", "noopener noreferrer")
    assert serious_faults(stage.page) == []

    assert stage.call("setThreadId", "thr_nobody") is None
    expect(stage.element.get_by_role("link", name="one")).to_be_visible()
    expect(stage.element.locator(".md img")).to_have_count(0)
    expect(load).to_have_count(0)
    assert set(pictures.asked) <= {"/one.gif None"}, "from the cache, or once more: never another one"


def test_a_picture_that_is_not_there_says_so_and_leads_to_where_it_should_be(
    stage: Stage, pictures: Pictures
) -> None:
    """For whoever clicked, the focus is at those words, which so are read out."""
    answer = f"![broken](data:image/gif;base64,AAAA)\n\n{pictures.markdown('gone')}\n\nThe end."
    stage.script.answer("threads.get_by_id", thread("thr_1", [said("msg_1", answer)]))
    stage.start("{initialThread: 'thr_1'}")
    expect(stage.answer.get_by_text("The picture could not be shown.")).to_have_count(1)
    expect(stage.answer.get_by_role("link")).to_have_count(
        0
    )  # there is nowhere else to see what it held itself
    stage.element.get_by_role("button", name="Load picture from").press("Enter")
    gone = stage.answer.get_by_text("The picture could not be shown. gone")
    expect(gone).to_be_focused()
    link = gone.get_by_role("link", name="gone")
    expect(link).to_have_attribute("href", f"http://127.0.0.1:{pictures.port}/gone.gif?secret=1")
    assert serious_faults(stage.page) == []
