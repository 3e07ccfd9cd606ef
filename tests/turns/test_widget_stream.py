"""Widgets over time: differences and streams of states (DW-1…7, SW-1…6, P18)."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit.clock import now
from chatkit.server import diff_widget, stream_widget
from chatkit.turns.fold import fold
from chatkit.types import (
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
    WidgetRoot,
)
from chatkit.widgets import DynamicWidgetRoot, WidgetTemplate

THREAD = ThreadMetadata(id="thr_1", created_at=now())


def root(widget: dict[str, Any]) -> WidgetRoot:
    item = {"id": "w", "thread_id": "thr_1", "created_at": now(), "widget": widget}
    return WidgetItem.model_validate(item).widget


def card(*children: dict[str, Any], **props: Any) -> WidgetRoot:
    return root({"type": "Card", "children": list(children), **props})


def text(value: str, id: str | None = "t", type: str = "Text", **props: Any) -> dict[str, Any]:
    return {"type": type, "value": value, **({"id": id} if id else {}), **props}


def updates(before: WidgetRoot, after: WidgetRoot) -> list[dict[str, Any]]:
    return [update.model_dump(exclude_none=True, exclude={"widget"}) for update in diff_widget(before, after)]


def grown(delta: str, id: str = "t", done: bool = False) -> dict[str, Any]:
    kind = "widget.streaming_text.value_delta"
    return {"type": kind, "component_id": id, "delta": delta, "done": done}


ROOT = [{"type": "widget.root.updated"}]


@pytest.mark.parametrize("type", ["Text", "Markdown", "Badge", "Unheard.Of"])
def test_the_same_is_no_change(type: str) -> None:
    """DW-1"""
    child = {"type": type, "id": "x", "value": "v", "label": "l", "deep": {"list": [1, {"a": None}]}}
    assert diff_widget(card(child), card(child)) == []
    same = card(child)
    assert diff_widget(same, same) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (card(text("a")), root({"type": "ListView", "children": []})),
        (card(text("a"), id="c"), card(text("a"), id="d")),
        (card(text("a"), key="c"), card(text("a"), key="d")),
        (card(text("a")), card(text("a"), size="sm")),
        (card(text("a"), size="sm"), card(text("a"))),
        (card(text("a")), card(text("a"), text("b", "u"))),
        (card(text("a"), text("b", "u")), card(text("a"))),
        (card(text("a"), text("b", "u")), card(text("b", "u"), text("a"))),
        (card(text("a")), card(text("a", type="Markdown"))),
        (card(text("a")), card(text("ab", size="lg"))),
        (card(text("a", "t")), card(text("ab", "u"))),
        (
            card({"type": "Row", "children": [{"type": "Badge", "label": "a"}]}),
            card({"type": "Row", "children": [{"type": "Badge", "label": "b"}]}),
        ),
        (card({"type": "New", "data": {"deep": [1]}}), card({"type": "New", "data": {"deep": [2]}})),
    ],
)
def test_any_other_difference_is_one_new_root(before: WidgetRoot, after: WidgetRoot) -> None:
    """DW-2"""
    [update] = diff_widget(before, after)
    assert update.type == "widget.root.updated"
    assert update.widget == after


def test_text_that_grew_is_one_delta_a_node_in_document_order() -> None:
    """DW-3"""
    inner = {"type": "Row", "children": [text("", "m", "Markdown", streaming=True), text("same", "s")]}
    later = {"type": "Row", "children": [text("b", "m", "Markdown", streaming=True), text("same", "s")]}
    before, after = card(text("a", "t", streaming=True), inner), card(text("aa", "t", streaming=True), later)
    assert updates(before, after) == [grown("a"), grown("b", "m")]


def test_the_end_of_streaming_is_told_by_done() -> None:
    """DW-3: `done` is what the new state says"""
    assert updates(card(text("a")), card(text("ab"))) == [grown("b", done=True)]
    off = text("a", streaming=False), text("ab", streaming=False)
    assert updates(card(off[0]), card(off[1])) == [grown("b", done=True)]


def test_a_change_of_streaming_is_a_new_root() -> None:
    """DW-4"""
    hello = card(text("Hello", streaming=True))
    assert updates(hello, card(text("Hello, world!", streaming=True))) == [grown(", world!")]
    assert updates(hello, card(text("Hello, world!", streaming=False))) == ROOT


@pytest.mark.parametrize("type", ["Text", "Markdown"])
@pytest.mark.parametrize("after", ["world!", "Hell", ""])
def test_text_that_did_not_grow_is_a_new_root(type: str, after: str) -> None:
    """DW-5"""
    assert updates(card(text("Hello", type=type)), card(text(after, type=type))) == ROOT


@pytest.mark.parametrize("type", ["Title", "Caption", "Unheard.Of"])
def test_only_text_and_markdown_stream(type: str) -> None:
    """DW-6"""
    assert updates(card(text("a", type=type)), card(text("ab", type=type))) == ROOT


def test_text_without_an_id_is_not_lost() -> None:
    """DW-7a, P18"""
    assert updates(card(text("a", None)), card(text("ab", None))) == ROOT


def test_a_single_child_is_looked_into() -> None:
    """DW-7b, P18"""
    before, after = ({"type": "Transition", "children": text(value)} for value in ("a", "ab"))
    assert updates(card(before), card(after)) == [grown("b", done=True)]
    assert updates(card(before), card({"type": "Transition", "children": text("x")})) == ROOT
    assert updates(card(before), card({"type": "Transition"})) == ROOT
    assert updates(card({"type": "Transition"}), card({"type": "Transition"})) == []


def test_a_property_on_one_side_only_is_a_difference() -> None:
    """DW-7c"""
    plain, more = {"type": "New", "a": 1}, {"type": "New", "a": 1, "b": 2}
    assert updates(card(plain), card(more)) == ROOT
    assert updates(card(more), card(plain)) == ROOT
    assert updates(card(plain), card({**plain, "b": None})) == []


def row(nodes: list[Any]) -> dict[str, Any]:
    return {"type": "Row", "children": nodes}


def transition(node: Any) -> dict[str, Any]:
    return {"type": "Transition", "children": node}


LEAVES: st.SearchStrategy[Any] = st.builds(
    text,
    st.text("ab", max_size=3),
    st.sampled_from(["t", "u", None]),
    st.sampled_from(["Text", "Markdown", "Title"]),
    streaming=st.sampled_from([None, True, False]),
)


def branches(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.builds(row, st.lists(inner, max_size=3)), st.builds(transition, inner))


STATES: st.SearchStrategy[list[Any]] = st.lists(st.recursive(LEAVES, branches, max_leaves=5), max_size=3)


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every component of a widget, given as JSON."""
    yield node
    children: list[Any] = node.get("children") or []
    for child in children if isinstance(children, list) else [children]:  # pyright: ignore[reportUnnecessaryIsInstance]
        yield from walk(child)


