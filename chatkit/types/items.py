"""What a thread consists of."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from chatkit.types.attachments import Attachment
from chatkit.types.content import AssistantMessageContent, InferenceOptions, UserMessageContent
from chatkit.types.model import WireModel
from chatkit.types.structured_input import StructuredInput
from chatkit.types.workflows import Task, Workflow
from chatkit.widgets import WidgetRoot


class ThreadItemBase(WireModel):
    """What every item has."""

    id: str
    thread_id: str
    created_at: datetime


class UserMessageItem(ThreadItemBase):
    """What a person said."""

    type: Literal["user_message"] = "user_message"
    content: list[UserMessageContent]
    attachments: list[Attachment] = Field(default_factory=list[Attachment])
    quoted_text: str | None = None
    inference_options: InferenceOptions


class AssistantMessageItem(ThreadItemBase):
    """What the assistant said."""

    type: Literal["assistant_message"] = "assistant_message"
    content: list[AssistantMessageContent]


class ClientToolCallItem(ThreadItemBase):
    """A question to the page, which answers by `threads.add_client_tool_output`."""

    type: Literal["client_tool_call"] = "client_tool_call"
    status: Literal["pending", "completed"] = "pending"
    call_id: str
    name: str
    arguments: dict[str, Any]
    output: Any | None = None


class WidgetItem(ThreadItemBase):
    """A widget in the conversation."""

    type: Literal["widget"] = "widget"
    widget: WidgetRoot
    copy_text: str | None = None
    """What the copy button of the turn copies for this widget."""


class GeneratedImage(WireModel):
    """A picture made by a model; `url` may be a `data:` URL."""

    id: str
    url: str


class GeneratedImageItem(ThreadItemBase):
    """A picture made by a model; there is none until the first partial one arrives."""

    type: Literal["generated_image"] = "generated_image"
    image: GeneratedImage | None = None


class StructuredInputItem(ThreadItemBase):
    """Questions to the person."""

    type: Literal["structured_input"] = "structured_input"
    status: Literal["pending", "answered", "skipped"] = "pending"
    inputs: list[StructuredInput]


class TaskItem(ThreadItemBase):
    """A single task outside a workflow."""

    type: Literal["task"] = "task"
    task: Task


class WorkflowItem(ThreadItemBase):
    """Tasks that belong together."""

    type: Literal["workflow"] = "workflow"
    workflow: Workflow


class EndOfTurnItem(ThreadItemBase):
    """Marks the end of an assistant's turn; never drawn."""

    type: Literal["end_of_turn"] = "end_of_turn"


class HiddenContextItem(ThreadItemBase):
    """Something the app tells the model; never sent to a client."""

    type: Literal["hidden_context_item"] = "hidden_context_item"
    content: Any


class SDKHiddenContextItem(ThreadItemBase):
    """Something ChatKit itself tells the model; never sent to a client."""

    type: Literal["sdk_hidden_context"] = "sdk_hidden_context"
    content: str


ThreadItem = Annotated[
    UserMessageItem
    | AssistantMessageItem
    | ClientToolCallItem
    | WidgetItem
    | GeneratedImageItem
    | StructuredInputItem
    | TaskItem
    | WorkflowItem
    | EndOfTurnItem
    | HiddenContextItem
    | SDKHiddenContextItem,
    Field(discriminator="type"),
]
"""Anything a thread can hold."""


@cache
def item_adapter() -> TypeAdapter[ThreadItem]:
    """The validator of stored items, built once."""
    return TypeAdapter(ThreadItem)
