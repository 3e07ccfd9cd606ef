"""What every widget component has, typed or dynamic."""

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, SerializationInfo, SerializerFunctionWrapHandler, model_serializer


def without_nulls(value: Any) -> Any:
    """A copy of free-form JSON in which no object and no array holds a null (protocol.md W-4)."""
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return {key: without_nulls(entry) for key, entry in entries.items() if entry is not None}
    if isinstance(value, list):
        return [without_nulls(entry) for entry in cast("list[Any]", value) if entry is not None]
    return value


_SCALARS = frozenset({str, int, float, bool})


@cache
def _is_ours(model: type[BaseModel]) -> bool:
    """Whether the fields alone tell how to write it: a class of an app's own may have serializers."""
    return model.__module__.startswith("chatkit.")


def _drawn(model: BaseModel, info: SerializationInfo) -> dict[str, Any]:
    """A model of a widget as an object without nulls."""
    fields, extra = model.__dict__, model.__pydantic_extra__
    values = {name: value for name, value in fields.items() if value is not None}
    kept_null = "children" in fields and "children" not in values and "children" in model.model_fields_set
    if kept_null and not info.exclude_none:  # a Transition needs it, in its place
        values = {name: value for name, value in fields.items() if value is not None or name == "children"}
    if extra:
        values |= {name: value for name, value in extra.items() if value is not None}
    for name, value in values.items():
        if type(value) not in _SCALARS and value is not None:
            values[name] = _plain(value, info)
    return values


def _plain(value: Any, info: SerializationInfo) -> Any:
    """A prop as free-form JSON without nulls; what is no container stays for pydantic to write."""
    if isinstance(value, BaseModel):
        if _is_ours(type(value)):
            return _drawn(value, info)
        return without_nulls(value.model_dump(mode=info.mode, exclude_none=info.exclude_none))
    if isinstance(value, list):
        return [_plain(entry, info) for entry in cast("list[Any]", value) if entry is not None]
    if isinstance(value, dict):
        entries = cast("dict[Any, Any]", value)
        return {key: _plain(entry, info) for key, entry in entries.items() if entry is not None}
    return value


class WidgetComponentBase(BaseModel):
    """A node of a widget.

    `key` keeps its identity between updates, `id` makes it the target of text deltas and component updates.
    """

    model_config = ConfigDict(defer_build=True)

    key: str | None = None
    id: str | None = None
    type: str

    def _rendered(self) -> dict[str, Any] | None:
        """What it draws, if that is known already."""
        return None

    @model_serializer(mode="wrap")
    def _without_nulls(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo):
        # A return annotation would replace the fields in the generated schema.
        chosen = info.exclude_unset or info.exclude_defaults or info.include or info.exclude
        if not chosen and (json := self._rendered()) is not None:
            return json
        if not chosen and _is_ours(type(self)):
            return _drawn(self, info)  # the whole tree in one go, without a call from Rust for each node
        values: dict[str, Any] = {"type": self.type}  # survives exclude_unset and exclude_defaults
        for name, value in handler(self).items():
            if name == "children":  # done already, by the children themselves
                if value is not None or name in self.model_fields_set:  # a Transition needs its null
                    values[name] = value
            elif value is not None:
                values[name] = without_nulls(value) if type(value) in (dict, list) else value
        return values

    def __eq__(self, other: object) -> bool:
        """Equal if they draw the same: a template's widget equals the typed one that a store reads back."""
        if type(self) is type(other):
            return super().__eq__(other)
        if not isinstance(other, WidgetComponentBase):
            return NotImplemented
        return _as_read_back(self) == _as_read_back(other)

    __hash__ = None  # pyright: ignore[reportAssignmentType]  # mutable, like every model


def _as_read_back(widget: WidgetComponentBase) -> tuple[type, dict[str, Any]]:
    from chatkit.widgets.roots import any_widget_adapter  # it knows every class, so it imports this file

    typed = any_widget_adapter().validate_json(widget.model_dump_json(exclude_none=True))
    return type(typed), typed.model_dump(mode="json", exclude_none=True)


class TypedComponent(WidgetComponentBase):
    """A component with a class of its own.

    Building one in Python is deprecated in favour of `WidgetTemplate`, and works in full. Reading JSON is
    strict: with a prop the class does not know, the reader takes `DynamicWidgetComponent`, which keeps it.
    """

    model_config = ConfigDict(extra="forbid")

    if not TYPE_CHECKING:  # type checkers use the fields

        def __init__(self, /, **props: Any) -> None:
            warnings.warn(
                f"Building {type(self).__name__} in Python is deprecated; render a .widget file instead.",
                DeprecationWarning,
                stacklevel=2,
            )
            known = type(self).model_fields
            super().__init__(**{name: value for name, value in props.items() if name in known})

        # Tells pydantic that validation need not go through this method: reading JSON is not deprecated.
        __init__.__pydantic_base_init__ = True


class DynamicWidgetComponent(WidgetComponentBase):
    """A component that keeps whatever props it is given."""

    model_config = ConfigDict(extra="allow")

    children: "DynamicWidgetComponent | list[DynamicWidgetComponent] | None" = None
