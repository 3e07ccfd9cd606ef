"""The place at which somebody reads stays where it is when the view, or what is in it, changes its size (LOOK.md 2)."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from e2e.everything import API, OPTIONS, SQUARE, URL_SOURCE, cited, workflow
from e2e.scripted import Json, Stage, question, said, thread
from e2e.test_reading import BELOW

# One paragraph many screens long, with words that can be told from each other, between others as long.
LONG = " ".join(f"w{number}" if number % 7 else f"**w{number}**" for number in range(2000))
ITEMS: list[Json] = [
    *(question("q1", "One?"), said("a1", LONG.replace("w", "u"))),
    *(question("q2", "Two?"), said("a2", LONG)),
    *(question("q3", "Three?"), said("a3", LONG.replace("w", "y"))),
    *(question("q4", "Four?"), said("a4", "The last.")),
]
# Goes to the line with a word. `read` is the first word of that line, and `moved` how far from the edge the line is.
BEGIN = """{
  const thread = chat.shadowRoot.querySelector('.thread');
  const edge = () => thread.getBoundingClientRect().top;
  const topOf = (one) => one.getBoundingClientRect().top - edge();
  const rangeOf = (word) => {
    const texts = document.createTreeWalker(thread, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const at = ` ${text.data} `.indexOf(` ${word} `);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + word.length);
      return range;
    }
  };
  // Outside of drawing: a movement is told of before what is drawn next has its size.
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  window.goTo = async (number) => {
    thread.scrollTop += topOf(rangeOf(`w${number}`).startContainer.parentElement);
    await frame().then(frame); // what is far away is not drawn
    thread.scrollTop += topOf(rangeOf(`w${number}`));
    const top = topOf(rangeOf(`w${number}`));
    while (topOf(rangeOf(`w${number - 1}`)) > top - 5) number--;
    window.read = rangeOf(`w${number}`);
    await frame().then(frame); // nobody turns a phone within the frame in which they scroll
  };
  window.moved = () => topOf(read);
}"""
# The sizes have settled: for some frames nothing has moved.
STILL = """new Promise((resolve) => {
  const thread = chat.shadowRoot.querySelector('.thread');
  let [before, same] = ['', 0];
  const look = () => {
    const now = [thread.scrollTop, thread.scrollHeight, thread.clientWidth, thread.clientHeight].join();
    same = now === before ? same + 1 : 0;
    before = now;
    if (same > 4) resolve(null);
    else requestAnimationFrame(look);
  };
  look();
})"""


def resize(stage: Stage, width: int, height: int = 800) -> None:
    stage.page.set_viewport_size({"width": width, "height": height})
    stage.until(f"chat.offsetWidth === {width} && chat.offsetHeight === {height}")
    stage.js(STILL)


def test_the_line_that_is_read_stays_whatever_changes_its_size(stage: Stage) -> None:
    stage.script.answer("threads.get_by_id", thread(items=ITEMS))
    stage.start("{initialThread: 'thr_1'}")
    stage.page.emulate_media(reduced_motion="reduce")
    expect(stage.answers).to_have_count(4)
    stage.js(BEGIN)
    stage.js("goTo(1111)")
    latest = stage.element.get_by_role("button", name="Jump to latest")
    expect(latest).to_be_visible()

    places: dict[str, float] = {}
    for width, height in ((400, 800), (568, 320), (320, 568), (1100, 800)):
        resize(stage, width, height)
        places[f"{width} × {height}"] = stage.js("moved()")
    for width in range(1060, 500, -80):
        resize(stage, width)
    places["narrower by and by"] = stage.js("moved()")
    larger = "{density: 'spacious', typography: {baseSize: 18, fontFamily: 'monospace'}}"
    for theme in (larger, "{density: 'compact', typography: {baseSize: 14}}", "{}"):
        stage.js(f"chat.setOptions({{...chat.options, theme: {theme}}})")
        stage.js(STILL)
        places[theme] = stage.js("moved()")
    assert {name: round(place) for name, place in places.items() if abs(place) > 3} == {}

    # Who has moved on reads something else.
    stage.js("goTo(1700)")
    stage.js(STILL)
    resize(stage, 400)
    assert abs(stage.js("moved()")) <= 3

    # Nor does it matter where in its page the chat stands.
    stage.js("{ chat.style.height = '600px'; document.body.style.height = '2000px'; }")
    stage.until("chat.offsetHeight === 600")
    stage.js(STILL)
    stage.js("window.scrollTo(0, 300)")
    stage.until("chat.getBoundingClientRect().top === -300")
    stage.js("chat.setOptions({...chat.options, theme: {density: 'spacious'}, thread: {autoScroll: true}})")
    stage.js(STILL)
    assert abs(stage.js("moved()")) <= 3
    stage.js("window.scrollTo(0, 0)")

    # At the end, who follows stays there.
    latest.click()
    stage.until(f"{BELOW} <= 80")
    for width in (1100, 400):
        stage.page.set_viewport_size({"width": width, "height": 800})
        stage.until(f"chat.offsetWidth > {width - 20} && chat.offsetWidth <= {width}")
        stage.js(STILL)
        assert stage.js(BELOW) <= 80


def test_there_is_room_for_what_is_fetched_late(stage: Stage) -> None:
    """LOOK.md 2: space is reserved before content arrives."""
    parts = "rich|Tools|Models|Mention|Dictation|RichItem|Attached|citations|Thumbs"
    stage.page.route(re.compile(f"/chunks/({parts})2?-"), lambda route: None)
    picture = {"type": "image", "id": "f1", "name": "a.png", "mime_type": "image/png", "preview_url": SQUARE}
    report = {"type": "file", "id": "f2", "name": "a.pdf", "mime_type": "application/pdf"}
    items = [
        *(question("q1", "One?") | {"attachments": [picture]}, workflow("w1", False), said("a1", "Yes.")),
        *(question("q2", "Two?") | {"attachments": [report]}, cited("a2", "No.", URL_SOURCE)),
        *(question("q3", "Three?") | {"attachments": [picture, report]}, said("a3", "Perhaps.")),
    ]
    stage.script.answer("threads.get_by_id", thread(items=items))
    stage.open_page()
    stage.js(f"chat.setOptions({{api: {API}, ...({OPTIONS}), initialThread: 'thr_1'}})")
    expect(stage.answers).to_have_count(3)
    heights = """[chat.shadowRoot.querySelector('[part=composer]').offsetHeight,
      ...[...chat.shadowRoot.querySelectorAll('.turn')].map((one) => one.offsetHeight)]"""
    before = stage.js(heights)
    stage.page.unroute_all()  # what is held goes on
    expect(stage.element.get_by_role("button", name="Think longer")).to_be_visible()
    expect(stage.element.locator(".attached")).to_have_count(3)
    expect(stage.element.locator(".workflow, .sources")).to_have_count(2)
    after = stage.js(heights)
    assert [abs(a - b) <= 3 for a, b in zip(after, before, strict=True)] == [True] * 4, (before, after)
