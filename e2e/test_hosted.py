"""Hosted mode and the check of the domain (element.md §7, §8), against a stub of the hosted server."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.rows import covers
from e2e.scripted import Stage, first_answer, refusal, thread

CONVERSATION = "/v1/chatkit/conversation"
EXPIRED = refusal(401, "chatkit.session_expired")

# Each secret says how often it was asked for; `window.refuse` makes the next call fail.
API = """{getClientSecret: async (current) => {
    called.push(current);
    if (window.refuse) throw new Error('signed out');
    return `ek_${called.length}`;
}}"""


@covers("api.getClientSecret")
def test_requests_carry_the_secret_and_one_refusal_renews_it(stage: Stage) -> None:
    stage.script.answer("threads.create", EXPIRED, first_answer())
    stage.start(api=API)
    assert (stage.js("called"), stage.script.asked) == ([None], [])
    stage.ask("Hi")
    assert stage.js("called") == [None, "ek_1"]
    assert stage.script.paths == [CONVERSATION] * 2
    assert [one["authorization"] for one in stage.script.headers] == ["Bearer ek_1", "Bearer ek_2"]
    assert stage.errors == []

    stage.js("(window.refuse = true)")
    stage.script.answer("threads.add_user_message", EXPIRED)
    stage.say("More")
    expect(stage.element.get_by_role("alert")).to_contain_text("sign in again")
    stage.until("heard.filter(([name]) => name === 'response.end').length === 2")
    assert [one["name"] for one in stage.errors] == ["IntegrationError", "HttpError"]
    assert stage.errors[0]["message"] == "options.api.getClientSecret failed: signed out"
    stage.js("(window.refuse = false)")
    answer = first_answer("Back.")[2:]
    stage.script.answer("threads.add_user_message", EXPIRED, answer)
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.answer).to_have_text("Back.")
    assert stage.js("called.slice(2)") == ["ek_2", "ek_2"]


def test_without_a_first_secret_there_is_no_chat_until_it_works(stage: Stage) -> None:
    stage.open_page()
    stage.js("(window.refuse = true)")
    stage.set(api=API)
    alert = stage.element.get_by_role("alert")
    expect(alert).to_have_text("The chat could not be loaded.")
    assert stage.names == ["error"]
    assert stage.errors[0]["name"] == "IntegrationError"
    stage.js("(window.refuse = false)")
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.composer).to_be_visible()
    expect(alert).to_have_count(0)
    assert stage.names == ["error", "ready"]


def test_the_address_is_the_elements_or_the_script_tags(stage: Stage) -> None:
    stage.script.script_attributes = 'data-api-base="/of-the-script/"'
    stage.start(api=API)
    stage.call("sendUserMessage", {"text": "Hi"})
    stage.js("chat.setAttribute('api-base', '/of-the-element')")
    stage.call("sendUserMessage", {"text": "Hi"})
    assert stage.script.paths == [f"/of-the-script{CONVERSATION}", f"/of-the-element{CONVERSATION}"]


def test_a_domain_is_checked_where_the_deployment_wants_it(stage: Stage) -> None:
    stage.script.script_attributes = 'data-domain-verify-url="/verify"'
    stage.script.answer("/verify", {"valid": False}, {"valid": True})
    stage.script.answer("threads.get_by_id", thread())
    stage.open_page()
    stage.set("{initialThread: 'thr_1'}", "{url: '/chatkit', domainKey: 'pk_1'}")
    expect(stage.element.get_by_role("alert")).to_have_text("The chat could not be loaded.")
    assert [one["name"] for one in stage.errors] == ["DomainVerificationError"]
    assert stage.script.asked == [{"type": "/verify", "params": {"domain": "127.0.0.1", "domainKey": "pk_1"}}]
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.composer).to_be_visible()
    stage.script.wait_for("threads.get_by_id")
    assert stage.script.paths[:3] == ["/verify", "/verify", "/chatkit"]
