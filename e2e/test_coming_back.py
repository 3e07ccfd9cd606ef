"""What a browser does while nobody looks, with several tabs, and after a reload (extensions.md §2.7, §3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Response, expect

from chatkit.demo.showcase import LONG_PROMPT
from e2e.cable import Cable
from e2e.calling import asking_server
from e2e.conftest import Demo, Watch
from e2e.screen import SECOND, Chat

# Chromium without a screen takes every page for visible, also behind others: neither another tab in front nor the
# protocol's own commands change that. So the page is told, as the browser would tell it.
VISIBILITY = """
let state = 'visible';
Object.defineProperty(document, 'visibilityState', { get: () => state });
Object.defineProperty(document, 'hidden', { get: () => state === 'hidden' });
window.look = (isVisible) => {
  state = isVisible ? 'visible' : 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
};
"""


class Open:
    """The requests of one kind that are under way, over all pages that are followed."""

    def __init__(self, kind: str) -> None:
        self._kind = f'"type":"{kind}"'
        self.now: set[Request] = set()
        self.count = 0

    def follow(self, page: Page) -> None:
        def began(request: Request) -> None:
            if self._kind in (request.post_data or ""):
                self.now.add(request)
                self.count += 1

        page.on("request", began)

        def ended(request: Request) -> None:
            self.now.discard(request)

        page.on("requestfinished", ended)
        page.on("requestfailed", ended)

    def wait(self, page: Page, now: int, count: int | None = None) -> None:
        """Until so many are under way, and so many have been made."""
        for _ in range(600):
            if len(self.now) == now and count in (None, self.count):
                return
            page.wait_for_timeout(50)  # events arrive while the page is waited for
        raise AssertionError(f"{len(self.now)} under way of {self.count}, not {now} of {count}")


@pytest.fixture
def tabs(context: BrowserContext, watch: Watch) -> Iterator[list[Chat]]:
    """Three tabs of one browser."""
    pages = [context.new_page() for _ in range(3)]
    for page in pages:
        watch.follow(page)
    yield [Chat(page) for page in pages]
    assert watch.verdict() == []


def test_three_tabs_hear_by_one_stream_and_a_hidden_one_needs_none(
    tabs: list[Chat], showcase: Demo, watch: Watch
) -> None:
    """§2.7: one `threads.watch` per browser, not per tab; closed while hidden"""
    watch.expect("net::ERR_")
    watching = Open("threads.watch")
    for chat in tabs:
        watching.follow(chat.page)
        chat.page.add_init_script(VISIBILITY)
        chat.open(showcase.url)
    tabs[0].say(LONG_PROMPT)
    expect(tabs[0].stop_button).to_be_visible()
    for chat in tabs:
        chat.history_button.click()
        running = chat.rows().first.get_by_role("img", name="an answer is being written")
        expect(running).to_be_visible(timeout=30 * SECOND)
    watching.wait(tabs[0].page, 1)
    # Whoever reads is hidden: another one reads on, and hears the end.
    [request] = watching.now
    reading = next(chat for chat in tabs if chat.page == request.frame.page)
    stopping, seeing = (chat for chat in tabs if chat is not reading)
    made = watching.count
    reading.page.evaluate("look(false)")
    watching.wait(stopping.page, 1, made + 1)
    stopping.rows().first.get_by_role("button").first.click()
    stopping.stop_button.click()
    expect(seeing.rows().first.get_by_role("img", name="an answer is being written")).to_have_count(0)
    for chat in (stopping, seeing):
        chat.page.evaluate("look(false)")
    watching.wait(reading.page, 0)
    made = watching.count
    reading.page.evaluate("look(true)")
    watching.wait(reading.page, 1, made + 1)
    tabs[0].wait_for_end()


def test_a_lost_line_is_told_after_three_seconds_and_sought_at_once_when_that_makes_sense(
    page: Page, context: BrowserContext, showcase: Demo, watch: Watch
) -> None:
    """§2.7: at once on `online` and on becoming visible. The clock stands still: no other try can come."""
    watch.expect("net::ERR_")
    attaching = Open("threads.attach")
    attaching.follow(page)
    page.add_init_script(VISIBILITY)
    page.clock.install()
    with Cable(showcase.port).laid() as line:
        chat = Chat(page).open(line.url)
        chat.say(LONG_PROMPT)
        expect(chat.answer).to_have_text(re.compile(r"(\w+\W+){8,}"))
        sign = chat.element.locator('[part~="reconnecting"]')

        def stand_still() -> None:
            # It leaps there: far enough ahead that the time of the call is not past it.
            page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 20)

        def attaches_at_once(event: Callable[[], None]) -> None:
            """What is under way may still fail on the line that was cut: after that, only the event can bring a try."""
            before = attaching.count
            for _ in range(300):
                event()
                page.wait_for_timeout(50)
                if attaching.count > before:
                    return
            raise AssertionError("nothing was tried")

        stand_still()
        line.cut()
        page.wait_for_timeout(300)
        page.clock.run_for(2500)
        expect(sign).to_have_count(0)
        page.clock.run_for(1500)
        expect(sign).to_have_text("Reconnecting…")
        line.mend()
        attaches_at_once(lambda: page.evaluate("look(false), look(true)"))
        page.clock.resume()
        expect(sign).to_have_count(0, timeout=30 * SECOND)
        stand_still()
        line.cut()
        line.mend()
        attaches_at_once(lambda: (context.set_offline(True), context.set_offline(False))[0])
        page.clock.resume()
        chat.stop_button.click()
        chat.wait_for_end()


def test_calls_that_the_page_has_not_answered_are_asked_again_after_a_reload(
    page: Page, context: BrowserContext, watch: Watch
) -> None:
    """§3: those that are still pending, once more, in one tab; the turn goes on when the last is answered"""
    with asking_server() as url:
        chat = Chat(page).open(url)
        chat.say("look 3")
        called = "() => called"
        expect_called(page, ["look 0", "look 1", "look 2"])
        with page.expect_response(is_result):  # its headers come when it is stored
            page.evaluate("give(1, 'the sea')")
        page.reload()
        expect_called(page, ["look 0", "look 2"])
        other = context.new_page()
        watch.follow(other)
        Chat(other).open(url)
        expect(other.locator("openai-chatkit").get_by_text("look 3", exact=True)).to_be_visible()
        page.evaluate("give(2, 'a ship')")
        page.reload()
        expect_called(page, ["look 0"])
        assert other.evaluate(called) == []
        page.evaluate("give(0, 'a lamp')")
        for each in (chat, Chat(other)):
            expect(each.answer).to_have_text("You see a lamp and the sea and a ship.")
            expect(each.answers).to_have_count(1)
            each.wait_for_end()
        page.reload()
        expect(chat.answer).to_have_text("You see a lamp and the sea and a ship.")
        assert page.evaluate(called) == []
        other.close()


def is_result(response: Response) -> bool:
    return "add_client_tool_output" in (response.request.post_data or "")


def expect_called(page: Page, calls: list[str]) -> None:
    """Waits until the page was asked these things."""
    for _ in range(300):
        if page.evaluate("() => window.called && called.length") == len(calls):
            break
        page.wait_for_timeout(50)
    assert sorted(page.evaluate("() => called")) == calls
