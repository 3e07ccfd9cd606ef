"""`.widget` files: widgets designed as templates, rendered with an app's data."""

import inspect
import json
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import from_json

from chatkit.widgets.base import without_nulls
from chatkit.widgets.rendered import in_field_order, rendered
from chatkit.widgets.roots import BasicRoot, DynamicWidgetRoot

if TYPE_CHECKING:
    from jinja2 import Environment, Template

ROOTS = frozenset({"Card", "ListView", "Basic"})


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, StrictUndefined  # here, because most servers start without a template

    # The result is JSON that `tojson` quotes, never markup: escaping would corrupt it.
    return Environment(undefined=StrictUndefined, autoescape=False)


class WidgetTemplate:
    """A widget whose JSON is made from data, as designed in a `.widget` file.

    Args:
        definition: The content of the file: `version` ("1.0"), `name`, `template` (Jinja source, or
            compiled), optionally `jsonSchema`. Other keys are ignored.

    Raises:
        KeyError: If `version`, `name` or `template` is missing.
        ValueError: If the version is not "1.0".
    """

    version: str
    name: str
    template: "Template"
    data_schema: dict[str, Any]
    """Describes the data; `build` does not enforce it."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self.version = definition["version"]
        if self.version != "1.0":
            raise ValueError(
                f"Widget templates of version {self.version!r} are not supported; expected '1.0'"
            )
        self.name = definition["name"]
        template = definition["template"]
        self.template = _environment().from_string(template) if isinstance(template, str) else template
        self.data_schema = definition.get("jsonSchema", {})

    @classmethod
    def from_file(cls, file_path: str) -> "WidgetTemplate":
        """Read a `.widget` file.

        Args:
            file_path: Absolute, or relative to the directory of the source file that calls this (of the file itself,
                where that is a link).
        """
        file = Path(file_path)
        if not file.is_absolute():
            frame = inspect.currentframe()
            if frame is not None and frame.f_back is not None:
                caller: str = frame.f_back.f_globals.get("__file__", frame.f_back.f_code.co_filename)
                file = Path(caller).resolve().parent / file
        return cls(json.loads(file.read_text(encoding="utf-8")))

    def build(self, data: dict[str, Any] | BaseModel | None = None) -> DynamicWidgetRoot:
        """Render the widget.

        Args:
            data: The template's variables; a model gives its fields.

        Raises:
            jinja2.UndefinedError: If the template uses a variable that `data` lacks.
            json.JSONDecodeError: If the rendered text is not JSON.
            pydantic.ValidationError: If it is not a Card, a ListView or a Basic.
        """
        drawn = self._render(data)
        plain = in_field_order(drawn, ROOTS)
        return (
            DynamicWidgetRoot.model_validate(drawn) if plain is None else rendered(DynamicWidgetRoot, plain)
        )

    def build_basic(self, data: dict[str, Any] | BaseModel | None = None) -> BasicRoot:
        """Render a `Basic` widget. Deprecated: `build` does it too."""
        warnings.warn(
            "WidgetTemplate.build_basic is deprecated. Use WidgetTemplate.build instead.",
            DeprecationWarning,
            stacklevel=2,
        )
        return BasicRoot.model_validate(self._render(data))

    def _render(self, data: dict[str, Any] | BaseModel | None) -> Any:
        variables = data.model_dump() if isinstance(data, BaseModel) else data or {}
        # Nulls would go when the widget is sent; gone at once, it equals what a store reads back.
        text = self.template.render(variables)
        try:
            widget = from_json(text)
        except ValueError:  # says less about what is wrong, and takes a little less
            widget = json.loads(text)
        return without_nulls(widget) if "null" in text else widget