def has_own_ids(nodes: list[Any]) -> bool:
    names = [part["id"] for node in nodes for part in walk(node) if "id" in part]
    return len(names) == len(set(names))


def shown(widget: WidgetRoot) -> list[Any]:
    """What can be seen: a delta ends the streaming of text that never said it was streaming."""
    return [
        {
            name: value
            for name, value in part.items()
            if name != "children" and (name, value) != ("streaming", False)
        }
        for part in walk(widget.model_dump(exclude_none=True))
    ]


@pytest.mark.property
@given(STATES.filter(has_own_ids), STATES.filter(has_own_ids))
def test_folding_the_updates_gives_the_new_state(old: list[Any], new: list[Any]) -> None:
    """DW-1…7: whatever the states, as long as ids are a component's own"""
    before, after = card(*old), card(*new)
    item: ThreadItem = WidgetItem(id="w", thread_id="t", created_at=now(), widget=before)
    for update in diff_widget(before, after):
        item = fold(item, update)
    assert isinstance(item, WidgetItem)
    assert shown(item.widget) == shown(after)


def as_list(nodes: Any) -> list[Any]:
    return cast("list[Any]", nodes) if isinstance(nodes, list) else [nodes]


def plainly(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]] | None:
    """DW-1…7 on plain JSON, prop by prop: the deltas, or None for a new root."""
    if before["type"] != after["type"] or before.keys() != after.keys():
        return None
    deltas: list[dict[str, Any]] = []
    for name, new in after.items():
        old = before[name]
        if name == "children":
            olds, news = as_list(old), as_list(new)
            if isinstance(old, list) != isinstance(new, list) or len(olds) != len(news):
                return None
            inner = [plainly(*pair) for pair in zip(olds, news, strict=True)]
            if None in inner:
                return None
            deltas += [delta for one in inner for delta in one or []]
        elif old != new:
            streams = name == "value" and after["type"] in ("Text", "Markdown") and after.get("id")
            if not streams or not new.startswith(old):
                return None
            deltas.append(grown(new[len(old) :], after["id"], done=not after.get("streaming")))
    return deltas


def built(widget: dict[str, Any], way: str) -> WidgetRoot:
    """The same widget, as a store reads it back, as an app makes it, or as a template renders it."""
    match way:
        case "typed":
            return root(widget)
        case "dynamic":
            return DynamicWidgetRoot.model_validate(widget)
        case _:
            template = WidgetTemplate({"version": "1.0", "name": "any", "template": "{{ json }}"})
            return template.build({"json": json.dumps(widget)})


WAYS = st.sampled_from(["typed", "dynamic", "rendered"])


PROPS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "size": st.sampled_from(["sm", "lg", None]),
        "unheard": st.sampled_from([None, 1, [1, {"a": 2}]]),
    },
)


def with_props(node: dict[str, Any], props: dict[str, Any]) -> dict[str, Any]:
    return {**node, **props}


ODD_STATES = st.lists(
    st.recursive(
        st.builds(with_props, LEAVES, PROPS),
        lambda inner: st.builds(with_props, branches(inner), PROPS),
        max_leaves=5,
    ),
    max_size=3,
)


