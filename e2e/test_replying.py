"""Quoting what is selected of an answer (element.md §4 `reply`, protocol.md §5 `quoted_text`)."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.screen import serious_faults
from e2e.scripted import Stage, done, first_answer, question, said

ANSWER = "The first paragraph.\n\nThe second one, which is **important**."


def test_what_is_selected_of_an_answer_is_quoted(stage: Stage) -> None:
    page = stage.page
    stage.script.answer("threads.create", first_answer(ANSWER, asks="Tell me"))
    stage.start("{}")
    stage.composer.fill("Tell me")
    page.keyboard.press("Enter")
    expect(stage.answers).to_contain_text("important")
    reply = stage.element.get_by_role("button", name="Reply", exact=True)

    # A question cannot be quoted, nor what begins in one message and ends in another.
    stage.questions.get_by_text("Tell me").click(click_count=3)
    page.wait_for_timeout(400)  # longer than a selection settles
    expect(reply).to_have_count(0)

    second = stage.answers.get_by_text("The second one")
    second.click(click_count=3)
    expect(reply).to_be_visible()
    assert serious_faults(page) == []
    at, button = second.bounding_box(), reply.bounding_box()
    assert at
    assert button
    assert button["y"] + button["height"] <= at["y"] + 1, "it stands above what it is about"
    page.keyboard.press("Escape")
    expect(reply).to_have_count(0)

    # By keyboard: from the conversation it is the next stop.
    second.click(click_count=3)
    expect(reply).to_be_visible()
    for _ in range(8):
        page.keyboard.press("Tab")
        if reply.evaluate("(one) => one === one.getRootNode().activeElement"):
            break
    expect(reply).to_be_focused()
    page.keyboard.press("Enter")
    quote = stage.element.locator('[part~="composer-quote"]')
    expect(quote).to_have_text("The second one, which is important.")
    expect(stage.composer).to_be_focused()
    expect(reply).to_have_count(0)

    stage.script.answer(
        "threads.add_user_message", [done(question("msg_3", "Why?")), done(said("msg_4", "So."))]
    )
    page.keyboard.type("Why?")
    page.keyboard.press("Enter")
    [sent] = stage.script.wait_for("threads.add_user_message")
    assert sent["input"]["quoted_text"] == "The second one, which is important."
    expect(quote).to_have_count(0)
