"""`layout`: filling a box, growing with the page, floating over it (element.md §3.16); and `headingLevel`."""

from __future__ import annotations

from playwright.sync_api import FloatRect, Locator, expect

from e2e.rows import covers
from e2e.screen import serious_faults
from e2e.scripted import Stage, first_answer, item, question, said, thread

LONG = "\n\n".join(f"Line {number}" for number in range(60))


def box_of(one: Locator) -> FloatRect:
    box = one.bounding_box()
    assert box, "not on screen"
    return box


def start_with_buttons(stage: Stage, options: str) -> None:
    """A page with controls of its own before and after the chat."""
    stage.open_page()
    stage.js("""{
        const before = Object.assign(document.createElement('button'), {id: 'before', textContent: 'Before'});
        const after = Object.assign(document.createElement('button'), {id: 'after', textContent: 'After'});
        chat.before(before);
        chat.after(after);
    }""")
    stage.set(options)
    stage.until("heard.some(([name]) => name === 'ready')")


def test_a_floating_chat_can_be_opened_before_it_is_there(stage: Stage) -> None:
    """element.md §3.16, §4: what is asked before the chat is ready is done as it would be afterwards."""
    stage.open_page()
    opened = stage.begin("open")
    stage.set("{layout: 'floating'}")
    assert stage.end(opened) is None
    stage.until("heard.length && heard.at(-1)[0] === 'open'")
    assert stage.names == ["ready", "open"]
    expect(stage.composer).to_be_focused()
    stage.call("close")
    stage.set("{}")
    stage.js("{ chat.setOptions({api: {url: '/chatkit'}, layout: 'floating'}); return chat.open(); }")
    expect(stage.composer).to_be_focused()
    assert stage.names == ["ready", "open", "close", "open"]


@covers("layout", "open()", "close()", "toggle()", "chatkit.open", "chatkit.close")
def test_a_floating_chat_opens_from_its_button_and_gives_the_focus_back(stage: Stage) -> None:
    models = "{models: [{id: 'one', label: 'One'}]}"
    start_with_buttons(stage, f"{{layout: 'floating', frameTitle: 'Help', composer: {models}}}")
    launcher = stage.element.get_by_role("button", name="Help")
    panel = stage.element.locator("[part=chat]")
    expect(panel).to_be_hidden()
    expect(panel).to_have_attribute("inert", "")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    size = stage.page.viewport_size
    assert size
    box = box_of(launcher)
    assert box["x"] + box["width"] > size["width"] - 40
    assert box["y"] + box["height"] > size["height"] - 40
    stage.page.locator("#after").focus()
    stage.page.locator("#after").click()  # what is closed lies over nothing

    # With the keyboard: open, write, Escape, and back at the button.
    launcher.focus()
    stage.page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    expect(stage.composer).to_be_focused()
    # Laid out while it was closed, the empty line has its height all the same.
    assert stage.composer.evaluate("(one) => one.scrollHeight - one.clientHeight") <= 0
    stage.script.answer("threads.create", first_answer(LONG))
    stage.ask("Hi")
    scrolled = stage.element.get_by_role("log").evaluate("(one) => (one.scrollTop = 120)")
    stage.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(launcher).to_be_focused()
    assert [name for name in stage.names if name in ("open", "close")] == ["open", "close"]

    # By the page: the focus goes back to where the page had it, and nothing was lost meanwhile.
    stage.page.locator("#before").focus()
    assert stage.call("open") is None
    assert stage.call("open") is None
    expect(stage.composer).to_be_focused()
    expect(stage.answer).to_contain_text("Line 3")
    assert stage.element.get_by_role("log").evaluate("(one) => one.scrollTop") == scrolled
    assert stage.call("close") is None
    expect(stage.page.locator("#before")).to_be_focused()
    assert stage.call("toggle") is None
    expect(panel).to_be_visible()
    close = stage.element.get_by_role("button", name="Close")
    expect(close).to_have_attribute("aria-expanded", "true")
    assert serious_faults(stage.page) == []
    close.click()
    expect(panel).to_be_hidden()
    assert [name for name in stage.names if name in ("open", "close")] == ["open", "close"] * 3

    # From right to left the corner is the other one; a chat that comes back is as it was.
    stage.js("document.documentElement.dir = 'rtl'")
    box = box_of(launcher)
    assert box["x"] < 40
    stage.call("open")
    stage.js("document.body.append(chat)")
    stage.until("heard.filter(([name]) => name === 'ready').length === 2")
    expect(panel).to_be_visible()
    expect(panel).not_to_have_attribute("inert", "")

    # In another layout it is no floating chat that is open, but whoever writes in it goes on.
    stage.composer.click()
    stage.forget()
    stage.set("{frameTitle: 'Help'}")
    expect(stage.element.locator("[part=launcher]")).to_have_count(0)
    expect(panel).to_be_visible()
    expect(stage.composer).to_be_focused()
    assert ("close" in stage.names, stage.js("'open' in chat.dataset")) == (True, False)
    stage.set("{layout: 'floating'}")
    expect(panel).to_be_hidden()
    stage.set("{frameTitle: 'Help'}")
    expect(panel).to_be_visible()
    assert not stage.js("'open' in chat.dataset")
    assert [name for name in stage.names if name in ("open", "close")] == ["close"]
    assert stage.call("open") == 'open, close, toggle: the layout is not "floating".'