@pytest.mark.property
@given(ODD_STATES, st.data(), WAYS, WAYS, st.booleans())
def test_the_short_ways_find_what_a_plain_comparison_finds(
    old: list[Any], data: st.DataObject, way_before: str, way_after: str, share: bool
) -> None:
    """DW-1…7: whatever classes the states are of, with subtrees shared or equal or changed"""
    nearly = [
        with_props(node, {"value": node["value"] + data.draw(st.sampled_from(["", "x"]))})
        if "value" in node
        else node
        for node in old
    ]
    new = data.draw(st.one_of(ODD_STATES, st.just(nearly)))
    before = built({"type": "Card", "children": old}, way_before)
    after = built({"type": "Card", "children": new}, way_after)
    if share:
        for place, (one, other) in enumerate(zip(children(before), children(after), strict=False)):
            if one == other:
                children(after)[place] = one
    expected = plainly(*(state.model_dump(mode="json", exclude_none=True) for state in (before, after)))
    assert updates(before, after) == (ROOT if expected is None else expected)


def children(widget: WidgetRoot) -> list[Any]:
    nodes: Any = widget.children
    assert isinstance(nodes, list)
    return cast("list[Any]", nodes)


# --- streams


async def states(*widgets: WidgetRoot) -> AsyncGenerator[WidgetRoot, None]:
    for widget in widgets:
        yield widget


async def streamed(widget: Any, **options: Any) -> list[ThreadStreamEvent]:
    return [event async for event in stream_widget(THREAD, widget, **options)]


def kinds(events: list[ThreadStreamEvent]) -> list[str]:
    return [event.update.type if event.type == "thread.item.updated" else event.type for event in events]


def item_of(event: ThreadStreamEvent) -> WidgetItem:
    assert isinstance(event, ThreadItemAddedEvent | ThreadItemDoneEvent)
    assert isinstance(event.item, WidgetItem)
    return event.item


async def test_the_id_is_made_once_as_for_a_message() -> None:
    """SW-1"""
    asked: list[str] = []

    def generate(kind: str) -> str:
        asked.append(kind)
        return f"{kind}_{len(asked)}"

    events = await streamed(states(card(text("a")), card(text("ab"))), generate_id=generate)
    assert asked == ["message"]
    named = [event.item_id if event.type == "thread.item.updated" else item_of(event).id for event in events]
    assert named == ["message_1"] * 3
    [event] = await streamed(card())
    assert event.type == "thread.item.done"
    assert event.item.id.startswith("msg_")


async def test_a_finished_widget_is_one_event() -> None:
    """SW-2"""
    widget = card(text("a"))
    [event] = await streamed(widget, copy_text="a, to copy")
    assert event.type == "thread.item.done"
    assert isinstance(event.item, WidgetItem)
    assert (event.item.widget, event.item.copy_text) == (widget, "a, to copy")
    assert event.item.thread_id == "thr_1"


async def test_states_are_added_updated_and_done() -> None:
    """SW-3"""
    widgets = [card(text("a")), card(text("a")), card(text("b")), card(text("bc"), size="lg")]
    events = await streamed(states(*widgets), copy_text="c")
    root_updated = "widget.root.updated"
    assert kinds(events) == ["thread.item.added", root_updated, root_updated, "thread.item.done"]
    first, last = events[0], events[-1]
    assert first.type == "thread.item.added"
    assert last.type == "thread.item.done"
    assert isinstance(first.item, WidgetItem)
    assert isinstance(last.item, WidgetItem)
    assert (first.item.widget, last.item.widget) == (widgets[0], widgets[-1])
    assert (first.item.id, first.item.copy_text) == (last.item.id, "c")
    assert first.item.created_at == last.item.created_at


async def test_growing_text_is_a_delta_a_state() -> None:
    """SW-4"""
    events = await streamed(states(*(card(text(value)) for value in ("", "Hel", "Hello,", "Hello, world"))))
    assert len(events) == 5
    deltas = [event.update for event in events if event.type == "thread.item.updated"]
    assert [getattr(update, "delta", None) for update in deltas] == ["Hel", "lo,", " world"]


async def test_a_replaced_text_is_a_new_root() -> None:
    """SW-5"""
    events = await streamed(states(card(text("Hello")), card(text("World"))))
    assert kinds(events) == ["thread.item.added", "widget.root.updated", "thread.item.done"]


async def test_no_state_is_no_event() -> None:
    """SW-6"""
    assert await streamed(states()) == []


async def test_any_async_iterator_will_do() -> None:
    """SW-6"""

    class Counting(AsyncIterator[WidgetRoot]):
        left = 3

        async def __anext__(self) -> WidgetRoot:
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return card(text("." * (3 - self.left)))

    assert len(await streamed(Counting())) == 4


async def test_the_states_are_closed_when_nobody_listens_any_more() -> None:
    """STYLE: close every generator you iterate"""
    closed: list[bool] = []

    async def endless() -> AsyncGenerator[WidgetRoot, None]:
        try:
            while True:
                yield card(text("a"))
        finally:
            closed.append(True)

    events: Any = stream_widget(THREAD, endless())
    await events.__anext__()
    await events.aclose()
    assert closed == [True]
