"""Exception → status and body, exactly as protocol.md §1.4 has it. Nothing internal leaks."""

import math
from typing import Any

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from chatkit.errors import ChatKitError, UnavailableError
from chatkit.logger import logger

UNKNOWN_OPERATION = "union_tag_invalid"


def failure(
    status: int, message: str, code: str | None = None, *, retry_after: float | None = None
) -> JSONResponse:
    """An error answer in the one shape that clients read.

    Args:
        status: HTTP status.
        message: For the developer who reads the log: what was wrong with what, and what was expected.
        code: Machine-readable name, where the status is not enough.
        retry_after: Seconds for the `Retry-After` header.
    """
    kind = "invalid_request_error" if status < 500 else "server_error"
    headers = {} if retry_after is None else {"Retry-After": str(max(1, math.ceil(retry_after)))}
    body = {"error": {"type": kind, "message": message, "code": code, "param": None}}
    return JSONResponse(body, status_code=status, headers=headers)


def describe(error: ValidationError) -> str:
    """What was wrong with a body, in one line: the place, what was expected; never the value that was sent."""
    first: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return f"the body is not JSON: {first['msg']}"
    if first["type"] in (UNKNOWN_OPERATION, "union_tag_not_found"):
        return f"`type` does not name an operation: {first['msg']}"
    # The first step of the path is the operation's own name, of no use to the reader.
    path = ".".join(str(step) for step in first["loc"][1:]) or "the body"
    return f"{path}: {first['msg']}"


def answer_for(error: Exception) -> JSONResponse:
    """The answer to an exception that came before the first byte of a response."""
    match error:
        case ValidationError():
            return failure(400, describe(error))
        case UnavailableError():  # its words may tell of hosts and queries
            logger.warning("not available: %s", error)
            words = "the server cannot answer right now; try again in a moment"
            return failure(503, words, error.code, retry_after=error.retry_after)
        case ChatKitError():
            retry_after: float | None = getattr(error, "retry_after", None)
            return failure(error.status_code, str(error) or "not there", error.code, retry_after=retry_after)
        case HTTPException():  # FastAPI's too: hooks may raise it
            answer = failure(error.status_code, str(error.detail))
            answer.headers.update(error.headers or {})
            return answer
        case NotImplementedError():
            return failure(501, str(error) or "this server does not support the operation")
        case _:
            logger.exception("an operation failed", exc_info=error)
            return failure(500, "the server failed; its log says more")