def test_on_a_small_screen_a_floating_chat_is_all_there_is(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 360, "height": 640})
    start_with_buttons(stage, "{layout: 'floating', startScreen: {prompts: [{label: 'One', prompt: 'One'}]}}")
    stage.element.get_by_role("button", name="Chat").click()
    panel = stage.element.locator("[part=chat]")
    expect(panel).to_be_visible()
    stage.until("chat.shadowRoot.querySelector('.chat').getAnimations().length === 0")
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 640}
    close = box_of(stage.element.locator("[part=launcher]"))
    assert close["x"] > 300
    assert close["y"] < 20
    for _ in range(8):  # Tab stays in what can be seen
        stage.page.keyboard.press("Tab")
        assert stage.js("document.activeElement === chat")
    for _ in range(8):
        stage.page.keyboard.press("Shift+Tab")
        assert stage.js("document.activeElement === chat")


@covers("headingLevel")
def test_in_a_document_the_page_scrolls_and_headings_take_their_level(stage: Stage) -> None:
    items = [
        question("q1", "Early"),
        said("a1", f"# First\n\n{LONG}"),
        question("q2", "Late"),
        item("task", "t1", task={"type": "thought", "content": "# Second", "status_indicator": "none"}),
        item("widget", "w1", widget={"type": "Card", "children": []}, copy_text="# Third"),
        said("a2", LONG),
    ]
    stage.script.answer("threads.get_by_id", thread("thr_1", items, title="A thread"))
    stage.start("{layout: 'document', initialThread: 'thr_1', headingLevel: 3}")
    expect(stage.answer).to_be_visible()
    log = stage.element.get_by_role("log")
    stage.until("chat.getBoundingClientRect().height > 2000 && document.scrollingElement.scrollTop > 1000")
    assert log.evaluate("(one) => one.scrollHeight === one.clientHeight")
    expect(stage.element.locator("[part=header]")).to_be_in_viewport(ratio=1)
    expect(stage.composer).to_be_in_viewport(ratio=1)
    expect(stage.answer.get_by_text("Line 59")).to_be_in_viewport(ratio=1)
    expect(stage.element.get_by_role("heading", level=3, name="A thread")).to_be_visible()
    for level, name in ((4, "First"), (5, "Second"), (4, "Third")):
        expect(stage.element.get_by_role("heading", level=level, name=name)).to_have_count(1)

    # A new question goes to the top of what can be seen, and the way to the end is offered.
    stage.script.answer("threads.add_user_message", first_answer(LONG, asks="Now")[1:])
    stage.ask("Now")
    expect(stage.questions.last).to_be_in_viewport(ratio=1)
    stage.until("chat.shadowRoot.querySelector('.turn.last').getBoundingClientRect().top < 140")
    latest = stage.element.get_by_role("button", name="Jump to latest")
    expect(latest).to_be_in_viewport(ratio=1)
    latest.click()
    expect(stage.answer.get_by_text("Line 59")).to_be_in_viewport(ratio=1)
    expect(latest).to_have_count(0)
    assert stage.js("document.documentElement.scrollWidth === innerWidth")

    stage.set("{headingLevel: 1}")  # back to a box, with everything in it
    expect(stage.element.get_by_role("heading", level=1, name="A thread")).to_be_visible()
    stage.until("chat.getBoundingClientRect().height <= innerHeight")
    assert log.evaluate("(one) => one.scrollHeight > one.clientHeight")
    assert stage.call("close") == 'open, close, toggle: the layout is not "floating".'


def test_a_layout_that_could_not_be_fetched_is_fetched_by_the_next_who_needs_it(stage: Stage) -> None:
    stage.page.route("**/chunks/frame-*.js", lambda route: route.abort())
    stage.start()
    stage.set("{layout: 'floating'}")
    stage.until("heard.some(([name]) => name === 'error')")
    assert "could not be loaded" in (stage.call("open") or "")
    stage.page.unroute("**/chunks/frame-*.js")
    assert stage.call("open") is None
    expect(stage.element.get_by_role("button", name="Close")).to_be_visible()
