"""What a screen reader is told (issue 5): that an answer begins, each finished block of it once, that it is over."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.everything import API, OPTIONS, SQUARE, history, workflow
from e2e.files import attachment, file
from e2e.scripted import (
    MAY_STOP,
    RESUMES,
    Cut,
    Json,
    Stage,
    Wait,
    added,
    created,
    delta,
    done,
    item,
    question,
    refusal,
    running,
    said,
    thread,
)

DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

# Everything that was ever put into the regions that screen readers read out.
LISTEN = """{
  window.spoken = [];
  const hear = (at, words) => {
    const region = (at instanceof Element ? at : at.parentElement)?.closest('[aria-live="polite"], [role=status]');
    if (region && words) spoken.push(words.replaceAll('\\u200B', ''));
  };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === 'characterData') hear(target, target.data);
      for (const one of addedNodes) hear(target, one.textContent);
    }
  }).observe(chat.shadowRoot, { subtree: true, childList: true, characterData: true });
}"""


@pytest.fixture
def heard(stage: Stage) -> Stage:
    stage.start()
    stage.js(LISTEN)
    return stage


def test_each_block_is_said_once_when_it_is_finished(heard: Stage) -> None:
    stage = heard
    first, second, last = stage.script.hold(), stage.script.hold(), stage.script.hold()
    stage.script.answer(
        "threads.create",
        [
            *(created(), MAY_STOP, first, done(question("q1", "Hi")), added(said("a1", ""))),
            delta("First *words*.\n\nSecond"),
            *(second, delta(" words.\n\n- one\n- two"), last),
            done(said("a1", "First *words*.\n\nSecond words.\n\n- one\n- two\n- three")),
        ],
    )
    stage.say("Hi")
    first.set()
    stage.until("spoken.includes('First words.')")
    assert stage.js("spoken") == ["Answering…", "First words."]
    expect(stage.answer).to_contain_text("Second")  # it is there, but more may come to it
    second.set()
    stage.until("spoken.includes('Second words.')")
    last.set()
    whole = ["Answering…", "First words.", "Second words.", "one\ntwo\nthree", "Answer complete."]
    stage.until("spoken.includes('Answer complete.')")
    assert stage.js("spoken") == whole

    # Drawn anew, read again, left and opened again: nothing of it is said twice.
    stage.set("{theme: 'dark', headingLevel: 3, locale: 'de'}")
    expect(stage.element.get_by_role("button", name="Senden")).to_be_visible()
    stage.set()
    items = [question("q1", "Hi"), said("a1", "First *words*.\n\nSecond words.\n\n- one\n- two\n- three")]
    stage.script.answer("threads.get_by_id", thread("thr_2", [question("q9", "Old"), said("a9", "Old.")]))
    stage.call("setThreadId", "thr_2")
    expect(stage.answer).to_have_text("Old.")
    stage.script.answer("threads.get_by_id", thread("thr_1", items))
    stage.call("setThreadId", "thr_1")
    expect(stage.answer).to_contain_text("three")
    stage.script.answer(
        "threads.add_user_message", [done(question("q2", "More")), done(said("a2", "At once."))]
    )
    stage.say("More")
    stage.until("spoken.filter((words) => words === 'Answer complete.').length === 2")
    assert stage.js("spoken") == [*whole, "Answering…", "At once.", "Answer complete."]


def test_what_comes_beside_the_words_of_an_answer_is_said_once_too(heard: Stage) -> None:
    """A step, work that is done, pictures, a widget in words. What cannot be drawn keeps nothing from being said."""
    stage, works, makes = heard, heard.script.hold(), heard.script.hold()
    picture = {"id": "img", "url": SQUARE}
    card: Json = {"type": "Card", "children": []}
    step = {"type": "custom", "title": "Opened the log", "content": "Of 1887."}
    items = [
        workflow("w1", True, {"title": "Searched the log", "icon": None}),
        item("task", "t1", task=step),
        item("generated_image", "i1", image=picture),
        item("widget", "d1", widget=card, copy_text="# Lamp no. 7\n\nIs lit."),
        item("workflow", "w2", workflow=None),
        item("something_new", "n1"),
        said("a1", f"![A map of the harbour]({DOT})\n\nThere it is."),
    ]
    stage.script.answer(
        "threads.create",
        [
            *(created(), done(question("q1", "Hi")), added(workflow("w1", True)), works, done(items[0])),
            *(done(items[1]), added(item("generated_image", "i1")), makes),
            *map(done, items[2:]),
        ],
    )
    stage.say("Hi")
    works.set()
    stage.until("spoken.includes('Opened the log')")
    makes.set()
    stage.until("spoken.includes('Answer complete.')")
    whole = ["Searched the log", "Opened the log", "Generated picture", "Lamp no. 7", "Is lit."]
    whole = ["Answering…", *whole, "A map of the harbour", "There it is.", "Answer complete."]
    assert stage.js("spoken") == whole
    expect(stage.element.locator(".item .md:has(> p)").first).to_be_hidden()

    # Read again and opened again, it is not said again.
    stage.script.answer("threads.get_by_id", thread("thr_2"), thread("thr_1", [question("q1", "Hi"), *items]))
    assert stage.call("setThreadId", "thr_2") is None
    assert stage.call("setThreadId", "thr_1") is None
    expect(stage.element.get_by_role("img", name="Generated picture")).to_be_visible()
    stage.script.answer("threads.add_user_message", [done(question("q2", "On")), done(said("a2", "Yes."))])
    stage.say("On")
    stage.until("spoken.filter((words) => words === 'Answer complete.').length === 2")
    assert stage.js("spoken") == [*whole, "Answering…", "Yes.", "Answer complete."]


def test_an_answer_that_is_left_and_joined_again_goes_on_where_it_was(heard: Stage) -> None:
    stage = heard
    never, last = stage.script.hold(), stage.script.hold()
    stage.script.answer(
        "threads.create",
        [
            created(),
            RESUMES,
            done(question("q1", "Hi")),
            added(said("a1", "")),
            delta("First.\n\nSec"),
            never,
        ],
    )
    stage.say("Hi")
    stage.until("spoken.includes('First.')")
    stage.script.answer("threads.get_by_id", thread("thr_2", [question("q9", "Old"), said("a9", "Old.")]))
    assert stage.call("setThreadId", "thr_2") is None
    expect(stage.answer).to_have_text("Old.")
    stage.script.answer("threads.get_by_id", running("thr_1", said("a1", "First.\n\nSecond.\n\nThi")))
    stage.script.answer("threads.attach", [RESUMES, last, done(said("a1", "First.\n\nSecond.\n\nThird."))])
    assert stage.call("setThreadId", "thr_1") is None
    stage.until("spoken.includes('Second.')")
    last.set()
    stage.until("spoken.includes('Answer complete.')")
    words = stage.js("spoken")
    assert words == ["Answering…", "First.", "Answering…", "Second.", "Third.", "Answer complete."]


def test_a_line_that_is_lost_is_said_to_be_and_so_is_its_return(heard: Stage) -> None:
    """Politely, and only where the answer goes on: a line that is given up is told of as a failure."""
    stage = heard
    back, last, over = stage.script.hold(), stage.script.hold(), stage.script.hold()
    stage.script.answer(
        "threads.attach",
        [RESUMES, Cut()],
        Wait(back, [RESUMES, added(said("a1", "First.")), last, done(said("a1", "First."))]),
    )
    stage.script.answer("threads.get_by_id", running("thr_1", said("a1", "Fir")))
    assert stage.call("setThreadId", "thr_1") is None
    stage.until("spoken.includes('Reconnecting…')")
    assert "Connected again." not in stage.js("spoken")
    back.set()
    stage.until("spoken.includes('Connected again.')")
    last.set()
    stage.until("spoken.includes('Answer complete.')")

    stage.js("{ spoken.length = 0; }")
    stage.script.answer("threads.attach", [RESUMES, Cut()], Wait(over, refusal(403)))
    stage.script.answer("threads.get_by_id", running("thr_2", said("a2", "Sec")), refusal(403))
    assert stage.call("setThreadId", "thr_2") is None
    stage.until("spoken.includes('Reconnecting…')")
    over.set()
    expect(stage.element.get_by_role("alert")).to_be_visible()
    stage.js("new Promise((resolve) => setTimeout(resolve))")
    assert "Connected again." not in stage.js("spoken")


def test_stops_progress_notices_and_copies_are_said_and_failures_interrupt(heard: Stage) -> None:
    stage = heard
    looks, goes_on, breaks = (stage.script.hold() for _ in range(3))
    stage.script.answer(
        "threads.create",
        [
            *(created(), MAY_STOP, done(question("q1", "Hi"))),
            {"type": "progress_update", "text": "Looking for lamps…"},
            {"type": "notice", "level": "warning", "title": "Slow", "message": "It *may* take a while."},
            *(looks, added(said("a1", "")), delta("Half an ans"), goes_on),
        ],
    )
    stage.say("Hi")
    stage.until("spoken.includes('Looking for lamps…')")
    looks.set()
    expect(stage.answer).to_have_text("Half an ans")
    stage.page.keyboard.press("Escape")
    stage.until("spoken.includes('Stopped.')")
    assert [one for one in stage.js("spoken") if "Slow" not in one] == [
        *("Answering…", "Looking for lamps…", "Half an ans", "Stopped."),
    ]
    expect(stage.element.get_by_role("status").filter(has_text="It may take a while.")).to_have_count(1)

    copy = stage.element.get_by_role("button", name="Copy answer")
    copy.click()
    expect(stage.element.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert not copy.get_by_role("status").count()  # what is inside of a button is its name

    stage.script.answer(
        "threads.add_user_message",
        [done(question("q2", "On")), breaks, {"type": "error", "code": "stream.error", "allow_retry": True}],
    )
    stage.say("On")
    breaks.set()
    alert = stage.element.get_by_role("alert")
    expect(alert).to_contain_text("could not be written")
    stage.until("!chat.store.getSnapshot().responding")
    stage.script.answer("threads.retry_after_item", [added(said("a3", "")), done(said("a3", "Here it is."))])
    alert.get_by_role("button", name="Try again").press("Enter")
    stage.until("spoken.at(-1) === 'Answer complete.'")
    assert stage.js("spoken").count("Answer complete.") == 1  # none for the one that failed
    assert stage.js("spoken")[-2:] == ["Here it is.", "Answer complete."]


def test_what_is_done_beside_the_conversation_is_said_once(stage: Stage) -> None:
    """Opening, copying, deleting, attaching, searching, dictating; and questions that come while one is elsewhere."""
    page, element, keyboard = stage.page, stage.element, stage.page.keyboard
    page.context.grant_permissions(["microphone", "clipboard-read", "clipboard-write"])
    script = stage.script
    script.answer("threads.list", history("Lamps", "Lenses") | {"has_more": False})
    items = [question("q1", "Hi"), said("a1", "Hello.")]
    script.answer("threads.get_by_id", thread("thr_1", items, title="Lamps"))
    script.answer("threads.delete", {})
    script.answer("/files", attachment("atc_1", "a.txt"))
    script.answer("input.transcribe", {"text": "Dock four"})
    stage.start(OPTIONS, API)
    stage.js(LISTEN)
    stage.composer.click()
    keyboard.press("Control+k")
    element.get_by_role("button", name="Lamps", exact=True).press("Enter")
    expect(stage.answer).to_have_text("Hello.")
    stage.until("spoken.includes('Lamps')")
    keyboard.press("Control+Shift+C")
    stage.until("spoken.includes('Copied')")

    element.get_by_role("button", name="Delete “Lenses”").press("Enter")
    element.get_by_role("alertdialog").get_by_role("button", name="Delete").press("Enter")
    stage.until("spoken.includes('1 conversation')")

    element.locator('input[type="file"]').set_input_files([file("a.txt")])
    stage.until("spoken.includes('a.txt is attached.')")
    stage.composer.click()
    keyboard.type("@")
    stage.until("spoken.includes('Suggestions: 3')")
    keyboard.press("Backspace")
    element.get_by_role("button", name="Dictate").press("Enter")
    element.get_by_role("button", name="Finish dictating").press("Enter")
    expect(stage.composer).to_have_text("Dock four")

    form = item(
        "structured_input",
        "f1",
        status="pending",
        inputs=[{"type": "freeform", "id": "n", "question": "Any?"}],
    )
    asks = script.hold()
    script.answer("threads.add_user_message", [done(question("q2", "Ask")), asks, done(form)])
    keyboard.press("Enter")
    stage.until("spoken.includes('Answering…')")
    stage.answer.focus()
    asks.set()
    stage.until("spoken.includes('Questions of the assistant')")
    stage.wait_for_end()
    heard = stage.js("spoken")
    for words in (
        *("Lamps", "Copied", "1 conversation", "a.txt is attached.", "Suggestions: 3", "Recording…"),
        *("Writing down what you said…", "Answering…", "Questions of the assistant"),
    ):
        assert heard.count(words) == 1, (words, heard)
