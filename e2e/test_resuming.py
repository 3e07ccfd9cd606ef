"""Answers that outlive their line, their page and their tab, in a real browser (extensions.md §2.7)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from chatkit.demo.showcase import FAIL_PROMPT, LONG, LONG_PROMPT
from e2e.cable import Cable
from e2e.conftest import Demo, Watch
from e2e.screen import SECOND, Chat, rename_first, serious_faults

WORDS = LONG.replace("# ", "").split()
LAST_WORDS = re.compile(r"as if spoken very slowly\.\s*$")


@pytest.fixture
def chat(page: Page, showcase: Demo) -> Chat:
    return Chat(page).open(showcase.url)


@pytest.fixture
def other(context: BrowserContext, watch: Watch, chat: Chat) -> Iterator[Chat]:
    """A second window of the same browser."""
    page = context.new_page()
    watch.follow(page)
    yield Chat(page)
    page.close()


@pytest.fixture
def own_demo(tmp_path: Path) -> Iterator[Demo]:
    """A server that a test may take down."""
    demo = Demo(tmp_path / "demo")
    demo.start()
    yield demo
    demo.stop(hard=True)


def said(chat: Chat) -> list[str]:
    return chat.answer.inner_text().split()


def begin(chat: Chat) -> None:
    """Asks for a long answer, and waits until some words of it are there."""
    chat.say(LONG_PROMPT)
    expect(chat.answer).to_have_text(re.compile(r"(\w+\W+){8,}"))


def expect_whole(chat: Chat) -> None:
    """One question and one answer, with every word of it once."""
    expect(chat.answer).to_have_text(LAST_WORDS, timeout=120 * SECOND)
    chat.wait_for_end()
    expect(chat.questions).to_have_count(1)
    expect(chat.answers).to_have_count(1)
    assert said(chat) == WORDS


def expect_growing(chat: Chat, beyond: int) -> None:
    """More words than there were, and nothing but the beginning of the answer."""
    expect(chat.answer).to_have_text(re.compile(rf"(\w+\W+){{{beyond + 5},}}"), timeout=60 * SECOND)
    words = said(chat)[:-1]  # the last may be half there
    assert words == WORDS[: len(words)]


def stop(chat: Chat) -> None:
    chat.stop_button.click()
    chat.wait_for_end()


def test_a_reload_in_mid_answer_goes_on_with_it_to_its_end(chat: Chat) -> None:
    begin(chat)
    before = len(said(chat))
    chat.page.reload()
    expect(chat.stop_button).to_be_visible()
    assert len(said(chat)) >= before
    expect_whole(chat)


def test_a_line_that_is_lost_is_said_to_be_and_the_answer_goes_on_without_a_jump(
    page: Page, context: BrowserContext, showcase: Demo, watch: Watch
) -> None:
    watch.expect("net::ERR_")
    with Cable(showcase.port).laid() as line:
        chat = Chat(page).open(line.url)
        begin(chat)
        box = chat.questions.first.bounding_box()
        sign = chat.element.locator('[part~="reconnecting"]')
        line.cut()
        expect(sign).to_have_text("Reconnecting…", timeout=30 * SECOND)
        expect(chat.element.get_by_role("status").filter(has_text="Reconnecting")).to_have_count(1)
        context.set_offline(True)
        expect(sign).to_have_text(re.compile("You are offline"), timeout=30 * SECOND)
        before = len(said(chat))
        line.mend()
        context.set_offline(False)
        expect(sign).to_have_count(0, timeout=30 * SECOND)
        expect_growing(chat, before)
        assert chat.questions.first.bounding_box() == box
        expect_whole(chat)


def test_a_question_whose_answer_failed_can_be_asked_again_after_a_reload(chat: Chat) -> None:
    """The server keeps nothing of an answer that failed; it tells that nothing runs (§2.2)."""
    chat.say(FAIL_PROMPT)
    alert = chat.element.get_by_role("alert")
    expect(alert).to_contain_text("The scripted failure you asked for.")
    chat.page.reload()
    expect(alert).to_have_text("This message was not answered. Try again", use_inner_text=True)
    expect(alert.locator(".icon").first).to_be_hidden()
    assert serious_faults(chat.page) == []
    alert.get_by_role("button", name="Try again").press("Enter")
    expect(alert).to_contain_text("The scripted failure you asked for.")
    expect(chat.questions).to_have_count(1)


def test_two_windows_show_the_same_answer_and_either_can_stop_it(chat: Chat, other: Chat) -> None:
    begin(chat)
    other.open(chat.page.url)
    expect_growing(other, len(said(chat)))
    stop(other)
    chat.wait_for_end()
    expect(other.answer).to_have_text(chat.answer.inner_text(), use_inner_text=True)
    assert len(said(chat)) < len(WORDS)
    # The one asks, the other one follows: it has the thread open and hears of it.
    chat.say(LONG_PROMPT)
    expect(other.questions).to_have_count(2)
    expect(other.stop_button).to_be_visible()
    stop(chat)
    other.wait_for_end()
    expect(other.answer).to_have_text(chat.answer.inner_text(), use_inner_text=True)


def test_another_thread_can_be_opened_while_an_answer_is_written_and_the_history_tells_live(
    chat: Chat, other: Chat
) -> None:
    begin(chat)
    chat.new_chat.click()
    expect(chat.answers).to_have_count(0)
    chat.history_button.click()
    row = chat.rows().filter(has_text=LONG_PROMPT)
    running = row.get_by_role("img", name="an answer is being written")
    unread = row.get_by_role("img", name="not read yet")
    expect(running).to_be_visible()
    assert serious_faults(chat.page) == []
    # Back in it, and away again.
    row.get_by_role("button").first.click()
    expect(chat.stop_button).to_be_visible()
    expect_growing(chat, 0)
    url = chat.page.url
    chat.new_chat.click()
    expect(chat.answers).to_have_count(0)
    # Its end, which nobody looks at.
    other.open(url)
    stop(other)
    other.new_chat.click()
    expect(running).to_have_count(0)
    chat.say("Something else")
    expect(chat.answer).to_have_text(re.compile(r"\w+"))
    chat.wait_for_end()
    other.history_button.click()
    fresh = other.rows().filter(has_text="Something else")
    expect(fresh.get_by_role("img", name="not read yet")).to_be_visible()
    expect(unread).to_have_count(0)  # it was read in the other window
    fresh.get_by_role("button").first.click()
    expect(fresh.get_by_role("img")).to_have_count(0)


def test_a_title_and_a_deletion_reach_the_other_window(chat: Chat, other: Chat) -> None:
    chat.ask("Something to rename elsewhere")
    other.open(chat.page.url)
    expect(other.answers).to_have_count(1)
    rename_first(chat, "Renamed elsewhere")
    expect(other.element.get_by_role("heading", name="Renamed elsewhere")).to_be_visible()
    row = chat.rows().filter(has_text="Renamed elsewhere")
    row.hover()
    row.get_by_role("button", name=re.compile("delete", re.I)).click()
    dialog = chat.element.get_by_role("dialog").or_(chat.element.get_by_role("alertdialog"))
    dialog.get_by_role("button", name=re.compile("delete", re.I)).click()
    expect(other.answers).to_have_count(0)


def test_a_server_that_restarts_in_mid_answer_leaves_the_question_and_a_way_on(
    page: Page, own_demo: Demo, watch: Watch
) -> None:
    for words in ("net::ERR_", "404", "503"):
        watch.expect(words)
    chat = Chat(page).open(own_demo.url)
    begin(chat)
    own_demo.stop(hard=True)
    expect(chat.element.locator('[part~="reconnecting"]')).to_be_visible(timeout=30 * SECOND)
    own_demo.start()
    retry = chat.element.get_by_role("button", name="Try again")
    expect(retry).to_be_visible(timeout=60 * SECOND)
    expect(chat.questions).to_have_count(1)
    expect(chat.element.locator('[part~="reconnecting"]')).to_have_count(0)
    retry.click()
    expect(chat.answer).to_have_text(re.compile(r"(\w+\W+){8,}"))
    expect(chat.questions).to_have_count(1)
    stop(chat)


def test_a_server_without_any_of_this_is_used_as_before(page: Page, showcase: Demo) -> None:
    """extensions.md: our client, old server. Its endpoint knows neither our envelope nor our operations."""
    asked: list[str] = []

    def as_before(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        asked.append(body["type"])
        for ours in ("capabilities", "client", "turn_id"):
            body.pop(ours, None)
        route.continue_(post_data=json.dumps(body))

    page.route("**/chatkit", as_before)
    chat = Chat(page).open(showcase.url)
    begin(chat)
    expect(chat.new_chat).to_be_enabled()
    stop(chat)
    expect(chat.element.get_by_role("log").get_by_text("Stopped.", exact=True)).to_be_visible()
    assert not {"threads.attach", "threads.watch", "threads.cancel"} & set(asked)
