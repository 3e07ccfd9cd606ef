"""A reply as the chunk stream of the Chat Completions API. It has one message, without an id, and no pictures."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

from typing_extensions import assert_never

from tests.modelserver.script import Breaks, Calls, Draws, Holds, Refuses, Reply, Says, Searches, Thinks


def chat_frames(reply: Reply, model: str) -> Iterator[bytes | Holds | Breaks]:
    """The frames of one answer; a `Holds` or `Breaks` between them is for the server to carry out."""
    head: dict[str, Any] = {
        "id": f"chatcmpl-{secrets.token_hex(8)}",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": model,
    }

    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return f"data: {json.dumps({**head, 'choices': choices})}\n\n".encode()

    calls = 0
    yield chunk({"role": "assistant", "content": ""})
    for part in reply.parts:
        match part:
            case Says():
                for piece in part.chunks:
                    yield chunk({"content": piece})
            case Refuses():
                yield chunk({"refusal": part.text})
            case Thinks():
                for pieces in part.summaries:
                    for piece in pieces:
                        yield chunk({"reasoning_content": piece})
            case Calls():
                function = {"name": part.name, "arguments": part.arguments}
                call = {"index": calls, "id": part.call_id, "type": "function", "function": function}
                yield chunk({"tool_calls": [call]})
                calls += 1
            case Holds() | Breaks():
                yield part
            case Draws() | Searches():
                raise AssertionError(f"Chat Completions has no {type(part).__name__}")
            case _:
                assert_never(part)
    yield chunk({}, "tool_calls" if calls else "stop")
    usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
    yield f"data: {json.dumps({**head, 'choices': [], 'usage': usage})}\n\n".encode()
    yield b"data: [DONE]\n\n"


def chat_whole(reply: Reply, model: str) -> dict[str, Any]:
    """The same answer for a client that did not ask for a stream."""
    texts = [part.text for part in reply.parts if isinstance(part, Says)]
    calls = [
        {"id": part.call_id, "type": "function", "function": {"name": part.name, "arguments": part.arguments}}
        for part in reply.parts
        if isinstance(part, Calls)
    ]
    message: dict[str, Any] = {"role": "assistant", "content": "".join(texts) or None}
    if calls:
        message["tool_calls"] = calls
    finish = "tool_calls" if calls else "stop"
    return {
        "id": f"chatcmpl-{secrets.token_hex(8)}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8},
    }
