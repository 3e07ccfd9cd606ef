"""Options, on a running chat: what each does, and what replacing them keeps (element.md §2, §3)."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from e2e.conftest import Watch
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
    said,
    thread,
)


def answered(stage: Stage, *turns: list[Any]) -> None:
    for turn in turns or (first_answer(),):
        stage.script.answer("threads.create", turn)


@covers(
    "header.enabled", "header.title.enabled", "header.title.text", "header.leftAction", "header.rightAction"
)
def test_the_header_shows_what_the_options_say(stage: Stage) -> None:
    """element.md §3.2; a callback of the page's that fails is `chatkit.error` and leaves the chat usable."""
    stage.start("""{header: {
        leftAction: {icon: 'menu', label: 'Your lamps', onClick: () => called.push('left')},
        rightAction: {icon: 'settings-cog', onClick: () => { throw new Error('no settings'); }},
    }}""")
    heading = stage.element.locator("[part=header]").get_by_role("heading", level=2)
    named = stage.element.get_by_role("button", name="Your lamps", exact=True)
    expect(named).to_have_attribute("title", "Your lamps")
    named.click()
    stage.set(
        "{header: {leftAction: {icon: 'menu', label: '', onClick: () => called.push('later')}, title: {text: 'Help'}}}"
    )
    stage.element.get_by_role("button", name="menu", exact=True).click()  # without words: as its icon
    assert stage.js("called") == ["left", "later"]
    expect(heading).to_have_text("Help")
    expect(stage.element.get_by_role("button", name="settings cog")).to_have_count(0)

    stage.set(
        """{header: {rightAction: {icon: 'settings-cog', onClick: async () => { throw new Error('no settings'); }}}}"""
    )
    stage.element.get_by_role("button", name="settings cog").click()
    stage.until("heard.some(([name]) => name === 'error')")
    assert [(one["name"], one["message"]) for one in stage.errors] == [("IntegrationError", "no settings")]
    answered(stage, [created(title="A title of its own"), *first_answer()[1:]])
    stage.ask("Hi")
    expect(heading).to_have_text("A title of its own")
    stage.set("{header: {title: {enabled: false}}}")
    expect(heading).to_have_count(0)
    expect(stage.new_chat).to_be_visible()
    stage.set("{header: {enabled: false}}")
    expect(stage.new_chat).to_have_count(0)


@covers("history.enabled", "history.showDelete", "history.showRename")
def test_the_history_shows_what_the_options_say(stage: Stage) -> None:
    """element.md §3.3: off means no button, no panel and no `threads.list`."""
    stage.start("{history: {enabled: false}}")
    expect(stage.element.get_by_role("button", name="History")).to_have_count(0)
    assert stage.call("showHistory") == "showHistory: the history is disabled."
    assert stage.script.params("threads.list") == []

    stage.script.answer("threads.list", {"data": [thread(title="One")], "has_more": False})
    stage.set("{header: {enabled: false}}")
    assert stage.call("showHistory") is None
    row = stage.rows().first
    expect(row).to_contain_text("One")
    rename = row.get_by_role("button", name="Rename “One”")
    delete = row.get_by_role("button", name="Delete “One”")
    expect(rename).to_have_count(1)
    expect(delete).to_have_count(1)
    stage.set("{history: {showDelete: false}}")
    expect(delete).to_have_count(0)
    expect(rename).to_have_count(1)
    stage.set("{history: {showRename: false}}")
    expect(rename).to_have_count(0)
    expect(delete).to_have_count(1)
    assert len(stage.script.params("threads.list")) == 1
    stage.set("{history: {enabled: false}}")
    expect(row).to_have_count(0)
    stage.set()
    assert stage.names == ["ready", "history.open", "history.close"]
    expect(row).to_have_count(0)


