"""The browser's own input method, which Playwright's keyboard does not speak: what composes, and a phone's keyboard."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# What a phone's keyboard says of its keys: nothing.
UNKNOWN = {"key": "Unidentified", "code": "", "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}


class InputMethod:
    """Composes in the field that has the focus, by real composition events."""

    def __init__(self, page: Page) -> None:
        self._session: Any = page.context.new_cdp_session(page)

    def compose(self, text: str, instead_of: tuple[int, int] | None = None) -> None:
        """Shows a text that is not decided yet; `instead_of` takes a range of the field back into composition."""
        place = {"selectionStart": len(text), "selectionEnd": len(text)}
        if instead_of:
            place |= {"replacementStart": instead_of[0], "replacementEnd": instead_of[1]}
        self._session.send("Input.imeSetComposition", {"text": text, **place})

    def commit(self, text: str) -> None:
        self._session.send("Input.insertText", {"text": text})

    def press_enter(self) -> None:
        enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "nativeVirtualKeyCode": 13}
        self._session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
        self._session.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})

    def press_on_phone(self, *commands: str) -> None:
        """A key of which the page hears only that there was one, and what it does."""
        key = {"type": "rawKeyDown", **UNKNOWN, "commands": list(commands)}
        self._session.send("Input.dispatchKeyEvent", key)
        self._session.send("Input.dispatchKeyEvent", {"type": "keyUp", **UNKNOWN})

    def type_on_phone(self, word: str, corrected: str | None = None) -> None:
        """Letter by letter in composition, as phones write a word, decided by a space; perhaps another word then."""
        for end in range(1, len(word) + 1):
            self.press_on_phone()
            self.compose(word[:end])
        self.press_on_phone()
        self.commit((word if corrected is None else corrected) + " ")
