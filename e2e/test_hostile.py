"""Hostile texts in every place that shows some: nothing runs, nothing hangs, the layout holds (protocol/hostile)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Watch
from e2e.hostile import EVERYTHING, NOT_THERE, cases, in_forms, open_page, show, two_frames, verdict
from e2e.screen import SECOND
from e2e.scripted import Json, Stage, item, question, said, thread

LONG = 40_000


@pytest.fixture
def hostile(stage: Stage, watch: Watch) -> Stage:
    for words in NOT_THERE:
        watch.expect(words)
    stage.page.set_default_timeout(120 * SECOND)
    open_page(stage)
    return stage


def reads_on(stage: Stage, selector: str, words: str) -> bool:
    """Whether the letters of words go from left to right in each element that ends with them."""
    return bool(
        stage.js(
            """[...chat.shadowRoot.querySelectorAll(given[0])].every((one) => {
              const text = [...(function* texts(node) {
                if (node.nodeType === 3) yield node;
                else for (const child of node.childNodes) yield* texts(child);
              })(one)].findLast((node) => node.data.includes(given[1]));
              const start = text.data.lastIndexOf(given[1]);
              const places = [...given[1]].map((_, index) => {
                const range = document.createRange();
                range.setStart(text, start + index);
                range.setEnd(text, start + index + 1);
                return range.getBoundingClientRect().left;
              });
              return places.every((place, index) => !index || place > places[index - 1]);
            })""",
            [selector, words],
        )
    )


def test_answers_are_only_drawn(hostile: Stage) -> None:
    texts = in_forms()
    for kind in ("html", "markdown", "unicode", "names", "maths"):
        texts += cases(kind)
    assert len(texts) >= 300
    hostile.set()
    show(hostile, "thr_1", [said(f"a{number}", text) for number, text in enumerate(texts)])
    hostile.js(f"({EVERYTHING})(chat.shadowRoot)")
    expect(hostile.answers).to_have_count(len(texts), timeout=60 * SECOND)
    expect(hostile.element.locator("math").first).to_be_attached()
    assert verdict(hostile) == []

    # Ten thousand cells are too much for the DOM of the unit tests.
    cells = "|x|<b>y|**z|`|_|&lt;|[|(|!|~|\n"
    long = [*cases("huge"), "|a|b|c|d|e|f|g|h|i|j|\n|-|-|-|-|-|-|-|-|-|-|\n" + cells * 1000]
    show(hostile, "thr_2", [said(f"a{n}", text) for n, text in enumerate(long) if len(text) <= LONG])
    assert verdict(hostile) == []
    for number, text in enumerate(text for text in long if len(text) > LONG):
        show(hostile, f"thr_long_{number}", [said(f"long{number}", text)])
    assert verdict(hostile) == []


def test_every_other_place_only_shows_them(hostile: Stage) -> None:
    """What people wrote, files, tags, quotes, sources, work, titles, options and words of the page."""
    texts = cases("unicode") + cases("html") + cases("names")
    url = "javascript:trap(1)"
    items: list[Json] = []
    for number, text in enumerate(texts):
        tag: Json = {
            "type": "input_tag",
            "id": text,
            "text": text,
            "interactive": True,
            "data": {"__proto__": text},
        }
        source = {"title": text, "description": text, "attribution": text, "group": text, "timestamp": text}
        sources: list[Json] = [
            {"type": "url", "url": text, **source},
            {"type": "url", "url": url, **source},
            {"type": "file", "filename": text, **source},
            {"type": "entity", "id": text, "icon": text, "inline_label": text, "data": {}, **source},
        ]
        notes: list[Json] = [{"type": "annotation", "source": one, "index": 3} for one in sources]
        kinds: list[Json] = [
            {"type": "custom", "title": text, "icon": text, "content": text},
            {"type": "web_search", "title_query": text, "queries": [text], "sources": sources[:2]},
            {"type": "file", "title": text, "sources": sources[2:3]},
            {"type": "thought", "title": text, "content": text},
        ]
        tasks: list[Json] = [one | {"status_indicator": "complete"} for one in kinds]
        asked = question(f"q{number}", text)
        asked["content"] = [tag, {"type": "input_text", "text": "abc"}]
        asked["quoted_text"] = text
        asked["attachments"] = [{"type": "file", "id": text, "name": text, "mime_type": text}]
        answer = said(f"a{number}", "Said " + text)
        answer["content"][0]["annotations"] = notes
        flow: Json = {
            "type": "custom",
            "tasks": tasks,
            "summary": {"title": text, "icon": text},
            "expanded": True,
        }
        items += [asked, question(f"p{number}", text), item("workflow", f"w{number}", workflow=flow), answer]
    hostile.set()
    show(hostile, "thr_1", items)
    hostile.js(f"({EVERYTHING})(chat.shadowRoot)")
    expect(hostile.element.locator(".sources")).to_have_count(len(texts), timeout=60 * SECOND)
    hostile.js("chat.shadowRoot.querySelectorAll('.sources').forEach((one) => (one.open = true))")
    two_frames(hostile)
    assert verdict(hostile) == []
    # What turns text around ends with the tag it is in, also before its looks have come.
    assert reads_on(hostile, ".bubble:has(.tag)", "abc")
    # The card of a source, and what its link leads to.
    hostile.element.locator(".mark").first.focus()
    expect(hostile.element.locator(".source-card")).to_be_visible()
    assert verdict(hostile) == []

    # Titles, in the header and in the history, and in the question whether one may go.
    threads = [thread(f"thr_{number}", title=text) for number, text in enumerate(texts)]
    assert hostile.call("setThreadId", None) is None
    hostile.script.answer("threads.list", {"data": threads, "has_more": False})
    assert hostile.call("showHistory") is None
    expect(hostile.rows()).to_have_count(len(texts), timeout=60 * SECOND)
    assert verdict(hostile) == []
    for number in (0, 8, 15):  # among the first are those that turn, and those that pile up
        hostile.rows().nth(number).get_by_role("button").last.press("Enter")
        expect(hostile.element.get_by_role("alertdialog")).to_be_visible(timeout=60 * SECOND)
        assert reads_on(hostile, "[role=alertdialog] p", "gone")
        assert verdict(hostile) == []
        hostile.page.keyboard.press("Escape")
        expect(hostile.element.get_by_role("alertdialog")).to_have_count(0, timeout=60 * SECOND)
    assert hostile.call("hideHistory") is None

    # Options and the page's own words, one text after the other.
    faults = hostile.js(
        """(async () => {
          const refused = [];
          for (const text of given) {
            const prompts = [{ label: text, prompt: text, icon: text }];
            const words = JSON.parse('{"__proto__": "x", "constructor": "x"}');
            try {
              chat.setOptions({
                api: { url: '/chatkit' },
                startScreen: { greeting: text, prompts },
                header: { title: { text }, leftAction: { icon: 'home', onClick() {} } },
                disclaimer: { text },
                composer: { placeholder: text },
                frameTitle: text,
                locale: text,
                strings: { ...words, 'composer.label': text, 'header.history': text },
              });
            } catch (error) {
              refused.push(`${error.name}: ${error.message}`);
            }
            await new Promise((drawn) => requestAnimationFrame(drawn));
            if (!chat.shadowRoot.querySelector('.greeting')?.textContent.includes(text)) refused.push(text);
          }
          return refused;
        })()""",
        texts,
    )
    assert faults == []
    assert verdict(hostile) == []


def test_signs_that_pile_up_stay_in_their_block(hostile: Stage) -> None:
    """A neighbour looks the same, whatever stands above and below it."""
    marks = "".join(chr(0x300 + n) for n in range(0x50))
    plain, piled = "he comes", "".join(letter + marks for letter in "he comes")
    pictures: list[list[bytes]] = []
    for number, text in enumerate((plain, piled)):
        items = [
            said(f"a{number}", f"{text}\n\nA paragraph between.\n\n- {text}\n- A step between.\n- {text}")
        ]
        items += [question(f"q{number}", "A question between"), said(f"b{number}", f"{text}\n\nThe end.")]
        items.append(question(f"p{number}", text))
        hostile.set()
        show(hostile, f"thr_{number}", items)
        between = [hostile.answers.first.locator("p").nth(1), hostile.answers.first.locator("li").nth(1)]
        between += [hostile.questions.first, hostile.answers.last.locator("p").last]
        pictures.append([one.screenshot(animations="disabled") for one in between])
    for number, (one, other) in enumerate(zip(*pictures, strict=True)):
        assert one == other, number
