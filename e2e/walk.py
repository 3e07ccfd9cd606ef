"""A walk through views of the chat, which keeps what is wrong with each of them."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from e2e.everything import API, OPTIONS
from e2e.reachable import arm, faults_of, faults_when_narrow, faults_when_turned, unseen_focus
from e2e.scripted import COMPLETE, Json, Stage, thread

# What lies over the chat or stands beside what is said in it.
LAYERS = """() => [...document.querySelector('openai-chatkit').shadowRoot.querySelectorAll(
    'dialog, [popover], form, [part=history], [part=closed], [part=toast], [part=dictation], [part=failure], .drop')]
  .filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.className).sort()"""


class Walk:
    """Goes through views and keeps what is wrong with each."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.faults: list[str] = []

    def begin(self, more: str = "{}") -> None:
        self.stage.start(f"{{...{OPTIONS}, ...{more}}}", API)
        arm(self.stage.page)
        expect(self.button("Tools")).to_be_visible()
        self.stage.until(COMPLETE)

    def button(self, name: str) -> Locator:
        return self.stage.element.get_by_role("button", name=name, exact=True)

    def look(self, view: str, turned: bool = False) -> None:
        """Judges what can be seen now; when it is narrow, too, and, if asked to, from right to left."""
        page = self.stage.page
        layers = page.evaluate(LAYERS)
        faults = faults_of(page) + faults_when_narrow(page)
        if turned:
            faults += faults_when_turned(page)
        assert page.evaluate(LAYERS) == layers, f"{view}: it went away while it was looked at"
        faults += unseen_focus(page)  # the last: some views end when they lose it
        self.faults += [f"{view}: {fault}" for fault in faults]

    def open(self, *items: Json, id: str = "thr_1", **fields: object) -> None:
        self.stage.script.answer("threads.get_by_id", thread(id, list(items), **fields))
        assert self.stage.call("setThreadId", id) is None

    def escape(self) -> None:
        self.stage.page.keyboard.press("Escape")
