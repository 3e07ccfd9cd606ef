"""Entities behind an `@`, commands behind a `/` (element.md §3.12, §3.14): by keyboard, by pointer, in what is sent."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

from e2e.rows import covers
from e2e.screen import serious_faults
from e2e.scripted import Stage, done, first_answer, item, thread

PEOPLE = """{
  onTagSearch: async (query) => {
    called.push(query);
    if (query === 'slow') await new Promise((go) => (window.release = go));
    if (query === 'broken') throw new Error('The directory is closed.');
    const all = [
      { id: 'ann', title: 'Ann Lee', icon: 'user', group: 'People', interactive: true,
        data: { description: 'Design' } },
      { id: 'd1', title: 'Annual report', icon: 'document', group: 'Documents' },
      { id: 'bob', title: 'Bob', icon: 'user', group: 'People', data: { team: 'red' } },
      { id: 'none', title: 'Nobody' },
    ];
    return all.filter(({ title }) => title.toLowerCase().includes(query.toLowerCase()));
  },
  showComposerMenu: true,
}"""


def field(stage: Stage) -> Locator:
    """The field, whatever its role is now."""
    return stage.element.locator(".editor")


def options(stage: Stage) -> Locator:
    return stage.element.get_by_role("option")


def active(stage: Stage) -> str:
    """The option that the field names as the active one."""
    return stage.js(
        """(() => {
          const field = chat.shadowRoot.querySelector('.editor');
          const id = field.getAttribute('aria-activedescendant');
          return id ? chat.shadowRoot.getElementById(id).querySelector('span').firstChild.textContent : '';
        })()"""
    )


def titles(stage: Stage) -> list[str]:
    return stage.element.locator(".suggestion-words > span:first-child").all_text_contents()


@covers("entities.onTagSearch", "entities.showComposerMenu")
def test_entities_are_found_chosen_and_sent(stage: Stage) -> None:
    stage.start(f"{{entities: {PEOPLE}}}")
    field(stage).click()
    stage.page.keyboard.type("Ask @")
    expect(options(stage)).to_have_count(4)
    assert titles(stage) == ["Ann Lee", "Bob", "Annual report", "Nobody"], "a group stands together"
    assert stage.js("called") == [""]
    expect(stage.element.get_by_role("group", name="People").get_by_role("option")).to_have_count(2)
    expect(field(stage)).to_have_attribute("aria-expanded", "true")
    expect(stage.element.get_by_role("listbox", name="Mentions")).to_be_visible()
    expect(stage.element.get_by_role("status").filter(has_text="Suggestions: 4")).to_have_count(1)
    assert serious_faults(stage.page) == []
    stage.page.keyboard.press("ArrowUp")
    assert active(stage) == "Nobody"
    stage.page.keyboard.press("ArrowDown")
    assert active(stage) == "Ann Lee"

    # Escape closes it for what is typed here, and nothing is sent or stopped.
    stage.page.keyboard.press("Escape")
    expect(options(stage)).to_have_count(0)
    expect(field(stage)).not_to_have_attribute("aria-expanded", "true")
    stage.page.keyboard.type("b")
    expect(options(stage)).to_have_count(0)
    stage.page.keyboard.press("Backspace")
    stage.page.keyboard.press("Backspace")
    stage.page.keyboard.type("@")
    expect(options(stage)).to_have_count(4)
    stage.page.keyboard.press("Escape")
    expect(options(stage)).to_have_count(0)
    stage.page.keyboard.press("Shift+ArrowLeft")
    stage.page.keyboard.type("@")  # another one in its place
    expect(options(stage)).to_have_count(4)
    stage.page.keyboard.press("Backspace")
    expect(options(stage)).to_have_count(0)

    # Enter does not wait for the letters to be searched: it takes the first of what they find.
    stage.page.keyboard.type("@bob", delay=5)
    stage.page.keyboard.press("Enter")
    expect(field(stage)).to_have_text("Ask @Bob ")
    assert stage.js("[called[0], called.at(-1)]") == ["", "bob"]
    stage.page.keyboard.type("and ")
    stage.element.get_by_role("button", name="Mention something").click()
    expect(options(stage)).to_have_count(4)
    options(stage).filter(has_text="Ann Lee").click()
    expect(field(stage)).to_be_focused()
    stage.page.keyboard.type("now")
    expect(field(stage).locator(".tag .icon")).to_have_count(2)
    stage.script.answer("threads.create", first_answer())
    stage.page.keyboard.press("Enter")
    [sent] = stage.script.wait_for("threads.create")
    tag = {"type": "input_tag", "interactive": False, "group": "People"}
    assert sent["input"]["content"] == [
        {"type": "input_text", "text": "Ask "},
        tag | {"id": "bob", "text": "Bob", "data": {"team": "red"}},
        {"type": "input_text", "text": " and "},
        tag | {"id": "ann", "text": "Ann Lee", "data": {"description": "Design"}, "interactive": True},
        {"type": "input_text", "text": " now"},
    ]


def test_late_answers_are_dropped_and_failures_are_told(stage: Stage) -> None:
    stage.start(f"{{entities: {PEOPLE}}}")
    field(stage).click()
    stage.page.keyboard.type("@slow")
    stage.until("window.release !== undefined")
    for _ in "slow":
        stage.page.keyboard.press("Backspace")
    stage.page.keyboard.type("ann")
    expect(options(stage)).to_have_count(2)
    stage.js("release()")
    stage.page.keyboard.type("u")
    expect(options(stage)).to_have_count(1)
    for _ in "annu":
        stage.page.keyboard.press("Backspace")
    stage.page.keyboard.type("broken")
    expect(stage.element.get_by_text("The search failed.")).to_have_count(2)
    assert stage.errors == [
        {"name": "IntegrationError", "message": "options.entities.onTagSearch: The directory is closed."}
    ]
    stage.page.keyboard.press("Tab")
    expect(stage.element.locator(".suggestions")).to_have_count(0)
    field(stage).click()
    stage.page.keyboard.press("Control+a")
    stage.page.keyboard.type("@nothing like it ")
    expect(stage.element.locator(".suggestions")).to_have_count(0)
    # Where nothing is found Enter sends, and neither an address nor a paste asks for anything.
    stage.page.keyboard.type("me@example.org @zzz")
    expect(stage.element.locator(".suggestion-state")).to_have_text("Nothing found.")
    stage.script.answer("threads.create", first_answer())
    stage.page.keyboard.press("Enter")
    [sent] = stage.script.wait_for("threads.create")
    assert sent["input"]["content"] == [
        {"type": "input_text", "text": "@nothing like it me@example.org @zzz"}
    ]


COMMANDS = """{
  enabled: true,
  onSearch: async (query) => [
    { id: 'sum', label: 'Summarise', description: 'In three lines', icon: 'square-text', group: 'Text' },
    { id: 'who', label: 'Whose turn', icon: 'user', group: 'People' },
  ].filter(({ label }) => label.toLowerCase().includes(query)),
  onSelect: async (command) => {
    called.push(command.id);
    if (command.id === 'who') return { type: 'menu', commands: [
      { id: 'a', label: 'Team A' }, { id: 'b', label: 'Team B' },
    ] };
    if (command.id === 'b') return { type: 'menu', commands: [{ id: 'c', label: 'Cleo' }] };
    if (command.id === 'c') return { type: 'entity', entity: { id: 'cleo', title: 'Cleo' } };
    if (command.id === 'a') throw new Error('Team A is away.');
  },
}"""


@covers("commands.enabled", "commands.onSearch", "commands.onSelect")
def test_commands_run_lead_on_and_insert(stage: Stage) -> None:
    composer = """{
      tools: [{ id: 'plan', label: 'Plan a trip', icon: 'compass', placeholderOverride: 'Where to?' }],
      models: [
        { id: 'fast', label: 'Fast' }, { id: 'old', label: 'Old', disabled: true }, { id: 'deep', label: 'Deep' },
      ],
    }"""
    stage.start(f"{{commands: {COMMANDS}, composer: {composer}}}")
    field(stage).click()
    stage.page.keyboard.type("/")
    expect(options(stage)).to_have_count(6)
    assert titles(stage) == ["Plan a trip", "Fast", "Deep", "History", "Summarise", "Whose turn"]
    assert serious_faults(stage.page) == []
    stage.page.keyboard.type("DÉEP")
    expect(options(stage)).to_have_count(1)
    stage.page.keyboard.press("Escape")
    stage.page.keyboard.press("Control+a")
    stage.page.keyboard.press("Backspace")

    # One that has an effect: the typed text is gone.
    stage.page.keyboard.type("keep /sum")
    expect(options(stage)).to_have_count(1)
    stage.page.keyboard.press("Tab")
    expect(field(stage)).to_have_text("keep ")
    stage.until("called.length === 1")

    # One that leads to a menu, and that to another; Escape goes back.
    stage.page.keyboard.type("/who")
    expect(options(stage)).to_have_count(1)
    stage.page.keyboard.press("Enter")
    expect(options(stage)).to_have_count(2)
    stage.page.keyboard.type("b")
    expect(options(stage)).to_have_count(1)
    stage.page.keyboard.press("Enter")
    expect(options(stage)).to_have_text(["Cleo"])
    stage.page.keyboard.press("Escape")
    expect(options(stage)).to_have_count(2)
    stage.page.keyboard.press("ArrowDown")
    stage.page.keyboard.press("Enter")
    expect(options(stage)).to_have_text(["Cleo"])
    stage.page.keyboard.press("Enter")
    expect(field(stage)).to_have_text("keep @Cleo ")
    assert stage.js("called") == ["sum", "who", "b", "b", "c"]

    # The chat's own: a tool, a model, the history.
    stage.page.keyboard.type("/plan")
    expect(options(stage)).to_have_count(1)
    stage.page.keyboard.press("Enter")
    expect(field(stage)).to_have_attribute("aria-placeholder", "Where to?")
    stage.page.keyboard.type("/deep")
    expect(options(stage)).to_have_count(1)
    stage.page.keyboard.press("Enter")
    stage.script.answer("threads.create", first_answer())
    stage.page.keyboard.press("Enter")
    [sent] = stage.script.wait_for("threads.create")
    assert sent["input"]["inference_options"] == {"tool_choice": {"id": "plan"}, "model": "deep"}
    expect(stage.answers).to_have_count(1)
    stage.page.keyboard.type("/new")
    expect(options(stage)).to_have_count(1)
    stage.page.keyboard.press("Enter")
    expect(stage.answers).to_have_count(0)
    expect(field(stage)).to_be_focused()
    stage.page.keyboard.type("/history")
    expect(options(stage)).to_have_count(1)
    stage.page.keyboard.press("Enter")
    expect(stage.element.get_by_role("searchbox")).to_be_visible()
    assert stage.errors == []

    stage.set(f"{{commands: {{enabled: false, onSearch: async () => []}}, entities: {PEOPLE}}}")
    field(stage).click()
    stage.page.keyboard.type("/")
    stage.page.keyboard.type("x @")
    expect(options(stage)).to_have_count(4)


def test_a_failing_command_is_told_and_an_input_method_is_left_alone(stage: Stage) -> None:
    stage.start(f"{{commands: {COMMANDS}, entities: {PEOPLE}, history: {{enabled: false}}}}")
    field(stage).click()
    stage.page.keyboard.type("/whose")
    expect(options(stage)).to_have_count(1)
    stage.page.keyboard.press("Enter")
    expect(options(stage)).to_have_count(2)
    stage.page.keyboard.press("Enter")
    stage.until("heard.some(([name]) => name === 'error')")
    assert "Team A is away." in stage.errors[0]["message"]
    assert field(stage).inner_text() == ""

    session: Any = stage.page.context.new_cdp_session(stage.page)
    stage.page.keyboard.type("＠")
    expect(options(stage)).to_have_count(4)
    session.send("Input.imeSetComposition", {"text": "bo", "selectionStart": 2, "selectionEnd": 2})
    expect(options(stage)).to_have_count(2)
    stage.page.keyboard.press("Escape")
    session.send("Input.insertText", {"text": "Bob"})
    expect(field(stage)).to_have_text(re.compile("^＠"))


def test_a_chip_is_one_thing_to_the_keyboard(stage: Stage) -> None:
    stage.script.answer("threads.get_by_id", thread("thr_1"))
    stage.start(f"{{entities: {PEOPLE}}}")
    field(stage).click()
    stage.page.keyboard.type("@bob")
    expect(options(stage)).to_have_count(1)
    stage.page.keyboard.press("Enter")
    expect(field(stage)).to_have_text("@Bob ")
    # Before a chip at the very start there is a place to write, too.
    stage.page.keyboard.press("Home")
    stage.page.keyboard.type("Hey ")
    expect(field(stage)).to_have_text("Hey @Bob ")
    stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.type("!")
    expect(field(stage)).to_have_text("Hey @Bob! ")
    stage.page.keyboard.press("Backspace")
    stage.page.keyboard.press("Backspace")
    expect(field(stage)).to_have_text("Hey  ")
    stage.page.keyboard.press("Control+z")
    expect(field(stage)).to_have_text("Hey @Bob ")
    expect(field(stage).locator(".tag .icon")).to_have_count(1)
    stage.page.keyboard.press("Control+z")
    stage.page.keyboard.press("Control+Shift+z")
    expect(field(stage)).to_have_text("Hey @Bob ")
    # Cut and pasted, it is a tag again, and asks for nothing (e2e/test_editing.py has the rest).
    stage.page.keyboard.press("Control+a")
    stage.page.keyboard.press("Control+x")
    expect(field(stage)).to_have_text("")
    stage.page.keyboard.press("Control+v")
    expect(field(stage)).to_have_text("Hey @Bob ")
    expect(field(stage).locator(".tag")).to_have_count(1)
    expect(options(stage)).to_have_count(0)
    # A draft with a chip, seen again.
    stage.page.keyboard.press("Control+z")
    stage.page.keyboard.press("Control+z")
    expect(field(stage).locator(".tag .icon")).to_have_count(1)
    assert stage.call("setThreadId", "thr_1") is None
    expect(field(stage)).to_have_text("")
    assert stage.call("setThreadId", None) is None
    expect(field(stage).locator(".tag .icon")).to_have_count(1)


@covers("entities.onClick")
def test_a_tag_that_was_sent_is_handed_to_the_app(stage: Stage) -> None:
    """element.md §3.14: of an interactive tag, the entity that it was made of; its icon never went over the wire"""
    data = {"description": "Design", "team": "red"}
    ann = {"type": "input_tag", "id": "ann", "text": "Ann Lee", "data": data, "group": "People"}
    said = item(
        "user_message",
        "msg_1",
        content=[
            ann | {"interactive": True},
            {"type": "input_text", "text": " or "},
            ann | {"interactive": False},
        ],
        attachments=[],
        inference_options={},
    )
    stage.script.answer("threads.create", [*first_answer()[:1], done(said)])
    stage.start(
        "{entities: {onClick: (entity) => { called.push(entity); if (called.length > 1) throw Error('Away'); }}}"
    )
    field(stage).fill("Hello")
    stage.page.keyboard.press("Enter")
    tag = stage.questions.get_by_role("button", name="@Ann Lee")
    expect(tag).to_have_count(1)
    expect(stage.questions.locator(".tag")).to_have_count(2)
    tag.focus()
    card = stage.element.get_by_role("tooltip")
    expect(card).to_contain_text("Design")
    assert serious_faults(stage.page) == []
    stage.page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    stage.page.keyboard.press("Enter")
    stage.until("called.length === 1")
    assert stage.js("called[0]") == {
        "id": "ann", "title": "Ann Lee", "group": "People", "interactive": True, "data": data,
    }  # fmt: skip
    tag.click()
    stage.until("called.length === 2")
    assert [one["name"] for one in stage.errors] == ["IntegrationError"]
    stage.set("{entities: undefined}")
    expect(tag).to_have_count(0)
    expect(stage.questions.locator(".tag")).to_have_text(["@Ann Lee", "@Ann Lee"])
