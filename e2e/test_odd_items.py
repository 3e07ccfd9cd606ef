"""Items of servers that are not ours: what they leave out is empty, and what makes no sense harms nothing else."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from e2e.scripted import MAY_STOP, Stage, added, created, done, item, question, said, thread

TASK: dict[str, Any] = {"type": "custom", "title": "A step", "status_indicator": "none"}


def test_what_is_left_out_is_empty_and_what_cannot_be_drawn_harms_nothing_else(stage: Stage) -> None:
    """protocol.md §1.3 W-5, §3."""
    bare_text = {"type": "output_text", "text": "Without notes"}
    bare_question = item("user_message", "q1", content=[{"type": "input_text", "text": "Without files"}])
    tag: dict[str, Any] = {"type": "input_tag", "id": "ann", "text": "Ann", "interactive": True}
    items = [
        bare_question,
        item("assistant_message", "a1", content=[bare_text, {"type": "output_hologram"}]),
        item("user_message", "q2", content=[None]),
        item("user_message", "q3", content=[tag], attachments=[{"type": "file", "id": "atc_1"}]),
        item("task", "t1", task={"type": "web_search", "title": "Looked"}),
        item("task", "t2", task={"type": "file", "title": "Read", "sources": [None]}),
        item("workflow", "w1", workflow={"type": "custom", "tasks": [None], "expanded": True}),
        item("workflow", "w2", workflow={"type": "custom", "tasks": [TASK], "summary": {"icon": "bolt"}}),
        item(
            "structured_input",
            "s1",
            status="answered",
            inputs=[{"id": "a", "question": "Size?", "answer": {}}],
        ),
        said("a2", "The end"),
    ]
    thread_without: dict[str, Any] = {"id": "thr_1", "created_at": "today", "items": {"data": items}}
    ask: dict[str, Any] = {"type": "multiple_choice", "id": "size", "question": "Which?"}
    asks = item("structured_input", "s2", status="pending", inputs=[ask])
    stage.script.answer("threads.get_by_id", thread_without)
    stage.script.answer("threads.list", {"data": [thread(title="Fine"), thread_without | {"title": 7}]})
    stage.script.answer("threads.add_user_message", [done(bare_question | {"id": "q4"}), done(asks)])
    stage.start("{initialThread: 'thr_1', locale: 'en', entities: {onClick() {}}}")

    for words in ("Without files", "Without notes", "@Ann", "Looked", "1 step", "Size?", "The end"):
        expect(stage.element.get_by_text(words, exact=True).filter(visible=True).first).to_be_visible()
    expect(stage.element.get_by_role("button", name="@Ann")).to_be_visible()
    expect(stage.element.get_by_text("Read", exact=True)).to_have_count(0)
    stage.until("heard.filter(([name]) => name === 'error').length === 3")  # q2, t2, w1
    assert {error["name"] for error in stage.errors} == {"ReplyError"}
    expect(stage.element.get_by_text("undefined")).to_have_count(0)

    stage.history_button.click()
    expect(stage.rows()).to_have_count(1)
    stage.page.keyboard.press("Escape")

    # The form asks for words of one's own; one that cannot be asked at all leaves the composer.
    assert stage.call("sendUserMessage", {"text": "Go"}) is None
    expect(stage.element.get_by_role("group", name="Which?")).to_be_visible()
    broken = item("structured_input", "s3", status="pending", inputs=[None])
    stage.script.answer("threads.get_by_id", thread(items=[question("q5", "More"), broken]))
    assert stage.call("fetchUpdates") is None
    expect(stage.composer).to_be_visible()
    expect(stage.element.get_by_text("More")).to_be_visible()


def test_what_nobody_is_meant_to_see_changes_nothing_on_screen(stage: Stage) -> None:
    """protocol.md W-9, §16: progress stays until the next visible item."""
    wait = stage.script.hold()
    hidden = item("hidden_context_item", "h1", content="A secret")
    progress = {"type": "progress_update", "text": "Looking it up"}
    events = [created(), done(question("q1", "Hi")), MAY_STOP, progress, added(hidden), done(hidden)]
    stage.script.answer(
        "threads.create",
        [*events, done(item("sdk_hidden_context", "h2", content="x")), wait, done(said("a1", "There."))],
    )
    stage.start("{locale: 'en'}")
    progress_line = stage.element.locator('[part~="progress"]')
    stage.say("Hi")
    told = "([name, detail]) => name === 'log' && detail.data?.type === 'thread.item.done'"
    stage.until(f"heard.filter({told}).length === 3")
    expect(progress_line).to_have_text("Looking it up")
    wait.set()
    expect(stage.answer).to_have_text("There.")
    expect(progress_line).to_have_count(0)
    assert [one["type"] for one in stage.js("chat.getItems()")] == ["user_message", "assistant_message"]
    assert stage.names.count("item.done") == 1
