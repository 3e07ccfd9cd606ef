"""Writing as people write: lines, undo, input methods, paste, growth. In a real browser, where editors break."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Demo
from e2e.input_method import InputMethod
from e2e.screen import Chat, set_options


@pytest.fixture
def chat(page: Page, showcase: Demo) -> Chat:
    chat = Chat(page).open(showcase.url)
    chat.composer.click()
    return chat


@pytest.fixture
def method(chat: Chat) -> InputMethod:
    return InputMethod(chat.page)


def draft(chat: Chat) -> str:
    """What is written, line breaks included."""
    return chat.composer.evaluate("(editor) => editor.innerText.replace(/\\n$/, '')")


def paste(chat: Chat, html: str, text: str) -> None:
    chat.page.evaluate(
        """async ([html, text]) => navigator.clipboard.write([new ClipboardItem({
            'text/html': new Blob([html], {type: 'text/html'}),
            'text/plain': new Blob([text], {type: 'text/plain'}),
        })])""",
        [html, text],
    )
    chat.page.keyboard.press("Control+v")


def test_enter_sends_and_shift_enter_begins_a_line(chat: Chat) -> None:
    chat.page.keyboard.type("one")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("three")
    assert draft(chat) == "one\n\nthree"
    chat.page.keyboard.press("Enter")
    expect(chat.questions).to_have_count(1)
    assert chat.questions.first.locator('[part~="bubble"]').text_content() == "one\n\nthree"
    assert draft(chat) == ""
    chat.wait_for_end()


def test_nothing_but_white_space_is_not_sent(chat: Chat) -> None:
    chat.page.keyboard.type("   ")
    chat.page.keyboard.press("Shift+Enter")
    expect(chat.send_button).to_be_disabled()
    chat.page.keyboard.press("Enter")
    expect(chat.questions).to_have_count(0)


def test_undo_and_redo_go_through_typing_lines_and_paste(chat: Chat) -> None:
    chat.page.keyboard.type("first")
    chat.page.keyboard.press("Shift+Enter")
    paste(chat, "<b>second</b>", "second")
    assert draft(chat) == "first\nsecond"
    chat.page.keyboard.press("Control+z")
    assert draft(chat) == "first\n"
    chat.page.keyboard.press("Control+z")
    assert draft(chat) == "first"
    chat.page.keyboard.press("Control+z")
    assert draft(chat) == ""
    for _ in range(3):
        chat.page.keyboard.press("Control+Shift+z")
    assert draft(chat) == "first\nsecond"


def test_what_is_pasted_becomes_plain_text(chat: Chat) -> None:
    html = '<h1 class="loud">Big</h1><img src="https://example.invalid/x.png"><script>1</script>'
    paste(chat, html, "Big\r\nplain\0 words")
    assert draft(chat) == "Big\nplain words"
    markup = chat.composer.evaluate("(editor) => [...editor.querySelectorAll('*')].map((one) => one.tagName)")
    assert set(markup) <= {"BR"}


def test_a_paste_replaces_what_is_selected_and_the_caret_goes_on_behind_it(chat: Chat) -> None:
    chat.page.keyboard.type("keep this word")
    chat.page.keyboard.press("Control+Shift+ArrowLeft")
    paste(chat, "<i>thing</i>", "thing")
    chat.page.keyboard.type("!")
    assert draft(chat) == "keep this thing!"


def test_an_input_method_composes_and_its_enter_does_not_send(chat: Chat, method: InputMethod) -> None:
    chat.page.keyboard.type("say ")
    for stage in ("k", "こ", "こん"):
        method.compose(stage)
    method.press_enter()
    expect(chat.questions).to_have_count(0)
    method.commit("今日は")
    assert draft(chat) == "say 今日は"
    chat.page.keyboard.press("Enter")
    expect(chat.questions.first).to_contain_text("say 今日は")
    chat.wait_for_end()


def test_a_composition_that_is_given_up_leaves_nothing(chat: Chat, method: InputMethod) -> None:
    method.compose("にほ")
    assert draft(chat) == "にほ"
    method.compose("")
    assert draft(chat) == ""
    expect(chat.send_button).to_be_disabled()


def test_a_family_of_emoji_is_deleted_as_one_character(chat: Chat) -> None:
    chat.page.keyboard.insert_text("a👩‍👩‍👧‍👦")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.press("Backspace")
    chat.page.keyboard.press("Backspace")
    assert draft(chat) == "a"


def test_the_field_grows_to_two_fifths_of_the_chat_and_then_scrolls(chat: Chat) -> None:
    height = "(one) => one.getBoundingClientRect().height"
    alone = chat.composer.evaluate(height)
    for number in range(40):
        chat.page.keyboard.type(f"line {number}")
        chat.page.keyboard.press("Shift+Enter")
    grown, whole = chat.composer.evaluate(height), chat.element.evaluate(height)
    assert alone < grown <= 0.4 * whole + 1
    scrolled = chat.composer.evaluate("(one) => one.scrollHeight - one.scrollTop - one.clientHeight")
    assert scrolled < 4, "the caret's line is in view"


def test_arrow_up_in_an_empty_field_brings_back_the_last_message(chat: Chat) -> None:
    chat.ask("Say it again")
    chat.page.keyboard.press("ArrowUp")
    assert draft(chat) == "Say it again"
    chat.page.keyboard.press("ArrowUp")
    assert draft(chat) == "Say it again"


def test_a_draft_can_be_written_while_an_answer_comes_and_is_not_sent_by_enter(chat: Chat) -> None:
    chat.say("Tell me something long")
    expect(chat.stop_button).to_be_visible()
    chat.page.keyboard.type("the next thought")
    chat.page.keyboard.press("Enter")
    assert draft(chat) == "the next thought"
    expect(chat.questions).to_have_count(1)
    chat.page.keyboard.press("Escape")
    chat.wait_for_end()
    assert draft(chat) == "the next thought"
    expect(chat.element.get_by_role("log").get_by_text("Stopped.", exact=True)).to_be_visible()


def test_a_long_placeholder_stays_on_its_one_line(chat: Chat) -> None:
    chat.page.set_viewport_size({"width": 360, "height": 700})
    size = "(one) => [one.scrollHeight - one.clientHeight, one.clientHeight]"
    before = chat.composer.evaluate(size)
    set_options(chat, composer={"placeholder": "Message an assistant with a very long name indeed"})
    expect(chat.composer).to_have_attribute("data-placeholder", re.compile("very long name"))
    assert chat.composer.evaluate(size) == before
    chat.page.keyboard.type("x")
    assert chat.composer.evaluate(size) == before


def test_a_very_long_word_and_a_very_long_paste_stay_inside(chat: Chat) -> None:
    paste(chat, "<p></p>", "w" * 300 + "\n" + "many words " * 800)  # one more and it would be a file
    wide = chat.composer.evaluate("(one) => one.scrollWidth - one.clientWidth")
    assert wide <= 0
    chat.page.keyboard.press("Enter")
    expect(chat.questions).to_have_count(1)
    bubble = chat.questions.first.locator('[part~="bubble"]')
    assert bubble.evaluate("(one) => one.scrollWidth - one.clientWidth") <= 0
    chat.wait_for_end()
