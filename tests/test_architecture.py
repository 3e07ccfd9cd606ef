"""Who may import whom, in both languages, and what importing the server may cost.

ARCHITECTURE.md draws the same rules for readers.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / "chatkit"
ELEMENT = ROOT / "packages" / "chatkit" / "src"
REACT = ROOT / "packages" / "chatkit-react" / "src"

LEAVES = {"errors", "actions", "icons", "clock", "lending", "logger", "public_url", "version"}
STORE_CONTRACTS = {"store.base", "store.ids"}
# What each room may import of ours, besides itself and the leaves. A name stands for all that lies beneath it.
PYTHON_RULES: dict[str, set[str]] = {
    **{leaf: set() for leaf in LEAVES},
    "widgets": set(),
    "types": {"widgets"},
    "store": {"types"},
    "turns": {"types", "widgets", *STORE_CONTRACTS},
    "relay": {"types"},
    "server": {"types", "turns", "relay.base", "relay.sweeper", *STORE_CONTRACTS},
    "agents": {"types", "widgets", "turns.widget_stream", *STORE_CONTRACTS},
    "web": {"types", "server", "relay.base", *STORE_CONTRACTS},
}
# Rooms that may import anything, and that nobody imports.
EDGES = {"cli", "demo", "testing", "integrations"}
# Libraries that stay in one place (the edges use what they need).
PYTHON_LIBRARIES: dict[str, tuple[str, ...]] = {
    "sqlalchemy": ("store/",),
    "alembic": ("store/",),
    "aiosqlite": ("store/",),
    "asyncpg": ("store/",),
    "obstore": ("store/objects",),
    "redis": ("relay/redis",),
    "agents": ("agents/",),
    "openai": ("agents/",),
    "starlette": ("web/",),
    "fastapi": ("web/",),
    "uvicorn": ("web/",),
}

CONTRACTS = {
    "options",
    "names",
    "optionsSchema",
    "events",
    "theme",
    "themeProperties",
    "themeColors",
    "colors",
    "fonts",
    "developed",
}  # everyone may use them
DRAWING = {"state", "protocol", "i18n", "icons", "markdown", "useValue", "onDemand", "chatContext"}
ELEMENT_RULES: dict[str, set[str]] = {
    **{contract: {"protocol"} for contract in CONTRACTS},
    "options": {"protocol", "i18n"},  # the names of the texts, as a type
    "protocol": set(),
    "transport": {"protocol"},
    "state": {"transport", "protocol"},
    "useValue": set(),
    "onDemand": set(),
    "i18n": {"protocol", "useValue"},
    "icons": {"protocol", "useValue", "onDemand"},
    "markdown": {"protocol", "i18n", "icons", "styles", "useValue", "onDemand", "chatContext"},
    "chatContext": {"state", "views"},  # of the views, types alone
    "styles": set(),
    "advice": {"element", "transport", "styles"},  # of the element, its type alone
    "widgets": DRAWING,
    "views": {"widgets", "styles", *DRAWING},
}
TS_IMPORT = re.compile(
    r"""(?:^|[;\s])(?:import|export)\s+(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]""",
    re.M,
)
TS_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.S | re.M)


def python_imports(file: Path) -> Iterator[str]:
    """Names of the modules a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: import by the full name, not relatively"
            module = node.module or ""
            if module == "chatkit" or (PYTHON.parent / module.replace(".", "/")).is_dir():
                # `from chatkit import types` and `from chatkit.turns import fold` name modules too.
                yield from (
                    f"{module}.{alias.name}" if module_exists(f"{module}.{alias.name}") else module
                    for alias in node.names
                )
            else:
                yield module


