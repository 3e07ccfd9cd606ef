"""The pages keep their word: code runs, examples are valid, links lead somewhere, no stranger's package is named."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import httpx
import openai
import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel, TypeAdapter

from chatkit.demo.models import start_local_model
from chatkit.server.results import Frames
from chatkit.testing import collect_events, parse_events
from chatkit.types import (
    AssistantMessageItem,
    ChatKitReq,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemUpdate,
    ThreadStreamEvent,
)
from chatkit.types.requests import parse_request

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    page
    for page in [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("examples/**/*.md"),
        *ROOT.glob("protocol/**/*.md"),
    ]
    if "node_modules" not in page.parts
)
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[a-z]*)(?: file=(?P<file>\S+))?\s*?\n(?P<code>.*?)^(?P=indent)```\s*$",
    re.M | re.S,
)


@dataclass(frozen=True)
class Block:
    language: str
    code: str
    line: int
    file: str | None
    """Where the page tells its reader to save this."""


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, *languages: str) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["language"], found["code"], text.count("\n", 0, found.start()) + 2, found["file"])
        for found in FENCE.finditer(text)
        if found["language"] in languages
    ]


def with_code(*languages: str) -> list[Any]:
    return [pytest.param(page, id=name_of(page)) for page in PAGES if blocks(page, *languages)]


@pytest.mark.parametrize("page", with_code("python"))
def test_the_python_of_a_page_runs_from_top_to_bottom(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    module = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)
    module.__dict__["__file__"] = str(tmp_path / "page.py")
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    async def run() -> None:
        for block in blocks(page, "python"):
            padded = "\n" * (block.line - 1) + block.code  # a traceback then names the page's own line
            code = compile(padded, str(page), "exec", flags, dont_inherit=True)  # not our __future__ imports
            outcome = eval(code, module.__dict__)
            if inspect.isawaitable(outcome):
                await outcome

    run_alone(run)
    for test in shown_tests(module):
        outcome = Context().run(test)
        if inspect.isawaitable(outcome):
            run_alone(_awaited, outcome)


def run_alone(work: Any, *args: Any) -> Any:
    """Run something async by itself, whatever the fixtures of other tests have left in this thread's context."""
    return Context().run(anyio.run, work, *args)


def shown_tests(module: ModuleType) -> Iterator[Any]:
    """The tests that a page shows: functions and methods of classes, named as pytest wants them."""
    for name, thing in list(vars(module).items()):
        if name.startswith("test_"):
            yield thing
        elif inspect.isclass(thing) and name.startswith("Test") and thing.__module__ == module.__name__:
            for method in dir(thing):
                if method.startswith("test_"):
                    yield getattr(thing(), method)


async def _awaited(outcome: Any) -> None:
    await outcome


def test_the_json_of_the_pages_is_json() -> None:
    found = [block for page in PAGES for block in blocks(page, "json")]
    assert found, "no page shows JSON"
    for block in found:
        json.loads(block.code)


# --- the protocol's page

PROTOCOL = ROOT / "docs" / "protocol.md"


def test_the_requests_of_the_protocol_page_are_understood() -> None:
    requests = [block.code for block in blocks(PROTOCOL, "json") if "params" in json.loads(block.code)]
    assert len(requests) >= 4
    for request in requests:
        parse_request(request)


def test_the_frames_of_the_protocol_page_are_the_bytes_that_the_server_sends() -> None:
    frames = [
        f"{line}\n\n".encode()
        for block in blocks(PROTOCOL, "text")
        for line in block.code.splitlines()
        if line.startswith("data: ")
    ]
    assert len(frames) >= 10
    assert [Frames().encode(event) for event in parse_events(b"".join(frames))] == frames


@pytest.mark.parametrize("union", [ChatKitReq, ThreadStreamEvent, ThreadItemUpdate, ThreadItem])
def test_the_protocol_page_names_everything_that_can_be_said(union: Any) -> None:
    page = PROTOCOL.read_text(encoding="utf-8")
    schema = TypeAdapter[BaseModel](union).json_schema()
    names = list(schema["discriminator"]["mapping"])
    assert [name for name in names if f"`{name}`" not in page] == []


