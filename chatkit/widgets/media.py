"""Pictures, icons and the space between things."""

# Each class narrows `type` to its own name, which is frozen.
# pyright: reportIncompatibleVariableOverride=false

from typing import Literal

from pydantic import Field

from chatkit.widgets.base import TypedComponent
from chatkit.widgets.tokens import (
    Color,
    IconSize,
    Length,
    Number,
    RadiusValue,
    Spacing,
    SpacingUnit,
    WidgetIcon,
)


class Icon(TypedComponent):
    """One icon."""

    type: Literal["Icon"] = Field(default="Icon", frozen=True)
    name: WidgetIcon
    color: Color | None = None
    size: IconSize | None = None


class Image(TypedComponent):
    """A picture; where it may come from is up to the thread's `allowed_image_domains`."""

    type: Literal["Image"] = Field(default="Image", frozen=True)
    src: str
    alt: str | None = None
    fit: Literal["cover", "contain", "fill", "scale-down", "none"] | None = None
    position: (
        Literal[
            "top left",
            "top",
            "top right",
            "left",
            "center",
            "right",
            "bottom left",
            "bottom",
            "bottom right",
        ]
        | None
    ) = None
    radius: RadiusValue | None = None
    frame: bool | None = None
    flush: bool | None = None
    height: Length | None = None
    width: Length | None = None
    size: Length | None = None
    minHeight: Length | None = None
    minWidth: Length | None = None
    minSize: Length | None = None
    maxHeight: Length | None = None
    maxWidth: Length | None = None
    maxSize: Length | None = None
    margin: SpacingUnit | Spacing | None = None
    background: Color | None = None
    aspectRatio: Number | str | None = None
    flex: Number | str | None = None


class Divider(TypedComponent):
    """A line across its container."""

    type: Literal["Divider"] = Field(default="Divider", frozen=True)
    color: Color | None = None
    size: Length | None = None
    spacing: SpacingUnit | None = None
    flush: bool | None = None


class Spacer(TypedComponent):
    """Takes the free room along its container."""

    type: Literal["Spacer"] = Field(default="Spacer", frozen=True)
    minSize: Length | None = None
