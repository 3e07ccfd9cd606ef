"""Workload 8: the element in headless Chromium, against a real server on loopback.

*Busy* is the browser's own TaskDuration of the page: scripts, layout and painting, the recorder of frames too.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.processes import ROUNDS, WORK, environment
from bench.table import figures

DELTAS = 3000
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--enable-precise-memory-info"]
WATCH = """
window.tasks = []; window.frames = [];
new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((one) => one.duration)))
  .observe({ type: 'longtask', buffered: true });
window.record = () => {
  let last = performance.now();
  const frame = (now) => { window.frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
};
// A page's own clock, so that asking from outside is no part of what is measured.
window.shown = (words) => new Promise((found) => {
  const timer = setInterval(() => {
    const answers = document.querySelector('openai-chatkit').shadowRoot.querySelectorAll('article');
    if (!answers[answers.length - 1]?.lastElementChild?.lastElementChild?.textContent.includes(words)) return;
    clearInterval(timer);
    found(Date.now());
  }, 20);
});
"""
Figures = dict[str, float]


class Tab:
    """A fresh page with the element, and the browser's counters for it."""

    def __init__(self, browser: Browser, url: str, slower: int = 1) -> None:
        self.context = browser.new_context(viewport={"width": 1100, "height": 800}, locale="en-US")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(180_000)
        self.page.add_init_script(WATCH)
        self.cdp = self.context.new_cdp_session(self.page)
        # The thread's own time, so that others on the machine do not count.
        self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        if slower > 1:
            self.cdp.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        self.page.goto(url)
        self.page.wait_for_function("window.readyAt")

    def busy(self) -> float:
        """Milliseconds of the page's main thread so far."""
        metrics: list[dict[str, Any]] = self.cdp.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration") * 1000

    def worst(self) -> float:
        """The longest task in milliseconds; 0 when none passed 50."""
        return self.page.evaluate("Math.max(0, ...window.tasks)")

    def settled(self) -> None:
        """Wait until a whole second passes in which the page does next to nothing."""
        before = self.busy()
        while True:
            time.sleep(1)
            if (now := self.busy()) - before < 20:
                return
            before = now


def answered(tab: Tab, url: str, rate: int) -> Figures:
    """One answer of 3,000 deltas, so many in a second; 0 sends them all at once."""
    tab.settled()
    tab.page.evaluate("window.tasks.length = 0; window.record()")
    begun, start = tab.busy(), time.monotonic()
    tab.page.evaluate(
        """(text) => {
          window.sent = Date.now();
          window.last = window.shown('THE END').then((at) => { window.at = at; });
          void document.querySelector('openai-chatkit').sendUserMessage({ text });
        }""",
        str(rate),
    )
    thirds: list[float] = []
    if rate:
        for n in (1, 2):
            time.sleep(max(0, start + n * DELTAS / rate / 3 - time.monotonic()))
            thirds.append(tab.busy())
    tab.page.evaluate("window.last")
    busy = tab.busy() - begun
    ended = float(tab.page.request.get(f"{url}/end").text())
    found = {
        "total": tab.page.evaluate("window.at - window.sent"),
        "busy": busy,
        "worst": tab.worst(),
        "lag": tab.page.evaluate("window.at") - ended,
        "fps": tab.page.evaluate("1000 * window.frames.length / window.frames.reduce((a, b) => a + b, 0)"),
        "frame": tab.page.evaluate("Math.max(...window.frames.slice(1))"),
    }
    if thirds:
        found["first"] = (thirds[0] - begun) / (DELTAS / 3)
        found["third"] = (begun + busy - thirds[1]) / (DELTAS / 3)
    return found


def opened(tab: Tab) -> Figures:
    """A long thread, from the request for it to the newest message on screen and to rest."""
    size = tab.page.evaluate("new URLSearchParams(location.search).get('size')")
    tab.settled()
    tab.page.evaluate("window.tasks.length = 0")
    begun = tab.busy()
    shown = tab.page.evaluate(
        """async (size) => {
          const start = Date.now();
          const shown = window.shown(`${size / 2 - 1}: `);
          await document.querySelector('openai-chatkit').setThreadId(`thr_${size}`);
          return (await shown) - start;
        }""",
        int(size),
    )
    tab.settled()
    tab.cdp.send("HeapProfiler.collectGarbage")
    heap = tab.page.evaluate("performance.memory.usedJSHeapSize / 1e6")
    return {"shown": shown, "busy": tab.busy() - begun, "worst": tab.worst(), "heap": heap}


def started(tab: Tab) -> Figures:
    """Navigation to a composer that can be written in, and what the page was busy for until then."""
    return {"ready": tab.page.evaluate("window.readyAt"), "busy": tab.busy()}


def table() -> list[str]:
    lines = ["| in headless Chromium | measured |", "|---|---|"]

    def row(label: str, runs: list[Figures], *shown: tuple[str, str, int]) -> None:
        cells = [f"{name} {figures([run[key] for run in runs], digits)}" for key, name, digits in shown]
        lines.append(f"| {label} | {' · '.join(cells)} |")
        print(lines[-1], flush=True)

    with served() as url, sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)

        def runs(measure: Callable[[Tab], Figures], query: str = "", slower: int = 1) -> list[Figures]:
            found: list[Figures] = []
            for _ in range(ROUNDS):
                tab = Tab(browser, f"{url}/{query}", slower)
                found.append(measure(tab))
                tab.context.close()
            return found

        busy, worst = ("busy", "busy ms", 0), ("worst", "longest task ms", 0)
        Tab(browser, f"{url}/").context.close()  # the first page of a browser pays for its start
        row(
            "3,000 deltas at once",
            runs(lambda tab: answered(tab, url, 0)), ("total", "all ms", 0), busy, worst,
        )  # fmt: skip
        row(
            "3,000 deltas at 200 a second",
            runs(lambda tab: answered(tab, url, 200)),
            busy, worst, ("fps", "frames a second", 0), ("frame", "longest frame ms", 0), ("lag", "lag ms", 0),
        )  # fmt: skip
        row(
            "3,000 deltas at 60 a second",
            paced := runs(lambda tab: answered(tab, url, 60)),
            ("first", "ms a delta in the first third", 2), ("third", "in the last", 2),
        )  # fmt: skip
        growth = [{"growth": run["third"] / run["first"]} for run in paced]
        row("the same, last third against the first", growth, ("growth", "times", 2))
        for size in (1000, 10_000):
            row(
                f"opening a thread of {size:,} messages",
                runs(opened, f"?size={size}"),
                ("shown", "newest on screen ms", 0), busy, worst, ("heap", "heap MB", 1),
            )  # fmt: skip
        row("from navigation to a usable composer", runs(started), ("ready", "ms", 0), busy)
        row("the same, processor 4 times slower", runs(started, slower=4), ("ready", "ms", 0))
        browser.close()
    return lines


@contextmanager
def served() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(WORK / "screen.py"), str(port)]
    server = subprocess.Popen(command, cwd="/", env=environment(ours=True))
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > until:
                    sys.exit("the server of the page did not start")
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()