# --- the quickstart, as a stranger follows it


@contextmanager
def served(folder: Path) -> Generator[str]:
    """The app in `server.py` of a folder, run by uvicorn as the page says."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "server:app", "--loop", "asyncio"]
    log = folder / "uvicorn.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=output,
        )
        try:
            deadline = time.monotonic() + 60
            while "Uvicorn running" not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def test_the_quickstart_gives_a_chat_that_answers_and_remembers(tmp_path: Path) -> None:
    page = ROOT / "docs" / "quickstart.md"
    files = {block.file: block.code for block in blocks(page, "python", "html", "js") if block.file}
    assert set(files) == {"server.py", "index.html", "main.js"}
    for name, code in files.items():
        (tmp_path / name).write_text(code, encoding="utf-8")
    asked = re.search(r"curl -N \S+ -d '(.*?)'", page.read_text(encoding="utf-8"), re.S)
    assert asked
    with served(tmp_path) as url, httpx.Client(base_url=url) as client:
        for path in ("/", "/main.js", "/chatkit.js"):
            assert client.get(path).status_code == 200, path
        answer = client.post("/chatkit", content=asked[1])
        # Without it, a proxy that compresses (Next.js) keeps everything back until the end.
        assert answer.headers["cache-control"] == "no-store, no-transform"
        events = parse_events(answer.content)
    assert [event.type for event in events if event.type != "thread.item.updated"] == [
        "thread.created",
        "thread.item.done",
        "stream_options",
        "thread.item.added",
        "thread.updated",
        "thread.item.done",
    ]
    with served(tmp_path) as url:
        listed = httpx.post(f"{url}/chatkit", json={"type": "threads.list", "params": {}}).json()
    assert [thread["title"] for thread in listed["data"]] == ["Hello"]


def test_the_page_about_models_answers_through_any_compatible_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The code of the page, the real client, and llama.cpp's OpenAI-compatible server with the demo's model."""
    local = start_local_model()
    monkeypatch.setenv("OPENAI_BASE_URL", str(local.base_url))
    monkeypatch.setenv("OPENAI_MODEL", local.name)
    clients: list[AsyncOpenAI] = []

    def kept(**options: Any) -> AsyncOpenAI:
        clients.append(AsyncOpenAI(**options))
        return clients[-1]

    monkeypatch.setattr(openai, "AsyncOpenAI", kept)  # a page need not close its client; a test does
    module: dict[str, Any] = {"__name__": "models_page"}
    first = blocks(ROOT / "docs" / "backend" / "tools.md", "python")[0]
    exec(compile(first.code, "tools.md", "exec", dont_inherit=True), module)

    async def ask() -> list[ThreadStreamEvent]:
        said = {"type": "input_text", "text": "Suggest a name for a small blue boat."}
        message: dict[str, Any] = {"content": [said], "attachments": [], "inference_options": {}}
        request = {"type": "threads.create", "params": {"input": message}}
        try:
            return await collect_events(module["server"], request, "ada")
        finally:
            for client in clients:
                await client.close()

    events = run_alone(ask)
    done = events[-1]
    assert isinstance(done, ThreadItemDoneEvent), done
    assert isinstance(done.item, AssistantMessageItem), done
    assert done.item.content[0].text.strip()
    assert len([event for event in events if event.type == "thread.item.updated"]) > 2


# --- the element's script


