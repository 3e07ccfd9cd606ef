"""Widget components: what they keep, what they write, and when they fall back to dynamic ones (widgets.md, WD-1…3)."""

import json
import warnings
from datetime import datetime
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError, field_serializer

from chatkit import widgets
from chatkit.actions import ActionConfig
from chatkit.types import WidgetItem
from chatkit.types.items import item_adapter
from chatkit.widgets import DynamicWidgetComponent, DynamicWidgetRoot, WidgetComponent, WidgetRoot

ROOT: TypeAdapter[WidgetRoot] = TypeAdapter(WidgetRoot)
COMPONENT: TypeAdapter[WidgetComponent] = TypeAdapter(WidgetComponent)

# One of each typed component, with props of every kind of value.
COMPONENTS: list[dict[str, Any]] = [
    {
        "type": "Text",
        "value": "Hi",
        "size": "xl",
        "width": "50%",
        "editable": {"name": "a.b", "required": True},
    },
    {
        "type": "Text",
        "value": "Hi",
        "editable": False,
        "minLines": 2,
        "color": {"light": "#000", "dark": "#fff"},
    },
    {"type": "Title", "value": "Hi", "size": "5xl", "weight": "bold"},
    {"type": "Caption", "value": "Hi", "maxLines": 1},
    {"type": "Markdown", "value": "**Hi**", "streaming": True},
    {"type": "Badge", "label": "new", "color": "discovery", "pill": True},
    {"type": "Label", "value": "Name", "fieldName": "name"},
    {"type": "Icon", "name": "lucide:ship", "size": "3xl"},
    {"type": "Image", "src": "/a.png", "position": "bottom left", "aspectRatio": 1.5, "margin": {"x": -2}},
    {"type": "Divider", "spacing": 3.5, "flush": True},
    {"type": "Spacer", "minSize": "2rem"},
    {"type": "Button", "label": "Go", "iconStart": "bolt", "submit": True},
    {"type": "Input", "name": "mail", "inputType": "email", "pattern": ".+@.+"},
    {"type": "Textarea", "name": "note", "rows": 4, "autoResize": True},
    {
        "type": "Select",
        "name": "size",
        "options": [{"label": "S", "value": "s", "disabled": True}],
        "searchable": True,
    },
    {"type": "DatePicker", "name": "day", "defaultValue": "2026-03-01", "min": "2026-01-01T00:00:00"},
    {"type": "Checkbox", "name": "ok", "defaultChecked": False},
    {"type": "RadioGroup", "name": "r", "options": [{"label": "A", "value": "a"}], "direction": "col"},
    {
        "type": "Box",
        "direction": "row",
        "border": {"x": 1, "top": {"size": 2, "style": "dashed"}},
        "children": [],
    },
    {"type": "Row", "gap": 2.5, "padding": {"x": "1em"}, "children": [{"type": "Text", "value": "Hi"}]},
    {"type": "Col", "border": {"size": 1, "color": "subtle"}, "flex": "auto"},
    {"type": "Form", "children": [{"type": "Spacer"}], "radius": "100%"},
    {"type": "Transition", "children": {"type": "Text", "value": "Hi"}},
    {"type": "ListViewItem", "children": [{"type": "Text", "value": "Hi"}], "gap": 3},
    {
        "type": "Chart",
        "data": [{"day": "Mon", "n": 3}],
        "series": [
            {"type": "bar", "dataKey": "n", "label": "N", "stack": "s"},
            {"type": "line", "dataKey": "n", "label": "N", "curveType": "step"},
        ],
        "xAxis": {"dataKey": "day", "labels": {"Mon": "M"}},
    },
]
ROOTS: list[dict[str, Any]] = [
    {
        "type": "Card",
        "size": "full",
        "status": {"text": "Draft", "favicon": "https://x.test/f.ico", "frame": True},
        "children": [{"type": "Text", "value": "Hi"}],
    },
    {"type": "ListView", "limit": "auto", "children": [{"type": "ListViewItem", "children": []}]},
    {"type": "Basic", "gap": 2, "children": [{"type": "Text", "value": "Hi"}]},
]


def written(model: BaseModel, **options: Any) -> Any:
    return json.loads(model.model_dump_json(**options))


def typed_card(**props: Any) -> Any:
    with pytest.warns(DeprecationWarning, match="in Python is deprecated"):
        return widgets.Card(children=[widgets.Text(value="Hello")], **props)


def item(widget: Any) -> WidgetItem:
    return WidgetItem(id="m", thread_id="t", created_at=datetime(2026, 3, 1), widget=widget)


