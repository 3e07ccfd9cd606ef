"""Hosted mode and the check of the domain (element.md §7, §8), against a stub of the hosted server."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.files import attachment, button, chips, file
from e2e.rows import covers
from e2e.screen import serious_faults
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

    # A renewal that is refused closes the chat: what was asked waits behind, and so does the draft (element.md §7).
    stage.js("(window.refuse = true)")
    stage.script.answer("threads.add_user_message", EXPIRED, first_answer("Back.")[2:])
    stage.say("More")
    alert = stage.element.get_by_role("alert")
    expect(alert).to_have_text("You are not signed in any more. Reload the page, or sign in again.")
    again = stage.element.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    expect(again).to_be_in_viewport(ratio=1)
    assert stage.js("[...chat.shadowRoot.querySelectorAll('.main')].every(({inert}) => inert)")
    assert serious_faults(stage.page) == []
    assert [one["name"] for one in stage.errors] == ["IntegrationError"]
    assert stage.errors[0]["message"] == "options.api.getClientSecret failed: signed out"
    again.click()
    stage.until("called.length === 4")
    expect(alert).to_be_visible()
    stage.page.context.set_offline(True)
    again.click()
    expect(alert).to_have_text("You are offline.")
    stage.page.context.set_offline(False)
    stage.js("(window.refuse = false)")
    again.click()
    expect(stage.answer).to_have_text("Back.")
    expect(alert).to_have_count(0)
    expect(stage.composer).to_be_focused()
    assert stage.js("called.slice(2)") == ["ek_2"] * 4
    stage.until("heard.filter(([name]) => name === 'response.end').length === 2")
    assert {one["name"] for one in stage.errors} == {"IntegrationError"}


def test_without_a_first_secret_there_is_no_chat_until_it_works(stage: Stage) -> None:
    """In the reader's language, which comes with nothing but the words (element.md §7)."""
    stage.open_page()
    stage.js("(window.refuse = true)")
    stage.set("{locale: 'ar'}", api=API)
    alert = stage.element.get_by_role("alert")
    expect(alert).to_have_text("تعذّر تحميل الدردشة.")
    expect(stage.element.locator('[part="closed"]')).to_have_css("direction", "rtl")
    assert serious_faults(stage.page) == []
    stage.element.get_by_role("button", name="إعادة المحاولة").click()
    stage.until("called.length === 2")
    expect(alert).to_be_visible()
    stage.set(api=API)  # set anew, it is tried anew
    expect(alert).to_have_text("The chat could not be loaded.")
    assert {one["name"] for one in stage.errors} == {"IntegrationError"}
    stage.js("(window.refuse = false)")
    stage.element.get_by_role("button", name="Try again").click()
    expect(stage.composer).to_be_visible()
    expect(alert).to_have_count(0)
    assert stage.names == ["error", "error", "error", "ready"]


def test_options_that_are_set_again_while_a_secret_is_awaited_lose_nothing(stage: Stage) -> None:
    """As bindings do that set options whenever they draw (element.md §2)."""
    stage.script.answer("threads.create", first_answer())
    stage.open_page()
    slow = "{getClientSecret: () => new Promise((resolve) => (window.give ??= []).push(resolve))}"
    for greeting in ("One", "Two", "Three"):
        stage.set(f"{{startScreen: {{greeting: '{greeting}'}}}}", api=slow)
        stage.until("window.give")
    stage.js("{ for (const give of window.give) give('ek_1'); }")
    expect(stage.element.get_by_text("Three")).to_be_visible()
    stage.ask("Hi")
    assert stage.names.count("ready") == 1


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


def test_files_go_with_the_secret_too_and_no_strategy_is_asked_for(stage: Stage) -> None:
    """element.md §7: the hosted server takes the upload, and its refusals have words."""
    codes = ["chatkit.file_upload_disabled", "chatkit.file_upload_type_rejected"]
    refused = [refusal(400, code) for code in codes]
    stage.script.answer("/v1/chatkit/files", EXPIRED, attachment("atc_1", "a.txt"), *refused)
    stage.start("{composer: {attachments: {enabled: true}}}", api=API)
    stage.element.locator('input[type="file"]').set_input_files([file("a.txt")])
    expect(chips(stage)).to_contain_text("14 bytes")
    assert [one["authorization"] for one in stage.script.headers] == ["Bearer ek_1", "Bearer ek_2"]
    assert "multipart/form-data" in stage.script.headers[-1]["content-type"]
    assert stage.errors == []
    for words in ("You are not allowed to do this.", "b.txt is a kind of file that cannot be attached here."):
        stage.element.locator('input[type="file"]').set_input_files([file("b.txt")])
        expect(chips(stage).last).to_contain_text(words)
        button(stage, "Remove b.txt").click()
    assert [one["code"] for one in stage.errors] == codes
