"""Icons by name in options and answers (element.md §9): ours, any of Lucide's, and names that are none."""

from __future__ import annotations

import re
from collections import Counter

from playwright.sync_api import expect

from e2e.scripted import Stage, done, first_answer, item

PROMPTS = {
    "plain": None,
    "ours": "globe",
    "lucide": "lucide:anchor",
    "given up": "lucide:alarm-check",
    "fallback": "chevron-down",
    "nonsense": "lucide:nonsense",
    "vendor": "vendor:x",
    "prototype": "lucide:constructor",
}
DRAWN = ["ours", "lucide", "given up", "fallback"]


def test_icons_of_lucide_are_fetched_in_parts_when_they_are_named(stage: Stage) -> None:
    asked: list[str] = []
    stage.page.on("request", lambda request: asked.append(request.url))
    stage.start("{startScreen: {prompts: [{label: 'Plain', prompt: 'x', icon: 'globe'}]}}")
    expect(stage.element.locator("[part~=start-prompt] svg")).to_have_count(1)
    assert [url for url in asked if "/lucide-" in url] == []

    prompts = [
        {"label": label, "prompt": "x"} | ({"icon": icon} if icon else {}) for label, icon in PROMPTS.items()
    ]
    tools = [{"id": "t", "label": "Tool", "icon": "chevrons-down", "pinned": True}]
    stage.set(
        f"{{startScreen: {{prompts: {prompts}}}, composer: {{tools: {tools}}}}}".replace("True", "true")
    )
    for label in DRAWN:
        prompt = stage.element.get_by_role("button", name=label, exact=True)
        expect(prompt.locator("svg path[d^=M]")).to_have_count(1)
    expect(stage.element.locator(".icon:not(svg)")).to_have_count(0)  # everything is known by now
    for label in PROMPTS.keys() - {*DRAWN}:
        prompt = stage.element.get_by_role("button", name=label, exact=True)
        expect(prompt.locator(".icon")).to_have_count(0)
        assert start_of_words(stage, label) == start_of_words(stage, "plain"), label
    assert start_of_words(stage, "lucide") > start_of_words(stage, "plain")
    expect(stage.element.get_by_role("button", name="Tool", exact=True).locator("svg path")).to_have_count(1)

    # What a server names is drawn the same way; each part came once, however many icons of it were named.
    task = {
        "type": "custom",
        "title": "Sailed",
        "icon": "lucide:anvil",
        "content": None,
        "status_indicator": "none",
    }
    stage.script.answer("threads.create", [*first_answer(), done(item("task", "tsk_1", task=task))])
    stage.say("Hi")
    expect(stage.element.locator("[part~=workflow] svg path[d^=M]")).to_have_count(1)
    parts = Counter(re.findall(r"/lucide-[\w-]+\.js", " ".join(asked)))
    assert len(parts) == 4  # a…, ch…, and the two in which `nonsense` and `constructor` would be
    assert set(parts.values()) == {1}


def test_icons_that_could_not_be_fetched_keep_their_place_and_come_later(stage: Stage) -> None:
    lost = "**/chunks/{others,lucide}-*"
    stage.page.route(lost, lambda route: route.abort())
    with stage.page.expect_event("requestfailed"):
        stage.start("{startScreen: {prompts: [{label: 'Plain', prompt: 'x', icon: 'lucide:anchor'}]}}")
    icons = stage.element.locator("[part~=start-prompt] .icon")
    expect(icons).to_have_count(1)
    before = start_of_words(stage, "Plain")

    # Back on line the list of names comes, and with it the part of Lucide: tried until it is there.
    stage.page.unroute(lost)
    stage.page.route("**/chunks/lucide-*", lambda route: route.abort())
    back = "dispatchEvent(new Event('online'))"
    with stage.page.expect_event("requestfailed"):
        stage.until(
            f"{back} && performance.getEntriesByType('resource').some((one) => /lucide-/.test(one.name))"
        )
    expect(stage.element.locator("[part~=start-prompt] .icon:not(svg)")).to_have_count(1)
    stage.page.unroute("**/chunks/lucide-*")
    stage.until(f"{back} && chat.shadowRoot.querySelector('[part~=start-prompt] svg.icon')")
    expect(icons).to_have_count(1)
    assert start_of_words(stage, "Plain") == before
    assert stage.errors == []


def start_of_words(stage: Stage, label: str) -> float:
    """Where the words of a prompt begin."""
    return float(
        stage.js(
            """(() => {
              const button = [...chat.shadowRoot.querySelectorAll('[part~=start-prompt]')]
                .find((one) => one.textContent.trim() === given);
              const walker = document.createTreeWalker(button, NodeFilter.SHOW_TEXT);
              const range = document.createRange();
              range.selectNodeContents(walker.nextNode());
              return range.getBoundingClientRect().left;
            })()""",
            label,
        )
    )
