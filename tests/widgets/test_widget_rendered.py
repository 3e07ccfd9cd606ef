"""Widgets of templates stay JSON until somebody looks at them, and nobody can tell."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, SerializeAsAny

from chatkit.clock import now
from chatkit.turns.copies import copied
from chatkit.turns.widget_stream import diff_widget
from chatkit.types import WidgetItem
from chatkit.widgets import DynamicWidgetComponent, DynamicWidgetRoot, Text, WidgetTemplate
from chatkit.widgets.base import without_nulls
from chatkit.widgets.rendered import as_json

TEMPLATE = WidgetTemplate({"version": "1.0", "name": "any", "template": "{{ json }}"})

CARD = {
    "size": "md",
    "type": "Card",
    "id": "card",
    "children": [
        {"value": "Docks", "type": "Title", "key": "title"},
        {
            "children": {"type": "Text", "value": "free", "id": "story", "editable": {"name": "a", "x": [1]}},
            "type": "Row",
        },
    ],
    "confirm": {"label": "Go", "action": {"type": "go", "payload": {"berths": [1, 2]}}},
}

Dump = dict[str, Any]

DUMPS: list[Dump] = [
    {},
    {"exclude_none": True},
    {"mode": "json"},
    {"mode": "json", "exclude_none": True, "by_alias": True},
    {"exclude_unset": True},
    {"exclude_defaults": True},
    {"include": {"type", "size"}},
    {"exclude": {"children": True}},
    {"round_trip": True},
]


def rendered(widget: Any) -> DynamicWidgetRoot:
    return TEMPLATE.build({"json": json.dumps(widget)})


def modelled(widget: Any) -> DynamicWidgetRoot:
    """The same, as a model from the beginning."""
    return DynamicWidgetRoot.model_validate(without_nulls(json.loads(json.dumps(widget))))


def outcome(do: Callable[[], Any]) -> str:
    """What it gives, with the order of fields; or what it raises."""
    try:
        return repr(do())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def dumped(make: Callable[[Any], DynamicWidgetRoot], widget: Any, options: Dump) -> str:
    return outcome(lambda: make(widget).model_dump(**options))


# --- whatever the JSON

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.just("\ud800"),
    st.just(2**70),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
NAMES = st.sampled_from(["Card", "ListView", "Basic", "Text", "Row"])
SOUND: st.SearchStrategy[Any] = st.deferred(
    lambda: st.builds(
        shuffled,
        st.fixed_dictionaries(
            {"type": NAMES},
            optional={"id": st.text(max_size=3), "key": st.text(max_size=3), "children": CHILDREN},
        ),
        st.dictionaries(
            st.sampled_from(["value", "size", "_own", "model_extra", "copy", "", "Ж"]), VALUES, max_size=3
        ),
        st.randoms(use_true_random=False),
    )
)
CHILDREN: st.SearchStrategy[Any] = st.none() | SOUND | st.lists(SOUND, max_size=3)
ANY = st.one_of(
    SOUND,
    SOUND.flatmap(
        lambda node: st.builds(
            spoiled, st.just(node), st.sampled_from(["type", "id", "key", "children"]), VALUES
        )
    ),
    VALUES,
)


def shuffled(fields: dict[str, Any], more: dict[str, Any], random: Any) -> dict[str, Any]:
    entries = list({**more, **fields}.items())
    random.shuffle(entries)
    return dict(entries)


def spoiled(node: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """A field of it, or of its parent, that may be something else than it has to be."""
    return {"type": "Card", "children": [{**node, name: value}]} if len(node) % 2 else {**node, name: value}


@pytest.mark.property
@given(ANY)
def test_a_rendered_widget_writes_the_bytes_of_its_model_or_raises_its_errors(widget: Any) -> None:
    """WD-6, WD-8, WD-9: in every way there is to write it, looked at or not."""
    assert outcome(lambda: rendered(widget).model_dump_json()) == outcome(
        lambda: modelled(widget).model_dump_json()
    )
    for options in DUMPS:
        assert dumped(rendered, widget, options) == dumped(modelled, widget, options)
    assert outcome(lambda: rendered(widget)) == outcome(lambda: modelled(widget))
    assert outcome(lambda: vars(rendered(widget))) == outcome(lambda: vars(modelled(widget)))
    assert outcome(lambda: item(rendered(widget)).model_dump_json()) == outcome(
        lambda: item(modelled(widget)).model_dump_json()
    )


NOW = now()


def item(widget: Any) -> WidgetItem:
    return WidgetItem(id="w", thread_id="t", created_at=NOW, widget=widget)


# --- looking


def test_writing_and_comparing_leave_it_json() -> None:
    one, other = rendered(CARD), rendered({**CARD, "size": "lg"})
    one.model_dump_json(exclude_none=True)
    item(one).model_dump_json()
    diff_widget(one, other)
    assert (one.type, one.id, one.key, one.model_dump()["size"]) == ("Card", "card", None, "md")
    assert as_json(one) is not None
    assert as_json(other) is not None


def child(root: Any) -> Any:
    return root.children[1].children


def change_a_prop(root: Any) -> None:
    root.size = "lg"


def change_a_grandchild(root: Any) -> None:
    child(root).value = "taken"


def add_a_child(root: Any) -> None:
    root.children.append(DynamicWidgetComponent(type="Text", value="more"))  # pyright: ignore[reportCallIssue]


def add_a_typed_child(root: Any) -> None:
    root.children.append(Text(value="more"))


def change_a_nested_value(root: Any) -> None:
    root.confirm["action"]["payload"]["berths"].append(3)


def change_the_extras(root: Any) -> None:
    root.model_extra["size"] = "xl"


def change_the_fields(root: Any) -> None:
    vars(root)["id"] = "other"


def add_a_prop(root: Any) -> None:
    root.anything = {"a": [None, 1]}


def remove_a_prop(root: Any) -> None:
    del root.size


def set_a_field_to_null(root: Any) -> None:
    root.id = None


CHANGES = [
    change_a_prop,
    change_a_grandchild,
    add_a_child,
    add_a_typed_child,
    change_a_nested_value,
    change_the_extras,
    change_the_fields,
    add_a_prop,
    remove_a_prop,
    set_a_field_to_null,
]


@pytest.mark.filterwarnings("ignore:Building Text:DeprecationWarning")
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_after_it_was_rendered_is_written(change: Callable[[Any], None]) -> None:
    one, other, kept = rendered(CARD), modelled(CARD), rendered(CARD)
    one.model_dump_json()
    change(one)
    change(other)
    assert one.model_dump_json() == other.model_dump_json() != kept.model_dump_json()
    assert one.model_fields_set == other.model_fields_set
    assert [update.model_dump() for update in diff_widget(kept, one)] == [
        update.model_dump() for update in diff_widget(modelled(CARD), other)
    ]


COPIES: list[Callable[[Any], Any]] = [
    copy.deepcopy,
    copied,
    lambda root: root.model_copy(deep=True),
    lambda root: pickle.loads(pickle.dumps(root)),
]


@pytest.mark.filterwarnings("ignore:Building Text:DeprecationWarning")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_stands_on_its_own(copy: Callable[[Any], Any], change: Callable[[Any], None]) -> None:
    original = rendered(CARD)
    before = original.model_dump_json()
    twin = copy(original)
    assert type(twin) is DynamicWidgetRoot
    assert twin.model_dump_json() == before
    change(twin)
    assert original.model_dump_json() == before != twin.model_dump_json()
    change(original)
    assert original.model_dump_json() == twin.model_dump_json()


def test_a_shallow_copy_shares_the_components() -> None:
    original = rendered(CARD)
    twin: Any = original.model_copy(update={"size": "lg"})
    change_a_grandchild(original)
    assert child(twin).value == "taken"
    assert (twin.size, original.model_dump()["size"]) == ("lg", "md")


def test_what_was_written_can_be_changed_without_changing_it() -> None:
    root = rendered(CARD)
    before = root.model_dump_json()
    root.model_dump()["children"].clear()
    root.model_dump(mode="json")["confirm"]["action"]["payload"]["berths"].clear()
    assert root.model_dump_json() == before


LOOKS: list[Callable[[Any], Any]] = [
    repr,
    dict,
    lambda root: root == modelled(CARD) and modelled(CARD) == root,
    lambda root: hasattr(root, "nothing"),
    lambda root: root.nothing,
    lambda root: root.model_extra,
    lambda root: sorted(root.model_fields_set),
    lambda root: root.children[0].value,
    lambda root: root.size,
    lambda root: root.confirm,
    lambda root: DynamicWidgetRoot.model_validate(root) is root,
]


@pytest.mark.parametrize("look", LOOKS)
def test_looking_at_it_shows_what_the_model_shows(look: Callable[[Any], Any]) -> None:
    assert outcome(lambda: look(rendered(CARD))) == outcome(lambda: look(modelled(CARD)))


class Holder(BaseModel):
    """A model of an app that keeps a widget."""

    model_config = ConfigDict(revalidate_instances="always")

    widget: SerializeAsAny[DynamicWidgetComponent]


def test_an_app_may_keep_it_in_a_model_of_its_own() -> None:
    assert Holder(widget=rendered(CARD)).model_dump_json() == Holder(widget=modelled(CARD)).model_dump_json()


class MyRoot(DynamicWidgetRoot):
    """A root of an app's own."""

    size: str = "sm"


def test_a_class_of_an_apps_own_is_a_model_from_the_beginning() -> None:
    root = MyRoot.model_validate(CARD)
    assert as_json(root) is None
    assert root.model_dump()["size"] == "md"
    assert copy.deepcopy(root) == root == pickle.loads(pickle.dumps(root))
