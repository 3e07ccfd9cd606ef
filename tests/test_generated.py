"""The files written by `make generate`, and the check that keeps them in step with the models."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
DEFINITIONS: dict[str, Any] = json.loads((ROOT / "protocol/schema.json").read_text(encoding="utf-8"))["$defs"]
TYPESCRIPT = (ROOT / "packages/chatkit/src/protocol/generated.ts").read_text(encoding="utf-8")


def check(root: Path) -> subprocess.CompletedProcess[str]:
    """Run `generate.py --check` as if the repository were at `root`."""
    code = (
        "import sys, pathlib; root, scripts = sys.argv[1:]; sys.path.insert(0, scripts); sys.argv[1:] = ['--check']; "
        "import generate; generate.ROOT = pathlib.Path(root); sys.exit(generate.main())"
    )
    command = [sys.executable, "-c", code, str(root), str(ROOT / "scripts")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def interface(name: str) -> str:
    return TYPESCRIPT.split(f"export interface {name} {{")[1].split("\n}")[0]


def test_the_committed_files_are_what_the_models_say() -> None:
    """DESIGN decision 10"""
    done = check(ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_difference_is_named_and_fails_the_check(tmp_path: Path) -> None:
    """DESIGN decision 10"""
    file = tmp_path / "protocol" / "schema.json"
    file.parent.mkdir()
    file.write_text("{}", encoding="utf-8")
    done = check(tmp_path)
    assert done.returncode == 1
    assert "protocol/schema.json" in done.stderr
    assert "make generate" in done.stderr
    assert file.read_text(encoding="utf-8") == "{}", "a check must not write"


def test_what_is_sent_has_its_defaults_and_no_nulls() -> None:
    """W-2, W-5, W-7"""
    text = interface("UserMessageItem")
    assert "  attachments: Attachment[];" in text
    assert "  quoted_text?: string;" in text
    assert "metadata" not in interface("ImageAttachment")
    assert "metadata" not in DEFINITIONS["FileAttachment"]["properties"]


def test_what_is_accepted_may_leave_defaults_out_and_be_null() -> None:
    """W-12"""
    text = interface("ThreadListParams")
    assert "  order?: 'asc' | 'desc';" in text
    assert "  after?: string | null;" in text
    assert "interactive" not in DEFINITIONS["AcceptedUserMessageTagContent"]["required"]
    assert "interactive" in DEFINITIONS["UserMessageTagContent"]["required"]


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_every_reference_leads_to_a_definition(name: str) -> None:
    used = set(json.dumps(DEFINITIONS[name]).split('"#/$defs/')[1:])
    assert {part.split('"')[0] for part in used} <= set(DEFINITIONS)


def test_no_generated_name_betrays_a_python_generic() -> None:
    assert [name for name in DEFINITIONS if "_" in name or "[" in name] == []