@pytest.mark.parametrize("props", COMPONENTS, ids=lambda props: props["type"])
def test_a_typed_component_writes_what_it_read(props: dict[str, Any]) -> None:
    """T-4, W-2, W-6"""
    component = COMPONENT.validate_json(json.dumps(props))
    assert type(component).__name__ == props["type"]
    assert written(component, exclude_none=True) == props


def test_every_component_with_a_class_is_among_the_examples() -> None:
    """widgets.md §1"""
    known = TypeAdapter[Any](widgets.StrictWidgetComponent).json_schema()["discriminator"]["mapping"]
    assert {props["type"] for props in COMPONENTS} == set(known)


@pytest.mark.parametrize("props", ROOTS, ids=lambda props: props["type"])
def test_a_root_writes_what_it_read(props: dict[str, Any]) -> None:
    """T-4, WD-11"""
    root = ROOT.validate_json(json.dumps(props))
    assert type(root).__name__ in (props["type"], "BasicRoot")
    assert written(root, exclude_none=True) == props


@pytest.mark.parametrize(
    "props",
    [
        {"type": "Table", "children": [{"type": "Table.Row", "header": True}]},
        {"type": "Text", "value": "Hi", "blink": True},
        {"type": "Text", "value": "Hi", "size": "10xl"},
        {"type": "Row", "padding": {"z": 1}},
        {"type": "Card", "children": []},
        {"type": "Spacer", "children": [{"type": "Hologram", "angle": 4}]},
    ],
    ids=["no class", "unknown prop", "unknown value", "unknown side", "root inside", "unknown child"],
)
def test_what_no_class_knows_is_kept_by_a_dynamic_component(props: dict[str, Any]) -> None:
    """T-4, widgets.md §1"""
    component = COMPONENT.validate_json(json.dumps(props))
    assert type(component) is DynamicWidgetComponent
    assert written(component, exclude_none=True) == props


def test_only_the_unknown_part_of_a_widget_becomes_dynamic() -> None:
    """T-4"""
    card = ROOT.validate_python(
        {
            "type": "Card",
            "children": [{"type": "Text", "value": "Hi"}, {"type": "Text", "value": "Hi", "x": 1}],
        }
    )
    assert isinstance(card, widgets.Card)
    assert [type(child) for child in card.children] == [widgets.Text, DynamicWidgetComponent]


def test_a_card_with_a_border_is_kept_whole() -> None:
    """widgets.md §3"""
    card = ROOT.validate_python({"type": "Card", "children": [], "border": 1})
    assert isinstance(card, DynamicWidgetRoot)
    assert written(card) == {"type": "Card", "children": [], "border": 1}


def test_a_widget_writes_only_what_was_set() -> None:
    """WD-3"""
    expected = {"type": "Card", "children": [{"type": "Text", "value": "Hello"}]}
    card = typed_card()
    assert written(card) == expected
    assert written(item(card))["widget"] == expected
    assert card.model_dump() == expected


def test_nulls_are_dropped_at_every_depth() -> None:
    """WD-1, W-4"""
    root = DynamicWidgetRoot.model_validate(
        {
            "type": "Card",
            "size": None,
            "children": [
                {
                    "type": "Button",
                    "onClickAction": {"type": "x", "payload": {"a": None, "b": [None, {"c": None}]}},
                }
            ],
            "rows": [None, 1, [None]],
        }
    )
    button: dict[str, Any] = {"type": "Button", "onClickAction": {"type": "x", "payload": {"b": [{}]}}}
    assert written(root) == {"type": "Card", "children": [button], "rows": [1, []]}
    assert written(item(root), exclude_none=True)["widget"] == written(root)


def test_nulls_in_the_payload_of_a_typed_action_are_dropped() -> None:
    """W-4"""
    with pytest.warns(DeprecationWarning, match="in Python is deprecated"):
        button = widgets.Button(onClickAction=ActionConfig(type="x", payload={"a": None, "b": 1}))
    assert written(button)["onClickAction"] == {
        "type": "x",
        "payload": {"b": 1},
        "handler": "server",
        "loadingBehavior": "auto",
        "streaming": True,
    }


def test_a_transition_keeps_its_empty_child_until_it_is_sent() -> None:
    """WD-1"""
    empty = COMPONENT.validate_python({"type": "Transition", "children": None})
    assert isinstance(empty, widgets.Transition)
    assert written(empty) == {"type": "Transition", "children": None}
    assert COMPONENT.validate_json(empty.model_dump_json()) == empty
    assert written(empty, exclude_none=True) == {"type": "Transition"}


