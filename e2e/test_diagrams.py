"""Diagrams that the page draws from `mermaid` blocks (element.md §3.16)."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from e2e.conftest import Watch
from e2e.hostile import STYLES
from e2e.rows import covers
from e2e.screen import serious_faults
from e2e.scripted import Json, Stage, added, created, done, question, said, thread

# The policy of docs/security.md but for what the test's own page needs; a violation fails the test.
POLICY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none';"
    f" form-action 'none'; style-src 'self' 'unsafe-hashes' {STYLES}"
}

# What a model may have put into a drawing: each of these would run, fetch, leave its box or take a name of the page's.
HOSTILE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" id="same"
  viewBox="0 0 200 100" onload="called.push('onload')">
  <title>Two boats</title>
  <style>
    @import url("/leak-import");
    @font-face { font-family: leak; src: url("/leak-font"); }
    #same rect { fill: rgb(1, 2, 3); background: url("/leak-css"); --leak: u\\72l(/leak-var); }
    #same text { font-family: leak; fill: url(#paint); }
    :host { position: fixed !important; inset: 0 !important; }
    * { cursor: image-set("/leak-cursor" 1x), auto; }
  </style>
  <script>called.push('script')</script>
  <defs><linearGradient id="paint"><stop offset="0" stop-color="rgb(4, 5, 6)"/></linearGradient></defs>
  <rect width="80" height="40" style="stroke: rgb(7, 8, 9); background-image: url(/leak-style)"
    onclick="called.push(1)"/>
  <rect x="100" width="80" height="40" fill="url(#paint)" filter="url(/leak-filter#x)" mask="u\\72l(/leak-mask)"/>
  <a href="javascript:called.push('link')" tabindex="0"><text y="60">Anna</text></a>
  <a xlink:href="/leak-link"><text x="100" y="60">Berta</text></a>
  <image href="/leak-image" width="9" height="9"/>
  <use href="/leak-use#x"/>
  <animate attributeName="href" to="/leak-animate"/>
  <set attributeName="onclick" to="called.push('set')"/>
  <foreignObject y="70" width="200" height="30">
    <div xmlns="http://www.w3.org/1999/xhtml" class="label" onclick="called.push(2)">
      <p>Words</p><img src="/leak-html" onerror="called.push('img')"/><iframe src="/leak-frame"/>
      <style>p{color:red}</style>
      <form action="/leak-form"><input name="x" autofocus=""/></form>
    </div>
  </foreignObject>
</svg>"""

OPTIONS = (
    "mermaid: async (source) => { called.push(source); if (source === 'wrong') throw new Error('no such diagram');"
    " if (source === 'words') return 'words'; if (source === 'never') return new Promise(() => undefined);"
    " const svg = boats.cloneNode(true); if (source === 'wide') svg.setAttribute('viewBox', '0 0 2000 100');"
    " return svg; }"
)
PARSE = (
    f"window.boats = new DOMParser().parseFromString({json.dumps(HOSTILE)}, 'image/svg+xml').documentElement"
)
FRAME = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
DRAWN = (
    "[...chat.shadowRoot.querySelectorAll('.md-diagram')].map((one) => one.shadowRoot?.querySelector('svg'))"
)


def start(stage: Stage, options: str = "") -> None:
    """A chat on a page that has a drawing to give."""
    stage.open_page()
    stage.js(f"({PARSE}, null)")
    stage.js(FRAME)
    stage.set(f"{{{OPTIONS}, {options}}}")
    stage.until("heard.some(([name]) => name === 'ready')")


def fence(source: str) -> str:
    return f"```mermaid\n{source}\n```\n"


def delta(text: str) -> Json:
    update = {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text}
    return {"type": "thread.item.updated", "item_id": "msg_2", "update": update}


