"""Fails when a lock file carries a download address or a requirement without hashes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def npm_problems(lock: Path) -> list[str]:
    """Packages in an npm lock file whose origin is written down."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return [
        f"{lock.name}: {name!r} carries a download address; `.npmrc` sets omit-lockfile-registry-resolved"
        for name, entry in packages.items()
        if "://" in entry.get("resolved", "")
    ]


def pip_problems(lock: Path) -> list[str]:
    """Index lines, addresses, and requirements without a hash."""
    text = lock.read_text(encoding="utf-8")
    problems = [
        f"{lock.name}: {line.strip()!r} names an address or an index; compile it with `make lock`"
        for line in text.splitlines()
        if re.search(r"https?://|--(extra-)?index-url|--find-links", line)
    ]
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        name = block.split("==")[0].strip()
        if "==" in block.splitlines()[0] and "--hash=" not in block:
            problems.append(f"{lock.name}: {name!r} has no hash; compile it with `make lock`")
    return problems


def main() -> int:
    problems = npm_problems(ROOT / "package-lock.json")
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        problems += pip_problems(lock)
    print("\n".join(problems) or "locks: hashes everywhere, no download address")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
