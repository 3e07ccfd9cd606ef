"""Formulas in answers, drawn as MathML by a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from e2e.conftest import Demo, Watch
from e2e.screen import Chat, serious_faults
from e2e.stored import fill

WRONG = [
    r"$\undefinedcommand{x}$",
    r"$\frac{1}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\gdef\x{1}\x$ then $\x$",
]


def test_formulas_are_drawn_and_prices_are_not(page: Page, showcase: Demo, watch: Watch) -> None:
    chat = Chat(page).open(showcase.url)
    chat.ask("Show me what you can render")
    expect(chat.answer.locator("math")).to_have_count(2)
    expect(chat.answer.locator("math msqrt")).to_have_count(1)
    expect(chat.answer).to_contain_text("a lamp for $5 or $10 stays a price")
    # Wider than high, and as high as a formula: what was drawn has a layout of its own.
    box = chat.answer.locator("math msqrt").bounding_box()
    assert box is not None
    assert box["width"] > 10
    assert box["height"] > 10
    assert serious_faults(page) == []


def test_what_cannot_be_drawn_stays_its_source(page: Page, showcase: Demo, watch: Watch) -> None:
    chat = Chat(page).open(showcase.url)
    chat.ask("Hello")
    thread_id = page.url.split("#")[1]
    fill(showcase, thread_id, [f"formula {number}" for number in range(len(WRONG))], WRONG)
    page.reload()
    for source in WRONG[:3]:
        expect(chat.element.locator("code", has_text=source)).to_have_count(1)
    # A macro lives in its own formula only.
    expect(chat.element.locator("math")).to_have_count(1)
    expect(chat.element.locator(".md-maths code", has_text=r"$\x$")).to_have_count(1)
    expect(chat.element.locator("a[href^=javascript]")).to_have_count(0)
