"""The theme option on a running chat: what each key changes on screen (element.md §12)."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from e2e.everything import URL_SOURCE, cited
from e2e.rows import covers
from e2e.scripted import COMPLETE, Stage, question, said, thread


def style(one: Locator, name: str) -> str:
    return str(one.evaluate("(one, name) => getComputedStyle(one).getPropertyValue(name)", name))


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours as `getComputedStyle` writes them."""

    def luminance(color: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


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
    # Paddings and gaps, those of what is in the thread and of the composer, too.
    for density, padding, row, gap in (
        ("compact", "8px 12.8px", "6.4px", "9.6px"),
        ("spacious", "12.5px 20px", "10px", "15px"),
    ):
        theme(f"{{density: '{density}'}}", bubble, "padding", padding)
        theme(f"{{density: '{density}'}}", stage.element.locator('[part~="composer"]'), "padding", row)
        theme(f"{{density: '{density}'}}", stage.element.locator(".turn"), "row-gap", gap)
    for size in ("14px", "18px"):
        theme(f"{{typography: {{baseSize: {size[:2]}}}}}", chat, "font-size", size)
        theme(f"{{typography: {{baseSize: {size[:2]}}}}}", stage.composer, "font-size", size)
    theme("{typography: {fontFamily: 'Papyrus, serif'}}", bubble, "font-family", "Papyrus, serif")
    theme("{typography: {fontFamilyMono: 'Courier New'}}", code, "font-family", '"Courier New"')
    surface = "surface: {background: '#102030', foreground: '#203040'}"
    theme(f"{{color: {{{surface}}}}}", chat, "background-color", "rgb(16, 32, 48)")
    for scheme in ("light", "dark"):
        accent = f"{{colorScheme: '{scheme}', color: {{accent: {{primary: '#008060', level: 1}}}}}}"
        theme(accent, send, "background-color", "rgb(0, 128, 96)")
    # What is no colour is passed over.
    stage.set()
    plain = style(chat, "--ck-accent")
    stage.set("{theme: {color: {accent: {primary: 'blurple', level: 3}}}}")
    expect(chat).to_have_css("--ck-link", re.compile("^#"))  # the colours of this theme are on
    assert style(chat, "--ck-accent") == plain
    stage.set()
    expect(chat).not_to_have_css("--ck-link", re.compile("^#"))
    gray = style(bubble, "background-color")
    stage.set("{theme: {color: {grayscale: {hue: 20, tint: 9}}}}")
    expect(bubble).not_to_have_css("background-color", gray)
    stage.set()
    expect(bubble).to_have_css("background-color", gray)

    hostile = "surface: {background: 'gray', foreground: 'hotpink'}, accent: {primary: 'yellow', level: 3}"
    for scheme in ("light", "dark"):
        stage.set(f"{{theme: {{colorScheme: '{scheme}', color: {{{hostile}}}}}}}")
        expect(send).to_have_css("background-color", "rgb(255, 255, 0)")
        assert contrast(style(bubble, "color"), style(bubble, "background-color")) >= 7
        assert contrast(style(chat, "color"), style(chat, "background-color")) >= 7
        assert contrast(style(send, "color"), style(send, "background-color")) >= 4.5
        composer = stage.element.locator('[part~="composer"]')
        assert contrast(style(composer, "border-top-color"), style(chat, "background-color")) >= 3

    families = "[...document.fonts].map(({family}) => family.replaceAll('\"', ''))"
    stage.set("{theme: {typography: {fontSources: [{family: 'Own', src: '/own.woff2', weight: '100 900'}]}}}")
    stage.until(f"{families}.includes('Own')")
    stage.set()
    stage.until(f"!{families}.includes('Own')")


def test_paper_and_systems_with_wishes_of_their_own_are_served(stage: Stage) -> None:
    """LOOK, motion and colour: printing, `prefers-contrast`, forced colours, `prefers-reduced-motion`."""
    text = "\n\n".join(f"Line {number}" for number in range(60))
    items = [one for n in range(4) for one in (question(f"q{n}", f"Question {n}"), said(f"a{n}", text))]
    items.append(cited("a9", "Lenses bend light", URL_SOURCE))
    stage.script.answer("threads.get_by_id", thread("thr_1", items, title="On paper"))
    stage.start("{initialThread: 'thr_1', theme: 'dark'}")
    expect(stage.answer).to_be_visible()
    stage.until(COMPLETE)
    source = stage.element.locator("[part=sources]").get_by_role("link", name="How a lens works")
    expect(stage.element.get_by_text("1 source")).to_be_visible()
    expect(source).to_be_hidden()
    muted = stage.element.locator('[part~="history-button"]')
    quiet = style(muted, "color")

    stage.page.emulate_media(media="print")
    for part in ("footer", "actions", "history-button"):
        expect(stage.element.locator(f"[part~={part}]").first).to_be_hidden()
    expect(stage.element.get_by_role("heading", name="On paper")).to_be_visible()
    assert stage.js("chat.getBoundingClientRect().height") > 5000
    assert stage.element.get_by_role("log").evaluate("(one) => one.scrollHeight - one.clientHeight") == 0
    assert contrast(style(stage.answer, "color"), "rgb(255, 255, 255)") > 20
    expect(source).to_be_visible()  # the numbers lead somewhere
    assert len(re.findall(rb"/Type\s*/Page\b", stage.page.pdf())) > 5

    stage.page.emulate_media(media="screen", contrast="more")
    expect(muted).not_to_have_css("color", quiet)
    stage.page.emulate_media(contrast="no-preference", forced_colors="active")
    assert float(style(stage.element.locator('[part~="bubble"]').last, "border-top-width")[:-2]) == 1
    stage.page.emulate_media(forced_colors="none", reduced_motion="reduce")
    assert style(stage.element.locator("[part=chat]"), "--ck-enter") in ("0s", "0ms")
    assert set(style(muted, "transition-duration").split(", ")) == {"0s"}
    stage.page.emulate_media(reduced_motion="no-preference")
    assert stage.js("chat.getBoundingClientRect().height === innerHeight")
