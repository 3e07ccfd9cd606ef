"""Controls a person can press, fill in or choose from."""

# `__pydantic_config__` in a TypedDict is how pydantic wants it.
# pyright: reportGeneralTypeIssues=false

# Each class narrows `type` to its own name, which is frozen.
# pyright: reportIncompatibleVariableOverride=false

from datetime import date, datetime
from typing import Literal

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from chatkit.actions import ActionConfig
from chatkit.widgets.base import TypedComponent
from chatkit.widgets.tokens import ControlSize, ControlVariant, WidgetIcon


class Button(TypedComponent):
    """Runs an action, or submits the form around it."""

    type: Literal["Button"] = Field(default="Button", frozen=True)
    submit: bool | None = None
    label: str | None = None
    onClickAction: ActionConfig | None = None
    iconStart: WidgetIcon | None = None
    iconEnd: WidgetIcon | None = None
    style: Literal["primary", "secondary"] | None = None
    iconSize: Literal["sm", "md", "lg", "xl", "2xl"] | None = None
    color: (
        Literal["primary", "secondary", "info", "discovery", "success", "caution", "warning", "danger"] | None
    ) = None
    variant: ControlVariant | None = None
    size: ControlSize | None = None
    pill: bool | None = None
    uniform: bool | None = None
    block: bool | None = None
    disabled: bool | None = None


class Input(TypedComponent):
    """A field of one line."""

    type: Literal["Input"] = Field(default="Input", frozen=True)
    name: str
    inputType: Literal["number", "email", "text", "password", "tel", "url"] | None = None
    defaultValue: str | None = None
    required: bool | None = None
    pattern: str | None = None
    placeholder: str | None = None
    allowAutofillExtensions: bool | None = None
    autoSelect: bool | None = None
    autoFocus: bool | None = None
    disabled: bool | None = None
    variant: Literal["soft", "outline"] | None = None
    size: ControlSize | None = None
    gutterSize: Literal["2xs", "xs", "sm", "md", "lg", "xl"] | None = None
    pill: bool | None = None


class Textarea(TypedComponent):
    """A field of several lines."""

    type: Literal["Textarea"] = Field(default="Textarea", frozen=True)
    name: str
    defaultValue: str | None = None
    required: bool | None = None
    pattern: str | None = None
    placeholder: str | None = None
    autoSelect: bool | None = None
    autoFocus: bool | None = None
    disabled: bool | None = None
    variant: Literal["soft", "outline"] | None = None
    size: ControlSize | None = None
    gutterSize: Literal["2xs", "xs", "sm", "md", "lg", "xl"] | None = None
    rows: int | None = None
    autoResize: bool | None = None
    maxRows: int | None = None
    allowAutofillExtensions: bool | None = None


class _Choice(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid")
    label: str
    value: str


class SelectOption(_Choice, total=False):
    """One entry of a Select."""

    disabled: bool
    description: str


class RadioOption(_Choice, total=False):
    """One entry of a RadioGroup."""

    disabled: bool


class Select(TypedComponent):
    """A menu of options."""

    type: Literal["Select"] = Field(default="Select", frozen=True)
    name: str
    options: list[SelectOption]
    onChangeAction: ActionConfig | None = None
    placeholder: str | None = None
    defaultValue: str | None = None
    variant: ControlVariant | None = None
    size: ControlSize | None = None
    pill: bool | None = None
    block: bool | None = None
    clearable: bool | None = None
    disabled: bool | None = None
    searchable: bool | None = None


class DatePicker(TypedComponent):
    """A date, chosen in a calendar."""

    type: Literal["DatePicker"] = Field(default="DatePicker", frozen=True)
    name: str
    onChangeAction: ActionConfig | None = None
    placeholder: str | None = None
    defaultValue: datetime | date | None = None
    min: datetime | date | None = None
    max: datetime | date | None = None
    variant: ControlVariant | None = None
    size: ControlSize | None = None
    side: Literal["top", "bottom", "left", "right"] | None = None
    align: Literal["start", "center", "end"] | None = None
    pill: bool | None = None
    block: bool | None = None
    clearable: bool | None = None
    disabled: bool | None = None


class Checkbox(TypedComponent):
    """On or off."""

    type: Literal["Checkbox"] = Field(default="Checkbox", frozen=True)
    name: str
    label: str | None = None
    defaultChecked: bool | None = None
    onChangeAction: ActionConfig | None = None
    disabled: bool | None = None
    required: bool | None = None


class RadioGroup(TypedComponent):
    """One of a few options, all in sight."""

    type: Literal["RadioGroup"] = Field(default="RadioGroup", frozen=True)
    name: str
    options: list[RadioOption] | None = None
    ariaLabel: str | None = None
    onChangeAction: ActionConfig | None = None
    defaultValue: str | None = None
    direction: Literal["row", "col"] | None = None
    disabled: bool | None = None
    required: bool | None = None
