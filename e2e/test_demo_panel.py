"""The demo's panel: options tried on the running chat, by mouse, by keyboard, on a narrow screen, from an address."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from e2e.conftest import Demo
from e2e.screen import Chat, serious_faults


def test_what_is_tried_shows_at_once_and_stands_in_the_address(showcase: Demo, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    chat = Chat(page).open(showcase.url)
    chat.ask("Hello there")
    cog = chat.element.get_by_role("button", name="settings cog")
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
    panel.get_by_label("Title").fill("A title")
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
    chat.element.get_by_role("button", name="settings cog").click()
    panel.get_by_label("Header").uncheck()
    page.mouse.click(350, 300)  # beside the panel
    expect(panel).to_be_hidden()
    expect(opener).to_be_visible()
