"""What messages are made of: the person's text and tags, the assistant's text and its annotations."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chatkit.types.model import WireModel
from chatkit.types.sources import Source


class UserMessageTextContent(WireModel):
    """Plain text a person typed."""

    type: Literal["input_text"] = "input_text"
    text: str


class UserMessageTagContent(WireModel):
    """An @-mention of something the app knows."""

    type: Literal["input_tag"] = "input_tag"
    id: str
    text: str
    """The display name, without the `@`."""
    data: dict[str, Any]
    group: str | None = None
    interactive: bool = False


UserMessageContent = Annotated[UserMessageTextContent | UserMessageTagContent, Field(discriminator="type")]
"""One part of a person's message."""


class ToolChoice(WireModel):
    """The tool a person picked in the composer."""

    id: str


class InferenceOptions(WireModel):
    """What a person picked in the composer for this answer."""

    tool_choice: ToolChoice | None = None
    model: str | None = None


class UserMessageInput(WireModel):
    """A message as the browser sends it: not yet an item, attachments by id."""

    content: list[UserMessageContent]
    attachments: list[str]
    quoted_text: str | None = None
    inference_options: InferenceOptions


class Annotation(WireModel):
    """A source cited at a place in the text."""

    type: Literal["annotation"] = "annotation"
    source: Source
    index: int | None = None
    """Offset in characters of the marker. Without one the source is only listed."""


class AssistantMessageContent(WireModel):
    """Markdown written by the assistant."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[Annotation] = Field(default_factory=list[Annotation])
