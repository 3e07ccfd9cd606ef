"""Each place that can fail, with each failure: the words of both, and none of another place (issue 5: "each has words a
person can act on"; protocol.md §1.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import expect

from e2e.everything import history
from e2e.files import button, file
from e2e.scripted import (
    MAY_STOP,
    Cut,
    Raw,
    Stage,
    added,
    created,
    done,
    first_answer,
    question,
    refusal,
    said,
    thread,
)

# Half of what was announced, then the end of the connection.
BROKEN = Raw(200, '{"id": "thr_1"', headers={"Content-Length": "999", "Connection": "close"})

ANSWERS: dict[str, Any] = {
    "unauthorized": refusal(401),
    "forbidden": refusal(403),
    "missing": refusal(404),
    "conflict": refusal(409, "conflict"),
    "too large": refusal(413),
    "too many": refusal(429),
    "failed": refusal(500),
    "away": refusal(503),
    "html": Raw(200, "<!doctype html><title>Sign in</title>", "text/html"),
    "broken": BROKEN,
    "offline": None,
}

GONE = "This conversation is not there any more."
CHANGED = "Something has changed in the meantime. Try again."
NOT_AN_ANSWER = "The server sent something that is not an answer. Is the address of the chat right?"
WORDS = {
    "unauthorized": "You are not signed in any more. Reload the page, or sign in again.",
    "forbidden": "You are not allowed to do this.",
    "missing": GONE,
    "conflict": CHANGED,
    "too large": "This is too large for the server.",
    "too many": "Too many requests. Wait a moment, then try again.",
    "failed": "The server failed.",
    "away": "The server is not available right now.",
    "html": NOT_AN_ANSWER,
    "broken": "The connection broke off. Try again.",
    "offline": "You are offline.",
}

# Of a message and its answer, which come as a stream.
OF_A_MESSAGE = {
    "conflict": "The conversation has changed in the meantime. Reload it, then try again.",
    "too large": "This message is too long to send.",
    "broken": "The connection broke off before the answer was complete.",
}

GO_ON: dict[str, str | None] = dict.fromkeys(ANSWERS, "Try again")
OF_A_TURN = GO_ON | {"forbidden": None, "too large": None, "conflict": "Reload", "missing": "New chat"}
NOT_THERE = "This is not there any more."


@dataclass
class Place:
    """Where something can fail: what is asked of the server, what a person does, and where they read of it."""

    operation: str
    do: Callable[[Stage], object]
    where: str
    before: str = ""
    words: dict[str, str] = field(default_factory=dict[str, str])
    ways: dict[str, str | None] | None = None
    """The button that leads on, where it stands beside the words."""
    stream: list[Any] = field(default_factory=list[Any])
    """What comes before the connection breaks, where the answer is a stream."""
    after: Callable[[Stage], object] = lambda stage: None


def press(name: str, within: str = ".chat") -> Callable[[Stage], None]:
    return lambda stage: stage.element.locator(within).get_by_role("button", name=name).first.press("Enter")


def read_list_again(stage: Stage) -> None:
    stage.call("hideHistory")
    stage.call("showHistory")


def rename(stage: Stage) -> None:
    title = stage.element.get_by_role("textbox", name="New title")
    if not title.count():
        press("Rename “Lamps”")(stage)
    title.fill("Lenses")
    title.press("Enter")


def delete(stage: Stage) -> None:
    press("Delete “Lamps”")(stage)
    press("Delete", "dialog .dialog-actions")(stage)


def choose(stage: Stage) -> None:
    stage.element.locator('input[type="file"]').set_input_files([file("a.txt")])


def dictate(stage: Stage) -> None:
    press("Dictate")(stage)
    press("Finish dictating")(stage)


def leave_title(stage: Stage) -> None:
    title = stage.element.get_by_role("textbox", name="New title")
    expect(title).to_be_focused()
    title.press("Escape")
    expect(button(stage, "Rename “Lamps”")).to_be_focused()


def leave_dialog(stage: Stage) -> None:
    stage.page.keyboard.press("Escape")
    expect(button(stage, "Delete “Lamps”")).to_be_focused()


def send_action(stage: Stage) -> None:
    stage.begin("sendCustomAction", {"type": "look", "payload": {}})


TURN = ".failure p"

IN_A_THREAD = [
    Place(
        "items.list",
        press("Try again", ".older"),
        ".older p",
        "Older messages could not be loaded. ",
        ways=GO_ON,
    ),
    Place(
        "threads.list",
        read_list_again,
        ".history-note p",
        "The conversations could not be loaded. ",
        {"missing": NOT_AN_ANSWER},
        ways=GO_ON,
    ),
    Place("threads.update", rename, ".history-failed", after=leave_title),
    Place("threads.delete", delete, ".dialog-failure", after=leave_dialog),
    Place("items.feedback", press("Good answer"), ".actions small", words={"missing": NOT_THERE}),
    Place(
        "/files",
        choose,
        ".attachment-failed",
        words={
            "missing": CHANGED,
            "too large": "a.txt is too large.",
            "broken": "Could not reach the server.",
        },
        after=press("Remove a.txt"),
    ),
    Place(
        "input.transcribe",
        dictate,
        ".toast p:last-of-type",
        "What you said could not be written down. ",
        {"missing": NOT_AN_ANSWER},
        after=press("Dismiss"),
    ),
    Place(
        "threads.custom_action",
        send_action,
        TURN,
        words=OF_A_MESSAGE | {"missing": NOT_THERE, "too large": WORDS["too large"]},
        ways=dict.fromkeys(GO_ON) | {"conflict": "Reload", "missing": "Reload"},
        stream=[MAY_STOP],
    ),
    Place(
        "threads.retry_after_item",
        press("Answer again"),
        TURN,
        words=OF_A_MESSAGE | {"missing": NOT_THERE, "too large": WORDS["too large"]},
        ways=OF_A_TURN | {"missing": "Reload"},
        stream=[MAY_STOP],
    ),
    Place(
        "threads.add_user_message",
        lambda stage: stage.say("Hi"),
        TURN,
        words=OF_A_MESSAGE,
        ways=OF_A_TURN,
        stream=[MAY_STOP],
        after=lambda stage: stage.call("setComposerValue", {"text": ""}),
    ),
]


def fail(stage: Stage, place: Place, failure: str) -> None:
    """Lets a place fail, and compares what is said there."""
    cut, half = stage.script.hold(), f"Half an ans of {place.operation}"
    if failure == "offline":
        stage.page.context.set_offline(True)
    elif failure == "broken" and place.stream:
        asked = [done(question(f"q-{place.operation}", "Hi")), added(said(f"a-{place.operation}", half))]
        stage.script.answer(place.operation, [*place.stream, *asked, cut, Cut()])
    else:
        stage.script.answer(place.operation, ANSWERS[failure])
    stage.js(
        "chat.shadowRoot.querySelectorAll(given).forEach((one) => one.setAttribute('old', ''))", place.where
    )
    place.do(stage)
    if failure == "broken" and place.stream:
        expect(stage.answer).to_have_text(half)
        cut.set()
    said_now = stage.element.locator(f"{place.where}:not([old])")
    expected = place.before + (WORDS | place.words)[failure]
    expect(said_now, f"{place.operation}, {failure}").to_have_text(expected)
    if place.ways is not None:
        beside = said_now.locator("xpath=..").get_by_role("button")
        way = place.ways[failure]
        expect(beside, f"{place.operation}, {failure}").to_have_text([way] if way else [])
    place.after(stage)
    stage.page.context.set_offline(False)


def test_every_place_says_what_went_wrong_there(stage: Stage) -> None:
    newest = {"data": [said("a1", "Hello."), question("q1", "Hi")], "has_more": True, "after": "q1"}
    stage.page.set_viewport_size({"width": 1200, "height": 800})
    stage.page.context.grant_permissions(["microphone"])
    stage.script.answer("threads.list", history("Lamps"))
    stage.script.answer("items.list", newest, refusal(500))
    stage.script.answer("threads.get_by_id", thread("thr_1") | {"items": newest})
    stage.start(
        """{initialThread: 'thr_1', threadItemActions: {feedback: true, retry: true},
            composer: {attachments: {enabled: true}, dictation: {enabled: true}}}""",
        "{url: '/chatkit', uploadStrategy: {type: 'direct', uploadUrl: '/files'}}",
    )
    assert stage.call("showHistory") is None
    expect(stage.element.locator(".older p")).to_be_visible()
    for failure in ANSWERS:
        for place in IN_A_THREAD:
            # What is gone already needs no deletion.
            if (place.operation, failure) != ("threads.delete", "missing"):
                fail(stage, place, failure)


def test_a_new_chat_has_nothing_that_could_be_gone_or_have_changed(stage: Stage) -> None:
    stage.start()
    first = Place(
        "threads.create",
        lambda stage: stage.say("Hi"),
        TURN,
        words={
            "missing": NOT_AN_ANSWER,
            "too large": OF_A_MESSAGE["too large"],
            "broken": OF_A_MESSAGE["broken"],
        },
        ways=GO_ON | {"forbidden": None, "too large": None},
        stream=[created()],
        after=lambda stage: stage.call("setComposerValue", {"text": ""}),
    )
    for failure in ["offline", *ANSWERS]:
        assert stage.call("setThreadId", None) is None
        fail(stage, first, failure)


def test_a_conversation_that_cannot_be_opened_says_why_and_leads_on(stage: Stage) -> None:
    """From one that is gone a new chat is the way on."""
    stage.start()
    opening = Place(
        "threads.get_by_id",
        lambda stage: stage.call("setThreadId", f"thr_{len(stage.script.asked)}"),
        TURN,
        ways=GO_ON | {"missing": "New chat"},
    )
    for failure in [*ANSWERS, "missing"]:
        fail(stage, opening, failure)
    stage.element.get_by_role("alert").get_by_role("button", name="New chat").press("Enter")
    expect(stage.composer).to_be_focused()
    stage.script.answer("threads.create", first_answer())
    stage.say("Hi")
    expect(stage.answer).to_have_text("Hello.")