@pytest.mark.parametrize("option", ["exclude_unset", "exclude_defaults", "exclude_none"])
def test_the_type_is_always_written(option: str) -> None:
    """WD-2, W-6"""
    assert written(typed_card(), **{option: True}) == {
        "type": "Card",
        "children": [{"type": "Text", "value": "Hello"}],
    }


def test_including_and_excluding_fields_still_works() -> None:
    """WD-1 changes what is null, nothing else"""
    card = typed_card(size="sm")
    assert written(card, exclude={"children"}) == {"type": "Card", "size": "sm"}
    assert written(card, include={"size"}) == {"type": "Card", "size": "sm"}


def test_dates_are_written_as_given() -> None:
    """widgets.md §5.1"""
    with pytest.warns(DeprecationWarning, match="in Python is deprecated"):
        picker = widgets.DatePicker(name="day", defaultValue=datetime(2026, 3, 1, 9))
    assert written(picker)["defaultValue"] == "2026-03-01T09:00:00"
    assert picker.model_dump()["defaultValue"] == datetime(2026, 3, 1, 9)


def test_building_a_component_in_python_is_deprecated_and_reading_one_is_not() -> None:
    """python-sdk.md §6, §9"""
    with pytest.warns(DeprecationWarning, match="Text"):
        text = widgets.Text(value="Hi")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert COMPONENT.validate_python({"type": "Text", "value": "Hi"}) == text
        assert widgets.Text.model_validate_json('{"type":"Text","value":"Hi"}') == text
        assert text.model_copy(update={"value": "Ho"}).value == "Ho"
        DynamicWidgetRoot(type="Card")


def test_building_a_component_ignores_props_it_does_not_know() -> None:
    """python-sdk.md §0"""
    assert written(typed_card(sparkle=True)) == {
        "type": "Card",
        "children": [{"type": "Text", "value": "Hello"}],
    }


def test_a_component_still_checks_its_props() -> None:
    with pytest.warns(DeprecationWarning, match="Text"), pytest.raises(ValidationError, match="size"):
        widgets.Text(value="Hi", size="huge")  # pyright: ignore[reportArgumentType]


def test_the_type_of_a_component_is_fixed() -> None:
    """python-sdk.md §6"""
    card = typed_card()
    with pytest.raises(ValidationError, match="frozen"):
        card.type = "Card"


def test_a_series_must_say_its_label_even_if_it_has_none() -> None:
    """widgets.md §4"""
    line = {"type": "line", "dataKey": "n"}
    with pytest.raises(ValidationError, match="label"):
        widgets.LineSeries.model_validate(line)
    assert widgets.LineSeries.model_validate(line | {"label": None}).label is None


@pytest.mark.parametrize("props", [*ROOTS, {"type": "Card", "children": [], "border": 1}])
def test_a_dynamic_widget_equals_what_a_store_reads_back(props: dict[str, Any]) -> None:
    """ST-3, T-4, WD-11"""
    stored = item(DynamicWidgetRoot.model_validate(props))
    assert item_adapter().validate_json(stored.model_dump_json()) == stored
    assert stored == item_adapter().validate_json(stored.model_dump_json())


def test_different_widgets_are_not_equal() -> None:
    """ST-3"""
    card = ROOT.validate_python({"type": "Card", "children": [{"type": "Text", "value": "Hi"}]})
    other = DynamicWidgetRoot.model_validate({"type": "Card", "children": [{"type": "Text", "value": "Ho"}]})
    assert card != other
    assert other != card
    assert card != {"type": "Card"}


class Note(BaseModel):
    to: str | None = None
    text: str = "Hi"


def test_a_model_in_a_payload_is_written_like_any_object() -> None:
    """WD-1, AC-1"""
    with pytest.warns(DeprecationWarning, match="Button"):
        button = widgets.Button(
            onClickAction=ActionConfig(type="x", payload={"note": Note(), "at": datetime(2026, 3, 1)})
        )
    assert written(button)["onClickAction"]["payload"] == {
        "note": {"text": "Hi"},
        "at": "2026-03-01T00:00:00",
    }
    assert button.model_dump()["onClickAction"]["payload"] == {
        "note": {"text": "Hi"},
        "at": datetime(2026, 3, 1),
    }


class Shout(widgets.Text):
    @field_serializer("value")
    def _upper(self, value: str) -> str:
        return value.upper()


def test_an_apps_own_subclass_keeps_its_serializers() -> None:
    """python-sdk.md §9"""
    with pytest.warns(DeprecationWarning, match="in Python is deprecated"):
        card = widgets.Card(children=[Shout(value="hi")])
    assert written(card)["children"] == [{"type": "Text", "value": "HI"}]
    assert written(item(card))["widget"]["children"] == [{"type": "Text", "value": "HI"}]
