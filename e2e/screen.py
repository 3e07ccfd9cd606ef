"""What a person sees of the chat, by role and name, in one place. Tests speak in these words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

SECOND = 1000

AXE = Path(__file__).resolve().parent.parent / "node_modules" / "axe-core" / "axe.min.js"


@dataclass
class Chat:
    """The chat on a page. Every locator goes by role and accessible name, as a screen reader would."""

    page: Page

    @property
    def element(self) -> Locator:
        return self.page.locator("openai-chatkit")

    @property
    def composer(self) -> Locator:
        return self.element.get_by_role("textbox", name=re.compile("message", re.I)).last

    @property
    def send_button(self) -> Locator:
        return self.element.get_by_role("button", name="Send", exact=True)

    @property
    def stop_button(self) -> Locator:
        return self.element.get_by_role("button", name=re.compile("^stop", re.I))

    @property
    def new_chat(self) -> Locator:
        return self.element.get_by_role("button", name=re.compile("^new chat", re.I))

    @property
    def history_button(self) -> Locator:
        return self.element.get_by_role("button", name=re.compile("history", re.I)).first

    @property
    def answers(self) -> Locator:
        return self.element.locator('[part~="assistant-message"]')

    @property
    def questions(self) -> Locator:
        return self.element.locator('[part~="user-message"]')

    @property
    def answer(self) -> Locator:
        return self.answers.last

    def open(self, url: str) -> Chat:
        self.page.goto(url)
        expect(self.composer).to_be_visible()
        return self

    def say(self, text: str) -> None:
        """Types like a person and presses Enter."""
        self.composer.click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def wait_for_end(self, within: float = 60) -> None:
        """The response is over: nothing can be stopped any more and no message is busy."""
        expect(self.stop_button).to_have_count(0, timeout=within * SECOND)
        expect(self.element.locator('[aria-busy="true"]')).to_have_count(0, timeout=within * SECOND)

    def ask(self, text: str, within: float = 60) -> str:
        """Says it, waits for the whole answer, returns its words."""
        before = self.answers.count()
        self.say(text)
        expect(self.answers).to_have_count(before + 1, timeout=within * SECOND)
        self.wait_for_end(within)
        return self.answer.inner_text()

    def rows(self) -> Locator:
        """The threads in the open history."""
        return self.element.locator('[part~="history-row"]')


def set_options(chat: Chat, **changes: Any) -> None:
    """Changes options of the running element, as a page would."""
    chat.element.evaluate(
        "(element, changes) => element.setOptions({...element.options, ...changes})", changes
    )


# What is still fading in has not its colours yet. Some movements never end.
SETTLED = """() => Promise.all([...document.querySelectorAll('openai-chatkit')]
  .flatMap((chat) => chat.shadowRoot?.getAnimations() ?? [])
  .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
  .map((one) => one.finished.catch(() => null))).then(() => null)"""


def serious_faults(page: Page) -> list[str]:
    """What axe calls serious or critical on this page, the open shadow root included."""
    page.evaluate(SETTLED)
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    report = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in report["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def rename_first(chat: Chat, title: str) -> None:
    chat.history_button.click()
    row = chat.rows().first
    row.hover()
    row.get_by_role("button", name=re.compile("^rename", re.I)).click()
    field = chat.element.get_by_role("textbox", name=re.compile("title|name", re.I))
    field.fill(title)
    field.press("Enter")
