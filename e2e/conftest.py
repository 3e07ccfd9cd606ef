"""A real browser against a real demo: servers as subprocesses, and a page that reports what it must not do."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from e2e.scripted import Stage, scripted_server
from e2e.walk import Walk

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a microphone that beeps
    "--host-resolver-rules=MAP elsewhere.test 127.0.0.1",  # a host that is not the developer's own
]

# A CSP violation is an event, not a console message, in some engines: make it one.
REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) => {
  const place = `${event.sourceFile}:${event.lineNumber}`;
  console.error(`CSP violation: ${event.violatedDirective} blocked ${event.blockedURI} at ${place}`);
});
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Demo:
    """A running demo server. `stop()` and `start()` keep its data folder."""

    data: Path
    model: str = "showcase"
    environment: dict[str, str] = field(default_factory=dict[str, str])
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def start(self, within: float = 60) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")} | self.environment
        command = [sys.executable, "-m", "chatkit.demo", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--data", str(self.data), "--model", self.model, "--open", ""]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(
                    f"the demo ended with {self.process.returncode}:\n{self.log.read_text()}"
                )
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"the demo did not answer within {within} s:\n{self.log.read_text()}")

    def stop(self, hard: bool = False) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@pytest.fixture(scope="session")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo answered by its scripted assistant: the same words every time."""
    demo = Demo(tmp_path_factory.mktemp("showcase"))
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture(scope="session")
def local_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo answered by the local model, as `make demo` serves it."""
    demo = Demo(tmp_path_factory.mktemp("local"), model="local")
    demo.start(within=120)
    yield demo
    demo.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium: run `make test`, which finds or installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


class Watch:
    """Collects what a page must never do: leave its origin, log an error, violate its CSP, throw."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.expected: list[str] = []

    def expect(self, fragment: str) -> None:
        """This test provokes a console message with these words (say, a 404 on purpose)."""
        self.expected.append(fragment)

    def follow(self, page: Page) -> None:
        def on_request(request: Request) -> None:
            self.requests.append(request.url)
            if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
                self.problems.append(f"request left the origin: {request.url}")

        def on_console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.problems.append(f"console {message.type}: {message.text}")

        page.on("request", on_request)
        page.on("console", on_console)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))

    def verdict(self) -> list[str]:
        return [p for p in self.problems if not any(words in p for words in self.expected)]


# Waiting longer costs nothing where a condition comes true; a busy machine takes its time for a frame.
PATIENCE = 20_000  # milliseconds
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1100, "height": 800}, locale="en-US")
    context.set_default_timeout(PATIENCE)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_init_script(REPORT_VIOLATIONS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Iterator[Page]:
    """A page whose test fails when it leaves its origin, logs an error or violates its CSP."""
    page = context.new_page()
    watch.follow(page)
    yield page
    assert watch.verdict() == []


@pytest.fixture
def stage(page: Page, watch: Watch) -> Iterator[Stage]:
    """A chat in front of a server whose answers the test writes out; not started yet."""
    watch.expect("Failed to load resource")  # refusals are what many of these tests are about
    with scripted_server() as script:
        yield Stage(page, script)


@pytest.fixture
def walk(stage: Stage) -> Iterator[Walk]:
    """A walk through views; the test fails with everything that was wrong on the way."""
    walk = Walk(stage)
    yield walk
    assert not walk.faults, "\n".join(walk.faults)
