"""What answers hold, and what stands around the field, by keyboard alone; the rest is in test_keyboard.py."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.everything import FILE_SOURCE, SQUARE_SVG, URL_SOURCE, cited
from e2e.files import attachment, button, chips, file
from e2e.scripted import Stage, Wait, question, refusal, said, thread
from e2e.test_keyboard import press, walk_to

MERMAID = f"async () => new DOMParser().parseFromString(`{SQUARE_SVG}`, 'image/svg+xml').documentElement"
HOST = "http://127.0.0.1:9"  # a port that nobody listens at
RICH = f"""Lit in 1887[^lamp].

[^lamp]: The log says so.

```mermaid
graph LR; Anna --> Berta
```

```python
lamp = 7
```

![A map]({HOST}/map.svg)
"""


def test_everything_in_an_answer_is_reached_used_and_left(stage: Stage) -> None:
    keyboard, answer = stage.page.keyboard, stage.answer
    stage.page.route(f"{HOST}/**", lambda route: route.fulfill(body=SQUARE_SVG, content_type="image/svg+xml"))
    items = [
        question("q1", "Hi"),
        cited("a1", "Lenses bend light", URL_SOURCE, FILE_SOURCE),
        said("a2", RICH),
    ]
    stage.script.answer("threads.get_by_id", thread("thr_1", items))
    stage.start(f"{{initialThread: 'thr_1', mermaid: {MERMAID}}}")
    expect(answer.get_by_role("button", name="Show code")).to_be_visible()
    expect(answer.get_by_role("button", name="Load picture from")).to_be_visible()

    # A sign says its source, and more in a card that Escape takes away; the list unfolds.
    sign = stage.element.get_by_role("link", name="Source 1: How a lens works")
    walk_to(stage, sign, "Shift+Tab")
    card = stage.element.get_by_role("tooltip")
    expect(card).to_contain_text("A lens bends the light.")
    expect(sign).to_have_accessible_description("example.com How a lens works A lens bends the light.")
    keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(sign).to_be_focused()
    keyboard.press("Tab")
    expect(card).to_contain_text("Keeper's log")
    keyboard.press("Tab")
    expect(card).to_have_count(0)
    expect(stage.element.locator("summary")).to_be_focused()
    keyboard.press("Enter")
    keyboard.press("Tab")
    expect(stage.element.locator(".sources").get_by_role("link", name="How a lens works")).to_be_focused()

    # To a footnote and back.
    place = answer.get_by_role("link", name="Footnote 1", exact=True)
    keyboard.press("Tab")
    expect(place).to_be_focused()
    keyboard.press("Enter")
    expect(answer.get_by_role("listitem")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(place).to_be_focused()

    # A diagram and its description, code and its copy.
    toggle = answer.get_by_role("button", name="Show code")
    walk_to(stage, toggle)
    keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    expect(toggle).to_be_focused()
    keyboard.press("Space")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    copy = answer.get_by_role("button", name="Copy code").last
    walk_to(stage, copy)
    keyboard.press("Enter")
    expect(answer.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert stage.page.evaluate("navigator.clipboard.readText()").strip() == "lamp = 7"
    keyboard.press("Tab")
    expect(answer.locator("pre").last).to_be_focused()  # to scroll it

    # A picture that waits, and is there when it is wanted.
    load = answer.get_by_role("button", name="Load picture from")
    keyboard.press("Tab")
    expect(load).to_be_focused()
    keyboard.press("Enter")
    expect(answer.get_by_role("img", name="A map")).to_be_focused()

    # The whole answer is replied to from itself, and the quote is taken away again.
    keyboard.press("Alt+ArrowUp")
    expect(stage.answers.first).to_be_focused()
    keyboard.press("r")
    quote = stage.element.locator("[part=composer-quote]")
    expect(quote).to_contain_text("Lenses bend light")
    expect(stage.composer).to_be_focused()
    keyboard.type("r")  # in the field it is a letter like any other
    expect(stage.composer).to_have_text("r")
    walk_to(stage, button(stage, "Remove the quote"), "Shift+Tab")
    keyboard.press("Enter")
    expect(quote).to_have_count(0)
    expect(stage.composer).to_be_focused()


def test_uploads_and_dictation_are_begun_left_and_tried_again(stage: Stage) -> None:
    """Whatever ends, the focus is never lost."""
    keyboard = stage.page.keyboard
    stage.page.context.grant_permissions(["microphone"])
    arrives, written = stage.script.hold(), stage.script.hold()
    stage.script.answer("/files", refusal(503), Wait(arrives, attachment("atc_1", "a.txt")))
    stage.script.answer(
        "input.transcribe",
        Wait(written, {"text": "Dock four"}),
        Wait(written, {"text": "never"}),
        refusal(500),
    )
    stage.start(
        "{composer: {dictation: {enabled: true}, attachments: {enabled: true}}}",
        "{url: '/chatkit', uploadStrategy: {type: 'direct', uploadUrl: '/files'}}",
    )
    expect(button(stage, "Attach files")).to_be_visible()
    expect(button(stage, "Dictate")).to_be_visible()
    walk_to(stage, stage.composer)
    with stage.page.expect_file_chooser() as chooser:
        press(stage, "Attach files")
    chooser.value.set_files(file("a.txt"))
    toast = stage.element.get_by_role("alert")
    expect(toast).to_contain_text("a.txt could not be uploaded.")
    expect(stage.composer).to_be_focused()
    press(stage, "Dismiss", back=True)
    expect(toast).to_have_count(0)
    expect(stage.composer).to_be_focused()
    press(stage, "Upload a.txt again", back=True)
    expect(chips(stage).get_by_role("progressbar")).to_have_count(1)
    expect(stage.composer).to_be_focused()
    press(stage, "Remove a.txt", back=True)
    expect(chips(stage)).to_have_count(0)
    expect(stage.composer).to_be_focused()
    arrives.set()

    press(stage, "Dictate")
    finish = button(stage, "Finish dictating")
    expect(finish).to_be_focused()
    keyboard.press("Enter")
    cancel = stage.element.get_by_role("group", name="Writing down what you said…").get_by_role("button")
    expect(cancel).to_be_focused()
    written.set()
    expect(stage.composer).to_have_text("Dock four")
    expect(stage.composer).to_be_focused()

    written.clear()
    press(stage, "Dictate")
    expect(finish).to_be_focused()
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")  # cancel
    expect(button(stage, "Dictate")).to_be_visible()
    expect(stage.composer).to_be_focused()
    press(stage, "Dictate")
    expect(finish).to_be_focused()
    keyboard.press("Enter")
    expect(cancel).to_be_focused()
    assert len(stage.script.wait_for("input.transcribe", 2)) == 2
    keyboard.press("Escape")  # while it is written down
    expect(button(stage, "Dictate")).to_be_visible()
    expect(stage.composer).to_be_focused()
    press(stage, "Dictate")
    expect(finish).to_be_focused()
    keyboard.press("Enter")
    expect(toast).to_contain_text("could not be written down")
    expect(stage.composer).to_be_focused()
    expect(stage.composer).to_have_text("Dock four")
