"""Answers that outlive their line, their page and their tab, in a real browser (extensions.md §2.7)."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from e2e.conftest import Demo, Watch
from e2e.screen import SECOND, Chat, set_options

LONG = "Tell me something long"
LAST_WORDS = re.compile(r"as if spoken very slowly\.\s*$")


@pytest.fixture
def chat(page: Page, showcase: Demo) -> Chat:
    return Chat(page).open(showcase.url)


def words(chat: Chat) -> int:
    return len(chat.answer.inner_text().split())


def begin(chat: Chat, count: int = 8) -> None:
    """Asks for a long answer, and waits until some words of it are there."""
    chat.say(LONG)
    expect(chat.answer).to_have_text(re.compile(r"(\w+\W+){%d,}" % count))


def expect_whole(chat: Chat) -> None:
    """One question, one answer, with its beginning, its end and nothing twice."""
    expect(chat.answer).to_have_text(LAST_WORDS, timeout=90 * SECOND)
    chat.wait_for_end()
    expect(chat.questions).to_have_count(1)
    expect(chat.answers).to_have_count(1)
    said = chat.answer.inner_text()
    assert said.startswith("The keeper")
    assert said.count("A lighthouse keeper counts in lamps and hours.") == 6
    assert len(said.split()) == 6 * 123 + 2


def other_tab(chat: Chat, watch: Watch) -> Chat:
    """Another tab of the same browser, in the same thread."""
    page = chat.page.context.new_page()
    watch.follow(page)
    return Chat(page).open(chat.page.url)


def test_a_reload_in_mid_answer_goes_on_with_it(chat: Chat) -> None:
    begin(chat)
    before = words(chat)
    chat.page.reload()
    expect(chat.stop_button).to_be_visible()
    assert words(chat) >= before - 1
    expect_whole(chat)