def test_the_typescript_of_the_pages_compiles(tmp_path: Path) -> None:
    found = [(page, block) for page in PAGES for block in blocks(page, "ts", "tsx", "js")]
    assert found, "no page shows how to use the element from script"
    for number, (page, block) in enumerate(found):
        origin = f"// {name_of(page)}:{block.line}\n"
        path = tmp_path / page.stem / (block.file or f"block{number}.{block.language}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(origin + block.code + "\nexport {};\n", encoding="utf-8")
    config: dict[str, object] = {
        "extends": str(ROOT / "tsconfig.base.json"),
        "compilerOptions": {
            "allowJs": True,
            "checkJs": False,
            "noUnusedLocals": False,
            "noUnusedParameters": False,
            "types": [],
            "paths": {"@openai/chatkit": [str(ROOT / "packages/chatkit/src/index.ts")],
                      "@openai/chatkit/*": [str(ROOT / "packages/chatkit/src/*.ts")],
                      # Not installed here; Preact's compatible types know the few names that pages use.
                      "react": [str(ROOT / "node_modules/preact/compat/src/index.d.ts")]},
            "jsx": "react-jsx",
            "jsxImportSource": str(ROOT / "node_modules/preact"),
        },
        "include": [str(tmp_path / "**/*")],
    }  # fmt: skip
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    npx = shutil.which("npx")
    assert npx, "Node is missing"
    done = subprocess.run(
        [npx, "--no-install", "tsc", "-p", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_parts_and_properties_of_the_components_page_are_those_of_the_element() -> None:
    page = (ROOT / "docs" / "frontend" / "components.md").read_text(encoding="utf-8")
    sources = ROOT / "packages" / "chatkit" / "src"
    views = "".join(file.read_text(encoding="utf-8") for file in sources.rglob("*.ts*"))
    values = re.findall(r"""\bpart=("[^"]*"|\{[^}]*\})|\('part', ('[a-z-]+')\)""", views)
    parts = {part for value in map("".join, values) for part in re.findall(r"[\"']([a-z-]+)[\"']", value)}
    rows = re.search(r"## Parts\n(.*?)## ", page, re.S)
    assert rows
    firsts = [row.split("|")[1] for row in rows[1].splitlines() if row.startswith("|")]
    documented = {part for cell in firsts for part in re.findall(r"`([a-z-]+)`", cell)}
    assert documented == parts, "name every part in docs/frontend/components.md"
    styles = "".join(file.read_text(encoding="utf-8") for file in sources.rglob("*.css"))
    properties = set(re.findall(r"`(--ck-[a-z0-9-]+)`", page))
    # Declared with its default, or used with one.
    assert {name for name in properties if f"{name}:" not in styles and f"var({name}," not in styles} == set()


@pytest.mark.parametrize("page", [pytest.param(page, id=name_of(page)) for page in PAGES])
def test_the_links_of_a_page_lead_to_files_that_exist(page: Path) -> None:
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)\s#]+)[^)]*\)", prose) + re.findall(r"src=\"([^\"]+)\"", prose)
    missing = [
        t
        for t in targets
        if "://" not in t and not t.startswith("mailto:") and not (page.parent / t).exists()
    ]
    assert missing == []


def test_the_anchors_of_links_are_headings() -> None:
    missing: list[tuple[str, str, str]] = []
    for page in PAGES:
        prose = FENCE.sub("", page.read_text(encoding="utf-8"))
        for path, anchor in re.findall(r"\]\(([^)\s#]*)#([^)\s]+)\)", prose):
            if "://" not in path and anchor not in anchors(page.parent / path if path else page):
                missing.append((name_of(page), path, anchor))
    assert missing == []


def anchors(page: Path) -> set[str]:
    """What a forge makes of the headings of a page."""
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", prose, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_make_command_in_the_pages_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = {
        (name_of(page), target)
        for page in PAGES
        for target in re.findall(r"(?:^\$? *|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.M)
    }
    assert {(page, target) for page, target in named if target not in targets} == set()


def test_no_page_sends_anyone_to_the_names_on_the_public_registries() -> None:
    """Decision 1: `chatkit` and `@openai/*` belong to others there."""
    python = r"(?:pip|uv|pipx)(?: pip)? install (?:-U |--upgrade )?chatkit\b(?!-)"
    bare = re.compile(python + r"|npm (?:i|install|add) @openai/")
    assert [name_of(page) for page in PAGES if bare.search(page.read_text(encoding="utf-8"))] == []
