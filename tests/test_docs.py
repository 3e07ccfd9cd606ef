"""The pages keep their word: code blocks run, links lead somewhere, commands exist, no stranger's package is named."""

from __future__ import annotations

import ast
import inspect
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import pytest

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
    r"^(?P<indent> *)```(?P<language>[a-z]*)[^\n]*\n(?P<code>.*?)^(?P=indent)```\s*$", re.M | re.S
)


@dataclass(frozen=True)
class Block:
    language: str
    code: str
    line: int


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, *languages: str) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["language"], found["code"], text.count("\n", 0, found.start()) + 2)
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
    module.__dict__["__file__"] = str(page)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    async def run() -> None:
        for block in blocks(page, "python"):
            padded = "\n" * (block.line - 1) + block.code  # a traceback then names the page's own line
            outcome = eval(compile(padded, str(page), "exec", flags), module.__dict__)
            if inspect.isawaitable(outcome):
                await outcome

    anyio.run(run)


@pytest.mark.parametrize("page", with_code("json"))
def test_the_json_of_a_page_is_json(page: Path) -> None:
    for block in blocks(page, "json"):
        json.loads(block.code)


def test_the_typescript_of_the_pages_compiles(tmp_path: Path) -> None:
    found = [(page, block) for page in PAGES for block in blocks(page, "ts", "tsx", "js")]
    assert found, "no page shows how to use the element from script"
    for number, (page, block) in enumerate(found):
        origin = f"// {name_of(page)}:{block.line}\n"
        (tmp_path / f"block{number}.{block.language}").write_text(origin + block.code + "\nexport {};\n")
    config: dict[str, object] = {
        "extends": str(ROOT / "tsconfig.base.json"),
        "compilerOptions": {
            "allowJs": True,
            "checkJs": False,
            "noUnusedLocals": False,
            "noUnusedParameters": False,
            "types": [],
            "paths": {"@openai/chatkit": [str(ROOT / "packages/chatkit/src/index.ts")],
                      "@openai/chatkit/*": [str(ROOT / "packages/chatkit/src/*.ts")]},
        },
        "include": [str(tmp_path / "*")],
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
