"""Values that widget props share: sizes, colours, spacing, alignment (widgets.md §2)."""

# `__pydantic_config__` in a TypedDict is how pydantic wants it.
# pyright: reportGeneralTypeIssues=false

from typing import Literal

from pydantic import ConfigDict
from typing_extensions import TypedDict

from chatkit.icons import IconName

Number = int | float

RadiusValue = Literal["2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl", "4xl", "full", "100%", "none"]
TextAlign = Literal["start", "center", "end"]
TextSize = Literal["xs", "sm", "md", "lg", "xl"]
IconSize = Literal["xs", "sm", "md", "lg", "xl", "2xl", "3xl"]
TitleSize = Literal["sm", "md", "lg", "xl", "2xl", "3xl", "4xl", "5xl"]
CaptionSize = Literal["sm", "md", "lg"]
TextWeight = Literal["normal", "medium", "semibold", "bold"]
Alignment = Literal["start", "center", "end", "baseline", "stretch"]
Justification = Literal["start", "center", "end", "between", "around", "evenly", "stretch"]
ControlVariant = Literal["solid", "soft", "outline", "ghost"]
ControlSize = Literal["3xs", "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl"]
CurveType = Literal[
    "basis",
    "basisClosed",
    "basisOpen",
    "bumpX",
    "bumpY",
    "bump",
    "linear",
    "linearClosed",
    "natural",
    "monotoneX",
    "monotoneY",
    "monotone",
    "step",
    "stepBefore",
    "stepAfter",
]
BorderStyle = Literal["solid", "dashed", "dotted", "double", "groove", "ridge", "inset", "outset"]

WidgetIcon = IconName
"""An icon inside a widget."""

Length = Number | str
"""Pixels as a number, or any CSS length."""

SpacingUnit = Number | str
"""Steps of 4 px as a number, or any CSS length."""

# An unknown key is no error for the reader of a widget, but it must not get lost either: the component
# is then kept as a dynamic one (widgets/layout.py).
_CLOSED = ConfigDict(extra="forbid")


class ThemeColor(TypedDict):
    """A colour for each theme."""

    __pydantic_config__ = _CLOSED
    light: str
    dark: str


Color = str | ThemeColor
"""A token, a CSS colour, or one of these for each theme."""


class Spacing(TypedDict, total=False):
    """Space on each side; a side wins over `x` and `y`."""

    __pydantic_config__ = _CLOSED
    top: SpacingUnit
    right: SpacingUnit
    bottom: SpacingUnit
    left: SpacingUnit
    x: SpacingUnit
    y: SpacingUnit


class _BorderSize(TypedDict):
    __pydantic_config__ = _CLOSED
    size: Number


class Border(_BorderSize, total=False):
    """One border; `size` in pixels."""

    color: Color
    style: BorderStyle


class Borders(TypedDict, total=False):
    """A border on each side, in pixels or in full."""

    __pydantic_config__ = _CLOSED
    top: Number | Border
    right: Number | Border
    bottom: Number | Border
    left: Number | Border
    x: Number | Border
    y: Number | Border


class MinMax(TypedDict, total=False):
    """Bounds of a length."""

    __pydantic_config__ = _CLOSED
    min: Length
    max: Length


class _EditableName(TypedDict):
    __pydantic_config__ = _CLOSED
    name: str


class EditableProps(_EditableName, total=False):
    """Makes a Text editable in place; `name` is its name in the form."""

    autoComplete: str
    autoFocus: bool
    autoSelect: bool
    allowAutofillExtensions: bool
    pattern: str
    placeholder: str
    required: bool


class _StatusText(TypedDict):
    __pydantic_config__ = _CLOSED
    text: str


class WidgetStatusWithFavicon(_StatusText, total=False):
    """The line above a widget, with the favicon of a site."""

    favicon: str
    frame: bool


class WidgetStatusWithIcon(_StatusText, total=False):
    """The line above a widget, with an icon."""

    icon: WidgetIcon


WidgetStatus = WidgetStatusWithFavicon | WidgetStatusWithIcon
"""The line above a widget."""
