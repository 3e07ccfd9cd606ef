"""Every view, in both schemes: what axe finds, the size of targets, a focus that can be seen (issue 5, WCAG 2.2 AA).

What is asked of each is in reachable.py. A view that is added to the chat is added to a walk here.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Watch
from e2e.everything import API, OPTIONS, cited, every_item, history, workflow
from e2e.reachable import arm
from e2e.scripted import (
    COMPLETE,
    MAY_STOP,
    Json,
    Wait,
    added,
    created,
    done,
    item,
    question,
    refusal,
    said,
    thread,
)
from e2e.walk import Walk


def test_the_start_the_history_and_the_dialogs(walk: Walk) -> None:
    stage, element, keyboard = walk.stage, walk.stage.element, walk.stage.page.keyboard
    walk.begin()
    walk.look("start", turned=True)

    stage.script.answer("threads.list", {"data": [], "has_more": False}, refusal(500))
    walk.button("History").click()
    expect(element.get_by_text("No conversations yet.")).to_be_visible()
    walk.look("empty history")
    stage.call("hideHistory")
    walk.button("History").click()
    expect(element.get_by_text("The conversations could not be loaded.")).to_be_visible()
    walk.look("history that failed")
    stage.script.answer("threads.list", history("First", "Second with a longer name"))
    walk.button("Try again").click()
    expect(stage.rows()).to_have_count(2)
    walk.look("history", turned=True)
    search = element.get_by_role("searchbox")
    search.fill("nothing like it")
    expect(element.get_by_text("No conversation matches")).to_be_visible()
    walk.look("history without a match")
    search.fill("")
    rename = stage.rows().first.get_by_role("button", name="Rename “First”")
    rename.press("Enter")
    title = element.get_by_role("textbox", name="New title")
    expect(title).to_be_focused()
    walk.look("history, renaming")
    stage.script.answer("threads.update", refusal(500))
    rename.press("Enter")
    title.fill("Lamps")
    title.press("Enter")
    expect(stage.rows().first.get_by_role("alert")).to_be_visible()
    walk.look("history, a title that was not kept")
    stage.rows().first.get_by_role("button", name="Delete “First”").press("Enter")
    expect(element.get_by_role("alertdialog")).to_be_visible()
    walk.look("before a thread is deleted", turned=True)
    stage.script.answer("threads.delete", refusal(500))
    element.get_by_role("alertdialog").get_by_role("button", name="Delete").press("Enter")
    expect(element.get_by_role("alertdialog").get_by_role("alert")).to_be_visible()
    walk.look("a thread that was not deleted")
    walk.escape()
    stage.page.set_viewport_size({"width": 400, "height": 800})
    walk.look("history over the chat")
    stage.call("hideHistory")

    walk.button("Tools").focus()
    keyboard.press("?")
    expect(element.get_by_role("dialog", name="Keys")).to_be_visible()
    walk.look("keys", turned=True)


def test_a_thread_with_everything_in_it(walk: Walk) -> None:
    element = walk.stage.element
    walk.begin()
    walk.open(*every_item(), title="Lamps and lenses")
    expect(element.get_by_role("button", name="Good answer")).to_have_count(2)
    expect(element.locator(".md math").first).to_be_attached()
    expect(element.locator(".attached img")).to_be_visible()
    expect(element.get_by_role("button", name="Load picture from")).to_be_visible()
    expect(element.locator(".md-code-head span").first).to_have_text("python")
    element.locator(".workflow-head").nth(1).click()
    element.locator("summary").click()
    expect(element.locator(".tasks:visible")).to_have_count(2)
    walk.look("thread", turned=True)

    mark = element.get_by_role("link", name="Source 1: How a lens works")
    mark.focus()
    expect(element.get_by_role("tooltip")).to_be_visible()
    walk.look("card of a source")
    element.get_by_role("button", name="Show the picture in full").last.press("Enter")
    expect(element.get_by_role("dialog")).to_be_visible()
    walk.look("picture in full")
    walk.escape()


def test_an_answer_on_its_way_and_what_can_go_wrong(walk: Walk, watch: Watch) -> None:
    stage, element = walk.stage, walk.stage.element
    walk.begin()
    answer = stage.script.hold()
    running = workflow("w1", True)
    notices = [
        {
            "type": "notice",
            "level": level,
            "title": f"A {level}",
            "message": "Read [this](https://example.com).",
        }
        for level in ("info", "warning", "danger")
    ]
    stage.script.answer(
        "threads.create",
        [
            created(),
            MAY_STOP,
            done(question("q1", "Hi")),
            *notices,
            added(running),
            added(said("a1", "Half an answer with a table\n\n| a | b |\n|---|---|\n| 1 |")),
            added(item("generated_image", "i1")),
            {"type": "progress_update", "icon": "search", "text": "Looking for lamps…"},
            answer,
            {"type": "error", "code": "stream.error", "allow_retry": True},
        ],
    )
    stage.say("Hi")
    expect(element.get_by_text("Looking for lamps…").first).to_be_visible()
    expect(stage.stop_button).to_be_visible()
    expect(element.locator('[part~="notice"]')).to_have_count(3)
    expect(element.locator("figure progress")).to_be_visible()
    walk.look("answer on its way")
    answer.set()
    expect(walk.button("Try again")).to_be_visible()
    walk.look("answer that failed")

    stage.script.answer("threads.get_by_id", refusal(500))
    stage.call("setThreadId", "thr_2")
    expect(element.get_by_role("alert")).to_be_visible()
    walk.look("thread that could not be loaded")
    held = stage.script.hold()
    stage.script.answer("threads.get_by_id", Wait(held, thread("thr_3", [question("q1", "Hi")])))
    opening = stage.begin("setThreadId", "thr_3")
    expect(element.get_by_role("status", name="Loading the conversation…")).to_be_visible()
    walk.look("thread that is loading")
    held.set()
    stage.end(opening)

    for kind in ("locked", "closed"):
        walk.open(question("q1", "Hi"), id=f"thr_{kind}", status={"type": kind, "reason": "Paid up."})
        walk.look(kind)

    stage.set("{history: {enabled: true}}", "{url: '/chatkit'}")
    choice = {
        "type": "multiple_choice",
        "id": "size",
        "question": "Which size?",
        "options": [{"value": "Small"}, {"value": "Large"}],
        "multiple": False,
    }
    notes = {"type": "freeform", "id": "notes", "question": "Any notes?", "description": "Two lines will do."}
    form = item("structured_input", "f1", status="pending", inputs=[choice, notes])
    walk.open(question("q1", "Hi"), form, id="thr_form")
    questions = element.get_by_role("form", name="Questions of the assistant")
    questions.get_by_role("button", name="Next").click()
    expect(questions.get_by_role("alert")).to_be_visible()
    walk.look("question with choices", turned=True)
    questions.get_by_role("button", name="Skip", exact=True).click()
    expect(questions.get_by_role("textbox", name="Any notes?")).to_be_focused()
    walk.look("question with a field")


def test_the_composer_with_all_it_can_hold(walk: Walk) -> None:
    stage, element, page = walk.stage, walk.stage.element, walk.stage.page
    page.context.grant_permissions(["microphone"])
    walk.begin()
    field = element.locator(".editor")
    walk.button("Tools").press("Enter")
    expect(element.get_by_role("menu", name="Tools")).to_be_visible()
    walk.look("menu of tools")
    walk.escape()
    models = element.get_by_role("button", name="Model: Quick")
    models.press("Enter")
    expect(element.get_by_role("menu")).to_be_visible()
    walk.look("menu of models", turned=True)
    walk.escape()
    for sign, name in (("@", "Mentions"), ("/", "Commands")):
        field.click()
        page.keyboard.type(sign)
        expect(element.get_by_role("listbox", name=name).get_by_role("option").nth(1)).to_be_visible()
        walk.look(name)
        field.click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")

    held = stage.script.hold()
    attached: Json = {"type": "file", "id": "atc_1", "name": "a.txt", "mime_type": "text/plain"}
    stage.script.answer("/files", attached, refusal(503), Wait(held, attached))
    picker = element.locator('input[type="file"]')
    for count, name in enumerate(("a.txt", "b.txt", "a file with a name that is long.txt"), 1):
        picker.set_input_files({"name": name, "mimeType": "text/plain", "buffer": b"lamp"})
        stage.script.wait_for("/files", count)
    picker.set_input_files({"name": "big.txt", "mimeType": "text/plain", "buffer": b"x" * 2000})
    expect(walk.button("Upload b.txt again")).to_be_visible()
    expect(element.get_by_role("alert")).to_contain_text("big.txt")
    assert stage.call("setComposerValue", {"reply": "What was said.", "selectedToolId": "search"}) is None
    expect(element.locator('[part~="composer-quote"]')).to_be_visible()
    expect(walk.button("Remove Search")).to_be_visible()
    walk.look("files, a quote, a tool, a toast", turned=True)
    held.set()
    expect(element.get_by_role("progressbar")).to_have_count(0)

    walk.open(question("q1", "Hi"), cited("a1", "A paragraph to select."))
    stage.answer.get_by_text("A paragraph").click(click_count=3)
    expect(walk.button("Reply")).to_be_visible()
    walk.look("selected words")
    walk.button("Dictate").click()
    expect(walk.button("Finish dictating")).to_be_focused()
    walk.look("dictation")
    walk.escape()


@pytest.mark.parametrize("layout", ["document", "floating"])
def test_the_other_layouts(walk: Walk, layout: str) -> None:
    walk.begin(f"{{layout: '{layout}', frameTitle: 'Help'}}") if layout == "document" else begin_floating(
        walk
    )
    walk.open(*every_item(), title="Lamps")
    expect(walk.stage.answers.last).to_be_visible()
    walk.look(layout)
    if layout == "floating":
        walk.stage.call("close")
        expect(walk.stage.element.locator("[part=chat]")).to_be_hidden()
        walk.look("floating, closed")


def begin_floating(walk: Walk) -> None:
    stage = walk.stage
    stage.start(f"{{...{OPTIONS}, layout: 'floating', frameTitle: 'Help'}}", API)
    assert stage.call("open") is None
    arm(stage.page)
    stage.until(COMPLETE)


def test_the_advice_for_developers(walk: Walk, watch: Watch) -> None:
    watch.expect("ChatKit:")
    walk.stage.open_page()
    walk.stage.js("{ chat.setAttribute('debug', ''); document.body.append(chat); }")
    alert = walk.stage.element.get_by_role("alert")
    walk.stage.set()
    walk.stage.until("heard.some(([name]) => name === 'ready')")
    walk.stage.js("{ chat.style.height = '0'; }")
    expect(alert).to_contain_text("for developers")
    walk.stage.js("{ chat.style.height = '100%'; }")
    arm(walk.stage.page)
    walk.look("advice")
