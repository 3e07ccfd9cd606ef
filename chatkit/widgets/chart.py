"""Charts and their series."""

# `__pydantic_config__` in a TypedDict is how pydantic wants it.
# pyright: reportGeneralTypeIssues=false

# Each class narrows `type` to its own name, which is frozen.
# pyright: reportIncompatibleVariableOverride=false

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from chatkit.widgets.base import TypedComponent
from chatkit.widgets.tokens import Color, CurveType, Length, Number


class _SeriesBase(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="forbid")

    dataKey: str
    label: str | None
    """Must be given, and may be None."""
    color: Color | None = None


class BarSeries(_SeriesBase):
    """Bars; series with the same `stack` stand on each other."""

    type: Literal["bar"] = Field(default="bar", frozen=True)
    stack: str | None = None


class AreaSeries(_SeriesBase):
    """Filled areas; series with the same `stack` stand on each other."""

    type: Literal["area"] = Field(default="area", frozen=True)
    stack: str | None = None
    curveType: CurveType | None = None


class LineSeries(_SeriesBase):
    """A line."""

    type: Literal["line"] = Field(default="line", frozen=True)
    curveType: CurveType | None = None


Series = Annotated[BarSeries | AreaSeries | LineSeries, Field(discriminator="type")]
"""One series of a chart; kinds can be mixed."""


class _XAxisKey(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid")
    dataKey: str


class XAxisConfig(_XAxisKey, total=False):
    """The horizontal axis; `labels` maps values to what is shown for them."""

    hide: bool
    labels: dict[str, str]


class Chart(TypedComponent):
    """Rows of numbers as bars, areas and lines."""

    type: Literal["Chart"] = Field(default="Chart", frozen=True)
    data: list[dict[str, str | Number]]
    series: list[Series]
    xAxis: str | XAxisConfig
    showYAxis: bool | None = None
    showLegend: bool | None = None
    showTooltip: bool | None = None
    barGap: int | None = None
    barCategoryGap: int | None = None
    flex: Number | str | None = None
    height: Length | None = None
    width: Length | None = None
    size: Length | None = None
    minHeight: Length | None = None
    minWidth: Length | None = None
    minSize: Length | None = None
    maxHeight: Length | None = None
    maxWidth: Length | None = None
    maxSize: Length | None = None
    aspectRatio: Number | str | None = None
