"""Whose a cancellation is, and closing what it has broken off."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from chatkit.logger import logger
from chatkit.types import ThreadStreamEvent


def is_being_cancelled(task: "asyncio.Task[Any] | None", error: BaseException | None = None) -> bool:
    """Whether somebody has asked a task to end, and still wants it to.

    Args:
        task: The task.
        error: What was raised in it, for Python 3.10, where tasks do not tell.
    """
    cancelling = getattr(task, "cancelling", None)
    if cancelling is not None:
        return cancelling() > 0
    # What was raised in place of a cancellation has it in its history; so has what a time limit of the responder's own
    # has ended, but behind a TimeoutError.
    while error is not None and not isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        if isinstance(error, asyncio.CancelledError):
            return True
        error = error.__cause__ or error.__context__
    return False


async def close(responder: AsyncIterator[ThreadStreamEvent] | None) -> None:
    """Let a responder clean up; what it raises is logged."""
    if isinstance(responder, AsyncGenerator):
        try:
            await responder.aclose()
        except Exception:
            logger.exception("respond() failed while it was being closed")