@covers(
    "startScreen.greeting",
    "startScreen.prompts",
    "composer.placeholder",
    "disclaimer.text",
    "disclaimer.highContrast",
)
def test_the_start_screen_says_and_sends_what_the_options_say(stage: Stage) -> None:
    """element.md §3.4, §3.7, §3.13: a prompt is sent at once, tags with empty data."""
    stage.start()
    expect(stage.element.get_by_text("What can I help with today?")).to_be_visible()
    expect(stage.composer).to_have_attribute("aria-placeholder", "Message the AI")
    stage.set("""{
        startScreen: {greeting: 'Good day', prompts: [
            {label: 'Plain', prompt: 'Say it'},
            {label: 'Tagged', icon: 'star', prompt: [
                {type: 'input_text', text: 'About '}, {type: 'input_tag', id: 't1', text: 'Tag', group: 'g'}]},
        ]},
        composer: {placeholder: 'Ask away'},
        disclaimer: {text: 'Can be **wrong**.'},
    }""")
    expect(stage.element.get_by_text("Good day")).to_be_visible()
    expect(stage.composer).to_have_attribute("aria-placeholder", "Ask away")
    disclaimer = stage.element.locator("[part=disclaimer]")
    expect(disclaimer.locator("strong")).to_have_text("wrong")
    colour = disclaimer.evaluate("(one) => getComputedStyle(one).color")
    stage.set(
        "{disclaimer: {text: 'Can be wrong.', highContrast: true}, startScreen: chat.options.startScreen}"
    )
    expect(disclaimer).not_to_have_css("color", colour)

    answered(stage, first_answer(), first_answer())
    stage.element.get_by_role("button", name="Tagged").click()
    expect(stage.answer).to_have_text("Hello.")
    stage.call("setThreadId", None)
    stage.element.get_by_role("button", name="Plain").click()
    expect(stage.answer).to_have_text("Hello.")
    tag: Json = {"type": "input_tag", "id": "t1", "text": "Tag", "group": "g", "data": {}}
    contents = [one["input"]["content"] for one in stage.script.params("threads.create")]
    assert contents[1] == [{"type": "input_text", "text": "Say it"}]
    assert contents[0][0] == {"type": "input_text", "text": "About "}
    assert contents[0][1] | {"interactive": False} == tag | {"interactive": False}


