"""`make bench`: ours and upstream's published package, alternating in one run; medians, ranges and ratios.

`python -m bench [PART OF A NAME …] [--write]`, with `ROUNDS=5` in the environment for other than three. `--write` puts
the tables into `docs/benchmarks.md`. Loopback only; about fifteen minutes.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import statistics
import sys
from pathlib import Path

from bench import browser, http, processes
from bench.processes import ROOT, ROUNDS, UPSTREAM_VERSION
from bench.table import LABELS, OURS_ALONE, TURNS, figures, spread

PAGE = ROOT / "docs" / "benchmarks.md"

SMALL = 1.0
"""Kilobytes, as gzip, below which a part of the element has no row of its own."""


def server_table(upstream: str | None, names: list[str]) -> list[str]:
    lines = [
        f"| CPU time ({ROUNDS} rounds, alternating) | ours | upstream {UPSTREAM_VERSION} | ratio |",
        "|---|---|---|---|",
    ]
    for name in names:
        runs = [processes.pair(name, None if name in OURS_ALONE else upstream) for _ in range(ROUNDS)]
        ours = [mine["seconds"] for mine, _ in runs]
        theirs = [other["seconds"] for _, other in runs if other]
        ratio = f"{statistics.median(theirs) / statistics.median(ours):.1f}x" if theirs else "–"
        memory = ""
        if "mib" in runs[0][0]:
            memory = f" · {runs[0][0]['mib']:.0f} MiB"
            if runs[0][1]:
                memory += f" against {runs[0][1]['mib']:.0f}"
        row = f"| {LABELS[name]}{memory} | {spread(ours)} | {spread(theirs) if theirs else '–'} | {ratio} |"
        print(row, flush=True)
        lines.append(row)
    return lines


def relay_table(names: list[str]) -> list[str]:
    lines = [
        f"| 500 turns at once, in the process ({ROUNDS} rounds) | CPU for each event | KiB of memory for each turn |",
        "|---|---|---|",
    ]
    found: dict[str, list[dict[str, float]]] = {}
    for _ in range(ROUNDS):
        for name in names:
            found.setdefault(name, []).append(processes.measured(sys.executable, name, ours=True))
    for name, runs in found.items():
        seconds, kib = [run["seconds"] for run in runs], [run["kib"] for run in runs]
        lines.append(f"| {TURNS[name]} | {spread(seconds)} | {figures(kib, 0)} |")
    return lines


def size_table() -> list[str]:
    """What the built element weighs: its parts, and in a row each the many of one kind, of which one is fetched."""
    static = ROOT / "chatkit" / "static"
    locales = {file.stem for file in (ROOT / "packages/chatkit/src/i18n/locales").glob("*.json")}
    kinds: dict[str, list[list[float]]] = {}
    rows: list[tuple[list[float], str]] = []
    for file in static.rglob("*.js"):
        sizes = [file.with_name(file.name + suffix).stat().st_size / 1e3 for suffix in ("", ".gz", ".br")]
        name = file.stem[:-9]  # without what tells one build from another
        if name in locales:
            kinds.setdefault("words of one of {} languages", []).append(sizes)
        elif name.startswith("lucide-"):
            kinds.setdefault("icons of Lucide, one of {} parts", []).append(sizes)
        elif sizes[1] < SMALL:
            kinds.setdefault(f"one of {{}} parts below {SMALL:.0f} kB", []).append(sizes)
        else:
            rows.append((sizes, "chatkit.js" if file.parent == static else f"chunks/{name}"))
    rows.sort(key=lambda row: (row[1] != "chatkit.js", -row[0][0]))
    rows += [
        ([max(all) for all in zip(*found, strict=True)], f"{kind.format(len(found))}, at most")
        for kind, found in kinds.items()
    ]
    lines = ["| file | raw kB | gzip kB | Brotli kB |", "|---|---|---|---|"]
    return lines + [f"| {name} | {' | '.join(f'{size:.1f}' for size in sizes)} |" for sizes, name in rows]


def machine() -> str:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in (
                Path("/proc/cpuinfo").read_text().splitlines() if os.path.exists("/proc/cpuinfo") else ()
            )
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"{os.cpu_count()} × {cpu}, {system}, Python {platform.python_version()}"


def main() -> None:
    asked = argparse.ArgumentParser(prog="bench", description=__doc__)
    asked.add_argument("names", nargs="*", help="only workloads whose name holds one of these")
    asked.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = asked.parse_args()

    def wanted(name: str) -> bool:
        return not given.names or any(part in name for part in given.names)

    upstream = processes.upstream_python()
    about = [machine(), f"ours: {processes.versions(sys.executable)}"]
    if upstream:
        about.append(f"upstream: {processes.versions(upstream)}")
    print("\n".join(about), flush=True)
    tables: dict[str, list[str]] = {}
    if names := [name for name in LABELS if wanted(name)]:
        tables["server"] = server_table(upstream, names)
    if names := [name for name in TURNS if wanted(name)]:
        tables["relay"] = relay_table(names)
        print("\n".join(tables["relay"]), flush=True)
    if cases := [case for case in http.CASES if wanted(case.name)]:
        tables["http"] = http.table(upstream, cases)
        print("\n".join(tables["http"]), flush=True)
    if wanted("size"):
        tables["size"] = size_table()
        print("\n".join(tables["size"]), flush=True)
    if wanted("browser"):
        tables["browser"] = browser.table()
    if given.write:
        write(about, tables)


def write(about: list[str], tables: dict[str, list[str]]) -> None:
    """Put the tables between their marks; the words around them stay."""
    page = PAGE.read_text(encoding="utf-8")
    said = [f"Measured on {datetime.date.today()}:", "", *(f"- {line}" for line in about)]
    for name, lines in {"about": said, **tables}.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = page.partition(begin)
        page = before + begin + "\n".join(lines) + "\n" + end + rest.partition(end)[2]
    PAGE.write_text(page, encoding="utf-8")
    print(f"→ {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
