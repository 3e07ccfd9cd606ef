"""The hostile texts of protocol/hostile, and what a real browser must not do about them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from e2e.scripted import PAGE, Json, Stage, thread

FOLDER = Path(__file__).parent.parent / "protocol" / "hostile"


def hash_of(style: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


# Nothing is blocked, so that what runs would really run; what the policy would have blocked is reported. The page's own
# styles are named.
STYLES = " ".join(map(hash_of, re.findall(r'(?<=<style>)[^<]+|(?<= style=")[^"]+', PAGE)))
POLICY = {
    "Content-Security-Policy-Report-Only": "default-src 'self'; img-src 'self' data: blob:; object-src 'none';"
    " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none';"
    f" style-src 'self' 'unsafe-hashes' {STYLES}"
}

# A picture of this page's own that is not there, a blob that nobody made: asked for, and not found.
NOT_THERE = ["404", "Not allowed to load local resource", "net::ERR"]

TRAP = """
window.trapped = [];
window.trap = (...what) => trapped.push(String(what));
for (const name of ['alert', 'confirm', 'prompt', 'open', 'print']) window[name] = window.trap;
"""

# Turns out of sight are not laid out: here they are, all at once.
EVERYTHING = """(root) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.turn { content-visibility: visible !important; }');
  root.adoptedStyleSheets.push(sheet);
}"""

LAYOUT = """(root) => {
  const found = [];
  const isInsideOf = (one, box) =>
    one !== box && (getComputedStyle(one).overflowX !== 'visible' || isInsideOf(one.parentElement, box));
  const thread = root.querySelector('.thread');
  for (const box of [root.host, ...root.querySelectorAll('.chat, .main, .header, .thread, .footer, .history-list')]) {
    if (box.scrollWidth <= box.clientWidth + 1) continue;
    const edge = box.getBoundingClientRect().right + 1;
    const wide = [...box.querySelectorAll('*')].filter(
      (one) => one.getBoundingClientRect().right > edge && !isInsideOf(one.parentElement, box),
    );
    if (wide.length) found.push(`${box.className} is ${box.scrollWidth} wide: ${wide[0].outerHTML.slice(0, 200)}`);
  }
  const messages = [...root.querySelectorAll('article')];
  let end = -Infinity;
  for (const one of messages) {
    const { top, bottom, left, right } = one.getBoundingClientRect();
    if (top < end - 0.5) found.push(`${one.textContent.slice(0, 80)} begins above the end of the one before`);
    end = bottom;
    const box = thread.getBoundingClientRect();
    if (left < box.left - 1 || right > box.right + 1) found.push(`${one.textContent.slice(0, 80)} sticks out`);
    for (const block of one.querySelectorAll('.md > *, .bubble')) {
      if (getComputedStyle(block).overflowY === 'visible' && block.localName !== 'hr')
        found.push(`${block.outerHTML.slice(0, 80)} lets what is in it out`);
    }
  }
  // Signs that pile up are clipped by the row or block they are in, not first by what scrolls and holds many of them.
  const rows = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (rows.nextNode()) {
    if (!/\\p{M}{8}/u.test(rows.currentNode.data)) continue;
    let box = rows.currentNode.parentElement;
    if (!box.checkVisibility() || box.closest('.visually-hidden, pre, .md-table, .editor')) continue;
    while (box && getComputedStyle(box).overflowY === 'visible') box = box.parentElement;
    if (!box || box.matches('.chat, .main') || /auto|scroll/.test(getComputedStyle(box).overflowY))
      found.push(`${rows.currentNode.parentElement.outerHTML.slice(0, 80)} in ${box?.className} piles up`);
  }
  return found;
}"""


def cases(kind: str) -> list[str]:
    texts: list[str] = []
    for case in json.loads((FOLDER / f"{kind}.json").read_text("utf-8"))["cases"]:
        pieces: list[Any] = case.get("pieces", [])
        text: str = case.get("text", "")
        texts.append(
            text + "".join(piece if isinstance(piece, str) else piece[0] * piece[1] for piece in pieces)
        )
    return texts


def in_forms() -> list[str]:
    """Each address in all forms that can hold one."""
    given = json.loads((FOLDER / "addresses.json").read_text("utf-8"))
    return ["\n\n".join(form.replace("{}", one) for form in given["forms"]) for one in given["addresses"]]


def open_page(stage: Stage) -> None:
    stage.script.page_headers = POLICY
    stage.page.add_init_script(TRAP)
    judge = (FOLDER / "faults.js").read_text("utf-8").replace("export function", "window.faults = function")
    stage.page.add_init_script("{" + judge + "}")
    stage.page.emulate_media(reduced_motion="reduce")
    stage.open_page()


def two_frames(stage: Stage) -> None:
    stage.js("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def show(stage: Stage, id: str, items: list[Json], **fields: Any) -> None:
    """Opens a thread; it is drawn when its last item is, and two more frames have passed."""
    given = thread(id, [one | {"thread_id": id} for one in items], **fields)
    stage.script.answer("threads.get_by_id", given)
    assert stage.call("setThreadId", id) is None
    last = json.dumps(items[-1]["id"])
    stage.until(f"chat.store.getSnapshot().items.at(-1)?.id === {last}")
    two_frames(stage)


def verdict(stage: Stage) -> list[str]:
    """What is wrong with what is on screen: things that run, that are not ours, or that are out of place."""
    found: list[str] = stage.js(
        "[...chat.shadowRoot.querySelectorAll('.md')].flatMap((one) => faults(one, location.href))"
    )
    forbidden = "script, iframe, object, embed, style, link, meta, base, form[action], template, video, audio"
    found += stage.js(f"[...chat.shadowRoot.querySelectorAll('{forbidden}')].map((one) => one.outerHTML)")
    found += stage.js(
        "[...chat.shadowRoot.querySelectorAll('*')].flatMap((one) =>"
        " one.getAttributeNames().filter((name) => name.startsWith('on')))"
    )
    found += stage.js(f"({LAYOUT})(chat.shadowRoot)")
    found += stage.js("trapped")
    return found
