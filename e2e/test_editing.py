"""Writing around tags with whatever writes: an input method, a phone's keyboard, a selection, the clipboard, a drag.

What stands in the field and what is kept of it, which is what is sent, have to be the same all the time.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from e2e.input_method import InputMethod
from e2e.scripted import Json, Stage

# What the field shows, tags as [their name].
SHOWN = """[...chat.shadowRoot.querySelector('.editor').childNodes].map((node) =>
  node.className === 'tag' ? `[${node.textContent.slice(1)}]` : node.nodeName === 'BR' ? node.nextSibling ? '\\n' : ''
  : node.nodeName === 'IMG' ? '' : node.data).join('')"""
KEPT = "(document.dispatchEvent(new Event('visibilitychange')), sessionStorage['chatkit.drafts'] ?? '{}')"


def tag(name: str) -> Json:
    return {"type": "input_tag", "id": name.lower(), "text": name, "data": {}, "interactive": False}


@dataclass
class Field:
    """A field in which texts are written as they are read: `a[Ann]b` has a tag in it, and `|` is the caret."""

    stage: Stage
    method: InputMethod

    def put(self, text: str) -> None:
        parts = [one for one in re.split(r"(\[\w+\])", text.replace("|", "")) if one]
        content = [
            tag(one[1:-1]) if one.startswith("[") else {"type": "input_text", "text": one} for one in parts
        ]
        assert self.stage.call("setComposerValue", {"content": content}) is None
        self.press("Control+Home")
        before = re.sub(r"\[\w+\]", "¤", text).partition("|")[0]
        self.press(*["ArrowRight"] * len(before))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.stage.page.keyboard.press(key)

    def undo(self, until: str) -> list[str]:
        """Goes back to a text; what stood there on the way. How many steps it takes is a matter of time."""
        steps = [self.text]
        while steps[-1] != until and len(steps) < 4:
            self.press("Control+z")
            steps.append(self.text)
        assert steps[-1] == until, steps
        return steps

    def place(self, node: int, offset: int | None = None) -> tuple[float, float]:
        """A point of the window: within a text of the field, or the middle of a tag."""
        return self.stage.js(
            """(([node, offset]) => {
              const one = chat.shadowRoot.querySelector('.editor').childNodes[node];
              const range = document.createRange();
              if (offset === null) range.selectNode(one);
              else range.setStart(one, offset);
              const {left, top, width, height} = range.getBoundingClientRect();
              return [left + width / 2, top + height / 2];
            })(given)""",
            [node, offset],
        )

    def drag(self, start: tuple[float, float], to: tuple[float, float], with_key: str | None = None) -> None:
        mouse, keyboard = self.stage.page.mouse, self.stage.page.keyboard
        mouse.move(*start)
        mouse.down()
        if with_key:
            keyboard.down(with_key)
        mouse.move(*to)
        mouse.move(*to)
        mouse.up()
        if with_key:
            keyboard.up(with_key)

    def type(self, text: str) -> None:
        self.stage.page.keyboard.type(text)

    @property
    def text(self) -> str:
        shown = self.stage.js(SHOWN)
        kept = [one["written"] for one in json.loads(self.stage.js(KEPT)).values()] or [
            {"text": "", "tags": []}
        ]
        names = iter(one["text"] for one in kept[0]["tags"])
        assert re.sub("\ufffc", lambda _: f"[{next(names)}]", kept[0]["text"]) == shown
        return shown


@pytest.fixture
def field(stage: Stage) -> Field:
    stage.start()
    stage.composer.click()
    return Field(stage, InputMethod(stage.page))


def test_an_input_method_composes_on_every_side_of_a_tag(field: Field) -> None:
    method = field.method
    for before, after in {
        "|[Ann]": "今![Ann]",
        "[Ann]|": "[Ann]今!",
        "[Ann]|[Bob]": "[Ann]今![Bob]",
        "x|[Ann]y": "x今![Ann]y",
        "x[Ann]|y": "x[Ann]今!y",
    }.items():
        field.put(before)
        plain = before.replace("|", "")
        # One that is given up leaves what was there, and the caret where it was.
        method.compose("に")
        method.compose("")
        assert field.text == plain, before
        for stage in ("k", "こ", "こん"):
            method.compose(stage)
        assert field.text == before.replace("|", "こん")
        method.commit("今")
        field.type("!")
        assert field.text == after
        # Undone, nothing of what was on its way is there again, and no tag is lost.
        steps = field.undo(plain)
        assert set(steps) <= {after, before.replace("|", "今"), plain}, steps
        for step in steps[-2::-1]:
            field.press("Control+Shift+z")
            assert field.text == step


def test_a_phones_keyboard_writes_corrects_and_deletes_around_tags(field: Field) -> None:
    """Its keys have no names (229): only what they do is told."""
    method = field.method
    field.put("[Ann]|")
    method.type_on_phone("teh", corrected="the")
    method.type_on_phone("end")
    assert field.text == "[Ann]the end "
    for _ in "the end ":
        method.press_on_phone("deleteBackward")
    assert field.text == "[Ann]"
    method.press_on_phone("deleteBackward")
    assert field.text == ""
    expect(field.stage.send_button).to_be_disabled()
    field.type("z")
    assert field.text == "z"

    # A tag goes as a whole, forwards too, and comes back as one.
    field.put("x[Ann]|[Bob]y")
    method.press_on_phone("deleteBackward")
    assert field.text == "x[Bob]y"
    method.press_on_phone("deleteForward")
    assert field.text == "xy"
    field.press("Control+z")
    assert field.text == "x[Bob]y"
    field.press("Control+z")
    assert field.text == "x[Ann][Bob]y"

    # A word that stands there already is taken back into composition, and replaced.
    field.put("teh|[Ann]")
    method.compose("the", instead_of=(0, 3))
    method.commit("the")
    assert field.text == "the[Ann]"
    # The same as browsers with a spelling checker do it.
    field.put("[Ann] teh|")
    field.stage.js("""{
      const box = chat.shadowRoot.querySelector('.editor');
      const text = box.lastChild;
      const range = new StaticRange({startContainer: text, startOffset: 1, endContainer: text, endOffset: 4});
      const data = {inputType: 'insertReplacementText', data: 'the', bubbles: true, composed: true};
      if (box.dispatchEvent(new InputEvent('beforeinput', {...data, cancelable: true, targetRanges: [range]}))) {
        text.replaceData(1, 3, 'the');
        box.dispatchEvent(new InputEvent('input', data));
      }
    }""")
    assert field.text == "[Ann] the"
    field.press("Control+z")
    assert field.text == "[Ann] teh"


def test_a_line_may_begin_with_a_tag(field: Field) -> None:
    def lines(text: str) -> list[str]:
        """Where a letter goes that is typed at the caret."""
        field.type("x")
        written = field.text.replace("x", "|")
        field.press("Backspace")
        assert field.text == text
        return written.split("\n")

    whole = "[Ann]\n[Bob]"
    field.put("[Ann]|[Bob]")
    field.press("Shift+Enter")
    assert lines(whole) == ["[Ann]", "|[Bob]"]
    # One press for one tag, to both sides, and to the ends of the line.
    for key, after in {
        "ArrowRight": "[Bob]|",
        "ArrowLeft": "|[Bob]",
        "End": "[Bob]|",
        "Home": "|[Bob]",
    }.items():
        field.press(key)
        assert lines(whole)[1] == after, key
    field.press("ArrowLeft")
    assert lines(whole) == ["[Ann]|", "[Bob]"]
    field.press("ArrowRight", "Shift+ArrowRight", "Shift+ArrowLeft", "Shift+ArrowRight")
    assert field.stage.js("chat.shadowRoot.getSelection().toString()") == "@Bob"
    field.press("ArrowLeft")
    field.method.type_on_phone("to")
    assert field.text == "[Ann]\nto [Bob]"
    field.press("Home", "Backspace")
    assert field.text == "[Ann]to [Bob]"


def test_what_is_selected_across_tags_is_replaced_deleted_cut_and_pasted(field: Field) -> None:
    whole, rest = "ab[Ann]cd[Bob]ef", "a[Bob]ef"

    def select() -> None:
        field.put(whole.replace("ab", "a|b"))
        field.press(*["Shift+ArrowRight"] * 4)

    for key, after in {
        "X": "aX[Bob]ef",
        "Backspace": rest,
        "Delete": rest,
        "Control+x": rest,
        "Shift+Enter": "a\n[Bob]ef",
    }.items():
        select()
        field.press(key)
        assert field.text == after, key
        field.press("Control+z")
        assert field.text == whole, key
        field.press("Control+Shift+z")
        assert field.text == after, key

    select()
    field.method.compose("k")
    field.method.compose("こ")
    field.method.commit("こ")
    assert field.text == "aこ[Bob]ef"
    field.press("Control+z")
    assert field.text == whole

    # Tags are words to others, and tags where they are pasted here.
    select()
    field.press("Control+c", "End", "Control+v")
    assert field.text == f"{whole}b[Ann]cd"
    assert field.stage.js("navigator.clipboard.readText()") == "b@Anncd"
    field.press("Control+z")
    assert field.text == whole
    field.press("Control+a", "Control+x")
    assert field.text == ""
    field.press("Control+v")
    assert field.text == whole
    # Words that look like a tag stay words (element.md §3.14).
    # What was copied as HTML alone comes in by its words.
    field.stage.js("""navigator.clipboard.write([new ClipboardItem({
      'text/html': new Blob(['<p>one &amp; <b>two</b></p><p>three</p>'], {type: 'text/html'}),
    })])""")
    before = field.text
    field.press("Control+v")
    assert "one & two\nthree" in field.text
    field.undo(before)
    field.stage.js("navigator.clipboard.writeText('@Ann')")
    field.press("Control+a", "Control+v")
    assert field.text == "@Ann"
    field.press("Control+a", "Control+c", "End", "Control+v")
    assert field.text == "@Ann@Ann"

    # By words and lines, as keyboards can.
    field.put("one two[Ann] three[Bob]|")
    field.press("Control+Backspace")
    assert field.text == "one two[Ann] three"
    field.press("Control+Backspace")
    assert field.text == "one two[Ann] "
    field.undo("one two[Ann] three[Bob]")
    field.press("Control+Home", "Control+Delete")
    assert field.text.strip() == "two[Ann] three[Bob]"


def test_dropped_text_comes_in_where_it_is_dropped_and_as_words(field: Field) -> None:
    stage, page = field.stage, field.stage.page
    stage.js("""{
      const words = document.createElement('p');
      words.innerHTML = '<b>dragged</b>';
      words.style.cssText = 'position: fixed; inset: 0 auto auto 0; margin: 0; z-index: 9; font: 20px sans-serif';
      words.id = 'words';
      document.body.append(words);
      getSelection().selectAllChildren(words);
    }""")
    field.put("[Ann] and on|")
    stage.js("getSelection().selectAllChildren(document.getElementById('words'))")
    words = page.locator("#words b").bounding_box()
    assert words
    to = stage.js("""(() => {
      const box = chat.shadowRoot.querySelector('.editor');
      const range = document.createRange();
      range.setStart(box.lastChild, 1);
      const {left, top, height} = range.getBoundingClientRect();
      return [left, top + height / 2];
    })()""")
    page.mouse.move(words["x"] + 20, words["y"] + 10)
    page.mouse.down()
    page.mouse.move(*to)
    page.mouse.move(*to)
    page.mouse.up()
    expect(stage.element.locator(".editor")).to_have_text("@Ann draggedand on")
    assert field.text == "[Ann] draggedand on"
    assert stage.js("chat.shadowRoot.querySelectorAll('.editor b').length") == 0
    field.press("Control+z")
    assert field.text == "[Ann] and on"


def test_dragged_tags_stay_tags_in_the_field_and_are_words_elsewhere(field: Field) -> None:
    stage, page = field.stage, field.stage.page
    whole = "one [Ann] two three"
    field.put(f"|{whole}")
    selected = "chat.shadowRoot.getSelection().toString()"

    def is_taken_back() -> None:
        field.press("Control+z")
        assert field.text == whole, "in one step"

    # A selection with a tag in it, forwards: held by its words, or by the tag.
    for held in (0, 2), (1, None):
        field.press("Control+Home", *["Shift+ArrowRight"] * 5)
        field.drag(field.place(*held), field.place(2, 4))
        assert field.text == " twoone [Ann] three"
        assert stage.js(selected) == "one @Ann"
        is_taken_back()
    field.press("Control+Shift+z")
    assert field.text == " twoone [Ann] three"
    is_taken_back()

    # A tag by itself, backwards; and copied.
    field.press("Control+End")
    field.drag(field.place(1), field.place(0, 1))
    assert field.text == "o[Ann]ne  two three"
    is_taken_back()
    field.drag(field.place(1), field.place(2, 4), with_key="Control")
    assert field.text == "one [Ann] two[Ann] three"
    is_taken_back()

    # Dropped on a tag, which takes nothing in, words come in beside it.
    x, y = field.place(1)
    for to, text in ((x - 8, "one two[Ann]  three"), (x + 8, "one [Ann]two  three")):
        field.press("Control+Home", *["ArrowRight"] * 6, *["Shift+ArrowRight"] * 3)
        field.drag(field.place(2, 2), (to, y))
        assert field.text == text
        is_taken_back()

    # Pressed without being dragged, it is selected as one thing.
    page.mouse.click(*field.place(1))
    assert stage.js(selected) == "@Ann"
    field.type("X")
    assert field.text == "one X two three"
    is_taken_back()

    # Out of the chat they are words, and nothing else.
    stage.js("""{
      const page = document.createElement('div');
      page.id = 'page';
      page.contentEditable = 'true';
      page.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 300px; height: 60px; background: #fff';
      document.body.append(page);
    }""")
    field.press("Control+Home", *["Shift+ArrowRight"] * 5)
    field.drag(field.place(0, 2), (100, 20))
    assert stage.js("document.getElementById('page').innerText").strip() == "one @Ann"
    assert stage.js("document.querySelectorAll('#page .tag, #page [contenteditable]').length") == 0
    assert field.text == " two three"
    stage.composer.click()
    is_taken_back()

    # Words that look like one stay words, whoever drags them.
    stage.js("{ page.textContent = '@Ann'; getSelection().selectAllChildren(page) }")
    field.drag((8, 10), field.place(2, 10))
    assert field.text == "one [Ann] two three@Ann"
    stage.js("{ page.textContent = '@Ann'; getSelection().selectAllChildren(page) }")
    field.drag((8, 10), (x + 8, y))
    assert field.text == "one [Ann]@Ann two three@Ann"
