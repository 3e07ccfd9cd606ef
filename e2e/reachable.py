"""What is asked of every view: nothing that axe finds, targets that can be hit, a focus that is seen, room for it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from e2e.screen import AXE

# Every control that can be seen, of a dialog only its own; without those that the app's Markdown only shows.
CONTROLS = """
const root = document.querySelector('openai-chatkit').shadowRoot;
const kinds = 'button, a[href], input, textarea, select, summary, [role=option], [tabindex="0"], .editor';
const scope = root.querySelector('dialog[open]') ?? root;
const controls = [...scope.querySelectorAll(kinds)].filter((one) => {
  const { width, height } = one.getBoundingClientRect();
  const isShown = one.checkVisibility({ visibilityProperty: true }) && width > 1 && height > 1;
  return isShown && !one.closest('[inert]') && !one.matches('input:disabled, [aria-disabled=true].editor');
});
const nameOf = (one) => {
  const words = one.getAttribute('aria-label') ?? one.textContent.trim().slice(0, 40);
  return `${one.localName}.${[...one.classList].join('.')} "${words}"`;
};
"""

# WCAG 2.2, 2.5.8: 24 by 24 pixels that can be hit, or that much room around it, or within a line of text.
TARGETS = """() => {
  CONTROLS
  const SIZE = 24;
  const boxOf = (one) => (one.closest('label') ?? one).getBoundingClientRect();
  const isSmall = ({ width, height }) => Math.min(width, height) < SIZE - 0.01;
  const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2];
  // What can be hit may be more than what is drawn.
  const isHitAround = (one) => {
    one.scrollIntoView({ block: 'center', inline: 'center' });
    const [x, y] = middle(boxOf(one));
    const reach = SIZE / 2 - 0.6;
    return [[reach, 0], [-reach, 0], [0, reach], [0, -reach]].every(([dx, dy]) =>
      one.contains(root.elementFromPoint(x + dx, y + dy)));
  };
  const isInLine = (one) => {
    const line = one.parentElement.closest('p, li, td, th, dd, blockquote, h1, h2, h3, h4, h5, h6');
    return getComputedStyle(one).display === 'inline' && line?.textContent.trim() !== one.textContent.trim();
  };
  const hasRoom = (one) => {
    const [x, y] = middle(boxOf(one));
    return controls.every((other) => {
      if (other === one || other.contains(one) || one.contains(other)) return true;
      const box = boxOf(other);
      if (isSmall(box)) {
        const [ox, oy] = middle(box);
        return Math.hypot(ox - x, oy - y) >= SIZE;
      }
      const dx = Math.max(box.left - x, x - box.right, 0);
      const dy = Math.max(box.top - y, y - box.bottom, 0);
      return Math.hypot(dx, dy) >= SIZE / 2;
    });
  };
  return controls
    .filter((one) => isSmall(boxOf(one)) && !isInLine(one) && !isHitAround(one) && !hasRoom(one))
    .map((one) => `${nameOf(one)}: ${boxOf(one).width.toFixed(1)} × ${boxOf(one).height.toFixed(1)}`);
}""".replace("CONTROLS", CONTROLS)

# WCAG 2.2, 2.4.7: an outline around it, or around what it stands in, that is not there without the focus and that
# nothing cuts off.
FOCUS = """() => {
  CONTROLS
  const outlineOf = (one) => {
    const { outlineStyle, outlineWidth, outlineColor, outlineOffset } = getComputedStyle(one);
    if (outlineStyle === 'none' || parseFloat(outlineWidth) < 1) return null;
    if (/^rgba.*, 0\\)$/.test(outlineColor)) return null;
    return { width: parseFloat(outlineWidth), offset: parseFloat(outlineOffset), color: outlineColor };
  };
  const around = (one) => {
    const all = [];
    for (let at = one; at && all.length < 4; at = at.parentElement) all.push(at);
    return all;
  };
  const isCut = (one, { width, offset }) => {
    one.scrollIntoView({ block: 'nearest' });
    const out = offset + width / 2;
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const sides = { left: left - out, top: top - out, right: -right - out, bottom: -bottom - out };
    const cut = new Set();
    if (!one.closest(':popover-open, dialog')) {
      for (let at = one.parentElement; at; at = at.parentElement) {
        const { overflowX, overflowY, overflowClipMargin } = getComputedStyle(at);
        const box = at.getBoundingClientRect();
        const margin = overflowX === 'clip' ? parseFloat(overflowClipMargin) || 0 : 0;
        const edges = { left: box.left, top: box.top, right: -box.right, bottom: -box.bottom };
        for (const side of Object.keys(sides)) {
          const overflow = side === 'left' || side === 'right' ? overflowX : overflowY;
          if (overflow !== 'visible' && sides[side] < edges[side] - margin - 0.01) cut.add(side);
        }
      }
    }
    return cut.size > 2; // at a scrolled edge a side or two may be hidden
  };
  const before = root.activeElement;
  const faults = [];
  const rest = new Map();
  const check = (one) => {
    const now = around(one).map(outlineOf);
    const was = rest.get(one) ?? [];
    const at = now.findIndex((line, index) => line && JSON.stringify(line) !== JSON.stringify(was[index] ?? null));
    if (at < 0) faults.push(`${nameOf(one)}: its focus cannot be seen`);
    else if (isCut(around(one)[at], now[at])) faults.push(`${nameOf(one)}: its outline is cut off`);
  };
  if (before && controls.includes(before)) check(before);
  before?.blur();  // what is around it may show its focus
  for (const one of controls) rest.set(one, around(one).map(outlineOf));
  for (const one of controls) {
    if (one === before || one.matches(':disabled, [role=option]') || !one.isConnected) continue;
    one.focus();
    if (root.activeElement !== one) faults.push(`${nameOf(one)}: takes no focus`);
    else check(one);
  }
  before?.focus();
  return faults;
}""".replace("CONTROLS", CONTROLS)

# WCAG 2.2, 1.4.10: nothing but what needs its width scrolls sideways, nothing is cut off or out of sight.
FITS = """() => {
  CONTROLS
  const NEED_WIDTH = 'pre, .md-table, math, .md-maths, .md-diagram';
  const host = root.host.getBoundingClientRect();
  const faults = [];
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways');
  for (const one of scope.querySelectorAll('*')) {
    if (!(one instanceof HTMLElement) || !one.checkVisibility({ visibilityProperty: true })) continue;
    const box = one.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || one.closest('.visually-hidden, [inert]')) continue;
    const style = getComputedStyle(one);
    const isWide = one.scrollWidth > one.clientWidth + 1 && style.display !== 'inline';
    if (isWide && /auto|scroll/.test(style.overflowX) && !one.matches(NEED_WIDTH))
      faults.push(`${nameOf(one)} scrolls sideways: ${one.scrollWidth} in ${one.clientWidth}`);
    if (isWide && /hidden|clip/.test(style.overflowX) && style.textOverflow !== 'ellipsis' && !one.closest(NEED_WIDTH))
      faults.push(`${nameOf(one)} is cut off: ${one.scrollWidth} in ${one.clientWidth}`);
    const isOut = box.left < -0.5 || box.right > innerWidth + 0.5;
    if (isOut && !one.parentElement?.closest(NEED_WIDTH))
      faults.push(`${nameOf(one)} is out of sight: ${box.left.toFixed(1)} to ${box.right.toFixed(1)}`);
  }
  const words = document.createRange();
  for (const one of controls) {
    if (!one.matches('button, summary, [role=option]')) continue;
    words.selectNodeContents(one);
    const [inner, box] = [words.getBoundingClientRect(), one.getBoundingClientRect()];
    const isOver = inner.top < box.top - 2 || inner.bottom > box.bottom + 2;
    if (isOver) faults.push(`${nameOf(one)} holds more than it is high`);
  }
  return faults;
}""".replace("CONTROLS", CONTROLS)

AXE_RUN = """async () => {
  const report = await axe.run('openai-chatkit', {
    resultTypes: ['violations'],
    rules: { 'target-size': { enabled: true } },
  });
  return report.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${node.target.flat().at(-1)} ${node.failureSummary}`));
}"""


def arm(page: Page) -> None:
    """Brings axe into a page, and takes away what moves: a colour on its way is nobody's colour."""
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")


NARROW = (360, 280)

# What is in the place of the chat, too.
WHOLE = "openai-chatkit :is([part=chat], [part=closed])"

DRAWN = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def change(page: Page, options: dict[str, Any]) -> None:
    """Changes options of the chat and waits until that is drawn. What was refused is refused again a moment later."""
    page.evaluate(
        f"""(options) => {{
          const chat = document.querySelector('openai-chatkit');
          chat.setOptions({{...chat.options, ...options}});
          return {DRAWN};
        }}""",
        options,
    )
    page.locator(WHOLE).last.wait_for(state="attached")


def faults_of(page: Page) -> list[str]:
    """Everything that is wrong with what can be seen: axe's rules in both schemes, and targets."""
    faults: list[str] = list(page.evaluate(AXE_RUN))
    change(page, {"theme": "dark"})
    faults += [f"dark: {one}" for one in page.evaluate(AXE_RUN)]
    change(page, {"theme": "light"})
    return faults + page.evaluate(TARGETS)


def faults_when_narrow(page: Page) -> list[str]:
    """What does not fit into narrow views, or cannot be hit there."""
    before = page.viewport_size
    assert before
    faults: list[str] = []
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": before["height"]})
        page.evaluate(f"() => {DRAWN}")
        faults += [f"at {width} px: {one}" for one in page.evaluate(FITS) + page.evaluate(TARGETS)]
    page.set_viewport_size(before)
    page.evaluate(f"() => {DRAWN}")
    return faults


def faults_when_turned(page: Page) -> list[str]:
    """The same from right to left, in words that are written so."""
    change(page, {"locale": "ar"})
    page.locator(f"{WHOLE}[dir=rtl]").last.wait_for(state="attached")
    faults = [f"from right to left: {one}" for one in faults_when_narrow(page)]
    change(page, {"locale": "en"})
    page.locator(f"{WHOLE}[dir=ltr]").last.wait_for(state="attached")
    return faults


def unseen_focus(page: Page) -> Any:
    """Controls whose focus cannot be seen; in the system's own colours, too."""
    page.keyboard.press("F9")  # a key that means nothing here: from now on the focus is a keyboard's
    faults = page.evaluate(FOCUS)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    faults += [f"forced colours: {one}" for one in page.evaluate(FOCUS)]
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    return faults
