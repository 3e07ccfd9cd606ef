"""The base of every wire model."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

Model = TypeVar("Model", bound=BaseModel)

_slots = vars(BaseModel)
_set_values = _slots["__dict__"].__set__
_set_names = _slots["__pydantic_fields_set__"].__set__
_set_extra = _slots["__pydantic_extra__"].__set__
_set_private = _slots["__pydantic_private__"].__set__


def fill(
    model: BaseModel, values: dict[str, Any], names: set[str], extra: dict[str, Any] | None = None
) -> None:
    """Make a new model out of values that need no validation.

    Args:
        model: Has no fields yet.
        values: Of all its fields, in their order. The model keeps this very dict.
        names: The fields that count as set.
        extra: What it has besides fields, if its class allows that.
    """
    _set_values(model, values)
    _set_names(model, names)
    _set_extra(model, extra)
    _set_private(model, None)


def share_names(model: Model, names: set[str]) -> Model:
    """Let a model have one set of the names of its fields with others like it: most of what a small model weighs.

    Args:
        model: Of ours, just made, and not of an app's own class.
        names: The very names it was made with.
    """
    _set_names(model, names)
    return model


class WireModel(BaseModel):
    """A model of the wire. Unknown fields are ignored on input (protocol.md W-11)."""

    # Validators are built on first use: importing this package must stay cheap.
    model_config = ConfigDict(defer_build=True)
