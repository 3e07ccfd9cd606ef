"""A reply as the event stream of the Responses API."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

from typing_extensions import assert_never

from tests.modelserver.script import Breaks, Calls, Draws, Holds, Part, Refuses, Reply, Says, Searches, Thinks

Event = dict[str, Any]


def frame(event: Event) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def responses_frames(reply: Reply, model: str) -> Iterator[bytes | Holds | Breaks]:
    """The frames of one answer; a `Holds` or `Breaks` between them is for the server to carry out."""
    response: Event = {
        "id": f"resp_{secrets.token_hex(8)}",
        "object": "response",
        "created_at": 1_700_000_000,
        "model": model,
        "status": "in_progress",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }
    number = 0
    output: list[Event] = []

    def numbered(event: Event) -> bytes:
        nonlocal number
        number += 1
        return frame({**event, "sequence_number": number})

    yield numbered({"type": "response.created", "response": response})
    for part in reply.parts:
        if isinstance(part, Holds | Breaks):
            yield part
            continue
        index = len(output)
        for event in _events(part):
            yield numbered({**event, "output_index": index})
            if event["type"] == "response.output_item.done":
                output.append(event["item"])
    usage = {
        "input_tokens": 3,
        "output_tokens": 5,
        "total_tokens": 8,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    whole = {**response, "status": "completed", "output": output, "usage": usage}
    yield numbered({"type": "response.completed", "response": whole})


def responses_whole(reply: Reply, model: str) -> Event:
    """The same answer for a client that did not ask for a stream."""
    *_, last = responses_frames(reply, model)
    assert isinstance(last, bytes)
    event: Event = json.loads(last.split(b"data: ", 1)[1])
    return event["response"]


def _events(part: Part) -> Iterator[Event]:
    match part:
        case Says():
            yield from _message(part)
        case Refuses():
            yield from _refusal(part)
        case Thinks():
            yield from _reasoning(part)
        case Calls():
            yield from _call(part)
        case Draws():
            yield from _picture(part)
        case Searches():
            yield from _search(part)
        case Holds() | Breaks():
            raise AssertionError("the server carries these out")
        case _:
            assert_never(part)


def _added(item: Event) -> Event:
    return {"type": "response.output_item.added", "item": item}


def _done(item: Event) -> Event:
    return {"type": "response.output_item.done", "item": item}


def _message(part: Says) -> Iterator[Event]:
    item: Event = {
        "id": part.id,
        "type": "message",
        "role": "assistant",
        "status": "in_progress",
        "content": [],
    }
    yield _added(item)
    place = {"item_id": part.delta_id or part.id, "content_index": 0}
    empty: Event = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    yield {"type": "response.content_part.added", **place, "part": empty}
    for piece in part.chunks:
        yield {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
    for index, citation in enumerate(part.citations):
        yield {
            "type": "response.output_text.annotation.added",
            **place,
            "annotation_index": index,
            "annotation": citation,
        }
    yield {"type": "response.output_text.done", **place, "text": part.text, "logprobs": []}
    full = {**empty, "text": part.text, "annotations": list(part.citations)}
    yield {"type": "response.content_part.done", **place, "part": full}
    yield _done({**item, "id": part.done_id or part.id, "status": "completed", "content": [full]})


def _refusal(part: Refuses) -> Iterator[Event]:
    item: Event = {
        "id": part.id,
        "type": "message",
        "role": "assistant",
        "status": "in_progress",
        "content": [],
    }
    yield _added(item)
    place = {"item_id": part.id, "content_index": 0}
    yield {"type": "response.content_part.added", **place, "part": {"type": "refusal", "refusal": ""}}
    yield {"type": "response.refusal.delta", **place, "delta": part.text}
    yield {"type": "response.refusal.done", **place, "refusal": part.text}
    yield _done({**item, "status": "completed", "content": [{"type": "refusal", "refusal": part.text}]})


def _reasoning(part: Thinks) -> Iterator[Event]:
    item: Event = {"id": part.id, "type": "reasoning", "summary": []}
    yield _added(item)
    summary: list[Event] = []
    for index, pieces in enumerate(part.summaries):
        place = {"item_id": part.id, "summary_index": index}
        text = "".join(pieces)
        empty = {"type": "summary_text", "text": ""}
        yield {"type": "response.reasoning_summary_part.added", **place, "part": empty}
        for piece in pieces:
            yield {"type": "response.reasoning_summary_text.delta", **place, "delta": piece}
        yield {"type": "response.reasoning_summary_text.done", **place, "text": text}
        summary.append({"type": "summary_text", "text": text})
        yield {"type": "response.reasoning_summary_part.done", **place, "part": summary[-1]}
    yield _done({**item, "summary": summary})


def _call(part: Calls) -> Iterator[Event]:
    item: Event = {
        "id": part.id,
        "type": "function_call",
        "call_id": part.call_id,
        "name": part.name,
        "status": "in_progress",
        "arguments": "",
    }
    yield _added(item)
    yield {
        "type": "response.function_call_arguments.delta",
        "item_id": part.id,
        "delta": part.arguments,
    }
    yield {
        "type": "response.function_call_arguments.done",
        "item_id": part.id,
        "name": part.name,
        "arguments": part.arguments,
    }
    yield _done({**item, "status": "completed", "arguments": part.arguments})


def _picture(part: Draws) -> Iterator[Event]:
    item: Event = {"id": part.id, "type": "image_generation_call", "status": "in_progress", "result": None}
    yield _added(item)
    yield {"type": "response.image_generation_call.generating", "item_id": part.id}
    for index, partial in enumerate(part.partials):
        yield {
            "type": "response.image_generation_call.partial_image",
            "item_id": part.id,
            "partial_image_index": index,
            "partial_image_b64": partial,
        }
    status = "completed" if part.image else "failed"
    yield _done({**item, "status": status, "result": part.image})


def _search(part: Searches) -> Iterator[Event]:
    action: Event = {"type": "search", "query": part.query}
    item: Event = {"id": part.id, "type": "web_search_call", "status": "in_progress", "action": action}
    yield _added(item)
    yield {"type": "response.web_search_call.searching", "item_id": part.id}
    yield _done({**item, "status": "completed"})
