"""Servers that refuse, fail, lie or break off: each has words a person can act on, and the right way on (element.md §5,
protocol.md §1.4)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from e2e.screen import rename_first, serious_faults
from e2e.scripted import (
    Cut,
    Json,
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

SIGN_IN = Raw(200, "<!doctype html><title>Sign in</title>", "text/html")
PROXY = Raw(502, "<h1>Bad gateway</h1>", "text/html")
HALF = [created(), done(question("q1", "Hi")), added(said("a1", "Half an ans"))]

# The answer, the words, whether the same can be tried again, and the error that the page hears of.
CASES: list[tuple[Any, str, bool, Json]] = [
    (refusal(401), "sign in again", True, {"name": "HttpError", "status": 401}),
    (refusal(403), "not allowed", False, {"name": "HttpError", "status": 403}),
    (refusal(404), "Is the address of the chat right", True, {"name": "HttpError", "status": 404}),
    (refusal(409, "conflict"), "has changed in the meantime", True, {"status": 409, "code": "conflict"}),
    (refusal(409, "thread_busy"), "still being written", True, {"status": 409, "code": "thread_busy"}),
    (refusal(413), "too long", False, {"name": "HttpError", "status": 413}),
    (refusal(429, Retry_After="2"), "Too many requests", True, {"status": 429, "retryAfter": 2}),
    (refusal(500), "The server failed", True, {"name": "HttpError", "status": 500}),
    (PROXY, "The server failed", True, {"name": "HttpError", "status": 502}),
    (refusal(503), "not available right now", True, {"name": "HttpError", "status": 503}),
    (SIGN_IN, "Is the address of the chat right", True, {"name": "ReplyError"}),
]


def test_each_refusal_has_words_and_the_right_way_on(stage: Stage) -> None:
    """What was written comes back into the composer; trying again sends it once more, under the same name."""
    stage.script.answer("threads.create", *(case[0] for case in CASES))
    stage.start()
    alert = stage.element.get_by_role("alert")
    retry = stage.element.get_by_role("button", name="Try again")
    for _, words, is_repeatable, error in CASES:
        stage.forget()
        stage.say("Hi")
        expect(alert).to_contain_text(words)
        expect(retry).to_have_count(int(is_repeatable))
        expect(stage.element.locator(".editor")).to_have_text("Hi")
        assert stage.names == ["response.start", "error", "response.end"]
        assert stage.errors[0].items() >= error.items()
        if is_repeatable:
            expect(retry).to_be_enabled()
        stage.call("setComposerValue", {"text": ""})
    stage.script.answer("threads.create", first_answer())
    retry.click()
    expect(stage.answer).to_have_text("Hello.")
    assert len({one["turn_id"] for one in stage.script.asked if one["type"] == "threads.create"}) == 1
    expect(alert).to_have_count(0)


def test_a_thread_that_has_changed_elsewhere_is_read_again(stage: Stage) -> None:
    """protocol.md §1.4, 409 `conflict`: the words say what to do, and the button does it."""
    old, new = question("q1", "Hi"), said("a1", "Said elsewhere.")
    stage.script.answer(
        "threads.get_by_id", thread("thr_1", [old]), refusal(500), thread("thr_1", [old, new])
    )
    stage.script.answer("threads.add_user_message", refusal(409, "conflict"), [done(said("a2", "Hello."))])
    stage.start("{initialThread: 'thr_1'}")
    expect(stage.questions).to_have_count(1)
    stage.say("More")
    alert = stage.element.get_by_role("alert")
    expect(alert).to_contain_text("has changed in the meantime. Reload it, then try again.")
    stage.element.get_by_role("button", name="Reload").click()
    expect(alert).to_contain_text("The server failed.")
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.answer).to_have_text("Said elsewhere.")
    expect(alert).to_have_count(0)
    expect(stage.composer).to_have_text("More")
    stage.send_button.click()
    expect(stage.answer).to_have_text("Hello.")


def test_an_answer_that_breaks_off_is_kept_and_can_be_asked_for_again(stage: Stage) -> None:
    wait = stage.script.hold()
    stage.script.answer("threads.create", [*HALF, wait, Cut()])
    stage.script.answer("threads.retry_after_item", [done(said("a2", "A whole answer"))])
    stage.start()
    stage.say("Hi")
    expect(stage.answer).to_have_text("Half an ans")
    wait.set()
    expect(stage.element.get_by_role("alert")).to_contain_text("broke off before the answer was complete")
    expect(stage.answer).to_have_text("Half an ans")
    assert stage.errors[0].items() >= {"name": "NetworkError", "started": True}.items()
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.answer).to_have_text("A whole answer")
    assert stage.script.params("threads.retry_after_item") == [{"thread_id": "thr_1", "item_id": "q1"}]


@pytest.mark.parametrize(
    ("event", "words", "is_repeatable"),
    [
        ({"code": "custom", "message": "Kein Guthaben", "allow_retry": False}, "Kein Guthaben", False),
        ({"code": "stream.error", "allow_retry": True}, "could not be written", True),
    ],
)
def test_an_error_event_says_its_own_words(
    stage: Stage, event: Json, words: str, is_repeatable: bool
) -> None:
    """protocol.md §16."""
    error: Json = {"type": "error"} | event
    stage.script.answer("threads.create", [created(), done(question("q1", "Hi")), error])
    stage.start()
    stage.say("Hi")
    expect(stage.element.get_by_role("alert")).to_contain_text(words)
    expect(stage.element.get_by_role("button", name="Try again")).to_have_count(int(is_repeatable))
    stage.until("heard.some(([name]) => name === 'response.end')")
    [told] = stage.errors
    assert told.items() >= {"name": "StreamError", "code": event["code"], "allowRetry": is_repeatable}.items()


def test_without_a_network_a_message_waits_for_the_person(stage: Stage) -> None:
    stage.start()
    stage.page.context.set_offline(True)
    stage.say("Hi")
    expect(stage.element.get_by_role("alert")).to_contain_text("You are offline")
    assert stage.errors[0].items() >= {"name": "NetworkError", "started": False}.items()
    stage.page.context.set_offline(False)
    stage.script.answer("threads.create", first_answer())
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.answer).to_have_text("Hello.")
    expect(stage.element.locator(".editor")).to_have_text("")


def test_a_fetch_of_the_pages_own_may_fail(stage: Stage) -> None:
    stage.start(api="{url: '/chatkit', fetch: () => { throw new Error('no token'); }}")
    stage.say("Hi")
    expect(stage.element.get_by_role("alert")).to_contain_text("Could not reach the server")
    stage.until("heard.some(([name]) => name === 'response.end')")
    assert [one["name"] for one in stage.errors] == ["NetworkError"]
    stage.set()
    stage.script.answer("threads.create", first_answer())
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.answer).to_have_text("Hello.")


def test_a_thread_or_a_list_that_cannot_be_read_can_be_tried_again(stage: Stage) -> None:
    broken = Raw(200, '{"id": "thr_1", "ti', "application/json")
    stage.script.answer("threads.get_by_id", broken)
    stage.script.answer("threads.list", refusal(500))
    stage.start("{initialThread: 'thr_1'}")
    expect(stage.element.get_by_role("alert")).to_contain_text("something that is not an answer")
    stage.composer.fill("Hi")
    expect(stage.send_button).to_be_disabled()  # there is no thread to send it to
    stage.script.answer("threads.get_by_id", first_answer()[0]["thread"])
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.element.get_by_role("alert")).to_have_count(0)
    expect(stage.send_button).to_be_enabled()
    stage.history_button.click()
    panel = stage.element.get_by_text(re.compile("could not be loaded"))
    expect(panel).to_be_visible()
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.element.get_by_text("No conversations yet.")).to_be_visible()


def test_what_is_done_beside_the_answer_says_why_it_failed_where_it_was_done(stage: Stage) -> None:
    """A title, a deletion, a thumb: nothing is lost, and the same can be tried again."""
    old = [question("q1", "Hi"), said("a1", "Hello.")]
    named = thread("thr_1", title="One")
    stage.script.answer("threads.get_by_id", thread("thr_1", old, title="One"))
    stage.script.answer("threads.list", {"data": [named], "has_more": False})
    stage.script.answer("threads.update", refusal(403), named | {"title": "Two"})
    stage.script.answer("threads.delete", refusal(503), {})
    stage.script.answer("items.feedback", refusal(429), {})
    stage.start("{initialThread: 'thr_1', threadItemActions: {feedback: true}}")
    alert = stage.element.get_by_role("alert")
    good = stage.element.get_by_role("button", name="Good answer")
    good.click()
    expect(alert).to_contain_text("Too many requests")
    expect(good).to_have_attribute("aria-pressed", "false")
    good.click()
    stage.script.wait_for("items.feedback", 2)
    expect(good).to_have_attribute("aria-pressed", "true")
    expect(alert).to_have_count(0)

    rename_first(stage, "Two")
    expect(alert).to_contain_text("You are not allowed to do this.")
    field = stage.element.get_by_role("textbox", name="New title")
    expect(field).to_have_value("Two")
    field.press("Enter")
    expect(stage.rows().first).to_contain_text("Two")
    expect(alert).to_have_count(0)

    stage.rows().first.hover()
    stage.rows().first.get_by_role("button", name="Delete “Two”").click()
    dialog = stage.element.get_by_role("alertdialog")
    dialog.get_by_role("button", name="Delete").click()
    expect(alert).to_contain_text("not available right now")
    assert serious_faults(stage.page) == []
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_have_count(0)
    expect(stage.rows()).to_have_count(0)
    assert [one.get("status") for one in stage.errors] == [429, 403, 503]


def test_a_server_that_wants_a_pause_gets_it(stage: Stage) -> None:
    """protocol.md §1.4: `Retry-After` holds the button back; that it comes is seen above, with a shorter one."""
    stage.script.answer("threads.create", refusal(429, Retry_After="600"))
    stage.start()
    stage.say("Hi")
    expect(stage.element.get_by_role("button", name="Try again")).to_be_disabled()


def test_a_failure_has_words_even_where_its_own_cannot_be_had(stage: Stage) -> None:
    """Rare words are fetched with the first failure that needs them; a proxy that refuses us may refuse them too."""
    stage.page.route("**/chunks/en-*.js", lambda route: route.abort())
    stage.script.answer("threads.create", refusal(403))
    stage.start()
    stage.say("Hi")
    expect(stage.element.get_by_role("alert")).to_contain_text("The server failed.")


def test_a_part_that_cannot_be_fetched_is_asked_for_again_until_it_is_there(stage: Stage) -> None:
    """The chat is usable meanwhile, and the page is told once of each."""
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        part = route.request.url.rpartition("/")[2].partition("-")[0].rstrip("2")
        if part not in refused:
            refused.append(part)
            route.abort()
        else:
            route.continue_()

    stage.page.route(re.compile(r"/chunks/(rich|Tools2?|History)-"), refuse_once)
    stage.script.answer("threads.create", first_answer())
    stage.start("{composer: {tools: [{id: 't', label: 'Search', icon: 'globe', pinned: true}]}}")
    stage.say("Hi")
    expect(stage.answer).to_have_text("Hello.")
    stage.history_button.click()
    expect(stage.element.get_by_text("No conversations yet.")).to_be_visible()
    expect(stage.element.get_by_role("button", name="Search", exact=True)).to_be_visible()
    assert sorted(refused) == ["History", "Tools", "rich"]
    assert [error["name"] for error in stage.errors] == ["NetworkError"] * 3

    # What stays away is told of, until it is there: at once, when the browser is back on line.
    keys = "**/chunks/Dialogs-*"
    stage.page.route(keys, lambda route: route.abort())
    stage.answer.focus()
    stage.page.keyboard.press("?")
    told = stage.element.get_by_role("status").get_by_text("Reconnecting…")
    expect(told).to_be_visible()
    stage.page.unroute(keys)
    stage.js("dispatchEvent(new Event('online'))")
    expect(stage.element.get_by_role("dialog")).to_be_visible()
    expect(told).to_have_count(0)
    assert len(stage.errors) == 4
