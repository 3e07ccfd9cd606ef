"""What an answer can cite."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chatkit.icons import IconName
from chatkit.types.model import WireModel


class SourceBase(WireModel):
    """What every source has."""

    title: str
    description: str | None = None
    timestamp: str | None = None
    group: str | None = None


class URLSource(SourceBase):
    """A web page."""

    type: Literal["url"] = "url"
    url: str
    attribution: str | None = None


class FileSource(SourceBase):
    """A file."""

    type: Literal["file"] = "file"
    filename: str


class EntitySource(SourceBase):
    """Something the app knows by an id, the same thing an @-mention names."""

    type: Literal["entity"] = "entity"
    id: str
    icon: IconName | None = None
    label: str | None = None
    """Heading of the default hover card."""
    inline_label: str | None = None
    """Shown in the text instead of the icon."""
    interactive: bool = False
    data: dict[str, Any] = Field(default_factory=dict)
    preview: Literal["lazy"] | None = Field(
        default=None,
        deprecated="EntitySource.preview is ignored: the page decides whether there is a preview.",
    )


Source = Annotated[URLSource | FileSource | EntitySource, Field(discriminator="type")]
"""Anything an annotation can point at."""
