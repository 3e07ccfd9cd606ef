"""What a client can ask for: one envelope per operation (protocol.md §2)."""

from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, TypeAdapter
from pydantic_core import PydanticUseDefault
from typing_extensions import TypeIs, TypeVar

from chatkit.actions import Action
from chatkit.types.content import UserMessageInput
from chatkit.types.model import WireModel

FeedbackKind = Literal["positive", "negative"]
"""Thumbs up or down."""


def _null_means_absent(value: Any) -> Any:
    if value is None:
        raise PydanticUseDefault
    return value


T = TypeVar("T")
_Optional = Annotated[T, BeforeValidator(_null_means_absent)]
"""A field with a default, which a client may also send as null (protocol.md W-12)."""


class BaseReq(WireModel):
    """What every envelope has."""

    metadata: _Optional[dict[str, Any]] = Field(default_factory=dict)
    """For the app; ChatKit does not look into it."""
    capabilities: _Optional[list[str]] = Field(default_factory=list)
    """What the client can do beyond the base protocol (extensions.md §1)."""
    client: str | None = None
    """Name and version of the client, for the logs."""
    turn_id: str | None = None
    """The client's own id for the turn it starts (extensions.md §2.1)."""


class ThreadGetByIdParams(WireModel):
    """Which thread to read."""

    thread_id: str


class ThreadsGetByIdReq(BaseReq):
    """Read a thread with its first page of items."""

    type: Literal["threads.get_by_id"] = "threads.get_by_id"
    params: ThreadGetByIdParams


class ThreadCreateParams(WireModel):
    """The first message of a thread."""

    input: UserMessageInput


class ThreadsCreateReq(BaseReq):
    """Begin a thread; answered with events."""

    type: Literal["threads.create"] = "threads.create"
    params: ThreadCreateParams


class ThreadListParams(WireModel):
    """Which part of the list. `after` is the id of the last thread already known."""

    limit: int | None = None
    order: _Optional[Literal["asc", "desc"]] = "desc"
    after: str | None = None


class ThreadsListReq(BaseReq):
    """List threads, without their items."""

    type: Literal["threads.list"] = "threads.list"
    params: ThreadListParams


class ThreadAddUserMessageParams(WireModel):
    """A message and the thread it goes to."""

    input: UserMessageInput
    thread_id: str


class ThreadsAddUserMessageReq(BaseReq):
    """Say something in a thread; answered with events."""

    type: Literal["threads.add_user_message"] = "threads.add_user_message"
    params: ThreadAddUserMessageParams


class ThreadAddClientToolOutputParams(WireModel):
    """What the page answers. `result` must be there, and may be null."""

    thread_id: str
    result: Any
    call_id: str | None = None
    """Which of several calls is answered; without it, the newest (extensions.md §3)."""


class ThreadsAddClientToolOutputReq(BaseReq):
    """Answer a client tool call; answered with events."""

    type: Literal["threads.add_client_tool_output"] = "threads.add_client_tool_output"
    params: ThreadAddClientToolOutputParams


class StructuredInputAnswerSubmission(WireModel):
    """The answer to one question."""

    values: _Optional[list[str]] = Field(default_factory=list)
    skipped: _Optional[bool] = False


class StructuredInputSubmission(WireModel):
    """Answers by question id."""

    status: _Optional[Literal["answered", "skipped"]] = "answered"
    answers: _Optional[dict[str, StructuredInputAnswerSubmission]] = Field(
        default_factory=dict[str, StructuredInputAnswerSubmission]
    )


class ThreadAddStructuredInputParams(WireModel):
    """The answers and the item that asked."""

    thread_id: str
    item_id: str
    input: StructuredInputSubmission


class ThreadsAddStructuredInputReq(BaseReq):
    """Answer a structured input; answered with events."""

    type: Literal["threads.add_structured_input"] = "threads.add_structured_input"
    params: ThreadAddStructuredInputParams


class ThreadCustomActionParams(WireModel):
    """An action and, if a widget item sent it, that item."""

    thread_id: str
    item_id: str | None = None
    action: Action[str, Any]


class ThreadsCustomActionReq(BaseReq):
    """Carry out an action; answered with events."""

    type: Literal["threads.custom_action"] = "threads.custom_action"
    params: ThreadCustomActionParams


class ThreadsSyncCustomActionReq(BaseReq):
    """Carry out an action; answered with one `SyncCustomActionResponse`."""

    type: Literal["threads.sync_custom_action"] = "threads.sync_custom_action"
    params: ThreadCustomActionParams


class ThreadRetryAfterItemParams(WireModel):
    """The user message to answer again."""

    thread_id: str
    item_id: str


class ThreadsRetryAfterItemReq(BaseReq):
    """Answer a message again; answered with events."""

    type: Literal["threads.retry_after_item"] = "threads.retry_after_item"
    params: ThreadRetryAfterItemParams


