"""Methods and events of the element, on a page of its own (element.md §1, §4, §5)."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from e2e.rows import covers
from e2e.scripted import (
    MAY_STOP,
    Json,
    Stage,
    added,
    created,
    done,
    first_answer,
    item,
    question,
    refusal,
    said,
    thread,
)

LOADED = thread("thr_1", [question("q1", "Old"), said("a1", "Answer")], title="First")


@covers("chatkit.ready", "addEventListener()", "removeEventListener()")
def test_what_is_asked_before_the_chat_is_ready_waits_for_it(stage: Stage) -> None:
    """element.md §1: queued until ready, in order; ready again after it was taken out and put back."""
    stage.script.answer("threads.get_by_id", LOADED, LOADED)
    stage.open_page()
    begun = stage.begin("setThreadId", "thr_1")
    focus = stage.begin("focusComposer")
    stage.js("""{
        const count = () => called.push('ready');
        chat.addEventListener('chatkit.ready', count);
        const never = () => called.push('never');
        chat.addEventListener('chatkit.ready', never);
        chat.removeEventListener('chatkit.ready', never);
    }""")
    assert stage.heard == []
    stage.set()
    assert (stage.end(begun), stage.end(focus)) == (None, None)
    assert stage.names == ["ready", "thread.change", "thread.load.start", "thread.load.end"]
    expect(stage.composer).to_be_focused()
    stage.js("{ const { parentNode } = chat; chat.remove(); parentNode.append(chat); }")
    stage.until("called.length === 2")
    expect(stage.answer).to_have_text("Answer")
    assert stage.js("called") == ["ready", "ready"]
    event: Json = stage.js("""new Promise((resolve) => {
        const hear = ({bubbles, composed, cancelable, detail}) => resolve({bubbles, composed, cancelable, detail});
        chat.addEventListener('chatkit.ready', hear);
        const { parentNode } = chat;
        chat.remove();
        parentNode.append(chat);
    })""")
    assert event == {"bubbles": False, "composed": False, "cancelable": False, "detail": None}


@covers(
    "setThreadId()",
    "chatkit.thread.change",
    "chatkit.thread.load.start",
    "chatkit.thread.load.end",
    "chatkit.error",
    "chatkit.log",
    "fetchUpdates()",
    "getItems()",
    "focusComposer()",
)
def test_threads_are_opened_read_again_and_refused(stage: Stage) -> None:
    """element.md §4, §5."""
    stage.start()
    assert stage.call("fetchUpdates") is None
    assert stage.script.params("threads.get_by_id") == []
    stage.script.answer("threads.get_by_id", LOADED)
    stage.forget()
    assert stage.call("setThreadId", "thr_1") is None
    assert stage.heard == [
        ("thread.change", {"threadId": "thr_1"}),
        ("thread.load.start", {"threadId": "thr_1"}),
        ("thread.load.end", {"threadId": "thr_1"}),
    ]
    logs = [detail["name"] for name, detail in stage.js("heard") if name == "log"]
    assert logs == ["thread.load", "request.start", "request.end"]
    stage.forget()
    assert stage.call("setThreadId", "thr_1") is None
    assert stage.heard == []

    items = "chat.getItems()"
    assert stage.js(f"{items}.map(({{id}}) => id)") == ["q1", "a1"]
    frozen = f"[{items}, {items}[1], {items}[1].content, {items}[1].content[0]].every(Object.isFrozen)"
    assert stage.js(frozen) is True

    log = stage.element.get_by_role("log")
    first = stage.element.locator('[part~="user-message"]').first
    first.evaluate("(one) => (window.kept = one)")
    changed = [question("q1", "Old"), said("a1", "Changed"), said("a3", "Added")]
    stage.script.answer("threads.get_by_id", thread("thr_1", changed, title="Renamed"))
    assert stage.call("fetchUpdates") is None
    expect(stage.answers).to_have_text(["Changed", "Added"])
    expect(stage.element.get_by_role("heading", name="Renamed")).to_be_visible()
    assert stage.js("kept.isConnected")
    expect(log).to_be_visible()

    stage.forget()
    assert stage.call("setThreadId", "thr_missing") == "No: 404"
    assert stage.names == ["thread.change", "thread.load.start", "error", "thread.load.end"]
    [error] = stage.errors
    assert (error["name"], error["status"]) == ("HttpError", 404)
    expect(stage.element.get_by_role("alert")).to_contain_text("not there any more")
    stage.forget()
    assert stage.call("setThreadId", None) is None
    assert stage.heard == [("thread.change", {"threadId": None})]
    assert stage.call("focusComposer") is None
    expect(stage.composer).to_be_focused()


@covers(
    "sendUserMessage()",
    "chatkit.response.start",
    "chatkit.response.end",
    "chatkit.message.sent",
    "chatkit.item.done",
    "chatkit.effect",
    "stop()",
)
def test_messages_of_the_page_are_sent_as_the_persons(stage: Stage) -> None:
    """element.md §4: resolves when accepted, rejects when busy; the draft stays, in its own thread."""
    wait = stage.script.hold()
    effect: Json = {"type": "client_effect", "name": "blink", "data": {"times": None}}
    widget = item("widget", "w1", widget={"type": "Card", "children": []}, copy_text="W")
    stage.script.answer(
        "threads.create",
        [created(), done(question("q1", "Hi")), effect, MAY_STOP, wait, done(said("a1", "Yes"))],
    )
    stage.start()
    stage.element.locator(".editor").click()
    stage.page.keyboard.type("My draft")
    stage.forget()
    assert stage.call("sendUserMessage", {}) == "sendUserMessage: there is nothing to send."
    assert stage.call("sendUserMessage") == "sendUserMessage: expected an object."
    assert stage.call("sendUserMessage", {"text": 7}) == "sendUserMessage: text is not a string."
    assert stage.call("sendUserMessage", {"content": "Hi"}) == "sendUserMessage: content is not an array."
    stage.script.answer("threads.add_user_message", [done(question("q2", "x")), done(widget)])
    assert stage.call("sendUserMessage", {"text": "Hi"}) is None
    assert "is running" in str(stage.call("sendUserMessage", {"text": "Too soon"}))
    assert "is running" in str(stage.call("setThreadId", "thr_2"))
    assert "is running" in str(stage.call("sendCustomAction", {"type": "x"}))
    wait.set()
    expect(stage.answer).to_have_text("Yes")
    stage.until("heard.some(([name]) => name === 'response.end')")
    assert stage.heard == [
        ("response.start", None),
        ("thread.change", {"threadId": "thr_1"}),
        ("message.sent", {"item": question("q1", "Hi")}),
        ("effect", {"name": "blink", "data": {"times": None}}),
        ("item.done", {"item": said("a1", "Yes")}),
        ("response.end", None),
    ]
    stage.forget()
    tag: Json = {"type": "input_tag", "id": "t", "text": "Tag", "data": {}, "interactive": False}
    attachment = {"type": "file", "id": "file_1", "name": "a.txt", "mime_type": "text/plain"}
    written = {"type": "input_tag", "id": "t", "text": "Tag"}  # data and interactive may be left out
    message: Json = {"text": "ignored", "content": [written], "reply": "Quoted", "attachments": [attachment]}
    assert stage.call("sendUserMessage", message | {"toolChoice": {"id": "search"}, "model": "big"}) is None
    [sent] = stage.script.params("threads.add_user_message")
    assert sent == {
        "thread_id": "thr_1",
        "input": {
            "content": [tag],
            "attachments": ["file_1"],
            "quoted_text": "Quoted",
            "inference_options": {"tool_choice": {"id": "search"}, "model": "big"},
        },
    }
    stage.until("heard.some(([name]) => name === 'item.done')")
    stage.until("!chat.store.getSnapshot().responding")

    stop = stage.script.hold()
    fresh = [created(id="thr_2"), MAY_STOP, done(question("q9", "Go")), added(said("a9", "Half")), stop]
    stage.script.answer("threads.create", fresh)
    assert stage.call("sendUserMessage", {"text": "Go", "newThread": True}) is None
    expect(stage.answer).to_have_text("Half")
    expect(stage.element.locator(".editor")).to_have_text("")
    stage.forget()
    assert stage.call("stop") is None
    assert stage.names == ["response.end"]
    expect(stage.element.get_by_role("log").get_by_text("Stopped.", exact=True)).to_be_visible()
    assert stage.call("stop") is None
    # The draft was written in another thread, and is there.
    stage.script.answer("threads.get_by_id", thread("thr_1"))
    assert stage.call("setThreadId", "thr_1") is None
    expect(stage.element.locator(".editor")).to_have_text("My draft")


def test_what_makes_no_sense_is_refused_in_words_and_nothing_is_asked(stage: Stage) -> None:
    """element.md §4: methods reject with a clear message; pages are mostly not type-checked."""
    stage.start()
    refused: list[tuple[str, list[object], str]] = [
        ("setThreadId", [], "setThreadId: expected an id or null."),
        ("setThreadId", [7], "setThreadId: expected an id or null."),
        ("sendCustomAction", [], "sendCustomAction: expected an action, which has a type."),
        ("sendCustomAction", ["go"], "sendCustomAction: expected an action, which has a type."),
        ("sendCustomAction", [{"type": "go"}, 7], "sendCustomAction: the id of the item is not a string."),
        ("sendUserMessage", [{"content": [7]}], "sendUserMessage: content[0] is neither text nor a tag."),
        ("sendUserMessage", [{"text": "x", "attachments": [None]}], "attachments[0] has no id"),
        (
            "sendUserMessage",
            [{"text": "x", "toolChoice": "search"}],
            "sendUserMessage: toolChoice has no id.",
        ),
        (
            "setComposerValue",
            [{"content": [None]}],
            "setComposerValue: content[0] is neither text nor a tag.",
        ),
        ("setComposerValue", [{"attachments": [None]}], "setComposerValue: attachments[0] has no id"),
    ]
    for method, arguments, words in refused:
        assert words in str(stage.call(method, *arguments)), method
    assert stage.names == ["ready"]
    assert stage.script.asked == []


@covers("setComposerValue()")
def test_the_draft_is_set_by_the_page(stage: Stage) -> None:
    """element.md §4: `content` wins over `text`; parts left out stay."""
    stage.start()
    editor = stage.element.locator(".editor")
    assert stage.call("setComposerValue", {"text": "One\ntwo"}) is None
    expect(editor).to_have_text("One\ntwo", use_inner_text=True)
    assert stage.call("setComposerValue", {}) is None
    expect(editor).to_contain_text("One")
    tagged: list[Json] = [
        {"type": "input_text", "text": "About "},
        {"type": "input_tag", "id": "t", "text": "Tag", "data": {}},
    ]
    assert stage.call("setComposerValue", {"text": "no", "content": tagged}) is None
    expect(editor).to_have_text(re.compile("^About @?Tag"))
    assert stage.call("setComposerValue", {"text": ""}) is None
    expect(editor).to_have_text("")


@covers(
    "sendCustomAction()", "showHistory()", "hideHistory()", "chatkit.history.open", "chatkit.history.close"
)
def test_actions_and_the_history_by_method(stage: Stage) -> None:
    """element.md §4: an action resolves when its stream ends, and needs a thread."""
    stage.start("{header: {enabled: false}}")
    assert "none is open" in str(stage.call("sendCustomAction", {"type": "go"}))
    stage.script.answer("threads.get_by_id", LOADED)
    stage.call("setThreadId", "thr_1")
    wait = stage.script.hold()
    stage.script.answer("threads.custom_action", [done(said("a2", "Done")), wait], refusal(500))
    stage.forget()
    begun = stage.begin("sendCustomAction", {"type": "go", "payload": {"n": None}, "handler": "client"}, "a1")
    expect(stage.answer).to_have_text("Done")
    assert stage.names == ["response.start", "item.done"]
    wait.set()
    assert stage.end(begun) is None
    assert stage.script.params("threads.custom_action") == [
        {"thread_id": "thr_1", "item_id": "a1", "action": {"type": "go", "payload": {"n": None}}}
    ]
    assert stage.call("sendCustomAction", {"type": "go"}) == "No: 500"
    stage.forget()
    assert stage.call("showHistory") is None
    assert stage.call("showHistory") is None
    assert stage.call("hideHistory") is None
    assert stage.call("hideHistory") is None
    assert stage.names == ["history.open", "history.close"]


@covers("chatkit.deeplink")
def test_a_deep_link_goes_to_the_page_and_nowhere_else(stage: Stage) -> None:
    """element.md §5."""
    stage.script.answer(
        "threads.create",
        first_answer(
            "[Open](chatkit-link://open-order?id=7&tab=a), [Größe](chatkit-link://größe/mein%20maß?wert=50%25)"
        ),
    )
    stage.start()
    stage.ask("Hi")
    stage.element.get_by_role("link", name="Open").click()
    stage.until("heard.some(([name]) => name === 'deeplink')")
    links = [detail for name, detail in stage.heard if name == "deeplink"]
    assert links == [{"name": "open-order", "data": {"id": "7", "tab": "a"}}]
    stage.forget()
    stage.element.get_by_role("link", name="Größe").click()
    stage.until("heard.some(([name]) => name === 'deeplink')")
    links = [detail for name, detail in stage.heard if name == "deeplink"]
    assert links == [{"name": "größe/mein maß", "data": {"wert": "50%"}}]
    assert stage.page.url == stage.script.url + "/"
