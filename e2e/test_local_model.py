"""`make demo` as a newcomer meets it: the local model answers, and everything is still there afterwards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Demo, Watch
from e2e.screen import SECOND, Chat, serious_faults


def test_a_person_types_and_the_local_model_streams_an_answer(page: Page, local_model: Demo) -> None:
    chat = Chat(page).open(local_model.url)
    chat.say("Write one short sentence about the sea.")
    expect(chat.questions.last).to_contain_text("Write one short sentence about the sea.")
    expect(chat.answer).to_have_text(re.compile(r"\w+"), timeout=60 * SECOND)
    chat.wait_for_end(within=120)
    assert len(chat.answer.inner_text().split()) >= 3


def test_the_page_names_the_model_that_answers(page: Page, local_model: Demo) -> None:
    Chat(page).open(local_model.url)
    expect(page.get_by_text("SmolLM2", exact=False).first).to_be_visible()


def test_a_stopped_answer_keeps_what_was_said_and_survives_a_reload(page: Page, local_model: Demo) -> None:
    chat = Chat(page).open(local_model.url)
    chat.say("Tell me a very long story about a lighthouse keeper, with many details.")
    expect(chat.answer).to_have_text(re.compile(r"(\w+\W+){8,}"), timeout=60 * SECOND)
    chat.stop_button.click()
    chat.wait_for_end()
    said = " ".join(chat.answer.inner_text().split())
    opening = " ".join(said.split()[:8])
    page.reload()
    reopen_newest(chat)
    expect(chat.answer).to_contain_text(opening[:40])


def test_a_conversation_is_still_there_after_a_reload(page: Page, local_model: Demo) -> None:
    chat = Chat(page).open(local_model.url)
    chat.ask("Name three colours.", within=120)
    said = chat.answer.inner_text().split()[:5]
    page.reload()
    reopen_newest(chat)
    expect(chat.questions.last).to_contain_text("Name three colours.")
    assert chat.answer.inner_text().split()[:5] == said


def test_killing_and_restarting_the_server_keeps_every_thread(
    page: Page, watch: Watch, tmp_path: Path
) -> None:
    demo = Demo(tmp_path / "data", model="local")
    demo.start(within=120)
    try:
        chat = Chat(page).open(demo.url)
        chat.ask("Say hello.", within=120)
        said = chat.answer.inner_text()
        watch.expect("Failed to load resource")  # what the browser says of a line that a server left
        demo.stop(hard=True)
        demo.start(within=120)
        page.reload()
        reopen_newest(chat)
        expect(chat.answer).to_have_text(said)
    finally:
        demo.stop()


def reopen_newest(chat: Chat) -> None:
    """Back to the newest thread by way of the history, unless the page has already opened it."""
    expect(chat.composer).to_be_visible()
    if chat.answers.count() == 0:
        chat.history_button.click()
        chat.rows().first.get_by_role("button").first.click()
    expect(chat.answers.first).to_be_visible()


def test_a_whole_visit_with_the_local_model_by_keyboard_alone(
    page: Page, local_model: Demo, watch: Watch
) -> None:
    """Type, read, rename, begin anew, come back, fail, try again, delete: no mouse, no serious fault."""
    chat = Chat(page).open(local_model.url)
    keys = page.keyboard
    expect(chat.composer).to_be_focused()
    keys.type("Name one colour.")
    keys.press("Enter")
    expect(chat.answer).to_have_text(re.compile(r"\w+"), timeout=60 * SECOND)
    chat.wait_for_end(within=120)

    keys.press("Control+k")
    expect(chat.element.get_by_role("searchbox")).to_be_focused()
    chat.rows().first.get_by_role("button", name=re.compile("^rename", re.I)).press("Enter")
    field = chat.element.get_by_role("textbox", name=re.compile("title", re.I))
    expect(field).to_be_focused()
    field.fill("Colours")
    field.press("Enter")
    expect(chat.rows().first).to_contain_text("Colours")

    keys.press("Control+Shift+O")
    expect(chat.composer).to_be_focused()
    keys.type("Fail half-way")
    keys.press("Enter")
    retry = chat.element.get_by_role("button", name=re.compile("try again", re.I))
    expect(retry).to_be_visible()
    retry.press("Enter")
    expect(retry).to_be_visible()
    expect(chat.questions).to_have_count(1)

    chat.rows().filter(has_text="Colours").get_by_role("button").first.press("Enter")
    expect(chat.questions.last).to_contain_text("Name one colour.")
    row = chat.rows().filter(has_text="Colours")
    row.get_by_role("button", name=re.compile("^delete", re.I)).press("Enter")
    dialog = chat.element.get_by_role("alertdialog")
    expect(dialog).to_be_visible()
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    row.get_by_role("button", name=re.compile("^delete", re.I)).press("Enter")
    dialog.get_by_role("button", name=re.compile("^delete", re.I)).press("Enter")
    expect(row).to_have_count(0)
    expect(chat.answers).to_have_count(0)
    assert serious_faults(page) == []


@pytest.mark.parametrize(("theme", "locale", "width"), [("dark", "en", 1100), ("light", "ar", 360)])
def test_the_local_models_answer_is_drawn_without_a_serious_fault(
    page: Page, local_model: Demo, theme: str, locale: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 760})
    page.goto(f"{local_model.url}/?theme={theme}&locale={locale}")
    chat = Chat(page)
    editor = chat.element.locator(".editor")
    expect(editor).to_be_focused()
    editor.press_sequentially("Name two animals.")
    editor.press("Enter")
    expect(chat.answer).to_have_text(re.compile(r"\w+"), timeout=60 * SECOND)
    expect(chat.element.locator('[aria-busy="true"]')).to_have_count(0, timeout=120 * SECOND)
    assert serious_faults(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
