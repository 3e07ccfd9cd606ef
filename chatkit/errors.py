"""Every error ChatKit raises on purpose.

ChatKitError
├── InvalidRequestError     the body is not a request we understand (`web` treats pydantic's
│                           ValidationError alike)
│   └── UnsupportedTypeError  a file is of a type that is not accepted, or not what it claims to be
├── LinkError               a signed link has expired, was changed, or is for something else
├── NotFoundError           nothing with this id is visible in this context
├── ConflictError           the request is fine, but what it names is not in a state for it
│   ├── ThreadBusyError     another turn is running in this thread
│   └── AttachmentMissingError  the bytes of a file that a message names are not there
├── TurnExpiredError        the turn is over and its frames are gone
├── TooLargeError           a body or an upload is above the limit
├── TooManyRequestsError    the caller must wait
├── UnavailableError        shutting down, or something we need cannot be reached
├── NotSupportedError       the operation needs a hook or a store ability that this app lacks
└── BaseStreamError         a turn failed: sent as an `error` event, never as a status
    ├── StreamError         carries a code; the browser chooses the words
    └── CustomStreamError   carries the words, already in the reader's language
"""

from abc import ABC
from enum import Enum


class ErrorCode(str, Enum):
    """Codes of `error` events. Open for additions: a client treats an unknown one like `STREAM_ERROR`."""

    STREAM_ERROR = "stream.error"
    TURN_INTERRUPTED = "turn_interrupted"
    """The server stopped in mid-turn; what was said is kept. Only for clients that announced `resume`."""


DEFAULT_STATUS: dict[ErrorCode, int] = {ErrorCode.STREAM_ERROR: 500, ErrorCode.TURN_INTERRUPTED: 503}
"""HTTP status that stands for each code."""

DEFAULT_ALLOW_RETRY: dict[ErrorCode, bool] = {ErrorCode.STREAM_ERROR: True, ErrorCode.TURN_INTERRUPTED: True}
"""Whether the reader is offered another try, for each code."""


class ChatKitError(Exception):
    """Base of the tree.

    `status_code` is what the web edge answers with, `code` the machine-readable name beside it
    (protocol.md §1.4), None where the status says enough.
    """

    status_code: int = 500
    code: str | None = None


class InvalidRequestError(ChatKitError, ValueError):
    """The body is not a request this server understands."""

    status_code = 400


class UnsupportedTypeError(InvalidRequestError):
    """A file is of a type that is not accepted, or its content is not what was announced."""

    status_code = 415
    code = "unsupported_type"


class LinkError(ChatKitError):
    """A signed link has expired, was changed, or is for something else."""

    status_code = 403
    code = "link_invalid"


class NotFoundError(ChatKitError):
    """Nothing with this id is visible in this context. To a stranger, absent and forbidden look alike."""

    status_code = 404


class ConflictError(ChatKitError, ValueError):
    """What the request names is not in a state for it: no pending tool call, an item of the wrong kind.

    Also a `ValueError`, because that is what apps written for upstream catch.
    """

    status_code = 409
    code = "conflict"


class ThreadBusyError(ConflictError):
    """Another turn is running in this thread."""

    code = "thread_busy"


class AttachmentMissingError(ConflictError):
    """A message names a file whose bytes never arrived, or were left unsent for too long: it must be attached again."""

    code = "attachment_missing"


class TurnExpiredError(ChatKitError):
    """The turn is over and its frames are no longer kept: reload the thread instead."""

    status_code = 410
    code = "turn_expired"


class TooLargeError(ChatKitError):
    """A request body or an upload is larger than the server allows."""

    status_code = 413


class _RetryLaterError(ChatKitError):
    """An answer with a `Retry-After` header.

    Args:
        message: What happened, for developers.
        retry_after: Seconds after which another try makes sense.
    """

    def __init__(self, message: str = "", *, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooManyRequestsError(_RetryLaterError):
    """The caller has used up a limit."""

    status_code = 429


class UnavailableError(_RetryLaterError):
    """The server is shutting down, or its database cannot be reached."""

    status_code = 503


class NotSupportedError(ChatKitError, NotImplementedError):
    """The operation needs a hook, an attachment store or a store ability that this app does not have.

    Also a `NotImplementedError`, and so a `RuntimeError`: apps written for upstream catch these.
    """

    status_code = 501


class BaseStreamError(ABC, ChatKitError):
    """A turn failed in a way the reader is told about, by an `error` event."""

    allow_retry: bool


class StreamError(BaseStreamError):
    """Ends a turn with a code; the browser shows its own words for it.

    Args:
        code: What went wrong.
        allow_retry: Whether to offer another try. None: what `DEFAULT_ALLOW_RETRY` says, else False.
    """

    def __init__(self, code: ErrorCode, *, allow_retry: bool | None = None) -> None:
        super().__init__(code.value)
        self.code: ErrorCode = code  # pyright: ignore[reportIncompatibleVariableOverride]
        self.status_code = DEFAULT_STATUS.get(code, 500)
        self.allow_retry = DEFAULT_ALLOW_RETRY.get(code, False) if allow_retry is None else allow_retry


class CustomStreamError(BaseStreamError):
    """Ends a turn with words for the reader.

    Args:
        message: Shown as it is, so already in the reader's language.
        allow_retry: Whether to offer another try.
    """

    def __init__(self, message: str, *, allow_retry: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.allow_retry = allow_retry
