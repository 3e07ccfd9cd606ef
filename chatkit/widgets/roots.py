"""What a widget can start with."""

# `__pydantic_config__` in a TypedDict is how pydantic wants it.
# pyright: reportGeneralTypeIssues=false

# Each class narrows `type` to its own name, which is frozen.
# pyright: reportIncompatibleVariableOverride=false

from functools import cache
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter
from typing_extensions import TypedDict

from chatkit.actions import ActionConfig
from chatkit.widgets.base import DynamicWidgetComponent, TypedComponent
from chatkit.widgets.layout import ListViewItem, WidgetComponent
from chatkit.widgets.rendered import RenderedComponent
from chatkit.widgets.tokens import Color, Spacing, SpacingUnit, WidgetStatus


class CardAction(TypedDict):
    """A button in the footer of a Card."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    label: str
    action: ActionConfig


class Card(TypedComponent):
    """A framed widget, with a footer when it has `confirm` or `cancel`."""

    type: Literal["Card"] = Field(default="Card", frozen=True)
    asForm: bool | None = None
    children: list[WidgetComponent]
    background: Color | None = None
    size: Literal["sm", "md", "lg", "full"] | None = None
    padding: SpacingUnit | Spacing | None = None
    status: WidgetStatus | None = None
    collapsed: bool | None = None
    confirm: CardAction | None = None
    cancel: CardAction | None = None
    theme: Literal["light", "dark"] | None = None


class ListView(TypedComponent):
    """Rows, of which the first `limit` are shown at once."""

    type: Literal["ListView"] = Field(default="ListView", frozen=True)
    children: list[ListViewItem]
    limit: int | Literal["auto"] | None = None
    status: WidgetStatus | None = None
    theme: Literal["light", "dark"] | None = None


class BasicRoot(DynamicWidgetComponent):
    """A root without a frame of its own."""

    type: Literal["Basic"] = Field(default="Basic", frozen=True)


class DynamicWidgetRoot(RenderedComponent):
    """A root that keeps whatever props it is given: what `WidgetTemplate.build` makes."""

    type: Literal["Card", "ListView", "Basic"]


StrictWidgetRoot = Annotated[Card | ListView | BasicRoot, Field(discriminator="type")]
"""A root that has a class."""

WidgetRoot = Annotated[StrictWidgetRoot | DynamicWidgetRoot, Field(union_mode="left_to_right")]
"""Any root: typed where a class knows all its props, else dynamic, so that nothing gets lost."""


@cache
def any_widget_adapter() -> TypeAdapter[WidgetRoot | WidgetComponent]:
    """Reads a root or a component into the class that fits it best."""
    return TypeAdapter(Annotated[WidgetRoot | WidgetComponent, Field(union_mode="left_to_right")])
