"""Changes to one item, and the reply to a synchronous action."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from chatkit.types.content import Annotation, AssistantMessageContent
from chatkit.types.items import GeneratedImage, ThreadItem
from chatkit.types.model import WireModel
from chatkit.types.workflows import Task
from chatkit.widgets import WidgetComponent, WidgetRoot


class AssistantMessageContentPartAdded(WireModel):
    """A part of the message begins."""

    type: Literal["assistant_message.content_part.added"] = "assistant_message.content_part.added"
    content_index: int
    content: AssistantMessageContent


class AssistantMessageContentPartTextDelta(WireModel):
    """Text to append to a part."""

    type: Literal["assistant_message.content_part.text_delta"] = "assistant_message.content_part.text_delta"
    content_index: int
    delta: str


class AssistantMessageContentPartAnnotationAdded(WireModel):
    """A source to insert into a part's annotations."""

    type: Literal["assistant_message.content_part.annotation_added"] = (
        "assistant_message.content_part.annotation_added"
    )
    content_index: int
    annotation_index: int
    annotation: Annotation


class AssistantMessageContentPartDone(WireModel):
    """A part in its final text."""

    type: Literal["assistant_message.content_part.done"] = "assistant_message.content_part.done"
    content_index: int
    content: AssistantMessageContent


class WidgetStreamingTextValueDelta(WireModel):
    """Text to append to the `value` of the Text or Markdown with this id."""

    type: Literal["widget.streaming_text.value_delta"] = "widget.streaming_text.value_delta"
    component_id: str
    delta: str
    done: bool


class WidgetRootUpdated(WireModel):
    """The whole widget anew."""

    type: Literal["widget.root.updated"] = "widget.root.updated"
    widget: WidgetRoot


class WidgetComponentUpdated(WireModel):
    """The component with this id anew."""

    type: Literal["widget.component.updated"] = "widget.component.updated"
    component_id: str
    component: WidgetComponent


class WorkflowTaskAdded(WireModel):
    """A task to insert at an index."""

    type: Literal["workflow.task.added"] = "workflow.task.added"
    task_index: int
    task: Task


class WorkflowTaskUpdated(WireModel):
    """A task to replace."""

    type: Literal["workflow.task.updated"] = "workflow.task.updated"
    task_index: int
    task: Task


class GeneratedImageUpdated(WireModel):
    """A more finished picture; `progress` runs from 0 to 1."""

    type: Literal["generated_image.updated"] = "generated_image.updated"
    image: GeneratedImage
    progress: float | None = None


ThreadItemUpdate = Annotated[
    AssistantMessageContentPartAdded
    | AssistantMessageContentPartTextDelta
    | AssistantMessageContentPartAnnotationAdded
    | AssistantMessageContentPartDone
    | WidgetStreamingTextValueDelta
    | WidgetComponentUpdated
    | WidgetRootUpdated
    | WorkflowTaskAdded
    | WorkflowTaskUpdated
    | GeneratedImageUpdated,
    Field(discriminator="type"),
]
"""A change to one item (protocol.md §4.1)."""

UPDATES: frozenset[type] = frozenset(get_args(get_args(ThreadItemUpdate)[0]))
"""The classes of these changes."""


class SyncCustomActionResponse(WireModel):
    """The reply to `threads.sync_custom_action`; the client replaces the item with the same id."""

    updated_item: ThreadItem | None = None
