"""Questions that replace the composer until they are answered or skipped."""

from typing import Annotated, Literal

from pydantic import Field

from chatkit.types.model import WireModel


class StructuredInputAnswer(WireModel):
    """What a person answered."""

    values: list[str] = Field(default_factory=list)
    skipped: bool = False


class StructuredInputBase(WireModel):
    """What every question has. `id` is unique within its item."""

    id: str
    question: str
    answer: StructuredInputAnswer | None = None


class StructuredInputMultipleChoiceOption(WireModel):
    """One answer to choose."""

    value: str


class StructuredInputMultipleChoice(StructuredInputBase):
    """A question with answers to choose; a person may always give one of their own."""

    type: Literal["multiple_choice"] = "multiple_choice"
    options: list[StructuredInputMultipleChoiceOption]
    multiple: bool = False


class StructuredInputFreeform(StructuredInputBase):
    """A question with a text field."""

    type: Literal["freeform"] = "freeform"
    description: str | None = None


StructuredInput = Annotated[
    StructuredInputMultipleChoice | StructuredInputFreeform, Field(discriminator="type")
]
"""One question."""