@covers("mermaid")
def test_a_diagram_is_drawn_once_its_block_is_complete(stage: Stage) -> None:
    half, more, end = (stage.script.hold() for _ in range(3))
    text = f"See:\n\n{fence('boats')}\nAnd more words."
    stage.script.answer(
        "threads.create",
        [
            *(created(), done(question("msg_1", "Draw")), added(said("msg_2", "See:\n\n"))),
            *(delta("```mermaid\nbo"), half, delta("ats\n```\n"), more),
            *(delta("\nAnd more"), delta(" words."), end, done(said("msg_2", text))),
        ],
    )
    start(stage)
    stage.say("Draw")
    expect(stage.answer.locator("pre")).to_have_text("bo")
    assert stage.js("called") == []
    half.set()
    picture = stage.answer.get_by_role("img", name="Two boats")
    expect(picture).to_be_visible()
    more.set()
    expect(stage.answer).to_contain_text("And more words.")
    end.set()
    stage.wait_for_end()
    assert stage.js("called") == ["boats"]
    expect(stage.answer.locator("pre")).to_be_hidden()

    # Its description is a button away, by keyboard too, and can be copied.
    assert serious_faults(stage.page) == []
    show = stage.answer.get_by_role("button", name="Show code")
    show.focus()
    stage.page.keyboard.press("Enter")
    expect(show).to_have_attribute("aria-pressed", "true")
    expect(stage.answer.locator("pre")).to_have_text("boats")
    expect(picture).to_be_hidden()
    stage.page.keyboard.press("Enter")
    expect(picture).to_be_visible()
    stage.answer.get_by_role("button", name="Copy code").click()
    assert stage.js("navigator.clipboard.readText()") == "boats"

    # In the other scheme it is drawn anew; without the option it is code.
    stage.set(f"{{{OPTIONS}, theme: 'dark'}}")
    stage.until("called.length === 2")
    expect(picture).to_be_visible()
    stage.page.emulate_media(media="print")
    expect(picture).to_be_visible()
    expect(show).to_be_hidden()
    stage.page.emulate_media(media="screen")
    stage.set("{theme: 'dark'}")
    expect(stage.answer.locator("pre")).to_have_text("boats")
    expect(picture).to_have_count(0)
    assert stage.errors == []


def test_what_a_drawing_brings_along_runs_nothing_and_asks_for_nothing(stage: Stage, watch: Watch) -> None:
    stage.script.page_headers = POLICY
    asked: list[str] = []
    stage.page.on("request", lambda request: asked.append(request.url))
    answer = fence("one") + "\nBetween.\n\n" + fence("two")
    stage.script.answer("threads.get_by_id", thread(items=[said("msg_1", answer)]))
    start(stage)
    # The parser of the page has refused some of it, which the policy reports: what is reported from now on is ours.
    assert any("inline event handler" in problem for problem in watch.problems)
    watch.problems.clear()
    assert stage.call("setThreadId", "thr_1") is None
    expect(stage.answer.get_by_role("img", name="Two boats")).to_have_count(2)
    assert sorted(stage.js("called")) == ["one", "two"]
    inner = f"{DRAWN}.flatMap((svg) => [...svg.querySelectorAll('*')])"
    shapes = "defs div foreignObject g linearGradient p rect stop text title"
    assert sorted(set(stage.js(f"{inner}.map((one) => one.localName)"))) == shapes.split()
    attributes = stage.js(f"{inner}.flatMap((one) => one.getAttributeNames())")
    assert not {name for name in attributes if name.startswith("on") or "href" in name or name == "tabindex"}

    # What it looks like is kept, and each has it for itself: both have the same ids.
    look = stage.js(
        f"""{DRAWN}.map((svg) => {{
          const [one, two] = svg.querySelectorAll('rect');
          const {{ fill, stroke, cursor }} = getComputedStyle(one);
          return [fill, stroke, cursor, getComputedStyle(two).fill, getComputedStyle(svg.querySelector('text')).fill];
        }})"""
    )
    assert look == [["rgb(1, 2, 3)", "rgb(7, 8, 9)", "auto", "rgb(1, 2, 3)", 'url("#paint")']] * 2
    assert stage.js("getComputedStyle(chat.shadowRoot.querySelector('.md-diagram')).position") == "static"
    stage.answer.get_by_role("img").first.click()
    stage.js(FRAME)
    assert sorted(stage.js("called")) == ["one", "two"]
    assert [url for url in asked if "leak" in url] == []
    assert stage.errors == []


