"""What the workloads are called, and how times are written."""

from __future__ import annotations

import statistics

LABELS = {
    "pipeline:delta": "one text delta through `process()`, events built beforehand",
    "pipeline:delta-relayed": "the same, for a reader who may come back: through the relay in memory",
    "pipeline:delta-built": "through `process()`, the responder builds the events",
    "pipeline:delta-50k": "prebuilt, 50 KiB of thread metadata",
    "pipeline:delta-50k-changed": "the same, metadata changed at every 20th event",
    "pipeline:workflow": "one update of a workflow of 100 tasks, prebuilt",
    "pipeline:workflow-built": "the same, the responder builds the events",
    "reads:empty": "the least request (`items.feedback`)",
}
for operation, label in (
    ("get_by_id", "`threads.get_by_id`"),
    ("items.list", "`items.list`"),
    ("tool_output", "`threads.add_client_tool_output`"),
    ("retry", "`threads.retry_after_item` on the first message"),
):
    for size in (100, 1000, 10_000):
        LABELS[f"reads:{operation}-{size}"] = f"{label}, {size:,} items"
LABELS |= {
    "drawing:widget-rebuilt": "`stream_widget`, 60 components made anew for each state",
    "drawing:widget-shared": "the same, components that stay are shared",
    "drawing:widget-template": "the same, states made by a `WidgetTemplate`",
    "drawing:widget-process": "states of a template through `process()` to bytes",
    "drawing:widget-build": "`WidgetTemplate.build`, 60 components",
    "drawing:widget-json": "typed card of 60 components to JSON",
    "drawing:widget-template-json": "template-built card to JSON",
    "bridge:agents": "one delta of an Agents SDK run, as an event",
    "bridge:agents-paced": "the same, each delta in a tick of its own",
    "bridge:agents-process": "one delta of a run through `process()` to bytes",
    "bridge:agents-process-paced": "the same, each delta in a tick of its own",
    "import chatkit.server": "`import chatkit.server`",
    "import chatkit.types": "`import chatkit.types`",
    "first:answer": "the first answer of a fresh process, imports included",
}


OURS_ALONE = {"pipeline:delta-relayed"}
"""What upstream has nothing for."""

TURNS = {
    "relay:direct": "a turn that ends with its reader",
    "relay:one": "through the relay, one reader",
    "relay:two": "through the relay, two readers",
}


def shown(seconds: float) -> str:
    for unit, scale in (("s", 1), ("ms", 1e3)):
        if seconds * scale >= 0.1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def spread(values: list[float]) -> str:
    return f"{shown(statistics.median(values))} [{shown(min(values))}–{shown(max(values))}]"


def figures(values: list[float], digits: int) -> str:
    """Median and range of values that have no unit."""
    low, high = min(values), max(values)
    middle = f"{statistics.median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} [{low:.{digits}f}–{high:.{digits}f}]"
