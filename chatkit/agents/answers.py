"""Lets Chat Completions read the assistant's earlier answers.

C-4 fixes how an answer goes back to the model: a message of `output_text` parts, without an id. Responses takes that.
Newer releases of the Agents SDK take it for an input message on their way to Chat Completions, where `output_text` is
unknown, and the run fails at the second question. With an id they know it for what it is, but an id must not go to
Responses, which looks it up. So the id is added on that way alone, and only where a trial shows that it is needed.
"""

import importlib
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, cast

from chatkit.agents.identity import FAKE_IDS
from chatkit.logger import logger

TRIAL: dict[str, Any] = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "trial", "annotations": [], "logprobs": None}],
}


@cache
def let_chat_completions_read_answers() -> None:
    """Done once, when the first answer is converted."""
    try:
        converter: Any = importlib.import_module("agents.models.chatcmpl_converter").Converter
        convert: Callable[..., Any] = converter.items_to_messages
    except (ImportError, AttributeError):  # another release, which may do without
        return
    try:
        convert([TRIAL])
        return
    except Exception as error:
        logger.debug("answers need an id on their way to Chat Completions: %s", error)

    @wraps(convert)
    def items_to_messages(items: Any, *args: Any, **options: Any) -> Any:
        named = items if isinstance(items, str) else [_named(item) for item in items]
        return convert(named, *args, **options)

    converter.items_to_messages = staticmethod(items_to_messages)


def _named(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    answer = cast("dict[str, Any]", item)
    if answer.get("role") != "assistant" or answer.get("type") != "message" or "id" in answer:
        return answer
    parts: Any = answer.get("content")
    spoken = isinstance(parts, list) and any(
        isinstance(part, dict) and cast("dict[str, Any]", part).get("type") == "output_text"
        for part in cast("list[Any]", parts)
    )
    return {**answer, "id": FAKE_IDS[0]} if spoken else answer
