"""The theme option on a running chat: what each key changes on screen (element.md §12)."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from e2e.rows import covers
from e2e.scripted import Stage, question, said, thread


def style(one: Locator, name: str) -> str:
    return str(one.evaluate("(one, name) => getComputedStyle(one).getPropertyValue(name)", name))


@covers(
    "theme",
    "theme.colorScheme",
    "theme.radius",
    "theme.density",
    "theme.typography.baseSize",
    "theme.typography.fontFamily",
    "theme.typography.fontFamilyMono",
    "theme.typography.fontSources",
    "theme.color.accent",
    "theme.color.grayscale",
    "theme.color.surface",
)
def test_each_part_of_the_theme_shows_and_goes_again(stage: Stage) -> None:
    items = [question("q1", "Hi"), said("a1", "Some `code` here")]
    stage.script.answer("threads.get_by_id", thread("thr_1", items))
    stage.start("{initialThread: 'thr_1'}")
    chat = stage.element.locator("[part=chat]")
    bubble = stage.element.locator('[part~="bubble"]')
    code = stage.answer.locator("code")
    send = stage.element.locator('[part~="send-button"]')
    expect(code).to_be_visible()
    stage.call("setComposerValue", {"text": "A draft"})
    expect(send).to_be_enabled()
    white = style(chat, "background-color")

    def theme(option: str, one: Locator, name: str, value: str) -> None:
        """The option gives the value; without it, it is another one."""
        stage.set(f"{{theme: {option}}}")
        expect(one).to_have_css(name, value)
        stage.set()
        expect(one).not_to_have_css(name, value)

    stage.set("{theme: 'dark'}")
    expect(stage.element).to_have_attribute("data-scheme", "dark")
    dark = style(chat, "background-color")
    assert dark != white
    stage.set("{theme: {colorScheme: 'light'}}")
    expect(chat).to_have_css("background-color", white)
    stage.page.emulate_media(color_scheme="dark")
    expect(chat).to_have_css("background-color", white)
    theme("{colorScheme: 'auto'}", chat, "background-color", dark)
    stage.page.emulate_media(color_scheme="light")

    theme("{radius: 'sharp'}", bubble, "border-top-left-radius", "2px")
    theme("{density: 'compact'}", chat, "--ck-unit", "3.2px")
    theme("{typography: {baseSize: 18}}", chat, "font-size", "18px")
    theme("{typography: {fontFamily: 'Papyrus, serif'}}", bubble, "font-family", "Papyrus, serif")
    theme("{typography: {fontFamilyMono: 'Courier New'}}", code, "font-family", '"Courier New"')
    surface = "surface: {background: '#102030', foreground: '#203040'}"
    theme(f"{{color: {{{surface}}}}}", chat, "background-color", "rgb(16, 32, 48)")
    for scheme in ("light", "dark"):
        accent = f"{{colorScheme: '{scheme}', color: {{accent: {{primary: '#008060', level: 1}}}}}}"
        theme(accent, send, "background-color", "rgb(0, 128, 96)")
    gray = style(bubble, "background-color")
    stage.set("{theme: {color: {grayscale: {hue: 20, tint: 9}}}}")
    expect(bubble).not_to_have_css("background-color", gray)
    stage.set()
    expect(bubble).to_have_css("background-color", gray)

    families = "[...document.fonts].map(({family}) => family.replaceAll('\"', ''))"
    stage.set("{theme: {typography: {fontSources: [{family: 'Own', src: '/own.woff2', weight: '100 900'}]}}}")
    stage.until(f"{families}.includes('Own')")
    stage.set()
    stage.until(f"!{families}.includes('Own')")
