"""Containers, and with them the union of everything a container can hold."""

# Each class narrows `type` to its own name, which is frozen.
# pyright: reportIncompatibleVariableOverride=false

from typing import Annotated, Literal

from pydantic import Field

from chatkit.actions import ActionConfig
from chatkit.widgets.base import DynamicWidgetComponent, TypedComponent
from chatkit.widgets.chart import Chart
from chatkit.widgets.inputs import Button, Checkbox, DatePicker, Input, RadioGroup, Select, Textarea
from chatkit.widgets.media import Divider, Icon, Image, Spacer
from chatkit.widgets.text import Badge, Caption, Label, Markdown, Text, Title
from chatkit.widgets.tokens import (
    Alignment,
    Border,
    Borders,
    Color,
    Justification,
    Length,
    Number,
    RadiusValue,
    Spacing,
    SpacingUnit,
)


class BoxBase(TypedComponent):
    """A flex container without a name."""

    children: "list[WidgetComponent] | None" = None
    align: Alignment | None = None
    justify: Justification | None = None
    wrap: Literal["nowrap", "wrap", "wrap-reverse"] | None = None
    flex: Number | str | None = None
    gap: SpacingUnit | None = None
    height: Length | None = None
    width: Length | None = None
    size: Length | None = None
    minHeight: Length | None = None
    minWidth: Length | None = None
    minSize: Length | None = None
    maxHeight: Length | None = None
    maxWidth: Length | None = None
    maxSize: Length | None = None
    padding: SpacingUnit | Spacing | None = None
    margin: SpacingUnit | Spacing | None = None
    border: Number | Border | Borders | None = None
    radius: RadiusValue | None = None
    background: Color | None = None
    aspectRatio: Number | str | None = None


class Box(BoxBase):
    """A container in either direction."""

    type: Literal["Box"] = Field(default="Box", frozen=True)
    direction: Literal["row", "col"] | None = None


class Row(BoxBase):
    """A horizontal container."""

    type: Literal["Row"] = Field(default="Row", frozen=True)


class Col(BoxBase):
    """A vertical container."""

    type: Literal["Col"] = Field(default="Col", frozen=True)


class Form(BoxBase):
    """A container whose fields travel with every action set off inside it."""

    type: Literal["Form"] = Field(default="Form", frozen=True)
    onSubmitAction: ActionConfig | None = None
    direction: Literal["row", "col"] | None = None


class Transition(TypedComponent):
    """Animates the change of its one child."""

    type: Literal["Transition"] = Field(default="Transition", frozen=True)
    children: "WidgetComponent | None"


class ListViewItem(TypedComponent):
    """One row of a ListView."""

    type: Literal["ListViewItem"] = Field(default="ListViewItem", frozen=True)
    children: "list[WidgetComponent]"
    onClickAction: ActionConfig | None = None
    gap: SpacingUnit | None = None
    align: Alignment | None = None


StrictWidgetComponent = Annotated[
    Text
    | Title
    | Caption
    | Chart
    | Badge
    | Markdown
    | Box
    | Row
    | Col
    | Divider
    | Icon
    | Image
    | ListViewItem
    | Button
    | Checkbox
    | Spacer
    | Select
    | DatePicker
    | Form
    | Input
    | Label
    | RadioGroup
    | Textarea
    | Transition,
    Field(discriminator="type"),
]
"""A component that has a class."""

WidgetComponent = Annotated[StrictWidgetComponent | DynamicWidgetComponent, Field(union_mode="left_to_right")]
"""Any component: typed where a class knows all its props, else dynamic, so that nothing gets lost."""
