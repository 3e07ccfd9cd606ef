"""The element in other languages: direction, room for longer words, what goes to the server (element.md §11, §3.16)."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

from e2e.rows import covers
from e2e.scripted import Stage, first_answer, question, refusal, said, thread

LOCALES = Path(__file__).parent.parent / "packages" / "chatkit" / "src" / "i18n" / "locales"

# One language of each kind of script, and those with the longest words.
SHOWN = ["de-DE", "ru-RU", "fi-FI", "ml", "hi-IN", "th-TH", "ja-JP", "ar", "ur"]

# What sticks out of a window of this width, by its class; what only screen readers read is 1 px wide.
STICKS_OUT = """(() => {
  const wrong = [];
  for (const one of chat.shadowRoot.querySelectorAll('*')) {
    const { left, right, width, height } = one.getBoundingClientRect();
    if (width > 1 && height > 1 && (left < -1 || right > innerWidth + 1)) wrong.push(`${one.tagName} ${one.className}`);
  }
  return wrong;
})()"""


def word(locale: str, key: str) -> str:
    files = [LOCALES / f"{locale}.json", LOCALES / f"{locale.partition('-')[0]}.json"]
    file = next(file for file in files if file.exists())
    return str(json.loads(file.read_text(encoding="utf-8"))[key])


def show(stage: Stage, locale: str, options: str = "") -> None:
    """Changes the language and waits for its words."""
    stage.set(f"{{locale: '{locale}', {options}}}")
    expect(stage.element.locator(".editor")).to_have_attribute("aria-label", word(locale, "composer.label"))


@covers("locale")
def test_every_kind_of_script_has_its_direction_and_fits_a_phone(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 360, "height": 700})
    stage.script.answer("threads.create", refusal(429))
    stage.script.answer("threads.list", {"data": [thread(title="Plan")], "has_more": False})
    stage.start("{locale: 'en'}")
    chat = stage.element.locator("[part=chat]")

    assert stage.call("sendUserMessage", {"text": "Hi"}) is not None
    for locale in SHOWN:
        show(stage, locale)
        expect(chat).to_have_attribute("lang", locale)
        expect(chat).to_have_attribute("dir", "rtl" if locale in ("ar", "ur") else "ltr")
        expect(stage.element.get_by_text(word(locale, "failure.rate_limited")).first).to_be_visible()
        assert (locale, stage.js(STICKS_OUT)) == (locale, [])

    # The same with the history and a question in front of it.
    show(stage, "en")
    assert stage.call("showHistory") is None
    stage.element.get_by_role("button", name="Delete “Plan”").click()
    for locale in SHOWN:
        show(stage, locale)
        expect(stage.element.get_by_text(word(locale, "history.deleteTitle"))).to_be_visible()
        assert (locale, stage.js(STICKS_OUT)) == (locale, [])


@covers("locale", "strings")
def test_a_tag_becomes_the_closest_locale_and_words_of_the_page_go_first(stage: Stage) -> None:
    stage.script.answer("threads.create", first_answer())
    stage.start("{locale: 'es-MX', strings: {'header.history': 'Pedidos'}}")
    expect(stage.element.get_by_role("button", name="Pedidos")).to_be_visible()
    expect(stage.element.get_by_role("textbox", name="Mensaje")).to_be_visible()
    assert stage.call("sendUserMessage", {"text": "Hola"}) is None
    assert {one["accept-language"] for one in stage.script.headers} == {"es-419"}
    show(stage, "zh-HK")
    expect(stage.element.get_by_role("button", name="記錄")).to_be_visible()
    expect(stage.element.get_by_role("button", name="Pedidos")).to_have_count(0)


def test_quotations_lists_and_tables_run_the_way_of_their_words(stage: Stage) -> None:
    words = {"ar": ("منارة", "rtl"), "en": ("Lighthouse", "ltr")}
    answers = [
        said(
            language, f"> {word}\n\n1. {word}\n\n2. {word}\n\n| {word} | {word} |\n|---|---|\n| 7 | {word} |"
        )
        for language, (word, _) in words.items()
    ]
    stage.script.answer("threads.get_by_id", thread(items=[question("q1", "Hi"), *answers]))
    stage.start("{initialThread: 'thr_1', locale: 'ar'}")
    expect(stage.answers).to_have_count(2)
    for answer, (_, direction) in zip(stage.answers.all(), words.values(), strict=True):
        for part in ("blockquote", "ol", "table", "td"):
            expect(answer.locator(part).first).to_have_css("direction", direction)
        quoted = answer.locator("blockquote p").evaluate(
            "(one) => { const range = document.createRange(); range.selectNodeContents(one);"
            " const [box, words] = [one, range].map((it) => it.getBoundingClientRect());"
            " return [words.left - box.left, box.right - words.right].map(Math.round); }"
        )
        assert quoted[1 if direction == "rtl" else 0] == 0  # and their words begin at their border
