"""Every option, method and event of the element has a browser test that names it (e2e/rows.py)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from e2e.rows import NOT_YET, ROWS

E2E = Path(__file__).resolve().parent


def covered() -> Iterator[str]:
    """The rows that tests name in `@covers(...)`."""
    for file in E2E.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            for call in node.decorator_list:
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Name)
                    and call.func.id == "covers"
                ):
                    for argument in call.args:
                        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                            yield argument.value


def test_every_row_has_a_browser_test() -> None:
    named = {*covered(), *NOT_YET}
    assert [row for row in ROWS if row not in named] == []


def test_what_is_covered_is_not_called_missing() -> None:
    assert sorted(set(covered()) & set(NOT_YET)) == []
    assert sorted(set(NOT_YET) - set(ROWS)) == []
