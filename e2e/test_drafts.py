"""What is being written belongs to its thread: others do not see it, a reload does not lose it (element.md §3.7)."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.scripted import Json, Stage, created, done, first_answer, question, refusal, said, thread


def test_every_thread_keeps_its_draft_and_a_reload_loses_none(stage: Stage) -> None:
    stage.script.answer("threads.get_by_id", *[thread("thr_1", [question("msg_1", "Hi")])] * 3)
    stage.start("{composer: {tools: [{id: 'plan', label: 'Plan', icon: 'compass'}]}}")
    tag: Json = {"type": "input_tag", "id": "ann", "text": "Ann", "data": {}, "interactive": False}
    words = [{"type": "input_text", "text": "Ask "}, tag]
    value = {"content": words, "reply": "What was said", "selectedToolId": "plan"}
    assert stage.call("setComposerValue", value) is None
    assert stage.call("setThreadId", "thr_1") is None
    expect(stage.composer).to_have_text("")
    stage.composer.click()
    stage.page.keyboard.press("Control+z")
    expect(stage.composer, "another thread's text is no step of this one").to_have_text("")
    stage.page.keyboard.type("for the old one")

    stage.start("{initialThread: 'thr_1', composer: {tools: [{id: 'plan', label: 'Plan', icon: 'compass'}]}}")
    expect(stage.composer).to_have_text("for the old one")
    stage.forget()
    assert stage.call("setThreadId", None) is None
    expect(stage.composer).to_have_text("Ask @Ann")
    expect(stage.element.get_by_label("Quoted")).to_have_text("What was said")
    assert [detail for name, detail in stage.heard if name == "tool.change"] == [{"toolId": "plan"}]

    stage.script.answer("threads.create", first_answer())
    stage.send_button.click()
    [sent] = stage.script.wait_for("threads.create")
    assert sent["input"]["content"] == words
    assert sent["input"]["quoted_text"] == "What was said"
    assert sent["input"]["inference_options"] == {"tool_choice": {"id": "plan"}}
    expect(stage.answers).to_have_count(1)
    expect(stage.composer).to_have_text("")
    expect(stage.element.locator('[part~="composer-quote"]')).to_have_count(0)
    assert [detail for name, detail in stage.heard if name == "tool.change"][1:] == [{"toolId": None}]
    stage.start()
    expect(stage.composer).to_have_text("")


def test_what_is_written_while_a_thread_is_made_stays_in_the_field(stage: Stage) -> None:
    hold = stage.script.hold()
    stage.script.answer("threads.create", [hold, *first_answer()])
    stage.start()
    stage.say("Hi")
    stage.page.keyboard.type("and then")
    hold.set()
    expect(stage.answers).to_have_count(1)
    expect(stage.composer).to_have_text("and then")
    stage.until("(sessionStorage.getItem('chatkit.drafts') ?? '').includes('and then')")
    assert stage.call("setThreadId", None) is None
    expect(stage.composer).to_have_text("")


def test_what_could_not_be_sent_comes_back_with_its_quote(stage: Stage) -> None:
    stage.script.answer(
        "threads.create", refusal(500), [created(), done(question("msg_1", "Hi")), done(said("m", "Ho"))]
    )
    stage.start()
    assert stage.call("setComposerValue", {"text": "Hi", "reply": "What was said"}) is None
    stage.send_button.click()
    expect(stage.composer).to_have_text("Hi")
    expect(stage.element.get_by_label("Quoted")).to_have_text("What was said")
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.answers).to_have_count(1)
    expect(stage.composer).to_have_text("")
    expect(stage.element.locator('[part~="composer-quote"]')).to_have_count(0)
    assert [one["input"]["quoted_text"] for one in stage.script.params("threads.create")] == [
        "What was said"
    ] * 2


def test_a_browser_that_keeps_nothing_loses_only_the_reload(stage: Stage) -> None:
    stage.page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('', 'SecurityError') }})"
    )
    stage.script.answer("threads.get_by_id", *[thread("thr_1", [question("msg_1", "Hi")])] * 3)
    stage.start()
    stage.composer.click()
    stage.page.keyboard.type("not lost")
    assert stage.call("setThreadId", "thr_1") is None
    expect(stage.composer).to_have_text("")
    assert stage.call("setThreadId", None) is None
    expect(stage.composer).to_have_text("not lost")


def test_a_locked_thread_says_why_and_nothing_around_its_field_can_be_used(stage: Stage) -> None:
    """element.md §3.11, protocol.md §17."""
    items = [question("q1", "Hi"), said("a1", "Hello.")]
    locked = thread(items=items, status={"type": "locked", "reason": "An audit is running."})
    stage.script.answer("threads.get_by_id", locked, thread("thr_2", items))
    stage.start(
        """{
      composer: {
        attachments: {enabled: true}, dictation: {enabled: true},
        models: [{id: 'm', label: 'M'}, {id: 'n', label: 'N'}],
        tools: [{id: 't', label: 'T', icon: 'globe', pinned: true}, {id: 'u', label: 'U', icon: 'globe'}],
      },
      entities: {showComposerMenu: true, onTagSearch: async () => []},
      threadItemActions: {retry: true},
    }""",
        "{url: '/chatkit', uploadStrategy: {type: 'two_phase'}}",
    )
    buttons = stage.element.locator(".composer").get_by_role("button")
    expect(buttons).to_have_count(6)
    stage.call("setThreadId", "thr_1")
    expect(stage.element.locator(".editor")).to_have_attribute("aria-placeholder", "An audit is running.")
    for one in buttons.all():
        expect(one).to_be_disabled()
    again = stage.element.get_by_role("button", name="Answer again")
    expect(stage.element.get_by_role("button", name="Copy answer")).to_be_visible()
    expect(again).to_have_count(0)
    stage.call("setThreadId", "thr_2")
    expect(again).to_be_visible()
    expect(stage.element.locator(".composer").get_by_role("button", disabled=True)).to_have_count(1)  # send
