"""Hostile texts where something is chosen, asked, said in passing or goes wrong, in a narrow chat."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import Watch
from e2e.hostile import NOT_THERE, cases, open_page, two_frames, verdict
from e2e.screen import SECOND
from e2e.scripted import Stage

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
