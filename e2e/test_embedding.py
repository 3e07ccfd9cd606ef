"""The element among other things: beside another one, coming and going, in little room, under a page's own styles."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from e2e.scripted import COMPLETE, Stage, first_answer, question, said, thread

LONG = "\n\n".join(f"Line {number}" for number in range(60))

# Whatever a page may say of everything, and of what its elements hand down.
HOSTILE = """
* { margin: 9px; padding: 9px; color: red; font: italic 31px/3 cursive; background: yellow; border: 5px dotted red;
    letter-spacing: 4px; text-transform: uppercase; box-sizing: content-box; transition: all 9s; float: left;
    text-align: right; white-space: nowrap; word-spacing: 9px; text-indent: 40px; list-style: square; cursor: wait;
    text-shadow: 1px 1px red; max-width: 90%; --ck-size: 16px }
:root { font-size: 62.5%; line-height: 4; zoom: 1 }
button, a, p, h2, ul, li, pre, table { display: inline; color: lime; text-decoration: line-through }
"""

LOOKS = """() => [...chat.shadowRoot.querySelectorAll('.chat, .chat *')]
  .filter((one) => !one.closest('.visually-hidden'))
  .map((one) => {
    const { color, font, letterSpacing, textTransform, margin, padding, whiteSpace, textIndent, cursor, display,
      backgroundColor, textAlign, textShadow, wordSpacing, boxSizing, listStyle } = getComputedStyle(one);
    return [one.className?.baseVal ?? one.className, color, font, letterSpacing, textTransform, margin, padding,
      whiteSpace, textIndent, cursor, display, backgroundColor, textAlign, textShadow, wordSpacing, boxSizing,
      listStyle].join(' | ');
  })"""

# How a paragraph of the page's own looks.
PARAGRAPH = """(() => {
  const one = document.createElement('p');
  document.body.append(one);
  const { font, color, margin, lineHeight } = getComputedStyle(one);
  one.remove();
  return [font, color, margin, lineHeight];
})()"""

# What reaches beyond the chat without being in a box that scrolls or is cut off on purpose.
TOO_WIDE = """(() => {
  const edge = chat.getBoundingClientRect();
  const scrolls = (one) => one.closest('pre, .md-table, table, .visually-hidden, svg');
  return [...chat.shadowRoot.querySelectorAll('.chat *')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && !scrolls(one) && (box.right > edge.right + 1 || box.left < edge.left - 1);
  }).map((one) => one.outerHTML.slice(0, 120));
})()"""

MUCH = """Here is a word: Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung, and

```python
a_very_long_name_of_a_function_that_does_not_fit = another_very_long_name_of_a_function_that_does_not_fit(1, 2, 3)
```

| A column | Another column | A third column | A fourth column |
| --- | --- | --- | --- |
| value that is long | value that is long | value that is long | value |

1. one
   - two
     - three
