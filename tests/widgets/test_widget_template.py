"""`.widget` files (WD-4…10)."""

import json
import runpy
from pathlib import Path
from typing import Any

import jinja2
import pytest
from pydantic import BaseModel, ValidationError

from chatkit.widgets import BasicRoot, DynamicWidgetRoot, WidgetTemplate

HERE = Path(__file__).parent

LIST = """
{%- set ns = namespace(rows=[]) -%}
{%- for dock in docks -%}
  {%- set _ = ns.rows.append({"type": "Text", "value": dock.name ~ ":" ~ dock.status | default("free")}) -%}
{%- endfor -%}
{"type": "ListView", "children": [
  {%- for row in ns.rows[1:] -%}
    {"type": "ListViewItem", "children": [{{ row | tojson }}], "key": null}{{ "" if loop.last else "," }}
  {%- endfor -%}
]}
"""


class Dock(BaseModel):
    name: str
    status: str = "taken"


class Harbour(BaseModel):
    docks: list[Dock]


def template(source: Any, **more: Any) -> WidgetTemplate:
    return WidgetTemplate({"version": "1.0", "name": "docks", "template": source, **more})


def test_a_definition_is_taken_apart() -> None:
    """WD-4, §6.1"""
    found = template('{"type": "Card"}', jsonSchema={"type": "object"}, encodedWidget="ignored", later=1)
    assert (found.version, found.name, found.data_schema) == ("1.0", "docks", {"type": "object"})
    assert isinstance(found.template, jinja2.Template)
    assert template("{}").data_schema == {}


@pytest.mark.parametrize("missing", ["version", "name", "template"])
def test_a_definition_must_be_complete(missing: str) -> None:
    """WD-4"""
    definition = {"version": "1.0", "name": "docks", "template": "{}"}
    del definition[missing]
    with pytest.raises(KeyError, match=missing):
        WidgetTemplate(definition)


def test_other_versions_are_refused() -> None:
    """WD-4"""
    with pytest.raises(ValueError, match=r"2\.0"):
        WidgetTemplate({"version": "2.0", "name": "docks", "template": "{}"})


def test_a_compiled_template_is_taken_as_it_is() -> None:
    """WD-4"""
    compiled = jinja2.Template('{"type": "Card", "children": []}')
    assert template(compiled).template is compiled
    assert template(compiled).build().type == "Card"


def test_a_file_is_found_beside_the_code_that_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """WD-5"""
    monkeypatch.chdir(tmp_path)
    card = WidgetTemplate.from_file("card.widget").build({"dock": "Dock ä"})
    assert card.model_dump(exclude_none=True) == {
        "type": "Card",
        "children": [{"type": "Title", "value": "Dock ä"}],
    }
    assert WidgetTemplate.from_file(str(HERE / "card.widget")).name == "dock card"


def test_a_file_is_found_beside_the_code_that_a_link_leads_to(tmp_path: Path) -> None:
    """WD-5"""
    code = tmp_path / "app" / "cards.py"
    code.parent.mkdir()
    code.write_text(
        "from chatkit.widgets import WidgetTemplate\nCARD = WidgetTemplate.from_file('card.widget')\n"
    )
    (code.parent / "card.widget").write_bytes((HERE / "card.widget").read_bytes())
    link = tmp_path / "linked.py"
    link.symlink_to(code)
    assert runpy.run_path(str(link))["CARD"].name == "dock card"


@pytest.mark.parametrize(
    "data",
    [
        {"docks": [{"name": "1"}, {"name": "2"}, {"name": "3", "status": "taken"}]},
        {"docks": [Dock(name="1"), Dock(name="2", status="free"), Dock(name="3")]},
        Harbour(docks=[Dock(name="1"), Dock(name="2", status="free"), Dock(name="3")]),
    ],
    ids=["dict", "models in a dict", "model"],
)
def test_a_template_is_rendered_with_data_of_any_kind(data: Any) -> None:
    """WD-6, WD-7, WD-9"""
    widget = template(LIST).build(data)
    assert type(widget) is DynamicWidgetRoot
    assert widget.model_dump(exclude_none=True) == {
        "type": "ListView",
        "children": [
            {"type": "ListViewItem", "children": [{"type": "Text", "value": "2:free"}]},
            {"type": "ListViewItem", "children": [{"type": "Text", "value": "3:taken"}]},
        ],
    }


@pytest.mark.parametrize("root", ["Card", "ListView", "Basic"])
def test_what_was_rendered_is_what_is_sent_minus_nulls(root: str) -> None:
    """WD-9"""
    rendered = {
        "type": root,
        "gap": None,
        "children": [{"type": "X", "rows": [None, {"a": None}]}, None],
        "b": 1,
    }
    widget = template(json.dumps(rendered)).build()
    assert type(widget) is DynamicWidgetRoot
    assert widget.model_dump(exclude_none=True) == {
        "type": root,
        "children": [{"type": "X", "rows": [{}]}],
        "b": 1,
    }


def test_values_are_quoted_as_json_and_not_as_markup() -> None:
    """WD-7"""
    widget = template('{"type": "Card", "children": {"type": "Text", "value": {{ say | tojson }}}}')
    text = widget.build({"say": 'a "b" <c> & \n'}).model_dump()["children"]["value"]
    assert text == 'a "b" <c> & \n'


def test_a_missing_variable_is_an_error() -> None:
    """WD-7"""
    with pytest.raises(jinja2.UndefinedError, match="docks"):
        template(LIST).build()


def test_text_that_is_no_json_is_an_error() -> None:
    """WD-8"""
    with pytest.raises(json.JSONDecodeError):
        template('{"type": "Card",}').build()


@pytest.mark.parametrize("text", ['{"type": "Text", "value": "Hi"}', "{}", "[]", "1"])
def test_json_that_is_no_root_is_an_error(text: str) -> None:
    """WD-8"""
    with pytest.raises(ValidationError):
        template(text).build()


def test_build_basic_works_and_is_deprecated() -> None:
    """WD-10"""
    with pytest.warns(DeprecationWarning, match="build_basic") as caught:
        root = template('{"type": "Basic", "children": []}').build_basic()
    assert type(root) is BasicRoot
    assert str(caught[0].message) == (
        "WidgetTemplate.build_basic is deprecated. Use WidgetTemplate.build instead."
    )
