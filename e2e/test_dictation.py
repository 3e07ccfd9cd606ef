"""Speaking instead of typing (element.md §3.10, protocol.md §15), with the browser's own microphone that beeps."""

from __future__ import annotations

import base64

from playwright.sync_api import Locator, expect

from e2e.rows import covers
from e2e.scripted import Stage, Wait, refusal

OPTIONS = "{composer: {dictation: {enabled: true}}}"


def button(stage: Stage, name: str) -> Locator:
    return stage.element.get_by_role("button", name=name, exact=True)


@covers("composer.dictation.enabled")
def test_what_is_said_is_written_at_the_caret_and_not_sent(stage: Stage) -> None:
    stage.page.context.grant_permissions(["microphone"])
    written = stage.script.hold()
    stage.script.answer("input.transcribe", Wait(written, {"text": " dock four "}), {"text": "never"})
    stage.start(OPTIONS)
    stage.composer.click()
    stage.page.keyboard.type("Is free?")
    for _ in range(6):
        stage.page.keyboard.press("ArrowLeft")

    button(stage, "Dictate").click()
    finish = button(stage, "Finish dictating")
    expect(finish).to_be_focused()
    timer = stage.element.get_by_role("timer")
    expect(timer).to_have_text("0:00")
    expect(timer).not_to_have_text("0:00")
    finish.click()
    expect(stage.element.get_by_role("group", name="Writing down what you said…")).to_be_visible()
    [params] = stage.script.wait_for("input.transcribe")
    assert params["mime_type"] == "audio/webm;codecs=opus"
    assert base64.b64decode(params["audio_base64"], validate=True)[:4] == b"\x1a\x45\xdf\xa3"  # EBML
    written.set()
    expect(stage.composer).to_have_text("Is dock four free?")
    expect(stage.composer).to_be_focused()
    assert stage.script.params("threads.create") == []

    # Escape gives it up, and nothing is sent.
    button(stage, "Dictate").click()
    expect(finish).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(button(stage, "Dictate")).to_be_visible()
    expect(stage.composer).to_be_focused()
    assert len(stage.script.params("input.transcribe")) == 1
    assert stage.errors == []


def test_a_failure_says_what_it_is_and_leaves_the_draft(stage: Stage) -> None:
    stage.page.context.grant_permissions(["microphone"])
    stage.script.answer("input.transcribe", refusal(501))
    stage.start(OPTIONS)
    stage.composer.fill("A draft")
    toast = stage.element.get_by_role("alert")
    stage.until("performance.getEntriesByType('resource').some(({name}) => name.includes('/ToastView'))")
    button(stage, "Dictate").click()
    expect(button(stage, "Finish dictating")).to_be_visible()
    stage.page.context.set_offline(True)
    button(stage, "Finish dictating").click()
    expect(toast).to_contain_text("What you said could not be written down.")
    stage.page.context.set_offline(False)
    toast.get_by_role("button", name="Dismiss").click()
    stage.forget()

    button(stage, "Dictate").click()
    button(stage, "Finish dictating").click()
    expect(toast).to_contain_text("What you said could not be written down. The server failed.")
    expect(stage.composer).to_have_text("A draft")
    assert [(error["name"], error["status"]) for error in stage.errors] == [("HttpError", 501)]
    toast.get_by_role("button", name="Dismiss").click()
    expect(toast).to_have_count(0)

    stage.page.context.clear_permissions()
    button(stage, "Dictate").click()
    expect(toast).to_contain_text("The microphone is blocked.")
    expect(button(stage, "Dictate")).to_be_visible()
    stage.until("heard.some(([name, detail]) => name === 'error' && detail.name === 'NotAllowedError')")


def test_the_microphone_closes_with_the_element(stage: Stage) -> None:
    stage.page.context.grant_permissions(["microphone"])
    stage.page.add_init_script("""
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (asked) => (window.stream = await open(asked));
    """)
    stage.start(OPTIONS)
    button(stage, "Dictate").click()
    expect(button(stage, "Finish dictating")).to_be_visible()
    assert stage.js("stream.getTracks().map(({readyState}) => readyState)") == ["live"]
    stage.js("chat.remove()")
    stage.until("stream.getTracks().every(({readyState}) => readyState === 'ended')")
    assert stage.script.params("input.transcribe") == []


def test_what_is_too_long_for_a_request_ends_by_itself_and_is_written_down(stage: Stage) -> None:
    """protocol.md §15: as Base64 it has to fit into a body; one piece stands for the minutes that would fill it."""
    stage.page.context.grant_permissions(["microphone"])
    stage.page.add_init_script("""
      const Own = MediaRecorder;
      window.MediaRecorder = class extends Own {
        constructor(stream, options) { super(stream, options); window.recorder = this; window.stream = stream; }
      };
    """)
    stage.script.answer("input.transcribe", {"text": "and so on"})
    stage.start(OPTIONS)
    button(stage, "Dictate").click()
    expect(button(stage, "Finish dictating")).to_be_visible()
    stage.js(
        "recorder.dispatchEvent(new BlobEvent('dataavailable', {data: new Blob(['x'.repeat(740_001)])}))"
    )
    expect(stage.composer).to_have_text("and so on")
    expect(stage.composer).to_be_focused()
    expect(button(stage, "Dictate")).to_be_visible()
    [params] = stage.script.params("input.transcribe")
    assert len(base64.b64decode(params["audio_base64"])) >= 740_001
    assert len(params["audio_base64"]) < 1 << 20  # `max_body`
    assert stage.js("stream.getTracks().map(({readyState}) => readyState)") == ["ended"]
    assert stage.errors == []
