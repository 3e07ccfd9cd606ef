"""Tools and models (element.md §3.8): what is chosen, what the request carries, what stays for the next message."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from e2e.rows import covers
from e2e.screen import serious_faults
from e2e.scripted import Stage, done, first_answer, question, said

OPTIONS = """{composer: {
  placeholder: 'Say something',
  tools: [
    {id: 'search', label: 'Search the web', shortLabel: 'Search', icon: 'globe',
     placeholderOverride: 'Search for what?'},
    {id: 'draw', label: 'Make a picture', icon: 'images'},
    {id: 'think', label: 'Think longer', shortLabel: 'Think', icon: 'lightbulb', pinned: true, persistent: true},
  ],
  models: [
    {id: 'tiny', label: 'Tiny', description: 'Answers at once', disabled: true},
    {id: 'quick', label: 'Quick', description: 'Short answers'},
    {id: 'careful', label: 'Careful', default: true},
  ],
}}"""


def button(stage: Stage, name: str) -> Locator:
    return stage.element.get_by_role("button", name=name, exact=True)


def chosen(stage: Stage, operation: str) -> list[Any]:
    return [params["input"]["inference_options"] for params in stage.script.params(operation)]


def changes(stage: Stage) -> list[str | None]:
    return [detail["toolId"] for name, detail in stage.heard if name == "tool.change"]


@covers(
    "composer.tools.id",
    "composer.tools.label",
    "composer.tools.icon",
    "composer.tools.shortLabel",
    "composer.tools.placeholderOverride",
    "composer.tools.pinned",
    "composer.tools.persistent",
    "chatkit.tool.change",
)
def test_a_tool_goes_with_one_message_unless_it_is_persistent(stage: Stage) -> None:
    stage.start(OPTIONS)
    menu_button = button(stage, "Tools")
    menu_button.click()
    menu = stage.element.get_by_role("menu", name="Tools")
    entries = menu.get_by_role("menuitemradio")
    expect(entries).to_have_text(["Search the web", "Make a picture"])  # the pinned one is not in it
    expect(entries.nth(0).locator("svg path")).to_have_count(1)  # its icon
    expect(entries.nth(0)).to_be_focused()
    assert serious_faults(stage.page) == []
    stage.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(menu_button).to_be_focused()

    menu_button.press("ArrowDown")
    expect(entries.nth(0)).to_be_focused()
    # Closed and opened again before the browser has told of either.
    stage.page.keyboard.press("End")
    stage.js("""(() => {
      const menu = chat.shadowRoot.querySelector('[role=menu]');
      menu.hidePopover();
      chat.shadowRoot.activeElement?.blur();
      menu.showPopover();
    })()""")
    expect(entries.nth(0)).to_be_focused()
    stage.page.keyboard.press("ArrowUp")  # round to the last
    expect(entries.nth(1)).to_be_focused()
    stage.page.keyboard.type("s")
    expect(entries.nth(0)).to_be_focused()
    stage.page.keyboard.press("Enter")
    expect(stage.composer).to_be_focused()
    chip = button(stage, "Remove Search")
    expect(chip).to_have_text("Search")
    expect(stage.composer).to_have_attribute("data-placeholder", "Search for what?")
    assert serious_faults(stage.page) == []

    stage.script.answer("threads.create", first_answer())
    stage.say("Hi")
    stage.wait_for_end()
    expect(chip).to_have_count(0)
    expect(stage.composer).to_have_attribute("data-placeholder", "Say something")
    assert changes(stage) == ["search", None]

    pinned = button(stage, "Think longer")
    expect(pinned).to_have_text("Think")
    pinned.click()
    expect(pinned).to_have_attribute("aria-pressed", "true")
    stage.script.answer(
        "threads.add_user_message", *[[done(question("q", "More")), done(said("a", "More."))]] * 2
    )
    stage.say("More")
    stage.wait_for_end()
    expect(pinned).to_have_attribute("aria-pressed", "true")
    pinned.click()
    expect(pinned).to_have_attribute("aria-pressed", "false")
    assert changes(stage)[2:] == ["think", None]

    # What a page sends is its own: the composer's choices are not in it, and stay.
    stage.call("setComposerValue", {"selectedToolId": "draw"})
    expect(button(stage, "Remove Make a picture")).to_be_visible()
    assert stage.call("sendUserMessage", {"text": "Again"}) is None
    stage.wait_for_end()
    expect(button(stage, "Remove Make a picture")).to_be_visible()
    assert chosen(stage, "threads.create") == [{"tool_choice": {"id": "search"}, "model": "careful"}]
    asked = chosen(stage, "threads.add_user_message")
    assert asked == [{"tool_choice": {"id": "think"}, "model": "careful"}, {}]
    button(stage, "Remove Make a picture").click()
    assert changes(stage)[4:] == ["draw", None]


@covers(
    "composer.models.id",
    "composer.models.label",
    "composer.models.description",
    "composer.models.disabled",
    "composer.models.default",
)
def test_the_model_is_sent_with_every_message_and_stays(stage: Stage) -> None:
    stage.start(OPTIONS)
    picker = button(stage, "Model: Careful")
    expect(picker).to_have_text("Careful")
    picker.click()
    entries = stage.element.get_by_role("menuitemradio")
    expect(entries).to_have_text(["TinyAnswers at once", "QuickShort answers", "Careful"])
    expect(entries.nth(2)).to_be_focused()
    expect(entries.nth(2)).to_have_attribute("aria-checked", "true")
    entries.nth(0).click(force=True)
    expect(entries.nth(2)).to_be_visible()  # one that is disabled is seen, and not chosen
    assert serious_faults(stage.page) == []
    stage.page.keyboard.press("Home")
    expect(entries.nth(1)).to_be_focused()
    stage.page.keyboard.press("Enter")
    picker = button(stage, "Model: Quick")
    expect(picker).to_be_focused()

    stage.script.answer("threads.create", first_answer())
    stage.script.answer("threads.add_user_message", [done(question("q", "More")), done(said("a", "More."))])
    stage.say("Hi")
    stage.wait_for_end()
    stage.say("More")
    stage.wait_for_end()
    assert chosen(stage, "threads.create") + chosen(stage, "threads.add_user_message") == [
        {"model": "quick"},
        {"model": "quick"},
    ]


def test_a_prompt_of_the_start_screen_goes_with_what_is_chosen(stage: Stage) -> None:
    """element.md §3.4"""
    prompts = "startScreen: {prompts: [{label: 'Greet', prompt: 'Hello'}]}"
    stage.start(OPTIONS.rstrip("}") + "}, " + prompts + "}")
    button(stage, "Tools").click()
    stage.element.get_by_role("menuitemradio", name="Search the web").click()
    expect(button(stage, "Remove Search")).to_be_visible()
    stage.script.answer("threads.create", first_answer())
    stage.composer.fill("A draft")
    button(stage, "Greet").click()
    stage.wait_for_end()
    expect(stage.composer).to_have_text("A draft")
    assert chosen(stage, "threads.create") == [{"tool_choice": {"id": "search"}, "model": "careful"}]
    assert changes(stage) == ["search", None]


def test_on_a_phone_the_tools_stay_in_one_row_beside_a_model_with_a_long_name(stage: Stage) -> None:
    """LOOK.md: one row, whatever the model is called; its name is cut."""
    stage.page.set_viewport_size({"width": 360, "height": 740})
    stage.start("""{
      api: {url: '/chatkit', uploadStrategy: {type: 'direct', uploadUrl: '/files'}},
      composer: {
        attachments: {enabled: true}, dictation: {enabled: true},
        models: [{id: 'a', label: 'SmolLM2-135M-Instruct', default: true}, {id: 'b', label: 'Other'}],
      },
      entities: {onTagSearch: () => [], showComposerMenu: true},
    }""")
    tools = stage.element.locator(".composer-tools")
    expect(tools.get_by_role("button")).to_have_count(4)
    tops = "[...chat.shadowRoot.querySelectorAll('.composer-tools button')].map((one) => one.offsetTop)"
    assert len(set(stage.js(tops))) == 1