def test_what_cannot_be_drawn_stays_code_and_is_told_once(stage: Stage) -> None:
    answer = "\n".join(fence(source) for source in ("wrong", "words", "never", "wide"))
    stage.script.answer("threads.get_by_id", thread(items=[said("msg_1", answer)]))
    start(stage, "initialThread: 'thr_1'")
    expect(stage.answer.get_by_role("img", name="Two boats")).to_have_count(1)
    stage.until("heard.filter(([name]) => name === 'error').length === 2")
    for source in ("wrong", "words", "never"):
        expect(stage.answer.locator("pre:visible", has_text=source)).to_have_count(1)
    expect(stage.answer.get_by_role("button", name="Show code")).to_have_count(1)
    stage.set(f"{{{OPTIONS}, theme: 'dark'}}")
    stage.until("called.length === 8")
    expect(stage.answer.get_by_role("img", name="Two boats")).to_have_count(1)
    # What is wide is not made so small that nobody can read it: its box scrolls, by keyboard too.
    box = stage.answer.get_by_role("img", name="Two boats")
    box.focus()
    stage.page.keyboard.press("ArrowRight")
    stage.until("chat.shadowRoot.activeElement.scrollLeft > 0")
    assert box.evaluate("(one) => one.scrollWidth") >= 1200
    stage.page.emulate_media(media="print")
    assert box.evaluate("(one) => one.scrollWidth <= one.clientWidth"), "paper does not scroll"
    told = sorted(detail["message"] for detail in stage.errors)
    assert told == ["mermaid: expected an <svg> element", "mermaid: no such diagram"]
    assert {detail["name"] for detail in stage.errors} == {"IntegrationError"}


def test_a_drawing_stays_until_that_for_the_other_scheme_is_there(stage: Stage) -> None:
    """Once per change, whichever answers last: what was drawn for a scheme that has gone is of no use."""
    stage.script.answer("threads.get_by_id", thread(items=[said("msg_1", fence("boats"))]))
    start(stage)
    hook = """mermaid: () => {
      const svg = boats.cloneNode(true);
      svg.querySelector('title').textContent = `for ${chat.dataset.scheme} ${called.length + 1}`;
      return new Promise((answer) => called.push(() => answer(svg)));
    }"""
    options = f"{{{hook}, theme: "
    picture = stage.answer.get_by_role("img")

    def is_asked(times: int) -> None:
        stage.until(f"called.length === {times}")

    stage.set(options + "'light'}")
    assert stage.call("setThreadId", "thr_1") is None
    is_asked(1)
    stage.js("called[0]()")
    expect(picture).to_have_accessible_name("for light 1")
    stage.set(options + "'dark'}")
    is_asked(2)
    expect(picture).to_be_visible()
    expect(picture).to_have_accessible_name("for light 1")
    stage.set(options + "'light'}")
    is_asked(3)
    stage.js("called[2]()")
    expect(picture).to_have_accessible_name("for light 3")
    stage.js("called[1]()")
    stage.js(FRAME)
    stage.set(options + "{ colorScheme: 'light', density: 'compact' }}")
    stage.js(FRAME)
    expect(picture).to_have_accessible_name("for light 3")
    assert stage.js("called.length") == 3

    # Paper is white: what is drawn for the dark stands on dark.
    stage.set(options + "'dark'}")
    is_asked(4)
    stage.js("called[3]()")
    expect(picture).to_have_accessible_name("for dark 4")
    stage.page.emulate_media(media="print")
    expect(picture).to_have_css("background-color", "rgb(28, 28, 28)")
    assert stage.errors == []
