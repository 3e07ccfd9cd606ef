"""The demo's panel: options tried on the running chat, by mouse, by keyboard, on a narrow screen, from an address."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from e2e.conftest import Demo
from e2e.screen import Chat, serious_faults


def test_what_is_tried_shows_at_once_and_stands_in_the_address(showcase: Demo, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    chat = Chat(page).open(showcase.url)
    chat.ask("Hello there")
    cog = chat.element.get_by_role("button", name="Settings of this page")
    cog.click()
    panel = page.get_by_role("dialog", name="Options to try")
    expect(panel).to_be_visible()
    expect(chat.composer).to_be_in_viewport(ratio=1)  # beside it, not under it
    bubble = chat.element.locator('[part~="bubble"]')
    send = chat.element.locator('[part~="send-button"]')
    panel.get_by_label("Corners").select_option("sharp")
    expect(bubble).to_have_css("border-top-left-radius", "2px")
    panel.get_by_label("Accent", exact=True).fill("#ff8800")
    chat.composer.fill("A draft")
    expect(send).to_have_css("background-color", "rgb(255, 136, 0)")
    expect(panel.get_by_label("Hue of the grays")).to_be_disabled()  # there is no colour to turn yet
    panel.get_by_label("Tint of the grays").fill("6")
    panel.get_by_label("Hue of the grays").fill("200")
    panel.get_by_label("Colours").select_option("dark")
    expect(chat.element).to_have_attribute("data-scheme", "dark")
    panel.get_by_label("Words of the title").fill("A title")
    expect(chat.element.get_by_role("heading", name="A title")).to_be_visible()
    panel.get_by_label("Language").select_option("ar")
    expect(chat.element.locator("[part=chat]")).to_have_attribute("dir", "rtl")
    expect(chat.element.get_by_role("textbox")).to_have_text("A draft")
    expect(chat.answers).to_have_count(1)  # the chat itself is the same all the time
    assert serious_faults(page) == []

    panel.get_by_text("As code").click()
    code = panel.get_by_label("Options as code")
    for words in ("radius: 'sharp'", "primary: '#ff8800'", "level: 1", "hue: 200", "locale: 'ar'"):
        expect(code).to_contain_text(words)
    page.reload()
    expect(chat.answers).to_have_count(1)
    expect(chat.element.locator('[part~="bubble"]')).to_have_css("border-top-left-radius", "2px")
    expect(chat.element).to_have_attribute("data-scheme", "dark")

    cog = chat.element.locator("[part=header] button").last
    cog.focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_label("Corners")).to_have_value("sharp")
    panel.get_by_role("button", name="Reset").click()
    expect(bubble).not_to_have_css("border-top-left-radius", "2px")
    assert "?" not in page.url
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "chat"


def test_on_a_narrow_screen_and_without_a_header_it_is_at_hand(showcase: Demo, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{showcase.url}/?layout=floating&theme.radius=nonsense&theme.density=compact")
    chat = Chat(page)
    opener = page.get_by_role("button", name="Options")
    opener.click()
    panel = page.get_by_role("dialog", name="Options to try")
    expect(panel.get_by_label("Corners")).to_have_value("pill")
    expect(panel.get_by_label("Density")).to_have_value("compact")
    assert page.evaluate("document.querySelector('#panel').matches(':modal')")
    assert page.evaluate("document.documentElement.scrollWidth === innerWidth")
    panel.get_by_label("Layout").select_option("document")
    expect(chat.composer).to_be_attached()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(opener).to_be_hidden()
    expect(chat.composer).to_be_in_viewport(ratio=1)
    chat.element.get_by_role("button", name="Settings of this page").click()
    panel.get_by_label("Header").uncheck()
    page.mouse.click(350, 100)  # above the panel
    expect(panel).to_be_hidden()
    expect(opener).to_be_visible()


def test_every_switch_takes_its_part_away(showcase: Demo, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    chat = Chat(page).open(showcase.url)
    button = chat.element.get_by_role
    button("button", name="Settings of this page").click()
    panel = page.get_by_role("dialog", name="Options to try")
    prompt = button("button", name="Thinking, searching, sources")
    shown = {
        "Things to ask": prompt,
        "Models": button("button", name=re.compile("^Model")),
        "Dictation": button("button", name="Dictate"),
        "Button for mentions (@)": button("button", name="Mention something"),
        "History": button("button", name="History"),
    }
    for label, part in shown.items():
        expect(part).to_be_visible()
        panel.get_by_label(label, exact=True).uncheck()
        expect(part).to_have_count(0)
    for label in ("Tools", "Attachments"):
        panel.get_by_label(label, exact=True).uncheck()
    expect(button("button", name="Tools")).to_have_count(0)
    panel.get_by_label("Disclaimer", exact=True).fill("Words of the page")
    expect(chat.element.get_by_text("Words of the page")).to_be_visible()
    panel.get_by_label("Commands (/)").uncheck()
    chat.composer.click()
    page.keyboard.type("/")
    expect(chat.composer).to_have_text("/")
    expect(button("listbox")).to_have_count(0)
    panel.get_by_label("A button of your own").check()
    expect(button("button", name="home")).to_be_visible()
    page.reload()
    expect(button("button", name="home")).to_be_visible()
    expect(prompt).to_have_count(0)


def test_the_demo_asks_back_and_draws_what_it_describes(showcase: Demo, page: Page) -> None:
    chat = Chat(page).open(f"{showcase.url}/?threadItemActions.feedback=false")
    chat.element.get_by_role("button", name="Questions, answers, a card").click()
    form = chat.element.get_by_role("group", name=re.compile("Which lamp"))
    form.get_by_label("Gas").check()
    chat.element.get_by_role("button", name="Next").click()
    chat.element.get_by_label("Foggy ones").check()
    chat.element.get_by_label("Stormy ones").check()
    chat.element.get_by_role("button", name="Next").click()
    chat.element.get_by_role("button", name="Skip", exact=True).click()
    expect(chat.element.get_by_text("Foggy ones, Stormy ones")).to_be_visible()
    expect(chat.element.get_by_text("left to the keeper")).to_be_visible()
    expect(chat.element.locator("[part=notice]")).to_contain_text("it stands until it is dismissed")
    chat.wait_for_end()
    chat.ask("Show me what you can render")
    expect(chat.element.get_by_role("img", name="You → Element → Server → Model")).to_be_visible()
