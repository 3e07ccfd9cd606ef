"""Widgets as the JSON they were rendered to: their components are made when somebody looks at them.

Most widgets of a template are never looked at. They are compared with the state before, and written. Both are several
times faster on plain JSON than on a tree of models.
"""

from collections.abc import Container
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel
from typing_extensions import Self

from chatkit.widgets.base import DynamicWidgetComponent, without_nulls

Json = dict[str, Any]
C = TypeVar("C", bound="RenderedComponent")

_SCALARS = frozenset({str, int, float, bool})
_fields: Any = vars(BaseModel)["__dict__"]
"""Where a model keeps its fields."""


class RenderedComponent(DynamicWidgetComponent):
    """A component that may still be JSON.

    As JSON it has no fields, no extras and no set of fields that have been set: whoever reaches for one of them, also
    pydantic itself, finds nothing, and `__getattr__` or `__dict__` make the model of it. From then on it is a model
    like any other, since what was given away can be changed.
    """

    __slots__ = ("_json",)

    if not TYPE_CHECKING:  # type checkers use the fields

        @property
        def __dict__(self):
            _become_model(self)
            return _fields.__get__(self)

        @__dict__.setter
        def __dict__(self, fields):
            _fields.__set__(self, fields)

        def __getattr__(self, name):
            json = as_json(self)
            if json is None:
                return super().__getattr__(name)
            if name[:2] != "__":
                value = json.get(name)
                if type(value) in _SCALARS or (value is None and name in ("id", "key")):
                    return value  # cannot be changed
            _become_model(self)
            return getattr(self, name)

        def __setattr__(self, name, value):
            _become_model(self)
            super().__setattr__(name, value)

        def __delattr__(self, name):
            _become_model(self)
            super().__delattr__(name)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        json = as_json(self)
        return super().__deepcopy__(memo) if json is None else rendered(type(self), json)

    def _rendered(self) -> Json | None:
        return as_json(self)


_json: Any = vars(RenderedComponent)["_json"]


def as_json(component: Any) -> Json | None:
    """The JSON of a component that nobody has looked into; not to be changed. None for any other."""
    if isinstance(component, RenderedComponent):
        try:
            return _json.__get__(component)
        except AttributeError:
            return None
    return None


def rendered(kind: type[C], json: Json) -> C:
    """A component of this JSON, which `in_field_order` has made."""
    component = kind.__new__(kind)
    _json.__set__(component, json)
    return component


def _become_model(component: RenderedComponent) -> None:
    json = as_json(component)
    if json is not None:
        own = without_nulls(json)  # a copy: other components may have the same JSON
        type(component).__pydantic_validator__.validate_python(own, self_instance=component)
        with suppress(AttributeError):  # another thread may have looked at the same time
            _json.__delete__(component)


def in_field_order(json: Any, types: Container[str]) -> Json | None:
    """The JSON of a component in the order in which the models write it.

    Args:
        json: What was rendered, without nulls. Its lists of children are changed.
        types: What its type may be.

    Returns:
        None if the models may not take it as it is; they tell what is wrong, if anything.
    """
    try:
        ordered = _ordered(json)
    except (KeyError, TypeError, RecursionError):
        return None
    return ordered if ordered["type"] in types else None


def _ordered(json: Any) -> Json:
    if type(json) is not dict:
        raise TypeError
    node = cast("Json", json)
    kind = node["type"]
    if type(kind) is not str:
        raise TypeError
    children: Any = node.get("children")
    if children is None and "id" not in node and "key" not in node:  # most are leaves like this
        return node if next(iter(node)) == "type" else {"type": kind, **node}
    head: Json = {}
    for name in ("key", "id"):
        if name in node:
            if type(node[name]) is not str:
                raise TypeError
            head[name] = node[name]
    head["type"] = kind
    if type(children) is list:
        head["children"] = node["children"] = [_ordered(child) for child in cast("list[Any]", children)]
    elif children is not None:
        head["children"] = node["children"] = _ordered(children)
    return {**head, **node}