def module_exists(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def python_room(file: Path) -> str:
    return file.relative_to(PYTHON).parts[0].removesuffix(".py")


def may_import(room: str, module: str) -> bool:
    inner = module.removeprefix("chatkit.")
    target = inner.split(".")[0]
    if room in EDGES or target == room or target in LEAVES:
        return True
    allowed = PYTHON_RULES.get(room, set())
    return any(inner == name or inner.startswith(f"{name}.") for name in allowed)


def python_files() -> list[Path]:
    return [file for file in sorted(PYTHON.rglob("*.py")) if file != PYTHON / "__init__.py"]


@pytest.mark.parametrize("file", python_files(), ids=lambda file: str(file.relative_to(PYTHON)))
def test_a_python_file_imports_only_what_its_room_may(file: Path) -> None:
    room = python_room(file)
    assert room in PYTHON_RULES or room in EDGES, (
        f"{room!r} has no line in PYTHON_RULES: which rooms may it import?"
    )
    ours = [name for name in python_imports(file) if name.split(".")[0] == "chatkit"]
    assert [name for name in ours if not may_import(room, name)] == []


@pytest.mark.parametrize("file", python_files(), ids=lambda file: str(file.relative_to(PYTHON)))
def test_a_library_stays_in_its_room(file: Path) -> None:
    if python_room(file) in EDGES:
        return
    place = file.relative_to(PYTHON).as_posix()
    used = {name.split(".")[0] for name in python_imports(file)} & set(PYTHON_LIBRARIES)
    assert [library for library in used if not place.startswith(PYTHON_LIBRARIES[library])] == []


def element_imports(file: Path) -> list[str]:
    text = TS_COMMENT.sub("", file.read_text(encoding="utf-8"))
    return [static or lazy for static, lazy in TS_IMPORT.findall(text)]


def element_room(path: Path) -> str:
    return path.relative_to(ELEMENT).parts[0].split(".")[0]


def element_files() -> list[Path]:
    return [
        file
        for file in sorted(ELEMENT.rglob("*"))
        if file.suffix in (".ts", ".tsx") and ".test." not in file.name and not file.name.endswith(".d.ts")
    ]


@pytest.mark.parametrize("file", element_files(), ids=lambda file: str(file.relative_to(ELEMENT)))
def test_a_typescript_file_imports_only_what_its_room_may(file: Path) -> None:
    room = element_room(file)
    if room not in ELEMENT_RULES:
        assert file.parent == ELEMENT, f"{room!r} has no line in ELEMENT_RULES: which rooms may it import?"
        return  # the element and its entries may import everything
    rooms = {
        element_room((file.parent / name).resolve()) for name in element_imports(file) if name.startswith(".")
    }
    assert rooms - {room} - CONTRACTS - ELEMENT_RULES[room] == set()


@pytest.mark.parametrize("file", element_files(), ids=lambda file: str(file.relative_to(ELEMENT)))
def test_only_the_transport_fetches(file: Path) -> None:
    text = TS_COMMENT.sub("", file.read_text(encoding="utf-8"))
    if element_room(file) != "transport":
        assert re.findall(r"(?<![.\w'])(?:(?:globalThis|window|self)\.)?fetch\(", text) == []


def test_the_react_package_uses_only_the_public_entry() -> None:
    for file in REACT.rglob("*.ts*"):
        ours = [name for name in element_imports(file) if "chatkit" in name and not name.startswith("./")]
        assert set(ours) <= {"@openai/chatkit"}, file


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import type { A } from '../protocol/generated';", ["../protocol/generated"]),
        ("import './define';\nexport * from './x';", ["./define", "./x"]),
        ("import {\n  a,\n  b,\n} from './many';", ["./many"]),
        ("const ui = await import('./ui');", ["./ui"]),
        ("/* import a from './no'; */\n// import b from './no';", []),
    ],
)
def test_imports_are_found_however_they_are_written(tmp_path: Path, source: str, names: list[str]) -> None:
    file = tmp_path / "a.ts"
    file.write_text(source)
    assert element_imports(file) == names


def test_the_python_rules_are_real() -> None:
    assert not may_import("types", "chatkit.store.base")
    assert not may_import("turns", "chatkit.store.memory")
    assert not may_import("server", "chatkit.agents")
    assert not may_import("web", "chatkit.demo")
    assert may_import("turns", "chatkit.store.base")
    assert may_import("store", "chatkit.clock")


def test_importing_the_server_loads_no_model_sdk_no_database_and_no_storage() -> None:
    """DESIGN decision 2, python-sdk.md §0"""
    heavy = ["openai", "agents", "sqlalchemy", "alembic", "obstore", "starlette", "aiosqlite", "jinja2"]
    code = f"import sys, chatkit.server; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