@covers("threadItemActions.feedback", "threadItemActions.retry")
def test_actions_of_an_answer_appear_when_it_is_over(stage: Stage) -> None:
    """element.md §3.6: copying joins Markdown and the texts of widgets with blank lines."""
    widget = item("widget", "w1", widget={"type": "Card", "children": []}, copy_text="From the widget")
    wait = stage.script.hold()
    answered(stage, [*first_answer("One **bold**"), done(widget), wait, done(said("msg_3", "Two"))])
    stage.start("{threadItemActions: {feedback: true, retry: true}}")
    stage.say("Hi")
    expect(stage.answers).to_have_count(1)
    actions = stage.element.locator('[part~="actions"]')
    expect(actions).to_have_count(0)
    wait.set()
    expect(actions).to_have_count(1)
    stage.element.get_by_role("button", name="Copy answer").click()
    stage.until("chat.shadowRoot.querySelector('.actions [role=status]').textContent === 'Copied'")
    assert stage.js("navigator.clipboard.readText()") == "One **bold**\n\nFrom the widget\n\nTwo"

    stage.script.answer("items.feedback", {})
    stage.element.get_by_role("button", name="Good answer").click()
    expect(stage.element.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    [rated] = stage.script.wait_for("items.feedback")
    assert rated == {"thread_id": "thr_1", "item_ids": ["msg_2", "w1", "msg_3"], "kind": "positive"}

    stage.script.answer("threads.retry_after_item", [done(said("msg_9", "Better"))])
    stage.element.get_by_role("button", name="Answer again").click()
    expect(stage.answer).to_have_text("Better")
    assert stage.script.params("threads.retry_after_item") == [{"thread_id": "thr_1", "item_id": "msg_1"}]
    stage.set()
    expect(stage.element.get_by_role("button", name="Good answer")).to_have_count(0)
    expect(stage.element.get_by_role("button", name="Answer again")).to_have_count(0)
    expect(stage.element.get_by_role("button", name="Copy answer")).to_have_count(1)

    # Where nothing can be copied, what was copied before stays.
    picture = item(
        "generated_image", "i1", image={"id": "img", "url": "data:image/gif;base64,R0lGODlhAQABAAAAACw="}
    )
    stage.script.answer("threads.add_user_message", [done(question("msg_10", "A picture")), done(picture)])
    stage.script.answer("items.feedback", {})
    stage.js("navigator.clipboard.writeText('Mine')")
    stage.set("{threadItemActions: {feedback: true}}")
    stage.say("A picture")
    expect(actions.last.get_by_role("button", name="Good answer")).to_be_visible()
    expect(actions.last.get_by_role("button", name="Copy answer")).to_be_disabled()
    stage.page.keyboard.press("Control+Shift+C")
    assert stage.js("navigator.clipboard.readText()") == "Mine"


@covers(
    "api.url", "api.domainKey", "api.fetch", "api", "locale", "initialThread", "frameTitle", "setOptions()"
)
def test_options_are_replaced_as_a_whole_and_lose_nothing(stage: Stage) -> None:
    """element.md §2: thread, stream, draft and scroll position stay; functions are read when they are called."""
    wait = stage.script.hold()
    long = "\n\n".join(f"Paragraph {number}" for number in range(60))
    stage.script.answer("threads.get_by_id", thread(items=[question("q1", "Old"), said("a1", long)]))
    begun = [MAY_STOP, done(question("q2", "New")), added(said("a2", "Half"))]
    stage.script.answer("threads.add_user_message", [*begun, wait, done(said("a2", "Whole"))])
    own = """{url: '/chatkit', domainKey: 'local-dev', fetch: (url, init) => {
        called.push([url, init.headers.constructor === Object]);
        return fetch(url, init);
    }}"""
    stage.start("{initialThread: 'thr_1', frameTitle: 'Help', locale: 'de-DE'}", own)
    region = stage.element.get_by_role("region", name="Help")
    expect(region).to_be_visible()
    expect(stage.answers).to_have_count(1)
    assert stage.js("called") == [["/chatkit", True]]
    assert stage.script.headers[0]["accept-language"] == "de-DE"
    assert "local-dev" not in str(stage.script.asked) + str(stage.script.headers)

    stage.begin("sendUserMessage", {"text": "New"})
    expect(stage.answer).to_have_text("Half")
    stage.element.locator(".editor").click()
    stage.page.keyboard.type("My draft")
    log = stage.element.get_by_role("log")
    log.evaluate("(one) => one.scrollTo(0, 200)")
    stage.until("Math.abs(chat.shadowRoot.querySelector('[role=log]').scrollTop - 200) < 2")
    for round in range(6):
        theme = "dark" if round % 2 else "light"
        stage.set(
            f"{{theme: '{theme}', initialThread: 'thr_other', startScreen: {{greeting: 'Hi {round}'}}, locale: 'en'}}"
        )
    expect(stage.element.get_by_role("region", name="Chat")).to_be_visible()
    expect(stage.element.locator(".editor")).to_have_text("My draft")
    assert abs(log.evaluate("(one) => one.scrollTop") - 200) < 2
    assert stage.js("chat.options.frameTitle") is None
    wait.set()
    expect(stage.answer).to_have_text("Whole")
    assert stage.js("chat.store.getSnapshot().threadId") == "thr_1"
    assert [one["thread_id"] for one in stage.script.params("threads.get_by_id")] == ["thr_1"]

    stage.forget()
    stage.set(api="{url: '/other'}")
    assert stage.names == ["thread.change"]
    expect(stage.element.get_by_text("What can I help with today?")).to_be_visible()
    assert stage.call("sendUserMessage", {"text": "There"}) == "No: 404"
    assert "/other" in stage.script.paths
    assert stage.script.headers[-1]["accept-language"] == "en"

    # The object that was set before, changed: it is complete and new all the same.
    stage.js("{ window.mine = {api: {url: '/chatkit'}, locale: 'en', composer: {}}; chat.setOptions(mine); }")
    stage.forget()
    stage.js("""{
      Object.assign(mine, {theme: 'dark', frameTitle: 'Mine', api: {url: '/third'}});
      mine.composer.placeholder = 'Ask';
      chat.setOptions(mine);
    }""")
    expect(stage.element.get_by_role("region", name="Mine")).to_be_visible()
    expect(stage.element.locator(".editor")).to_have_attribute("data-placeholder", "Ask")
    assert stage.js("chat.dataset.scheme") == "dark"
    assert stage.call("sendUserMessage", {"text": "There"}) == "No: 404"
    assert stage.script.paths == ["/third"]


@covers("onClientTool")
def test_a_client_tool_is_the_latest_and_its_failure_is_told(stage: Stage) -> None:
    """protocol.md §10: the result goes back, one pair of response events around the chain."""
    call = item("client_tool_call", "c1", call_id="k1", name="look", arguments={"at": None}, status="pending")
    again = call | {"id": "c2", "call_id": "k2"}
    none = call | {"id": "c3", "call_id": "k3"}
    answered(stage, [created(), done(question("q1", "Hi")), done(call)])
    stage.script.answer(
        "threads.add_client_tool_output", [done(again)], [done(none)], [done(said("a1", "Done"))]
    )
    stage.start("""{onClientTool: ({name, params}) => {
        called.push([name, params]);
        if (called.length === 1) return {seen: true};
        throw new Error('too dark');
    }}""")
    stage.ask("Hi")
    results = [one["result"] for one in stage.script.params("threads.add_client_tool_output")]
    assert results == [{"seen": True}, {"error": {"message": "too dark"}}, {"error": {"message": "too dark"}}]
    assert stage.js("called")[0] == ["look", {"at": None}]
    assert stage.names.count("response.start") == stage.names.count("response.end") == 1
    assert [one["message"] for one in stage.errors] == ["too dark", "too dark"]


@covers("thread.autoScroll")
def test_the_view_follows_an_answer_only_if_it_should(stage: Stage) -> None:
    """element.md §3.5."""
    text = "\n\n".join(f"Line {number}" for number in range(80))
    answered(stage, first_answer(text), first_answer(text))
    to_end = "(one) => one.scrollHeight - one.clientHeight - one.scrollTop"
    stage.start("{thread: {autoScroll: false}}")
    stage.ask("Hi")
    assert stage.element.get_by_role("log").evaluate(to_end) > 300
    expect(stage.element.get_by_role("button", name="Jump to latest")).to_be_visible()
    stage.call("setThreadId", None)
    stage.set("{thread: {autoScroll: true}}")
    stage.ask("Hi")
    stage.until(f"({to_end})(chat.shadowRoot.querySelector('[role=log]')) < 30")


def test_wrong_options_are_named_and_change_nothing(stage: Stage, watch: Watch) -> None:
    """element.md §2: wrong types throw `IntegrationError` and are `chatkit.error`; unknown keys only warn."""
    watch.expect("is not an option")
    stage.start("{frameTitle: 'Good'}")
    wrong = "{api: {url: '/chatkit'}, composer: {models: [{id: 'a', label: 'A'}, {id: 7, label: 'B'}]}}"
    thrown = stage.js(f"""{{
        try {{ chat.setOptions({wrong}); }}
        catch (error) {{ return [error.name, error instanceof TypeError, error.message]; }}
    }}""")
    message = "options.composer.models[1].id: expected a string, got 7"
    assert thrown == ["IntegrationError", True, message]
    assert stage.errors == [{"name": "IntegrationError", "message": message}]
    stage.set("{frameTitle: 'Good', colour: 'red', header: {size: 1}}")
    expect(stage.element.get_by_role("region", name="Good")).to_be_visible()
    warned = [re.sub(r".*ChatKit: ", "", one) for one in watch.problems if "is not an option" in one]
    assert sorted(warned) == [
        "options.colour is not an option and has no effect.",
        "options.header.size is not an option and has no effect.",
    ]
