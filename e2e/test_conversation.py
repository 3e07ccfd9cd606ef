"""The whole chat in a real browser against the scripted assistant: history, failures, keyboard, looks, languages."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from chatkit.store.sql import SQLStore
from chatkit.types import ThreadMetadata
from e2e.conftest import Demo, Watch
from e2e.screen import SECOND, Chat, rename_first, serious_faults, set_options
from e2e.stored import fill, write_as_owner


@pytest.fixture
def chat(page: Page, showcase: Demo) -> Chat:
    return Chat(page).open(showcase.url)


def test_an_answer_streams_in_and_can_be_copied(chat: Chat, page: Page) -> None:
    chat.ask("Hello there")
    chat.element.get_by_role("button", name=re.compile("^copy", re.I)).last.click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    first_words = " ".join(re.sub(r"[*_#`]", "", copied).split()[:3])
    assert first_words in " ".join(chat.answer.inner_text().split())


def test_a_new_question_stands_at_the_top_and_its_answer_grows_below_it(chat: Chat) -> None:
    """element.md §3.5: without `autoScroll` the view does not follow the stream."""
    chat.ask("Show me what you can render")
    chat.say("Tell me something long")
    expect(chat.answer).to_have_text(re.compile(r"(\w+\W+){30,}"))
    view = "(one) => one.getBoundingClientRect().top - one.closest('.thread').getBoundingClientRect().top"
    question = chat.questions.last
    chat.page.wait_for_timeout(1000)  # as long as a smooth movement may take
    first = question.evaluate(view)
    assert 0 <= first <= 40
    chat.page.wait_for_timeout(1500)
    assert question.evaluate(view) == pytest.approx(first, abs=1)
    chat.stop_button.click()
    chat.wait_for_end()
    assert question.evaluate(view) == pytest.approx(first, abs=1)


def test_a_start_prompt_is_sent_at_once(chat: Chat) -> None:
    prompt = chat.element.locator('[part~="start-prompt"]').first
    prompt.click()
    expect(chat.questions.last).to_be_visible()
    expect(chat.answer).to_have_text(re.compile(r"\w+"))
    chat.wait_for_end()


def test_stopping_half_way_keeps_the_text_after_a_reload(chat: Chat, page: Page) -> None:
    chat.say("Tell me something long")
    expect(chat.answer).to_have_text(re.compile(r"(\w+\W+){5,}"))
    chat.stop_button.click()
    chat.wait_for_end()
    said = chat.answer.inner_text()
    expect(chat.element.get_by_role("log").get_by_text("Stopped.", exact=True)).to_be_visible()
    page.reload()
    expect(chat.composer).to_be_visible()
    # What the server had sent when it noticed may be a word more than what was read.
    expect(chat.answer).to_contain_text(said.splitlines()[-1].strip()[:-1].strip())


def test_a_thread_is_renamed_and_keeps_its_name(chat: Chat, page: Page) -> None:
    chat.ask("Something to rename")
    rename_first(chat, "A name of my own")
    expect(chat.rows().first).to_contain_text("A name of my own")
    page.reload()
    chat.history_button.click()
    expect(chat.rows().first).to_contain_text("A name of my own")


def test_a_thread_is_deleted_only_after_a_question(chat: Chat) -> None:
    chat.ask("Something to delete")
    rename_first(chat, "Doomed")
    row = chat.rows().filter(has_text="Doomed")
    row.hover()
    row.get_by_role("button", name=re.compile("delete", re.I)).click()
    dialog = chat.element.get_by_role("dialog").or_(chat.element.get_by_role("alertdialog"))
    dialog.get_by_role("button", name=re.compile("cancel|keep", re.I)).click()
    expect(row).to_have_count(1)
    delete = row.get_by_role("button", name=re.compile("delete", re.I))
    for _ in range(4):  # closed and opened again at once: the news of the old one must not close the new one
        delete.press("Enter")
        expect(dialog).to_be_visible()
        chat.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    delete.press("Enter")
    dialog.get_by_role("button", name=re.compile("delete", re.I)).click()
    expect(chat.rows().filter(has_text="Doomed")).to_have_count(0)
    expect(chat.answers).to_have_count(0)


def test_a_failed_request_keeps_the_draft_and_can_be_repeated(chat: Chat, page: Page, watch: Watch) -> None:
    watch.expect("503")
    watch.expect("Failed to load resource")
    broken = {"left": 1}

    def sometimes(route: Route) -> None:
        if broken["left"] and "threads.create" in (route.request.post_data or ""):
            broken["left"] -= 1
            error = {"type": "server_error", "message": "down", "code": None, "param": None}
            route.fulfill(status=503, content_type="application/json", body=json.dumps({"error": error}))
        else:
            route.continue_()

    page.route("**/chatkit", sometimes)
    chat.say("Please do not lose me")
    retry = chat.element.get_by_role("button", name=re.compile("try again|retry", re.I))
    expect(retry).to_be_visible()
    retry.click()
    expect(chat.questions.filter(has_text="Please do not lose me")).to_have_count(1)
    expect(chat.answer).to_have_text(re.compile(r"\w+"))
    chat.wait_for_end()


def test_everything_works_by_keyboard_alone(chat: Chat, page: Page) -> None:
    expect(chat.composer).to_be_focused()
    page.keyboard.type("Only")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("keys")
    page.keyboard.press("Enter")
    expect(chat.questions.last).to_contain_text("keys")
    expect(chat.answer).to_have_text(re.compile(r"\w+"))
    chat.wait_for_end()
    expect(chat.composer).to_be_focused()
    page.keyboard.press("Control+k")
    search = chat.element.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(search).to_have_count(0)
    page.keyboard.press("Control+Shift+O")
    expect(chat.answers).to_have_count(0)
    expect(chat.composer).to_be_focused()
    page.keyboard.type("A second thread by keys")
    page.keyboard.press("Enter")
    expect(chat.answer).to_have_text(re.compile(r"\w+"))
    page.keyboard.press("Escape")
    chat.wait_for_end()


def test_options_change_under_a_conversation_without_losing_it(chat: Chat) -> None:
    chat.ask("Stay with me")
    said = chat.answer.inner_text()
    chat.composer.click()
    chat.page.keyboard.type("half a thought")
    set_options(chat, theme="dark")
    set_options(chat, locale="de")
    expect(chat.answer).to_contain_text(said[:20])
    expect(chat.element.get_by_text("half a thought")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 360, 280])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_axe_finds_nothing_serious_and_nothing_overflows(
    chat: Chat, scheme: str, width: int, locale: str
) -> None:
    chat.page.set_viewport_size({"width": width, "height": 760})
    set_options(chat, theme=scheme, locale=locale)
    assert serious_faults(chat.page) == []
    chat.page.keyboard.type("Show me what you can render")
    chat.page.keyboard.press("Enter")
    expect(chat.answer).to_have_text(re.compile(r"\w+"))
    expect(chat.element.locator('[aria-busy="true"]')).to_have_count(0, timeout=60 * SECOND)
    assert serious_faults(chat.page) == []
    overflow = chat.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    direction = chat.element.evaluate(
        "(element) => getComputedStyle(element.shadowRoot.querySelector('[part~=composer]')).direction"
    )
    assert direction == ("rtl" if locale == "ar" else "ltr")


def test_the_history_has_no_serious_fault_either(chat: Chat) -> None:
    chat.ask("One for the list")
    chat.history_button.click()
    expect(chat.rows().first).to_be_visible()
    assert serious_faults(chat.page) == []


def test_more_threads_load_as_the_history_is_scrolled_and_search_finds_them(
    chat: Chat, showcase: Demo
) -> None:
    """protocol.md §19: twenty at a time, the newest first."""
    chat.ask("The newest thread")
    thread_id = chat.element.evaluate("(element) => element.store.getSnapshot().threadId")

    async def write(store: SQLStore[str], owner: str) -> None:
        for number in range(45):
            created = datetime.now() - timedelta(days=2, minutes=number)
            thread = ThreadMetadata(
                id=f"{thread_id}_{number}", created_at=created, title=f"Old talk {number}"
            )
            await store.save_thread(thread, owner)

    write_as_owner(showcase, thread_id, write)
    chat.history_button.click()
    expect(chat.rows()).to_have_count(20)
    expect(chat.rows().first).to_contain_text("The newest thread")
    scroller = chat.element.locator(".history-list")
    for _ in range(20):
        scroller.evaluate("(list) => list.scrollBy(0, 2000)")
        if chat.rows().count() == 46:
            break
        chat.page.wait_for_timeout(100)
    expect(chat.rows()).to_have_count(46)
    chat.element.get_by_role("searchbox").fill("talk 44")
    expect(chat.rows()).to_have_count(1)
    chat.rows().first.get_by_role("button").first.click()
    expect(chat.answers).to_have_count(0)
    expect(chat.element.get_by_role("heading", name="Old talk 44")).to_be_visible()


def test_each_person_sees_only_their_own_threads(chat: Chat, browser: Browser, showcase: Demo) -> None:
    chat.ask("My own secret")
    stranger = browser.new_context()
    other = Chat(stranger.new_page()).open(showcase.url)
    other.history_button.click()
    expect(other.rows()).to_have_count(0)
    stranger.close()


def test_the_page_is_served_with_a_strict_policy_and_asks_nobody_else(
    chat: Chat, watch: Watch, showcase: Demo
) -> None:
    answer = chat.page.request.get(showcase.url)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-" not in policy
    chat.ask("Show me what you can render")
    assert {url.split("/")[2] for url in watch.requests if url.startswith("http")} == {
        showcase.url.split("/")[2]
    }


def test_older_messages_load_as_the_reader_scrolls_up_and_what_is_read_stays(
    chat: Chat, showcase: Demo
) -> None:
    """Pages of twenty, the newest first, without moving what is being read (protocol.md §6)."""
    chat.ask("the last question")
    thread_id = chat.element.evaluate("(element) => element.store.getSnapshot().threadId")
    fill(showcase, thread_id, [f"old question number {number}" for number in range(80)])
    chat.page.reload()
    expect(chat.questions.last).to_contain_text("the last question")
    oldest = chat.questions.filter(has_text=re.compile("number 0$"))
    expect(oldest).to_have_count(0)
    scroller = chat.element.locator('[part~="thread"]')
    scroller.hover()
    before = chat.questions.count()
    read, top = scroller.evaluate(
        """async (box) => {
            while (box.scrollTop > 550) {  // as a person scrolls, not in one jump
                box.scrollTop -= 50;
                await new Promise((drawn) => requestAnimationFrame(drawn));
            }
            const questions = [...box.querySelectorAll('[part~="user-message"]')];
            const first = questions.find((one) => one.getBoundingClientRect().top > 100);
            return [first.textContent, first.getBoundingClientRect().top];
        }"""
    )
    expect(chat.questions).not_to_have_count(before)
    chat.page.wait_for_timeout(100)
    again = chat.questions.get_by_text(read, exact=True).evaluate("(one) => one.getBoundingClientRect().top")
    assert again == pytest.approx(top, abs=12)
    for _ in range(60):
        chat.page.mouse.wheel(0, -1500)
        if oldest.count():
            break
        chat.page.wait_for_timeout(100)
    expect(oldest).to_have_count(1)
    said = chat.questions.all_text_contents()
    assert said == [f"old question number {number}" for number in range(80)] + ["the last question"]
