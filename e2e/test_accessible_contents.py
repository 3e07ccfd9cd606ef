"""What test_accessibility.py asks of every view: of what answers may hold, and of what stands in place of the chat."""

from __future__ import annotations

import json

from playwright.sync_api import Route, expect

from e2e.conftest import Watch
from e2e.reachable import arm
from e2e.scripted import RESUMES, Cut, Stage, Wait, question, refusal, running, said, thread
from e2e.walk import Walk

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 90" width="900" height="90"><title>Two boats</title>'
    '<rect width="90" height="40" fill="teal"/><text x="100" y="60">Anna</text></svg>'
)
MERMAID = f"""{{mermaid: async () =>
  new DOMParser().parseFromString({json.dumps(DRAWING)}, 'image/svg+xml').documentElement}}"""

NOTED = (
    "The lamp was lit in 1887[^lamp], and electric from 1922[^power]. It is **bright**[^lamp].\n\n"
    "[^power]: By a cable under the sea, with `two` wires.\n[^lamp]: The log of the first keeper says so."
)
DIAGRAM = "See:\n\n```mermaid\ngraph LR; Anna --> Berta\n```\n"
HOST = "http://127.0.0.1:9"  # a port that nobody listens at
PICTURES = "\n\n".join(f"![{name}]({HOST}/{name.replace(' ', '-')}.svg)" for name in ("A map", "No map", ""))


def test_diagrams_footnotes_and_pictures(walk: Walk) -> None:
    element, page = walk.stage.element, walk.stage.page

    def picture(route: Route) -> None:
        if "No-map" in route.request.url:
            route.abort()
        else:
            route.fulfill(body=DRAWING, content_type="image/svg+xml")

    page.route(f"{HOST}/**", picture)
    walk.begin(MERMAID)
    walk.open(question("q1", "Draw"), said("a1", f"{NOTED}\n\n{DIAGRAM}\n\n{PICTURES}"), title="Boats")
    expect(element.get_by_role("img", name="Two boats")).to_be_visible()
    expect(element.get_by_role("list", name="Footnotes")).to_be_visible()
    load = element.get_by_role("button", name="Load picture from")
    expect(load).to_have_count(3)
    walk.look("diagram, footnotes, pictures that wait", turned=True)
    element.get_by_role("link", name="Footnote 1", exact=True).first.press("Enter")
    walk.look("at a footnote")
    walk.button("Show code").press("Enter")
    expect(element.locator("pre").first).to_have_text("graph LR; Anna --> Berta")
    for _ in range(3):
        load.first.press("Enter")
    expect(load).to_have_count(0)
    expect(element.get_by_text("The picture could not be shown.")).to_have_count(1)
    walk.look("code of a diagram, pictures that came and did not")
    walk.open(question("q1", "Draw"), said("a1", PICTURES), id="thr_2", allowed_image_domains=["example.com"])
    expect(element.get_by_role("link", name="A map")).to_be_visible()
    walk.look("pictures that are links")


# Files are held over the chat for as long as `window.held` says so.
HOLD = """{
  const data = new DataTransfer();
  data.items.add(new File(['x'], 'a.txt', { type: 'text/plain' }));
  const place = chat.shadowRoot.querySelector('.chat');
  window.held = setInterval(() => place.dispatchEvent(
    new DragEvent('dragover', { bubbles: true, composed: true, cancelable: true, dataTransfer: data })), 50);
}"""


def test_files_held_over_the_chat_and_older_messages(walk: Walk) -> None:
    stage, element = walk.stage, walk.stage.element
    walk.begin()
    drop = element.get_by_text("Drop files here to attach them")
    stage.js(HOLD)
    expect(drop).to_be_visible()
    walk.look("files over the chat", turned=True)
    expect(drop).to_be_visible()
    stage.js("clearInterval(held)")
    expect(drop).to_have_count(0)

    newest = {"data": [said("a1", "Hello."), question("q1", "Hi")], "has_more": True, "after": "q1"}
    held = stage.script.hold()
    stage.script.answer("items.list", newest, Wait(held, refusal(500)))
    stage.script.answer("threads.get_by_id", thread("thr_1") | {"items": newest})
    assert stage.call("setThreadId", "thr_1") is None
    expect(element.get_by_text("Loading older messages…")).to_be_visible()
    walk.look("older messages on their way")
    held.set()
    expect(element.get_by_role("log").get_by_text("Older messages could not be loaded.")).to_be_visible()
    walk.look("older messages that could not be loaded", turned=True)


def test_a_lost_line_a_rating_that_failed_and_a_conversation_that_is_gone(walk: Walk, watch: Watch) -> None:
    watch.expect("net::ERR_")
    stage, element, script = walk.stage, walk.stage.element, walk.stage.script
    walk.begin()
    script.answer("items.feedback", refusal(403))
    walk.open(question("q1", "Hi"), said("a1", "Hello."))
    walk.button("Good answer").press("Enter")
    expect(element.get_by_role("alert")).to_have_text("You are not allowed to do this.")
    walk.look("a rating that failed", turned=True)

    back = script.hold()
    script.answer("threads.attach", [RESUMES, Cut()], *[Wait(back, Cut())] * 9)
    script.answer("threads.get_by_id", running("thr_2", said("a2", "First.")))
    assert stage.call("setThreadId", "thr_2") is None
    line = element.locator('[part~="reconnecting"]')
    expect(line).to_have_text("Reconnecting…")
    walk.look("a line that is lost")
    stage.page.context.set_offline(True)
    back.set()
    expect(line).to_contain_text("You are offline.")
    walk.look("a line that is lost, and no network", turned=True)
    stage.page.context.set_offline(False)

    script.answer("threads.get_by_id", refusal(404))
    stage.call("setThreadId", "thr_3")
    expect(element.get_by_role("alert").get_by_role("button", name="New chat")).to_be_visible()
    walk.look("a conversation that is gone", turned=True)


def test_what_stands_in_place_of_the_chat(walk: Walk, stage: Stage) -> None:
    stage.script.script_attributes = 'data-domain-verify-url="/verify"'
    stage.script.answer("/verify", *[{"valid": False}] * 20)
    stage.open_page()
    arm(stage.page)
    stage.set("{}", "{url: '/chatkit', domainKey: 'pk_1'}")
    alert = stage.element.get_by_role("alert")
    expect(alert).to_have_text("The chat could not be loaded.")
    walk.look("no chat on this domain", turned=True)
    expect(alert).to_be_visible()


def test_a_chat_whose_reader_is_not_signed_in_any_more(walk: Walk, stage: Stage) -> None:
    stage.script.answer("threads.create", refusal(401, "chatkit.session_expired"))
    stage.open_page()
    arm(stage.page)
    stage.set(
        "{}", "{getClientSecret: async (old) => { if (old) throw new Error('signed out'); return 'ek_1'; }}"
    )
    expect(stage.composer).to_be_visible()
    stage.say("Hi")
    alert = stage.element.get_by_role("alert")
    expect(alert).to_contain_text("You are not signed in any more.")
    walk.look("signed out", turned=True)
    expect(alert).to_be_visible()
