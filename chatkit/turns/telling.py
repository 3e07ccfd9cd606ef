"""What readers are told of a turn beside what its responder says."""

from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.types import ErrorEvent, Page, Thread, ThreadItem, ThreadMetadata, ThreadUpdatedEvent


def error_event(error: Exception) -> ErrorEvent:
    """What a reader is told about an exception of the responder (S-16)."""
    match error:
        case CustomStreamError():
            return ErrorEvent(code="custom", message=error.message, allow_retry=error.allow_retry)
        case StreamError():
            return ErrorEvent(code=error.code, allow_retry=error.allow_retry)
        case _:
            return ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=True)


def thread_updated(thread: ThreadMetadata) -> ThreadUpdatedEvent:
    """A changed thread, without its items."""
    fields = {name: getattr(thread, name) for name in ThreadMetadata.model_fields}
    return ThreadUpdatedEvent(thread=Thread(**fields, items=Page[ThreadItem]()))
