"""Items that are not done yet: folded without `fold` at each step, to the same result (S-18)."""

import copy
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit.clock import now
from chatkit.turns.copies import copied
from chatkit.turns.fold import fold
from chatkit.turns.pending import PendingItem
from chatkit.types import (
    CustomTask,
    SearchTask,
    ThreadItem,
    ThreadItemUpdate,
    URLSource,
    WidgetItem,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

WORKFLOW = WorkflowItem(
    id="i",
    thread_id="t",
    created_at=now(),
    workflow=Workflow(type="custom", tasks=[CustomTask(title="first")]),
)


def widget(*texts: str) -> WidgetItem:
    lines = [{"type": "Text", "id": f"line{n}", "value": text} for n, text in enumerate(texts)]
    card = {"type": "Card", "children": lines}
    return WidgetItem.model_validate({"id": "i", "thread_id": "t", "created_at": now(), "widget": card})


def task(title: str, found: bool) -> Any:
    return (
        SearchTask(title=title, sources=[URLSource(title=title, url="u")])
        if found
        else CustomTask(title=title)
    )


TASKS = st.builds(task, st.text("ab", max_size=2), st.booleans())
PLACES = st.integers(0, 3)
STEPS: st.SearchStrategy[ThreadItemUpdate] = st.one_of(
    st.builds(WorkflowTaskAdded, task_index=PLACES, task=TASKS),
    st.builds(WorkflowTaskUpdated, task_index=PLACES, task=TASKS),
    st.builds(
        WidgetStreamingTextValueDelta,
        component_id=st.sampled_from(["line0", "line1", "nowhere"]),
        delta=st.text("ab", max_size=2),
        done=st.booleans(),
    ),
    st.just(WidgetRootUpdated(widget=widget("new", "root").widget)),
)


@pytest.mark.property
@given(st.sampled_from([WORKFLOW, widget("a", "b")]), st.lists(st.tuples(STEPS, st.booleans()), max_size=10))
def test_a_pending_item_is_what_folding_gives(
    item: ThreadItem, steps: list[tuple[ThreadItemUpdate, bool]]
) -> None:
    """S-18: whenever somebody looks, and what they have seen stays as it was"""
    before = item.model_dump()
    pending, expected = PendingItem(item), item
    seen: list[tuple[ThreadItem, ThreadItem]] = []
    for update, look in steps:
        pending.apply(update)
        expected = fold(expected, update)
        if look:
            seen.append((pending.item, expected))
    seen.append((pending.item, expected))
    assert [one.model_dump() for one, _ in seen] == [other.model_dump() for _, other in seen]
    assert item.model_dump() == before


def test_a_pending_item_shares_nothing_with_the_responder() -> None:
    """S-18"""
    pending = PendingItem(WORKFLOW)
    mine = SearchTask(title="Look", sources=[URLSource(title="a", url="u")])
    pending.apply(WorkflowTaskAdded(task_index=1, task=mine))
    pending.apply(WorkflowTaskUpdated(task_index=0, task=mine))
    mine.title = "changed later"
    mine.sources.append(URLSource(title="b", url="u"))
    mine.sources[0].title = "changed too"
    item = pending.item
    assert isinstance(item, WorkflowItem)
    assert [one.model_dump(include={"title", "sources"})["title"] for one in item.workflow.tasks] == [
        "Look"
    ] * 2
    for one in item.workflow.tasks:
        assert isinstance(one, SearchTask)
        assert [source.title for source in one.sources] == ["a"]


class Odd:
    """A value of an app's own, in metadata."""

    def __init__(self) -> None:
        self.inner = ["a"]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Odd) and other.inner == self.inner

    __hash__ = None  # pyright: ignore[reportAssignmentType]


JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(),
        st.builds(Odd),
        st.just(WORKFLOW),
        st.just((1, [2])),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)


@pytest.mark.property
@given(JSON)
def test_a_copy_equals_that_of_the_standard_library(value: Any) -> None:
    """S-15, S-18: and no list, object or model of it is the original's"""
    twin = copied(value)
    assert twin == copy.deepcopy(value)
    assert mutable(twin).isdisjoint(mutable(value))


def mutable(value: Any) -> set[int]:
    """The identities of everything that can be changed in place."""
    whole: object = value
    match value:
        case dict():
            inner = list(cast("dict[str, Any]", value).values())
        case list() | tuple():
            inner = list(cast("list[Any]", value))
        case Odd() | WorkflowItem() | Workflow() | CustomTask():
            inner = list(vars(value).values())
        case _:
            return set()
    own: set[int] = set() if isinstance(whole, tuple) else {id(whole)}
    return own.union(*(mutable(one) for one in inner))
