"""Workload 3: a card of 60 components that streams 300 states, in three ways of making them."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import AsyncIterator
from typing import Any

from fixtures import MESSAGE, NOW, begun, envelope

from chatkit.server import stream_widget
from chatkit.types import ThreadMetadata
from chatkit.widgets import Badge, Card, Col, Row, Text, Title, WidgetTemplate

warnings.simplefilter("ignore", DeprecationWarning)

STATES = 300
ROWS = 14
THREAD = ThreadMetadata(id="thr_1", created_at=NOW)


def rows() -> list[Any]:
    """56 components that stay as they are."""
    return [
        Row(
            key=f"row{n}",
            gap=2,
            children=[
                Title(value=f"Dock {n}", size="sm"),
                Text(value="free until noon", color="secondary", size="sm"),
                Badge(label="free", color="success"),
            ],
        )
        for n in range(ROWS)
    ]


def card(text: str, kept: list[Any] | None = None) -> Any:
    """60 components, of which one grows."""
    body = Col(gap=2, children=kept or rows())
    story = Text(id="story", value=text, streaming=True)
    return Card(size="md", children=[Title(value="Docks"), body, story])


def told(n: int) -> str:
    return "".join(f" word{k}" for k in range(n))


def template() -> Any:
    empty = card("").model_dump(exclude_none=True)
    source = json.dumps(empty).replace('"value": ""', '"value": {{ story | tojson }}')
    return WidgetTemplate({"version": "1.0", "name": "docks", "template": source})


def states(way: str) -> list[Any]:
    match way:
        case "rebuilt":
            return [card(told(n)) for n in range(STATES)]
        case "shared":
            kept = card("").children[:2]
            return [
                Card(size="md", children=[*kept, Text(id="story", value=told(n), streaming=True)])
                for n in range(STATES)
            ]
        case _:
            made = template()
            return [made.build({"story": told(n)}) for n in range(STATES)]


async def streamed(way: str) -> dict[str, float]:
    """CPU seconds per state of `stream_widget`, states made beforehand."""
    made = states(way)

    async def given() -> AsyncIterator[Any]:
        for state in made:
            yield state

    await begun()
    async for _ in stream_widget(THREAD, template().build({"story": ""})):
        pass  # what is built on first use
    events = 0
    before = time.process_time()
    async for _ in stream_widget(THREAD, given()):
        events += 1
    spent = time.process_time() - before
    assert events == STATES + 1
    return {"seconds": spent / STATES}


async def processed() -> dict[str, float]:
    """CPU seconds per state made by a template, through `process()` to bytes."""
    server, thread_id = await begun()
    made = states("template")

    async def given() -> AsyncIterator[Any]:
        for state in made:
            yield state

    body = envelope("threads.add_user_message", thread_id=thread_id, input=MESSAGE)
    server.respond = lambda thread, message, context: stream_widget(thread, template().build({"story": ""}))
    async for _ in await server.process(body, {}):
        pass  # what is built on first use
    server.respond = lambda thread, message, context: stream_widget(thread, given())
    before = time.process_time()
    async for _ in await server.process(body, {}):
        pass
    return {"seconds": (time.process_time() - before) / STATES}


async def built() -> dict[str, float]:
    """CPU seconds of `WidgetTemplate.build`."""
    made = template()
    made.build({"story": "x"})
    before = time.process_time()
    for n in range(STATES):
        made.build({"story": f"{n}"})
    return {"seconds": (time.process_time() - before) / STATES}


async def dumped(root: Any) -> dict[str, float]:
    """CPU seconds of `model_dump_json` of a root."""
    root.model_dump_json(exclude_none=True)
    before = time.process_time()
    for _ in range(STATES):
        root.model_dump_json(exclude_none=True)
    return {"seconds": (time.process_time() - before) / STATES}


WORKLOADS: dict[str, Any] = {
    "widget-rebuilt": lambda: streamed("rebuilt"),
    "widget-shared": lambda: streamed("shared"),
    "widget-template": lambda: streamed("template"),
    "widget-process": processed,
    "widget-build": built,
    "widget-json": lambda: dumped(card("Hello")),
    "widget-template-json": lambda: dumped(template().build({"story": "Hello"})),
}
