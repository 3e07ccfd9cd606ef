"""Every requirement that has an id is named by a test that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent

LAST = {
    "AC": 4,  # actions
    "I": 3,  # icons
    "T": 5,  # wire models
    "W": 13,  # the wire
    "WD": 11,  # widgets
    "ST": 15,  # stores
    "DW": 7,  # differences of widgets
    "SW": 6,  # streamed widgets
    "S": 48,  # the server
    "AG": 2,  # the agents' context
    "A": 13,  # runs of agents
    "C": 10,  # items as model input
}
"""The requirements of the spec: the letters of a group, and the number of its last one."""

PITFALLS = 22
"""Mistakes of upstream and its peers that are not to be repeated: P1 to P22."""

NAMED = re.compile(r"\b(?:(P)|([A-Z]{1,2})-)(\d{1,2})((?:(?:…|\.\.|–|, ?)(?:P|\2-)?\d{1,2})*)\b")
STEP = re.compile(r"(…|\.\.|–|, ?)\D*(\d+)")


def ids_in(text: str) -> Iterator[str]:
    """The ids that a text names: `S-4`, and each of `S-20…22`, `S-29..S-32` or `C-1, C-3`."""
    for match in NAMED.finditer(text):
        prefix = "P" if match[1] else f"{match[2]}-"
        number = int(match[3])
        yield f"{prefix}{number}"
        for sign, end in STEP.findall(match[4]):
            following = [int(end)] if sign.startswith(",") else range(number + 1, int(end) + 1)
            yield from (f"{prefix}{one}" for one in following)
            number = int(end)


def named_by_tests() -> set[str]:
    files = [file for file in TESTS.rglob("*.py") if file != Path(__file__).resolve()]
    files.append(TESTS.parent / "chatkit" / "testing" / "contract.py")  # tests that others may run, too
    return {one for file in files for one in ids_in(file.read_text(encoding="utf-8"))}


def test_ids_are_read_alone_in_lists_and_in_ranges() -> None:
    assert list(ids_in("S-4, ST-7: P12; S-20…22; C-1, C-3; A-2..A-4")) == [
        *("S-4", "ST-7", "P12", "S-20", "S-21", "S-22", "C-1", "C-3", "A-2", "A-3", "A-4")
    ]
    assert list(ids_in("UTF-8, SHA-256, ISO-8601, S-1000")) == []


@pytest.mark.parametrize("group", LAST)
def test_each_requirement_of_a_group_has_a_test(group: str) -> None:
    wanted = [f"{group}-{number}" for number in range(1, LAST[group] + 1)]
    named = named_by_tests()
    assert [one for one in wanted if one not in named] == []


def test_each_pitfall_has_a_test() -> None:
    named = named_by_tests()
    assert [f"P{number}" for number in range(1, PITFALLS + 1) if f"P{number}" not in named] == []
