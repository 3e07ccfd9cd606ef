"""Footnotes in answers, by keyboard and by eye. What becomes one is tested in markdown/notes.test.tsx."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.screen import serious_faults
from e2e.scripted import Stage, said, thread

ANSWER = (
    "The lamp was lit in 1887[^lamp], and electric from 1922[^power].\n\nIt is **bright**[^lamp].\n\n"
    "- [x] cleaned\n- [ ] painted\n\n[^power]: By a cable under the sea.\n[^lamp]: The log of the first keeper says so."
)


def test_a_footnote_is_a_link_away_and_so_is_its_place(stage: Stage) -> None:
    other = "Another one[^lamp].\n\n[^lamp]: In another answer."
    stage.script.answer("threads.get_by_id", thread(items=[said("msg_1", ANSWER), said("msg_2", other)]))
    stage.start("{initialThread: 'thr_1'}")
    first, second = stage.answers.first, stage.answers.last
    places = first.get_by_role("link", name="Footnote 1", exact=True)
    expect(places).to_have_count(2)
    expect(first.get_by_role("list", name="Footnotes").get_by_role("listitem")).to_have_text(
        ["The log of the first keeper says so.", "By a cable under the sea."]
    )
    expect(first.get_by_role("checkbox", name="cleaned")).to_be_checked()
    expect(first.get_by_role("checkbox", name="painted")).to_be_disabled()
    assert serious_faults(stage.page) == []

    # A line with a number is as high as one without.
    heights = stage.js(
        """[...chat.shadowRoot.querySelectorAll('.md > p')].slice(0, 2).map((one) =>
          one.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(one).lineHeight))"""
    )
    assert [round(height, 2) for height in heights] == [1, 1]

    # By keyboard, to the footnote and back to the place it was read at.
    places.last.focus()
    stage.page.keyboard.press("Enter")
    focused = "chat.shadowRoot.activeElement"
    assert "first keeper" in stage.js(f"{focused}.textContent")
    stage.page.keyboard.press("Tab")
    assert stage.js(f"{focused}.ariaLabel") == "Footnote 1: back to the text"
    stage.page.keyboard.press("Enter")
    expect(places.last).to_be_focused()

    second.get_by_role("link", name="Footnote 1", exact=True).click()
    assert "another answer" in stage.js(f"{focused}.textContent")
    assert stage.js("location.hash") == ""

    # What is copied is what was written, of both.
    second.hover()
    stage.element.get_by_role("button", name="Copy answer").last.click()
    expect(stage.element.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert stage.js("navigator.clipboard.readText()") == f"{ANSWER}\n\n{other}"
