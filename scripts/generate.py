"""Writes what both languages share from the Python models: `make generate`.

`--check` writes nothing, and exits with 1 when a file is not what the models say.
"""

import argparse
import json
import sys
from pathlib import Path

from typescript import typescript
from wire_schema import wire_schema

ROOT = Path(__file__).resolve().parent.parent


def generated() -> dict[Path, str]:
    """Content by path, relative to the repository."""
    schema = wire_schema()
    return {
        Path("protocol/schema.json"): json.dumps(schema, indent=2, ensure_ascii=False) + "\n",
        Path("packages/chatkit/src/protocol/generated.ts"): typescript(schema),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the schema and the TypeScript types from the models.")
    parser.add_argument("--check", action="store_true", help="only compare; exit with 1 on a difference")
    check: bool = parser.parse_args().check
    stale: list[Path] = []
    for path, content in generated().items():
        file = ROOT / path
        if file.exists() and file.read_text(encoding="utf-8") == content:
            continue
        stale.append(path)
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
            print(f"wrote {path}")
    if check and stale:
        names = ", ".join(map(str, stale))
        print(
            f"{names}: not what the models say. Run `make generate`, commit the result.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
