"""Reading while an answer is written (element.md §3.5): following it or not, the way to its end, what is selected."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from e2e.everything import every_item, workflow
from e2e.scripted import Json, Stage, added, created, delta, done, question, said, thread

LINES = "".join(f"Line {number}\n\n" for number in range(60))
SCROLLER = "chat.shadowRoot.querySelector('.thread')"
# Pixels from what can be seen to the end of the conversation.
BELOW = f"""(() => {{
  const end = chat.shadowRoot.querySelector('.turn.last').lastElementChild.getBoundingClientRect().bottom;
  return end - {SCROLLER}.getBoundingClientRect().bottom;
}})()"""


def start_answer(stage: Stage, options: str, *then: object) -> None:
    stage.script.answer(
        "threads.create", [created(), done(question("q1", "Hi")), added(said("a1", "")), delta(LINES), *then]
    )
    stage.start(options)
    stage.page.emulate_media(reduced_motion="reduce")
    stage.say("Hi")
    expect(stage.answer).to_contain_text("Line 58")


def test_a_way_to_the_end_is_offered_while_it_is_out_of_sight(stage: Stage) -> None:
    wait = stage.script.hold()
    start_answer(stage, "{}", wait, done(said("a1", LINES)))
    latest = stage.element.get_by_role("button", name="Jump to latest")
    expect(latest).to_be_visible()
    for _ in range(10):
        if latest.evaluate("(one) => one === one.getRootNode().activeElement"):
            break
        stage.page.keyboard.press("Shift+Tab")
    expect(latest).to_be_focused()
    stage.page.keyboard.press("Enter")
    expect(latest).to_have_count(0)
    assert stage.js(BELOW) < 40
    expect(stage.composer).to_be_focused()  # the button has gone
    stage.js(f"{{ {SCROLLER}.scrollTop -= 600; }}")
    expect(latest).to_be_visible()
    latest.click()
    expect(latest).to_have_count(0)
    wait.set()
    stage.wait_for_end()


def test_the_view_follows_until_the_reader_scrolls_up_and_again_at_the_end(stage: Stage) -> None:
    second, third, fourth = (stage.script.hold() for _ in range(3))
    more = [
        (wait, delta(f"{word}\n\n{LINES}End of {word}\n\n"))
        for wait, word in ((second, "Second"), (third, "Third"), (fourth, "Fourth"))
    ]
    start_answer(stage, "{thread: {autoScroll: true}}", *(one for pair in more for one in pair))
    stage.until(f"{BELOW} <= 80")
    second.set()
    expect(stage.answer).to_contain_text("End of Second")
    stage.until(f"{BELOW} <= 80")

    stage.element.get_by_role("log").hover()
    stage.page.mouse.wheel(0, -900)
    stage.until(f"{BELOW} > 500")
    expect(stage.element.get_by_role("button", name="Jump to latest")).to_be_visible()
    top = stage.js(f"{SCROLLER}.scrollTop")
    third.set()
    expect(stage.answer).to_contain_text("End of Third")
    stage.until("!!chat.shadowRoot.querySelector('.latest')")
    assert abs(stage.js(f"{SCROLLER}.scrollTop") - top) < 2

    stage.element.get_by_role("button", name="Jump to latest").click()
    stage.until(f"{BELOW} <= 80")
    fourth.set()
    expect(stage.answer).to_contain_text("End of Fourth")
    stage.until(f"{BELOW} <= 80")
    stage.wait_for_end()


def test_an_opened_conversation_shows_its_end_however_late_its_parts_come(stage: Stage) -> None:
    work = workflow("w9", True, {"title": "Thought"})
    last = said("a9", "$$\nx\n$$\n\n```python\nlamp = 7\n```")
    items = [
        question("q1", "One?"),
        said("a1", LINES),
        question("q2", "Two?"),
        *every_item()[1:7],
        work,
        last,
    ]
    stage.script.answer("threads.get_by_id", thread(items=items))
    stage.start("{initialThread: 'thr_1'}")
    expect(stage.answers.last.locator("pre span").first).to_be_attached()  # colours come last
    stage.until(f"Math.abs({BELOW} + 16) < 4")
    stage.element.get_by_role("log").hover()
    stage.page.mouse.wheel(0, -300)
    stage.until(f"{BELOW} > 200")
    stage.page.set_viewport_size({"width": 1100, "height": 660})
    stage.until("chat.offsetHeight === 660")
    stage.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert stage.js(BELOW) > 200  # whoever reads is not carried along


# Selects words inside of an answer, as dragging over them would.
SELECT = """{
  const texts = document.createTreeWalker(chat.shadowRoot.querySelector('.assistant'), NodeFilter.SHOW_TEXT);
  let text = texts.nextNode();
  while (!text.data.includes(given)) text = texts.nextNode();
  const at = text.data.indexOf(given);
  document.getSelection().setBaseAndExtent(text, at, text, at + given.length);
}"""
SELECTED = "(chat.shadowRoot.getSelection?.() ?? document.getSelection()).toString()"


def test_what_is_selected_stays_so_while_more_is_written(stage: Stage) -> None:
    first, second, third, fourth = (stage.script.hold() for _ in range(4))
    code = "```python\nlamp = 7\nlens = 8\n"
    whole = f"A finished block.\n\nA block that is growing and grown.\n\n{code}```\n\nThe end."
    answer: list[Json | object] = [
        *(created(), done(question("q1", "Hi")), added(said("a1", ""))),
        delta("A finished block.\n\nA block that is gro"),
        *(first, delta("wing")),
        *(second, delta(" and grown.\n\n" + code)),
        *(third, delta("```\n\nThe end.")),
        *(fourth, done(said("a1", whole))),
    ]
    stage.script.answer("threads.create", answer)
    stage.start()
    stage.say("Hi")
    expect(stage.answer).to_contain_text("is gro")
    stage.until("!!chat.shadowRoot.querySelector('.spoken')")
    assert stage.call("setComposerValue", {}) is None  # what comes with it has a caret of its own

    # In the block that grows.
    stage.js(SELECT, "block that")
    stage.until(f"{SELECTED} === 'block that'")
    fetched = "performance.getEntriesByType('resource').find(({name}) => name.includes('/rich-'))"
    stage.until(fetched)
    stage.js(f"import({fetched}.name).then(() => null)")  # what keeps it has begun
    first.set()
    expect(stage.answer).to_contain_text("growing")
    assert stage.js(SELECTED) == "block that"
    # In a block that is finished.
    stage.js(SELECT, "A finished")
    second.set()
    expect(stage.answer).to_contain_text("lens = 8")
    assert stage.js(SELECTED) == "A finished"
    # In code that gets its colours, and to the end.
    stage.js(SELECT, "lamp = 7")
    stage.until(f"{SELECTED} === 'lamp = 7'")
    third.set()
    expect(stage.answer).to_contain_text("The end.")
    expect(stage.answer.locator("pre span").first).to_be_attached()
    assert stage.js(SELECTED) == "lamp = 7"
    fourth.set()
    stage.wait_for_end()
    assert stage.js(SELECTED) == "lamp = 7"


def test_what_is_selected_stays_so_while_what_keeps_it_is_on_its_way(stage: Stage) -> None:
    first, second, third = (stage.script.hold() for _ in range(3))
    answer: list[Json | object] = [
        *(created(), done(question("q1", "Hi")), added(said("a1", ""))),
        delta("A block that is gro"),
        *(first, delta("wing &am")),
        *(second, delta("p; **bo"), delta("ld**, as www.exa"), delta("mple.com says.\n\nAnother one.")),
        *(third, done(said("a1", "A block that is growing &amp; **bold**.\n\nThe end."))),
    ]
    stage.script.answer("threads.create", answer)
    late: list[Route] = []
    stage.page.route("**/rich-*.js", lambda route: late.append(route))
    stage.start()
    stage.say("Hi")
    expect(stage.answer).to_contain_text("is gro")
    stage.js(SELECT, "block that")
    stage.until(f"{SELECTED} === 'block that'")
    first.set()
    expect(stage.answer).to_contain_text("growing")
    assert stage.js(SELECTED) == "block that"
    second.set()
    expect(stage.answer).to_contain_text("Another one.")
    assert stage.js(SELECTED) == "block that"
    late[0].continue_()
    expect(stage.element.get_by_role("button", name="Reply")).to_be_visible()
    third.set()
    stage.wait_for_end()
    assert stage.js(SELECTED) == "block that"


def test_what_comes_from_elsewhere_takes_nobody_away_from_what_they_read(stage: Stage) -> None:
    """element.md §4: reading again changes what differs, without a jump."""
    long = "".join(f"Line {number}\n\n{'and more ' * 20}\n\n" for number in range(30))
    items = [one for n in range(4) for one in (question(f"q{n}", f"Question {n}"), said(f"a{n}", long))]
    new = [question("q8", "From elsewhere"), said("a8", LINES)]
    changed = [*items[:2], question("q9", "Put between"), said("a9", LINES), *items[2:], *new]
    stage.script.answer("threads.get_by_id", thread("thr_1", items), thread("thr_1", changed))
    stage.start("{initialThread: 'thr_1'}")
    stage.page.emulate_media(reduced_motion="reduce")
    read = stage.answers.nth(2).get_by_text("Line 20", exact=True)
    read.evaluate("(one) => one.scrollIntoView({block: 'center'})")
    latest = stage.element.get_by_role("button", name="Jump to latest")
    expect(latest).to_be_visible()
    read.evaluate("(one) => (window.read = one)")
    before = stage.js("read.getBoundingClientRect().top")
    assert stage.call("fetchUpdates") is None
    expect(stage.questions).to_have_count(6)
    stage.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert abs(stage.js("read.getBoundingClientRect().top") - before) < 2
    assert stage.js("read.isConnected")
