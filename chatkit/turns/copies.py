"""Deep copies of JSON-like data and of models of the wire, several times faster than `copy.deepcopy`."""

import copy
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from chatkit.types.model import fill
from chatkit.widgets.rendered import RenderedComponent, as_json

_ATOMS = frozenset({str, int, float, bool, type(None), datetime})
_new = object.__new__


def copied(value: Any) -> Any:
    """A copy that shares nothing that can change. `copy.deepcopy` takes over for what is no JSON and no model."""
    kind: Any = type(value)  # pyright: ignore[reportUnknownVariableType]  # a `cast` would be half the cost
    if kind in _ATOMS:
        return value
    if kind is dict:
        return _entries(value)
    if kind is list:
        return [entry if type(entry) in _ATOMS else copied(entry) for entry in value]
    if isinstance(value, RenderedComponent) and as_json(value) is not None:
        return copy.deepcopy(value)  # in no time
    if isinstance(value, BaseModel) and value.__pydantic_private__ is None:
        twin = _new(kind)
        extra = value.__pydantic_extra__
        fill(
            twin,
            _entries(vars(value)),
            set(value.__pydantic_fields_set__),
            None if extra is None else _entries(extra),
        )
        return twin
    return copy.deepcopy(value)


def _entries(value: dict[Any, Any]) -> dict[Any, Any]:
    return {key: entry if type(entry) in _ATOMS else copied(entry) for key, entry in value.items()}
