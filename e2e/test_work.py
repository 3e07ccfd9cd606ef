"""What an answer holds beside words: its work, pictures, sources, and what a person thinks of it."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, Request, expect

from e2e.conftest import Demo, Watch
from e2e.screen import Chat, serious_faults


@pytest.fixture
def chat(page: Page, showcase: Demo) -> Chat:
    return Chat(page).open(showcase.url)


def test_work_is_shown_while_it_is_done_and_folded_afterwards(chat: Chat, page: Page, watch: Watch) -> None:
    """element.md §13: the current task while it runs, the duration afterwards, and the tasks on demand."""
    # What is shown for a moment is written down, so that nobody has to look at the right one.
    chat.element.evaluate(
        """chat => {
            window.seen = new Set();
            new MutationObserver(() => {
                for (const one of chat.shadowRoot.querySelectorAll('.state, .workflow-head, progress')) {
                    window.seen.add(one.textContent || one.localName);
                }
            }).observe(chat.shadowRoot, { subtree: true, childList: true, characterData: true });
        }"""
    )
    chat.ask("Show me how you work")
    head = chat.element.locator(".workflow-head")
    expect(head).to_be_visible()
    seen = set(page.evaluate("[...window.seen]"))
    assert {"Looking for lighthouses…", "progress"} <= seen
    assert seen & {"Weighing the question", "Searched for “lighthouse lens”", "Read the keeper's log"}

    expect(head).to_have_text("Thought for 3 seconds")
    expect(head).to_have_attribute("aria-expanded", "false")
    head.focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-expanded", "true")
    tasks = chat.element.locator(".task")
    expect(tasks).to_have_count(3)
    expect(tasks.nth(1).get_by_role("link", name="Keepers of the coast")).to_have_attribute(
        "href", "https://www.example.org/keepers"
    )
    expect(chat.element.get_by_text("Keeper's log, 1887").first).to_be_visible()
    assert serious_faults(page) == []


def test_a_picture_opens_in_full_and_focus_comes_back(chat: Chat, page: Page, watch: Watch) -> None:
    chat.ask("Show me how you work")
    picture = chat.element.get_by_role("button", name="Show the picture in full")
    picture.focus()
    page.keyboard.press("Enter")
    dialog = chat.element.get_by_role("dialog")
    expect(dialog.get_by_role("img")).to_be_visible()
    expect(dialog.get_by_role("link", name="Download")).to_have_attribute("download", re.compile("."))
    assert serious_faults(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(picture).to_be_focused()


def test_sources_are_numbered_explained_and_listed(chat: Chat, page: Page, watch: Watch) -> None:
    """element.md §13, annotations: one number for a source cited twice; a card where it is pointed at; the list."""
    chat.ask("Show me how you work")
    marks = chat.answer.locator(".mark")
    expect(marks).to_have_count(4)
    assert marks.all_inner_texts()[:3] == ["1", "2", "3"]
    first = chat.answer.get_by_role("link", name="Source 1: How a lighthouse lens works")
    expect(first).to_have_attribute("href", "https://example.com/lens")
    expect(first).to_have_attribute("rel", "noopener noreferrer")

    card = chat.element.get_by_role("tooltip")
    first.hover()
    expect(card).to_contain_text("A Fresnel lens bends the light")
    card.hover()  # it can be pointed at itself
    expect(card).to_be_visible()
    page.mouse.move(5, 5)
    expect(card).to_have_count(0)
    first.focus()
    expect(card).to_contain_text("Example Encyclopaedia")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)

    chat.element.locator("summary", has_text="4 sources").click()
    rows = chat.element.locator(".sources li")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("example.org")
    assert serious_faults(page) == []


def test_an_entity_that_takes_clicks_is_handed_to_the_app(chat: Chat, page: Page, watch: Watch) -> None:
    """element.md §3.14, `entities.onClick`"""
    chat.ask("Show me how you work")
    chat.element.evaluate(
        """chat => chat.setOptions({
            ...chat.options, entities: { onClick: (entity) => { window.clicked = entity; } },
        })"""
    )
    chat.answer.get_by_role("button", name="Lamp no. 7").click()
    assert page.evaluate("window.clicked") == {
        "id": "lamp-7",
        "title": "Lamp no. 7",
        "icon": "lightbulb",
        "interactive": True,
        "data": {},
    }


def test_thumbs_say_what_is_thought_of_the_whole_turn(chat: Chat, page: Page, watch: Watch) -> None:
    """protocol.md §13: every item of the turn is named; the choice can be changed, not taken back."""
    sent: list[dict[str, object]] = []

    def keep(request: Request) -> None:
        body = json.loads(request.post_data or "{}")
        if body.get("type") == "items.feedback":
            sent.append(body["params"])

    page.on("request", keep)
    chat.ask("Show me how you work")
    good = chat.element.get_by_role("button", name="Good answer")
    bad = chat.element.get_by_role("button", name="Bad answer")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    good.click()  # again: nothing happens
    bad.click()
    expect(bad).to_have_attribute("aria-pressed", "true")
    expect(good).to_have_attribute("aria-pressed", "false")
    assert [one["kind"] for one in sent] == ["positive", "negative"]
    ids = chat.element.evaluate("chat => chat.store.getSnapshot().items.slice(1).map((item) => item.id)")
    assert len(ids) == 3
    assert sent[0]["item_ids"] == ids
