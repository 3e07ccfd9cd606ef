"""Whole tasks by keyboard alone, where the focus is between, and where it goes when something closes (LOOK: Keys)."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from e2e.everything import API, OPTIONS, SQUARE, history
from e2e.scripted import (
    MAY_STOP,
    Json,
    Stage,
    created,
    done,
    first_answer,
    item,
    question,
    refusal,
    said,
    thread,
)


def has_focus(one: Locator) -> bool:
    return one.count() == 1 and one.evaluate("(one) => one === one.getRootNode().activeElement")


def walk_to(stage: Stage, one: Locator, key: str = "Tab") -> None:
    """Presses a key until something has the focus."""
    expect(one).to_have_count(1)  # views that are fetched come a moment later
    for _ in range(40):
        if has_focus(one):
            return
        stage.page.keyboard.press(key)
    expect(one).to_be_focused()


def button(stage: Stage, name: str) -> Locator:
    return stage.element.get_by_role("button", name=name, exact=True)


def press(stage: Stage, name: str, back: bool = False) -> Locator:
    """Goes to a button, with Tab or with Shift and Tab, and presses it."""
    one = button(stage, name)
    walk_to(stage, one, "Shift+Tab" if back else "Tab")
    stage.page.keyboard.press("Enter")
    return one


def test_a_chat_is_started_stopped_tried_again_copied_and_rated(stage: Stage) -> None:
    keyboard = stage.page.keyboard
    never = stage.script.hold()
    stage.script.answer("threads.create", [created(), MAY_STOP, done(question("q1", "Hi")), never])
    stage.script.answer(
        "threads.retry_after_item", [done(said("a1", "An answer."))], [done(said("a2", "More."))]
    )
    stage.script.answer("items.feedback", {})
    stage.start("{threadItemActions: {feedback: true, retry: true}}")
    walk_to(stage, stage.composer)
    keyboard.type("Hi")
    keyboard.press("Tab")
    expect(stage.send_button).to_be_focused()
    keyboard.press("Enter")
    expect(stage.composer).to_be_focused()
    press(stage, "Stop")
    expect(stage.element.get_by_text("Stopped.", exact=True).first).to_be_visible()
    expect(stage.composer).to_be_focused()

    stage.script.answer(
        "threads.add_user_message",
        [done(question("q2", "On")), {"type": "error", "code": "stream.error", "allow_retry": True}],
    )
    keyboard.type("On")
    keyboard.press("Enter")
    expect(button(stage, "Try again")).to_be_enabled()
    stage.until("!chat.store.getSnapshot().responding")
    press(stage, "Try again", back=True)
    expect(stage.answer).to_have_text("An answer.")
    expect(stage.composer).to_be_focused()  # the button is gone

    copy = press(stage, "Copy answer", back=True)
    expect(stage.element.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert stage.page.evaluate("navigator.clipboard.readText()") == "An answer."
    expect(copy).to_be_focused()
    keyboard.press("Tab")
    good = button(stage, "Good answer")
    expect(good).to_be_focused()
    keyboard.press("Space")
    expect(good).to_have_attribute("aria-pressed", "true")
    expect(good).to_be_focused()
    again = press(stage, "Answer again")
    expect(stage.answer).to_have_text("More.")
    expect(again).to_have_count(1)
    expect(stage.composer).to_be_focused()
    keyboard.press("Alt+ArrowUp")
    expect(stage.answer).to_be_focused()
    keyboard.press("Alt+ArrowUp")
    expect(stage.questions.last).to_be_focused()


def test_threads_are_found_opened_renamed_and_deleted(stage: Stage) -> None:
    keyboard = stage.page.keyboard
    titles = ("First", "Second", "Third", "Fourth")
    stage.script.answer("threads.list", refusal(500), history(*titles) | {"has_more": False})
    stage.start()
    walk_to(stage, stage.composer)
    keyboard.press("Control+k")
    search = stage.element.get_by_role("searchbox")
    expect(search).to_be_focused()
    expect(stage.element.get_by_text("The conversations could not be loaded.")).to_be_visible()
    press(stage, "Try again")
    expect(stage.rows()).to_have_count(4)
    expect(search).to_be_focused()  # the button is gone; before the first message, too
    stage.script.answer("threads.delete", {})
    press(stage, "Delete “Fourth”")
    dialog = stage.element.get_by_role("alertdialog", name="Delete this conversation?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(stage.rows()).to_have_count(3)
    expect(search).to_be_focused()
    keyboard.type("sec")
    expect(stage.rows()).to_have_count(1)
    stage.script.answer("threads.get_by_id", thread("thr_2", [question("q1", "Hi"), said("a1", "Hello.")]))
    walk_to(stage, button(stage, "Second"))
    keyboard.press("Enter")
    expect(stage.answer).to_have_text("Hello.")
    expect(stage.composer).to_be_focused()

    walk_to(stage, search, "Shift+Tab")  # beside the thread it stays open
    keyboard.press("Control+a")
    keyboard.press("Delete")
    expect(stage.rows()).to_have_count(3)
    stage.script.answer("threads.update", thread("thr_1", title="Renamed"))
    press(stage, "Rename “First”")
    title = stage.element.get_by_role("textbox", name="New title")
    expect(title).to_be_focused()
    keyboard.type("Renamed")
    keyboard.press("Enter")
    rename = button(stage, "Rename “Renamed”")
    expect(rename).to_be_focused()
    keyboard.press("Enter")
    expect(title).to_be_focused()
    keyboard.type("No")
    keyboard.press("Escape")
    expect(rename).to_be_focused()

    delete = press(stage, "Delete “Renamed”")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(delete).to_be_focused()
    stage.script.answer("threads.delete", {})
    keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    walk_to(stage, dialog.get_by_role("button", name="Delete"))
    keyboard.press("Enter")
    expect(stage.rows()).to_have_count(2)
    expect(search).to_be_focused()  # what had it is gone
    keyboard.press("Escape")
    expect(search).to_have_count(0)
    expect(stage.composer).to_be_focused()

    opener = press(stage, "History", back=True)
    expect(search).to_be_focused()
    press(stage, "Close")
    expect(stage.composer).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    keyboard.press("Control+Shift+O")
    expect(stage.answers).to_have_count(0)
    expect(stage.composer).to_be_focused()


def test_dialogs_take_the_focus_keep_it_and_give_it_back(stage: Stage) -> None:
    keyboard = stage.page.keyboard
    picture = item("generated_image", "i1", image={"id": "img", "url": SQUARE})
    stage.script.answer("threads.get_by_id", thread("thr_1", [question("q1", "Hi"), picture]))
    stage.start("{initialThread: 'thr_1'}")
    opener = press(stage, "Show the picture in full")
    dialog = stage.element.get_by_role("dialog", name="Generated picture")
    expect(dialog.get_by_role("link", name="Download")).to_be_focused()
    keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()

    keyboard.press("?")
    keys = stage.element.get_by_role("dialog", name="Keys")
    expect(keys.get_by_role("button", name="Close")).to_be_focused()
    expect(keys.get_by_role("term")).to_have_count(10)
    for _ in range(3):  # the rest of the chat is not there for the keyboard
        keyboard.press("Tab")
        inside = (
            "(keys) => !keys.getRootNode().activeElement || keys.contains(keys.getRootNode().activeElement)"
        )
        assert keys.evaluate(inside)
    keyboard.press("Escape")
    expect(keys).to_have_count(0)
    expect(opener).to_be_focused()
    keyboard.press("?")
    expect(keys.get_by_role("button", name="Close")).to_be_focused()
    keyboard.press("Enter")
    expect(keys).to_have_count(0)
    expect(opener).to_be_focused()
    walk_to(stage, stage.composer)
    keyboard.type("?")  # in the composer it is a sign like any other
    expect(stage.composer).to_have_text("?")
    expect(keys).to_have_count(0)


def test_files_tools_models_and_mentions_are_chosen_and_removed(stage: Stage) -> None:
    keyboard = stage.page.keyboard
    attached: Json = {"type": "file", "id": "atc_1", "name": "a.txt", "mime_type": "text/plain"}
    stage.script.answer("/files", attached)
    stage.script.answer("attachments.delete", {})
    stage.start(OPTIONS, API)
    expect(button(stage, "Tools")).to_be_visible()
    walk_to(stage, stage.composer)
    walk_to(stage, button(stage, "Tools"))
    with stage.page.expect_file_chooser() as chooser:
        keyboard.press("Enter")
        expect(stage.element.get_by_role("menuitem", name="Attach files")).to_be_focused()
        keyboard.press("Enter")
    chooser.value.set_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"lamp"})
    expect(button(stage, "Remove a.txt")).to_be_visible()
    press(stage, "Remove a.txt", back=True)
    expect(button(stage, "Remove a.txt")).to_have_count(0)
    expect(stage.composer).to_be_focused()

    tools = press(stage, "Tools")
    expect(stage.element.get_by_role("menuitem", name="Attach files")).to_be_focused()
    keyboard.press("ArrowDown")
    expect(stage.element.get_by_role("menuitemradio", name="Search the web")).to_be_focused()
    keyboard.press("Escape")
    expect(tools).to_be_focused()
    keyboard.press("ArrowUp")
    expect(stage.element.get_by_role("menuitemradio", name="Search the web")).to_be_focused()
    keyboard.press("Enter")
    expect(stage.composer).to_be_focused()
    press(stage, "Remove Search")
    expect(button(stage, "Remove Search")).to_have_count(0)
    expect(stage.composer).to_be_focused()

    press(stage, "Model: Quick")
    expect(stage.element.get_by_role("menuitemradio", name="Quick")).to_be_focused()
    keyboard.type("car")
    expect(stage.element.get_by_role("menuitemradio", name="Careful")).to_be_focused()
    keyboard.press("Enter")
    expect(button(stage, "Model: Careful")).to_be_focused()

    field = stage.element.locator(".editor")
    walk_to(stage, field, "Shift+Tab")
    keyboard.type("Ask @")
    expect(stage.element.get_by_role("option").nth(1)).to_be_visible()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(field.locator(".tag")).to_have_text("@Bob")
    keyboard.press("Backspace")  # the blank behind it
    keyboard.press("Backspace")
    expect(field.locator(".tag")).to_have_count(0)
    expect(field).to_be_focused()
    stage.script.answer("threads.create", first_answer())
    keyboard.press("Enter")
    expect(stage.answer).to_have_text("Hello.")
    [sent] = stage.script.params("threads.create")
    assert sent["input"]["inference_options"] == {"model": "careful"}


def test_a_form_is_answered_and_its_way_back_is_by_keyboard_too(stage: Stage) -> None:
    """The rest of the form is in test_questions.py."""
    keyboard = stage.page.keyboard
    inputs = [
        {"type": "multiple_choice", "id": "size", "question": "Which size?", "multiple": False}
        | {"options": [{"value": "Small"}, {"value": "Large"}]},
        {"type": "freeform", "id": "notes", "question": "Any notes?"},
    ]
    form = item("structured_input", "f1", status="pending", inputs=inputs)
    stage.script.answer("threads.get_by_id", thread("thr_1", [question("q1", "Hi"), form]))
    stage.script.answer(
        "threads.add_structured_input",
        [{"type": "thread.item.replaced", "item": form | {"status": "skipped"}}, done(said("a1", "Thanks."))],
    )
    stage.start("{initialThread: 'thr_1'}")
    small = stage.element.get_by_role("radio", name="Small")
    walk_to(stage, small)
    keyboard.press("ArrowDown")
    press(stage, "Next")
    notes = stage.element.get_by_role("textbox", name="Any notes?")
    expect(notes).to_be_focused()
    press(stage, "Back")
    expect(stage.element.get_by_role("radio", name="Large")).to_be_focused()
    press(stage, "Next")
    expect(notes).to_be_focused()
    keyboard.type("None")
    press(stage, "Submit")
    expect(stage.answer).to_have_text("Thanks.")
    expect(stage.composer).to_be_focused()


def test_older_messages_come_to_a_view_that_they_do_not_fill_and_again_when_they_failed(stage: Stage) -> None:
    """What cannot be scrolled cannot ask for more by scrolling."""
    pages: list[Json] = [
        {
            "data": [said(f"a{n}", f"Answer {n}."), question(f"q{n}", "Hi")],
            "has_more": n > 0,
            "after": f"q{n}",
        }
        for n in (3, 2, 1, 0)
    ]
    stage.script.answer("items.list", *pages[:2], refusal(500), *pages[2:])
    stage.script.answer("threads.get_by_id", thread("thr_1") | {"items": pages[0]})
    stage.start("{initialThread: 'thr_1'}")
    again = stage.element.get_by_role("button", name="Try again")
    expect(stage.element.get_by_role("log")).to_contain_text("could not be loaded. The server failed.")
    walk_to(stage, again)
    expect(stage.answers).to_have_text(["Answer 2.", "Answer 3."])
    stage.page.keyboard.press("Enter")
    expect(stage.answers).to_have_text([f"Answer {n}." for n in range(4)])
    expect(stage.element.get_by_role("log")).to_be_focused()  # the button is gone
    expect(again).to_have_count(0)
