"""Hostile texts where something is chosen, asked, said in passing or goes wrong, in a narrow chat."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import Watch
from e2e.hostile import EVERYTHING, NOT_THERE, cases, open_page, show, two_frames, verdict
from e2e.screen import SECOND
from e2e.scripted import Json, Stage, created, done, item, question, said

# Enough of each kind: in the thread, all of them are shown in test_hostile.py.
TEXTS = cases("unicode") + cases("html")[::5] + cases("names")[::6]
SCRIPT = "javascript:trap(1)"
WIDTH = 320


@pytest.fixture
def hostile(stage: Stage, watch: Watch) -> Iterator[Stage]:
    for words in NOT_THERE:
        watch.expect(words)
    stage.page.set_default_timeout(120 * SECOND)
    stage.page.set_viewport_size({"width": WIDTH, "height": 700})
    open_page(stage)
    yield stage
    assert stage.js("trapped") == []


def fits(stage: Stage, place: Locator) -> None:
    """What is in a box stays in it, and the box in the chat."""
    expect(place).to_be_visible(timeout=60 * SECOND)
    two_frames(stage)
    box = place.bounding_box()
    assert box
    assert -1 <= box["x"] <= box["x"] + box["width"] <= WIDTH + 1, box
    sideways = (
        "(one) => one.scrollWidth <= one.clientWidth + 1 || getComputedStyle(one).overflowX !== 'visible'"
    )
    assert place.evaluate(sideways), place
    assert verdict(stage) == []


def test_menus_and_the_composer_only_show_them(hostile: Stage) -> None:
    hostile.js(
        """{
          const icon = (text) => text.slice(0, 20);
          window.things = given.map((text, n) => ({ id: `e${n}`, title: text, icon: icon(text), group: text,
            interactive: true, data: { description: text } }));
          window.commands = given.map((text, n) => ({ id: `c${n}`, label: text, description: text, icon: icon(text),
            group: text }));
          window.hostile = {
            composer: {
              attachments: { enabled: true },
              tools: given.map((text, n) => ({ id: `t${n}`, label: text, shortLabel: text, icon: icon(text),
                placeholderOverride: text, pinned: n < 2 })),
              models: given.map((text, n) => ({ id: `m${n}`, label: text, description: text })),
            },
            entities: {
              showComposerMenu: true,
              onTagSearch: async () => things,
              onClick() {},
              onRequestPreview: async ({ title }) => ({ preview: { type: 'Card', children: [
                { type: 'Title', value: title }, { type: 'Text', value: title }, { type: 'Markdown', value: title },
                { type: 'Image', src: 'javascript:trap(1)', alt: title } ] } }),
            },
            commands: { enabled: true, onSearch: async () => commands },
          };
        }""",
        TEXTS,
    )
    hostile.set("hostile")
    composer = hostile.element.locator(".composer")
    fits(hostile, composer)
    field = hostile.element.locator(".editor")
    options = hostile.element.get_by_role("option")
    keyboard = hostile.page.keyboard
    for sign in "@/":
        field.click()
        keyboard.type(sign)
        expect(options).not_to_have_count(0)
        fits(hostile, hostile.element.get_by_role("listbox"))
        for _ in range(3):
            keyboard.press("ArrowUp")  # each with its preview
            two_frames(hostile)
        assert verdict(hostile) == []
        keyboard.press("Enter")
        expect(options).to_have_count(0)
        fits(hostile, composer)
    for name in ("Tools", "Model"):
        hostile.element.get_by_role("button", name=name).first.click()
        menu = hostile.element.get_by_role("menu", name=name)
        fits(hostile, menu)
        menu.get_by_role("menuitemradio").nth(5).press("Enter")
        expect(menu).to_have_count(0)
        fits(hostile, composer)


def test_what_is_asked_and_said_in_passing_only_shows_them(hostile: Stage) -> None:
    some = TEXTS[::4]
    notices: list[Json] = [
        {"type": "notice", "level": level, "title": text, "message": text}
        for text in TEXTS
        for level in ("info", "warning", "danger")[len(text) % 3 :][:1]
    ]
    waits = [hostile.script.hold() for _ in some]
    progress: list[Json | object] = []
    for text, wait in zip(some, waits, strict=True):
        progress += [{"type": "progress_update", "icon": text, "text": text}, wait]
    error = {"type": "error", "code": "custom", "message": some[0], "allow_retry": True}
    hostile.script.answer(
        "threads.create", [created(), done(question("q1", "Hi")), *notices, *progress, error]
    )
    hostile.set()
    hostile.say("Hi")
    expect(hostile.element.locator("[part~=notice]")).to_have_count(len(TEXTS), timeout=60 * SECOND)
    for wait in waits:
        two_frames(hostile)
        assert verdict(hostile) == []
        wait.set()
    fits(hostile, hostile.element.get_by_role("alert"))

    # Pictures, attachments and widgets: by address as by name. What the server says is at a site is fetched there.
    elsewhere = re.compile(r"\s*https?:|//", re.I)
    addresses = [SCRIPT, SCRIPT.upper(), "data:text/html,<script>trap(1)</script>", "blob:null/x", ""]
    addresses += [text for text in TEXTS if not elsewhere.match(text)]
    items: list[Json] = []
    for number, text in enumerate(addresses):
        asked = question(f"q{number}", "abc")
        asked["attachments"] = [
            {"type": "image", "id": text, "name": text, "mime_type": text, "preview_url": text}
        ]
        widget: Json = {"type": "Card", "children": [{"type": "Text", "value": text}, {"type": text or "x"}]}
        items += [
            asked,
            item("generated_image", f"i{number}", image={"id": text, "url": text}),
            item("task", f"t{number}", task={"type": "image", "title": text, "status_indicator": "none"}),
            item("widget", f"w{number}", widget=widget, copy_text=text),
            item("client_tool_call", f"c{number}", call_id=text, name=text, arguments={}, status="completed"),
            item(text, f"u{number}", text=text),
        ]
    reason = {"type": "locked", "reason": TEXTS[0]}
    show(hostile, "thr_2", [*items, said("a1", "The end.")], status=reason)
    hostile.js(f"({EVERYTHING})(chat.shadowRoot)")
    two_frames(hostile)
    assert verdict(hostile) == []

    # What the assistant asks, one after the other.
    for number, text in enumerate(some):
        options = [{"value": text}, {"value": text + "2", "description": text}]
        kinds: list[Json] = [
            {"type": "multiple_choice", "id": text, "options": options, "multiple": number % 2 == 0},
            {"type": "freeform", "id": "b" + text, "placeholder": text},
        ]
        inputs = [one | {"question": text, "description": text} for one in kinds]
        form = item("structured_input", f"f{number}", status="pending", inputs=inputs)
        show(hostile, f"thr_f{number}", [form])
        fits(hostile, hostile.element.get_by_role("form"))
