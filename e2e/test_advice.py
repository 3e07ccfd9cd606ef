"""What a developer is told on their own machine, or where the element has `debug`; and that nobody else is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import Watch
from e2e.scripted import COMPLETE, Raw, Stage, created


def advice(stage: Stage) -> Locator:
    return stage.element.get_by_role("alert").filter(has_text="for developers")


@pytest.fixture
def local(stage: Stage, watch: Watch) -> Stage:
    """The same page under the name that developers use; what it is told stands in the console, too."""
    watch.expect("localhost:")
    watch.expect("ChatKit:")
    stage.script.url = stage.script.url.replace("127.0.0.1", "localhost")
    stage.script.element_attributes = ""
    return stage


def test_an_element_without_options_or_without_a_size_says_so(local: Stage) -> None:
    local.open_page()
    expect(advice(local)).to_contain_text("No options have been set.")
    local.set()
    local.until("heard.some(([name]) => name === 'ready')")
    expect(advice(local)).to_have_count(0)  # that was all
    local.js("{ chat.style.height = '0'; }")
    expect(advice(local)).to_contain_text("× 0 pixels")
    expect(advice(local)).to_be_in_viewport(ratio=1)
    advice(local).get_by_role("button", name="Close").click()
    expect(advice(local)).to_have_count(0)
    local.js("{ chat.style.height = ''; }")


def test_options_that_were_refused_are_named(local: Stage) -> None:
    local.script.url = local.script.url.replace("localhost", "127.0.0.1")  # just as near
    local.open_page()
    assert local.js("{ try { chat.setOptions({api: {url: 7}}); } catch (error) { return error.name; } }")
    expect(advice(local)).to_contain_text("options.api.url: expected a string, got 7")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Raw(404, '{"detail":"Not Found"}'), "there is no ChatKit server at api.url"),
        (Raw(200, "<!doctype html>", "text/html"), "something else than ChatKit"),
    ],
    ids=["404", "a page"],
)
def test_a_first_request_that_goes_nowhere_says_where_it_went(local: Stage, answer: Raw, words: str) -> None:
    local.script.answer("threads.get_by_id", answer)
    local.start("{initialThread: 'thr_1'}")
    expect(advice(local)).to_contain_text(words)
    expect(advice(local)).to_contain_text(f"{local.script.url}/chatkit")


def test_a_server_elsewhere_that_does_not_allow_it_is_a_matter_of_cors(local: Stage, watch: Watch) -> None:
    watch.expect("CORS")
    elsewhere = local.script.url.replace("localhost", "127.0.0.1")
    local.start("{initialThread: 'thr_1'}", api=f"{{url: '{elsewhere}/chatkit'}}")
    expect(advice(local)).to_contain_text("CORS")


def test_events_that_cannot_be_used_are_warned_of(local: Stage, watch: Watch) -> None:
    local.script.answer("threads.create", [created(), {"type": "thread.item.sang"}])
    local.start()
    local.say("Hi")
    local.until("heard.some(([name]) => name === 'response.end')")
    assert [one for one in watch.problems if "stream.unknown" in one]
    expect(advice(local)).to_have_count(0)


def test_nobody_else_is_told_and_debug_tells_everywhere(stage: Stage, watch: Watch) -> None:
    watch.expect("ChatKit:")
    watch.expect("http://elsewhere.test:")
    stage.script.element_attributes = ""
    stage.script.url = stage.script.url.replace("127.0.0.1", "elsewhere.test")
    stage.script.answer("threads.get_by_id", *[Raw(404, "{}")] * 4)  # moved, it may end the one that it began
    stage.start("{initialThread: 'thr_1'}")
    stage.until("heard.some(([name]) => name === 'error')")
    stage.js("{ chat.style.height = '0'; }")
    stage.until(COMPLETE)
    assert not [url for url in watch.requests if "/advice-" in url]
    stage.js(
        "{ chat.style.height = '100%'; chat.toggleAttribute('debug', true); document.body.append(chat); }"
    )
    stage.call("setThreadId", None)
    stage.call("setThreadId", "thr_1")
    expect(advice(stage)).to_contain_text("there is no ChatKit server")
    assert [url for url in watch.requests if "/advice-" in url]


def test_who_looks_at_something_else_can_turn_it_off(local: Stage, watch: Watch) -> None:
    local.script.element_attributes = 'debug="off"'
    local.script.answer("threads.get_by_id", Raw(404, "{}"))
    local.start("{initialThread: 'thr_1'}")
    local.until("heard.some(([name]) => name === 'error')")
    local.until(COMPLETE)
    expect(advice(local)).to_have_count(0)
    assert not [url for url in watch.requests if "/advice-" in url]
