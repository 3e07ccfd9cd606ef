"""Collectors: send a request to a server and look at what comes back, without HTTP."""

import json
from collections.abc import Mapping
from contextlib import aclosing
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.store.base import TContext
from chatkit.types import ThreadStreamEvent


@cache
def _events() -> TypeAdapter[ThreadStreamEvent]:
    return TypeAdapter(ThreadStreamEvent)


def parse_events(stream: bytes) -> list[ThreadStreamEvent]:
    """The events of a stream's frames (`data: {…}`, a blank line).

    Args:
        stream: Whole frames, as many as there are. Comments between them are passed over.
    """
    lines = [line for line in stream.split(b"\n") if line.startswith(b"data: ")]
    return [_events().validate_json(line.removeprefix(b"data: ")) for line in lines]


async def collect_events(
    server: ChatKitServer[TContext], request: BaseModel | Mapping[str, Any], context: TContext
) -> list[ThreadStreamEvent]:
    """Send a streaming request and return all events of the turn.

    Args:
        server: The server under test; no HTTP is involved.
        request: A request model or its JSON object (protocol.md §2).
        context: The app's per-request value.

    Raises:
        TypeError: If the operation is not a streaming one.
        ChatKitError: What the operation raises before its first event.
    """
    result = await server.process(_body(request), context)
    if not isinstance(result, StreamingResult):
        raise TypeError("expected a streaming operation; use ask() for the others")
    async with aclosing(result.json_events) as frames:
        return parse_events(b"".join([frame async for frame in frames]))


async def ask(
    server: ChatKitServer[TContext], request: BaseModel | Mapping[str, Any], context: TContext
) -> Any:
    """Send a request that is answered by one JSON object, and return that object.

    Raises:
        TypeError: If the operation is a streaming one.
        ChatKitError: What the operation raises.
    """
    result = await server.process(_body(request), context)
    if not isinstance(result, NonStreamingResult):
        raise TypeError("expected an operation that is not streamed; use collect_events() for the others")
    return json.loads(result.json)


def _body(request: BaseModel | Mapping[str, Any]) -> bytes:
    return (
        request.model_dump_json().encode() if isinstance(request, BaseModel) else json.dumps(request).encode()
    )