class ItemFeedbackParams(WireModel):
    """Thumbs for the items of one turn."""

    thread_id: str
    item_ids: list[str]
    kind: FeedbackKind


class ItemsFeedbackReq(BaseReq):
    """Say whether an answer was good."""

    type: Literal["items.feedback"] = "items.feedback"
    params: ItemFeedbackParams


class AttachmentDeleteParams(WireModel):
    """Which attachment to delete."""

    attachment_id: str


class AttachmentsDeleteReq(BaseReq):
    """Take an attachment back before it is sent."""

    type: Literal["attachments.delete"] = "attachments.delete"
    params: AttachmentDeleteParams


class AttachmentCreateParams(WireModel):
    """A file that is about to be uploaded; `size` in bytes."""

    name: str
    size: int
    mime_type: str


class AttachmentsCreateReq(BaseReq):
    """Register an attachment and learn where to upload it."""

    type: Literal["attachments.create"] = "attachments.create"
    params: AttachmentCreateParams


class InputTranscribeParams(WireModel):
    """A recording in standard base64; `mime_type` as the browser names it."""

    audio_base64: str
    mime_type: str


class InputTranscribeReq(BaseReq):
    """Turn speech into text."""

    type: Literal["input.transcribe"] = "input.transcribe"
    params: InputTranscribeParams


class ItemsListParams(WireModel):
    """Which part of a thread. `after` is the id of the last item already known."""

    thread_id: str
    limit: int | None = None
    order: _Optional[Literal["asc", "desc"]] = "desc"
    after: str | None = None


class ItemsListReq(BaseReq):
    """List items of a thread."""

    type: Literal["items.list"] = "items.list"
    params: ItemsListParams


class ThreadUpdateParams(WireModel):
    """A thread's new title."""

    thread_id: str
    title: str


class ThreadsUpdateReq(BaseReq):
    """Rename a thread."""

    type: Literal["threads.update"] = "threads.update"
    params: ThreadUpdateParams


class ThreadDeleteParams(WireModel):
    """Which thread to delete."""

    thread_id: str


class ThreadsDeleteReq(BaseReq):
    """Delete a thread with its items."""

    type: Literal["threads.delete"] = "threads.delete"
    params: ThreadDeleteParams


class ThreadAttachParams(WireModel):
    """Which turn to read, behind which frame; 0 is from the start."""

    thread_id: str
    turn_id: str
    after_seq: int = Field(default=0, ge=0)


class ThreadsAttachReq(BaseReq):
    """Read a turn that runs, or has just ended; answered with its events (extensions.md §2.3)."""

    type: Literal["threads.attach"] = "threads.attach"
    params: ThreadAttachParams


class ThreadCancelParams(WireModel):
    """Which turn to stop."""

    thread_id: str
    turn_id: str


class ThreadsCancelReq(BaseReq):
    """Stop a turn, from wherever; as often as one likes."""

    type: Literal["threads.cancel"] = "threads.cancel"
    params: ThreadCancelParams


class ThreadsWatchReq(BaseReq):
    """Hear what happens to one's threads; answered with `WatchEvent`s."""

    type: Literal["threads.watch"] = "threads.watch"
    params: dict[str, Any]
    """An empty object: all threads are watched."""


StartingReq = (
    ThreadsCreateReq
    | ThreadsAddUserMessageReq
    | ThreadsAddClientToolOutputReq
    | ThreadsAddStructuredInputReq
    | ThreadsRetryAfterItemReq
    | ThreadsCustomActionReq
)
"""Operations that start a turn."""

StreamingReq = StartingReq | ThreadsAttachReq | ThreadsWatchReq
"""Operations that are answered with events."""

NonStreamingReq = (
    ThreadsGetByIdReq
    | ThreadsListReq
    | ItemsListReq
    | ItemsFeedbackReq
    | AttachmentsCreateReq
    | AttachmentsDeleteReq
    | InputTranscribeReq
    | ThreadsUpdateReq
    | ThreadsDeleteReq
    | ThreadsSyncCustomActionReq
    | ThreadsCancelReq
)
"""Operations that are answered with one JSON object."""

ChatKitReq = Annotated[StreamingReq | NonStreamingReq, Field(discriminator="type")]
"""Any operation."""

_STREAMING: tuple[type[BaseReq], ...] = get_args(StreamingReq)


def is_streaming_req(request: ChatKitReq) -> TypeIs[StreamingReq]:
    """Whether the answer is a stream of events."""
    return isinstance(request, _STREAMING)


@cache
def _adapter() -> TypeAdapter[ChatKitReq]:
    return TypeAdapter(ChatKitReq)


def parse_request(body: str | bytes | bytearray) -> ChatKitReq:
    """Read a request envelope.

    Raises:
        pydantic.ValidationError: If the body is not JSON, names an unknown operation or lacks a field.
    """
    return _adapter().validate_json(body)
