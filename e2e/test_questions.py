"""The assistant's questions in place of the composer (protocol.md §11, §17)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.screen import serious_faults
from e2e.scripted import Json, Stage, added, created, done, item, question, refusal, said, thread

OPTIONS = [{"value": "Small"}, {"value": "Large"}]


def choice(id: str, words: str, multiple: bool = False) -> Json:
    return {"type": "multiple_choice", "id": id, "question": words, "options": OPTIONS, "multiple": multiple}


FREE: Json = {
    "type": "freeform",
    "id": "notes",
    "question": "Any notes?",
    "description": "Two lines will do.",
}
SIZE = choice("size", "Which size?")
PARTS = choice("parts", "Which parts?", multiple=True)


def form(*inputs: Json, status: str = "pending") -> Json:
    return item("structured_input", "f1", status=status, inputs=list(inputs))


def answered(*inputs: Json, **values: list[str]) -> Json:
    """The form with what was said, as the server sends it back."""
    answers = [{"values": values.get(one["id"], []), "skipped": one["id"] not in values} for one in inputs]
    given = [one | {"answer": answer} for one, answer in zip(inputs, answers, strict=True)]
    return form(*given, status="answered")


def replaced(one: Json) -> Json:
    return {"type": "thread.item.replaced", "item": one}


def test_questions_are_answered_one_by_one_and_sent_together(stage: Stage) -> None:
    """By keyboard alone; the composer comes back with its draft, and the answers stand in the thread."""
    wait = stage.script.hold()
    asks = form(SIZE, PARTS, FREE)
    stage.script.answer("threads.create", [created(), done(question("q1", "Hi")), wait, done(asks)])
    said_so = answered(SIZE, PARTS, FREE, size=["Large"], parts=["Small", "Wheels"], notes=["One\nTwo"])
    stage.script.answer("threads.add_structured_input", [replaced(said_so), done(said("a1", "Thank you."))])
    stage.start()
    stage.say("Hi")
    expect(stage.questions).to_have_count(1)
    stage.page.keyboard.type("My draft")
    wait.set()
    questions = stage.element.get_by_role("form", name="Questions of the assistant")
    keyboard = stage.page.keyboard
    expect(questions.get_by_role("group", name="Which size?")).to_be_visible()
    expect(stage.element.locator(".composer")).to_be_hidden()
    expect(questions.get_by_text("Question 1 of 3")).to_be_visible()
    # The focus was in the composer, so it is in the form now.
    expect(questions.get_by_role("radio", name="Small")).to_be_focused()
    stage.until("!chat.store.getSnapshot().responding")
    keyboard.press("Enter")
    expect(questions.get_by_role("alert")).to_contain_text("Choose or write an answer")
    assert serious_faults(stage.page) == []
    keyboard.press("ArrowDown")
    expect(questions.get_by_role("radio", name="Large")).to_be_checked()
    expect(questions.get_by_role("alert")).to_have_count(0)
    keyboard.press("Enter")

    expect(questions.get_by_role("checkbox", name="Small")).to_be_focused()
    keyboard.press("Space")
    own = questions.get_by_role("textbox", name="Something else")
    own.focus()
    keyboard.type("Wheels")
    keyboard.press("Enter")

    notes = questions.get_by_role("textbox", name="Any notes?")
    expect(notes).to_be_focused()
    expect(questions.get_by_text("Two lines will do.")).to_be_visible()
    questions.get_by_role("button", name="Back").click()
    expect(own).to_have_value("Wheels")
    expect(questions.get_by_role("checkbox", name="Small")).to_be_checked()
    questions.get_by_role("button", name="Next").click()
    expect(notes).to_be_focused()
    keyboard.type("One")
    keyboard.press("Shift+Enter")
    keyboard.type("Two")
    assert stage.script.params("threads.add_structured_input") == []
    keyboard.press("Enter")

    expect(stage.answer).to_have_text("Thank you.")
    answers = {"size": ["Large"], "parts": ["Small", "Wheels"], "notes": ["One\nTwo"]}
    assert stage.script.params("threads.add_structured_input") == [
        {
            "thread_id": "thr_1",
            "item_id": "f1",
            "input": {
                "status": "answered",
                "answers": {id: {"values": values, "skipped": False} for id, values in answers.items()},
            },
        }
    ]
    expect(questions).to_have_count(0)
    summary = stage.element.locator('[part~="structured-input-answers"]')
    assert summary.inner_text().split("\n") == [
        *("Which size?", "Large", "Which parts?", "Small", "Wheels", "Any notes?", "One", "Two"),
    ]
    expect(stage.element.locator(".editor")).to_have_text("My draft")
    expect(stage.element.locator(".editor")).to_be_focused()
    assert stage.names.count("response.start") == stage.names.count("response.end") == 2


def open_form(stage: Stage, asks: Json, **fields: Any) -> None:
    """Opens a thread that was left with questions: after a reload, say."""
    stage.script.answer("threads.get_by_id", thread("thr_1", [question("q1", "Hi"), asks], **fields))
    stage.start("{initialThread: 'thr_1'}")
    stage.until("!!chat.store.getSnapshot().items.length")


def test_questions_left_open_are_asked_again_and_can_be_skipped(stage: Stage) -> None:
    open_form(stage, form(SIZE, FREE))
    questions = stage.element.get_by_role("form", name="Questions of the assistant")
    expect(questions).to_be_visible()
    # Nobody was in the composer: the focus is left alone.
    assert stage.js("document.activeElement === document.body")
    assert stage.call("focusComposer") is None
    expect(questions.get_by_role("radio", name="Small")).to_be_focused()
    questions.get_by_role("textbox", name="Something else").fill("Huge")
    questions.get_by_role("textbox", name="Something else").press("Enter")
    stage.script.answer(
        "threads.add_structured_input", refusal(500), [replaced(answered(SIZE, FREE, size=["Huge"]))]
    )
    questions.get_by_role("button", name="Skip", exact=True).click()
    [sent] = stage.script.wait_for("threads.add_structured_input")
    assert sent["input"]["answers"] == {
        "size": {"values": ["Huge"], "skipped": False},
        "notes": {"values": [], "skipped": True},
    }
    expect(stage.element.get_by_role("alert")).to_contain_text("The server failed")
    expect(questions).to_be_visible()
    stage.element.get_by_role("button", name="Try again").click()
    expect(questions).to_have_count(0)
    summary = stage.element.locator('[part~="structured-input-answers"]')
    expect(summary).to_contain_text("Huge")
    expect(summary).to_contain_text("Skipped")
    expect(stage.composer).to_be_visible()


def test_answers_that_are_half_given_survive_a_reload_until_they_are_sent(stage: Stage) -> None:
    """As drafts do (element.md §3.7)."""
    open_form(stage, form(SIZE, PARTS, FREE))
    questions = stage.element.get_by_role("form", name="Questions of the assistant")
    questions.get_by_role("radio", name="Large").check()
    questions.get_by_role("button", name="Next").click()
    questions.get_by_role("checkbox", name="Small").check()
    questions.get_by_role("textbox", name="Something else").fill("Wheels")

    open_form(stage, form(SIZE, PARTS, FREE))
    expect(questions.get_by_text("Question 2 of 3")).to_be_visible()
    expect(questions.get_by_role("checkbox", name="Small")).to_be_checked()
    expect(questions.get_by_role("textbox", name="Something else")).to_have_value("Wheels")
    assert stage.js("document.activeElement === document.body")
    questions.get_by_role("button", name="Back").click()
    expect(questions.get_by_role("radio", name="Large")).to_be_checked()
    questions.get_by_role("button", name="Next").click()
    questions.get_by_role("button", name="Next").click()
    expect(questions.get_by_text("Question 3 of 3")).to_be_visible()

    # In another form of the thread nothing of it stands; and what could not be sent is not lost.
    open_form(stage, form(SIZE, PARTS, FREE) | {"id": "f2"})
    expect(questions.get_by_text("Question 1 of 3")).to_be_visible()
    expect(questions.get_by_role("radio", name="Large")).not_to_be_checked()
    open_form(stage, form(SIZE, PARTS, FREE))
    questions.get_by_role("textbox", name="Any notes?").fill("None")
    stage.script.answer("threads.add_structured_input", refusal(503))
    questions.get_by_role("button", name="Submit").click()
    expect(stage.element.get_by_role("alert")).to_contain_text("not available right now")
    open_form(stage, form(SIZE, PARTS, FREE))
    expect(questions.get_by_role("textbox", name="Any notes?")).to_have_value("None")
    sent = [{"values": values, "skipped": False} for values in (["Large"], ["Small", "Wheels"], ["None"])]
    over = answered(SIZE, PARTS, FREE, size=["Large"], parts=["Small", "Wheels"], notes=["None"])
    stage.script.answer("threads.add_structured_input", [replaced(over)])
    questions.get_by_role("button", name="Submit").click()
    expect(questions).to_have_count(0)
    told = stage.script.params("threads.add_structured_input")[-1]["input"]["answers"]
    assert told == dict(zip(("size", "parts", "notes"), sent, strict=True))
    stage.until("!('chatkit.answers' in sessionStorage)")


def test_a_whole_form_is_skipped_at_once(stage: Stage) -> None:
    open_form(stage, form(SIZE, FREE))
    questions = stage.element.get_by_role("form", name="Questions of the assistant")
    stage.script.answer(
        "threads.add_structured_input",
        [
            replaced(answered(SIZE) | {"status": "skipped"}),
            added(said("a1", "")),
            done(said("a1", "As you like.")),
        ],
    )
    questions.get_by_role("button", name="Skip all questions").click()
    expect(stage.answer).to_have_text("As you like.")
    assert stage.script.params("threads.add_structured_input")[0]["input"] == {"status": "skipped"}


@pytest.mark.parametrize("status", ["locked", "closed"])
def test_nothing_is_asked_in_a_thread_that_takes_no_answers(stage: Stage, status: str) -> None:
    """protocol.md §17."""
    open_form(stage, form(SIZE), status={"type": status, "reason": "Paid up."})
    expect(stage.element.locator('[part~="composer"]')).to_be_visible()
    reason = stage.element.get_by_text("Paid up.").or_(stage.element.locator("[aria-placeholder='Paid up.']"))
    expect(reason).to_be_visible()
    expect(stage.element.get_by_role("form")).to_have_count(0)
    if status == "closed":
        assert stage.call("focusComposer") == "focusComposer: there is nothing on screen to write in."
