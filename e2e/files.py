"""Files for a chat, and how they are seen in it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator

from e2e.screen import Chat
from e2e.scripted import Json


def file(name: str, content: bytes = b"bring the lamp", kind: str = "text/plain") -> Any:
    return {"name": name, "mimeType": kind, "buffer": content}


def attachment(id: str, name: str, **fields: Any) -> Json:
    return {"type": "file", "id": id, "name": name, "mime_type": "text/plain"} | fields


def button(chat: Chat, name: str) -> Locator:
    return chat.element.get_by_role("button", name=name, exact=True)


def chips(chat: Chat) -> Locator:
    return chat.element.get_by_role("list", name="Attached files").get_by_role("listitem")


def choose(chat: Chat, *files: Any) -> None:
    """As a person does: the button, then the browser's own dialog."""
    with chat.page.expect_file_chooser() as chooser:
        button(chat, "Attach files").click()
    chooser.value.set_files(list(files))
