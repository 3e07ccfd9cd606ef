"""Components that show words."""

# Each class narrows `type` to its own name, which is frozen.
# pyright: reportIncompatibleVariableOverride=false

from typing import Literal

from pydantic import Field

from chatkit.widgets.base import TypedComponent
from chatkit.widgets.tokens import (
    CaptionSize,
    Color,
    EditableProps,
    Length,
    TextAlign,
    TextSize,
    TextWeight,
    TitleSize,
)


class Text(TypedComponent):
    """Plain text; grows while `streaming`, and can be edited in place."""

    type: Literal["Text"] = Field(default="Text", frozen=True)
    value: str
    streaming: bool | None = None
    italic: bool | None = None
    lineThrough: bool | None = None
    color: Color | None = None
    weight: TextWeight | None = None
    width: Length | None = None
    size: TextSize | None = None
    textAlign: TextAlign | None = None
    truncate: bool | None = None
    minLines: int | None = None
    maxLines: int | None = None
    editable: Literal[False] | EditableProps | None = None


class Title(TypedComponent):
    """A heading."""

    type: Literal["Title"] = Field(default="Title", frozen=True)
    value: str
    color: Color | None = None
    weight: TextWeight | None = None
    size: TitleSize | None = None
    textAlign: TextAlign | None = None
    truncate: bool | None = None
    maxLines: int | None = None


class Caption(TypedComponent):
    """Small print."""

    type: Literal["Caption"] = Field(default="Caption", frozen=True)
    value: str
    color: Color | None = None
    weight: TextWeight | None = None
    size: CaptionSize | None = None
    textAlign: TextAlign | None = None
    truncate: bool | None = None
    maxLines: int | None = None


class Markdown(TypedComponent):
    """Markdown, drawn as in an assistant's message."""

    type: Literal["Markdown"] = Field(default="Markdown", frozen=True)
    value: str
    streaming: bool | None = None


class Badge(TypedComponent):
    """A small label."""

    type: Literal["Badge"] = Field(default="Badge", frozen=True)
    label: str
    color: Literal["secondary", "success", "danger", "warning", "info", "discovery"] | None = None
    variant: Literal["solid", "soft", "outline"] | None = None
    size: Literal["sm", "md", "lg"] | None = None
    pill: bool | None = None


class Label(TypedComponent):
    """The label of the form control with the name `fieldName`."""

    type: Literal["Label"] = Field(default="Label", frozen=True)
    value: str
    fieldName: str
    size: TextSize | None = None
    weight: TextWeight | None = None
    textAlign: TextAlign | None = None
    color: Color | None = None
