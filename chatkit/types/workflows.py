"""The work an assistant shows while it works: tasks, alone or in a workflow."""

from typing import Annotated, Literal

from pydantic import Field

from chatkit.icons import IconName
from chatkit.types.model import WireModel
from chatkit.types.sources import FileSource, URLSource


class BaseTask(WireModel):
    """What every task has."""

    status_indicator: Literal["none", "loading", "complete"] = "none"
    """Shown only inside a workflow."""


class CustomTask(BaseTask):
    """A task in the app's own words."""

    type: Literal["custom"] = "custom"
    title: str | None = None
    icon: IconName | None = None
    content: str | None = None


class SearchTask(BaseTask):
    """A search of the web."""

    type: Literal["web_search"] = "web_search"
    title: str | None = None
    title_query: str | None = None
    queries: list[str] = Field(default_factory=list)
    sources: list[URLSource] = Field(default_factory=list[URLSource])


class ThoughtTask(BaseTask):
    """A step of reasoning, as Markdown."""

    type: Literal["thought"] = "thought"
    title: str | None = None
    content: str


class FileTask(BaseTask):
    """Files that were read."""

    type: Literal["file"] = "file"
    title: str | None = None
    sources: list[FileSource] = Field(default_factory=list[FileSource])


class ImageTask(BaseTask):
    """Work on a picture."""

    type: Literal["image"] = "image"
    title: str | None = None


Task = Annotated[CustomTask | SearchTask | ThoughtTask | FileTask | ImageTask, Field(discriminator="type")]
"""One step of work."""


class CustomSummary(WireModel):
    """A finished workflow in the app's own words."""

    title: str
    icon: IconName | None = None


class DurationSummary(WireModel):
    """A finished workflow by how long it took."""

    duration: int
    """Whole seconds."""


WorkflowSummary = CustomSummary | DurationSummary
"""What is left of a workflow when it is folded; told apart by the keys."""


class Workflow(WireModel):
    """Tasks that belong together."""

    type: Literal["custom", "reasoning"]
    tasks: list[Task]
    summary: WorkflowSummary | None = None
    expanded: bool = False