"""


def test_two_on_one_page_know_nothing_of_each_other(stage: Stage) -> None:
    stage.start("{theme: 'dark', frameTitle: 'First'}")
    stage.js("""{
        chat.style.height = '50%';
        window.other = document.createElement('openai-chatkit');
        other.style.height = '50%';
        other.setOptions({api: {url: '/other'}, frameTitle: 'Second', theme: {radius: 'sharp'}});
        return new Promise((resolve) => { other.addEventListener('chatkit.ready', resolve); chat.after(other); });
    }""")
    stage.script.answer("threads.create", first_answer("From the first."))
    one = stage.page.get_by_role("region", name="First")
    two = stage.page.get_by_role("region", name="Second")
    one.get_by_role("textbox").click()
    stage.page.keyboard.type("Hi")
    stage.page.keyboard.press("Enter")
    expect(one.locator("[part~=assistant-message]")).to_have_text("From the first.")
    stage.script.answer("threads.create", first_answer("From the second."))
    two.get_by_role("textbox").click()
    stage.page.keyboard.type("Hi")
    stage.page.keyboard.press("Control+k")
    expect(two.locator("[part=history]")).to_be_visible()
    expect(one.locator("[part=history]")).to_have_count(0)
    stage.page.keyboard.press("Escape")
    two.get_by_role("textbox").press("Enter")
    expect(two.locator("[part~=assistant-message]")).to_have_text("From the second.")
    expect(one.locator("[part~=assistant-message]")).to_have_count(1)
    assert [path for path in stage.script.paths if path == "/other"]
    assert stage.js("[chat.dataset.scheme, other.dataset.scheme]") == ["dark", "light"]
    assert stage.js("chat.store.getSnapshot().threadId !== null && chat.getItems() !== other.getItems()")


def test_hidden_at_first_moved_and_brought_back_it_is_as_it_should(stage: Stage) -> None:
    items = [question("q1", "Early"), said("a1", LONG), question("q2", "Late"), said("a2", LONG)]
    stage.script.answer("threads.get_by_id", *[thread("thr_1", items)] * 2)
    stage.open_page()
    stage.js("chat.hidden = true")
    stage.set("{initialThread: 'thr_1'}")
    stage.until("heard.some(([name]) => name === 'thread.load.end')")
    expect(stage.composer).to_be_hidden()
    stage.js("chat.hidden = false")
    expect(stage.answer.get_by_text("Line 59")).to_be_in_viewport(ratio=1)
    stage.js("chat.remove()")
    stage.js("document.body.append(chat)")
    stage.until("heard.filter(([name]) => name === 'ready').length === 2")
    expect(stage.answer.get_by_text("Line 59")).to_be_in_viewport(ratio=1)
    assert stage.js("chat.store.getSnapshot().threadId") == "thr_1"
    sheets = stage.js("chat.shadowRoot.adoptedStyleSheets.length")
    stage.js(
        "{ const sheets = chat.shadowRoot.adoptedStyleSheets; return new Set(sheets).size === sheets.length; }"
    )
    assert sheets < 10


def test_the_styles_of_the_page_stay_outside_and_ours_inside(stage: Stage) -> None:
    items = [question("q1", "Hi"), said("a1", MUCH)]
    stage.script.answer("threads.get_by_id", thread("thr_1", items))
    stage.open_page()
    page_before = stage.js(PARAGRAPH)
    stage.set("{initialThread: 'thr_1', disclaimer: {text: 'Can be wrong.'}}")
    expect(stage.answer.locator("code").first).to_be_visible()
    stage.until(f"{COMPLETE} && chat.shadowRoot.querySelector('[class^=hljs]')")
    assert stage.js(PARAGRAPH) == page_before
    assert stage.js("document.adoptedStyleSheets.length") == 0
    before = stage.page.evaluate(LOOKS)
    stage.js(f"""{{
        chat.style.cssText = 'position: fixed; inset: 0; max-width: none; margin: 0; padding: 0; border: 0';
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(`{HOSTILE}`);
        document.adoptedStyleSheets = [sheet];
    }}""")
    after = stage.page.evaluate(LOOKS)
    assert len(before) > 40
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == []
    stage.js("{ document.adoptedStyleSheets = []; chat.style.visibility = 'hidden'; }")
    expect(stage.composer).to_be_hidden()  # whether it is shown is the page's to say


def test_it_fits_into_280_pixels_and_a_page_zoomed_to_twice_its_size(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 280, "height": 560})
    items = [question("q1", "Something " * 12 + "x" * 300), said("a1", MUCH)]
    stage.script.answer(
        "threads.get_by_id", thread("thr_1", items, title="A title that is a good deal too long for it")
    )
    header = "{leftAction: {icon: 'menu', onClick() {}}, rightAction: {icon: 'settings-cog', onClick() {}}}"
    stage.start(
        f"{{initialThread: 'thr_1', header: {header}, disclaimer: {{text: 'It can be wrong at times.'}}}}"
    )
    expect(stage.answer).to_be_visible()
    assert stage.js(TOO_WIDE) == []
    stage.call("showHistory")
    expect(stage.element.locator("[part=history]")).to_be_visible()
    assert stage.js(TOO_WIDE) == []
    stage.call("hideHistory")
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    stage.js("document.documentElement.style.zoom = 2")
    expect(stage.composer).to_be_in_viewport(ratio=1)
    expect(stage.element.locator("[part=disclaimer]")).to_be_in_viewport(ratio=1)
    assert stage.js(TOO_WIDE) == []
    stage.script.answer("threads.add_user_message", first_answer("Yes.", asks="Now")[1:])
    stage.ask("Now")
    expect(stage.answer).to_be_in_viewport(ratio=1)


def test_a_keyboard_over_the_page_and_a_notch_leave_the_composer_free(stage: Stage) -> None:
    """Chromium's headless window has neither: the view is one of the test's own, the insets are the browser's."""
    stage.page.set_viewport_size({"width": 390, "height": 800})
    session: Any = stage.page.context.new_cdp_session(stage.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    session.send("Emulation.setEmitTouchEventsForMouse", {"enabled": True, "configuration": "mobile"})
    stage.page.add_init_script("""{
        const view = Object.assign(new EventTarget(), {height: 800, width: 390, offsetTop: 0, scale: 1});
        Object.defineProperty(window, 'visualViewport', {value: view});
        window.showKeyboard = (pixels, scale = 1) => {
            Object.assign(view, {height: 800 - pixels, scale});
            view.dispatchEvent(new Event('resize'));
        };
    }""")
    stage.start()
    stage.until("chat.dataset.layout === 'fill'")
    end_of_composer = "chat.shadowRoot.querySelector('.composer').getBoundingClientRect().bottom"
    stage.composer.focus()
    stage.js("showKeyboard(320)")
    assert 440 < stage.js(end_of_composer) <= 480
    stage.js("showKeyboard(320, 2)")  # zoomed in by hand: no keyboard
    assert stage.js(end_of_composer) > 700
    stage.js("showKeyboard(0)")
    bottom = stage.js(end_of_composer)
    insets = {"top": 40, "topMax": 40, "bottom": 34, "bottomMax": 34, "left": 0, "right": 0}
    session.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    stage.until(f"{end_of_composer} < {bottom - 20}")


def test_what_is_typed_is_not_taken_for_the_pages_shortcuts(stage: Stage) -> None:
    """From outside, the target of a key is the element: a page cannot tell that something is being written."""
    stage.start()
    stage.js("""document.addEventListener('keydown', (event) => {
        called.push(event.key);
        if (event.target.matches('input, textarea') || event.target.isContentEditable) return;
        if (['/', 's', 'Enter'].includes(event.key)) event.preventDefault();
    })""")
    stage.composer.click()
    stage.page.keyboard.type("is/so")
    expect(stage.composer).to_have_text("is/so")
    stage.page.keyboard.press("Control+b")  # a page may have shortcuts of its own all the same
    stage.page.keyboard.press("Escape")
    assert [key for key in stage.js("called") if key != "Control"] == ["b", "Escape"]
    stage.call("showHistory")
    stage.element.get_by_role("searchbox").fill("")
    stage.page.keyboard.type("s/")
    expect(stage.element.get_by_role("searchbox")).to_have_value("s/")
