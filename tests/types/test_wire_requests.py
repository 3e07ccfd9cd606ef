"""Reading requests (protocol.md §2, S-1)."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from chatkit import types as wire
from chatkit.types import is_streaming_req, parse_request

MESSAGE: dict[str, Any] = {"content": [], "attachments": [], "inference_options": {}}
STREAMING: dict[str, dict[str, Any]] = {
    "threads.create": {"input": MESSAGE},
    "threads.add_user_message": {"thread_id": "thr_1", "input": MESSAGE},
    "threads.add_client_tool_output": {"thread_id": "thr_1", "result": None},
    "threads.add_structured_input": {"thread_id": "thr_1", "item_id": "msg_1", "input": {}},
    "threads.retry_after_item": {"thread_id": "thr_1", "item_id": "msg_1"},
    "threads.custom_action": {"thread_id": "thr_1", "action": {"type": "x"}},
}
SINGLE: dict[str, dict[str, Any]] = {
    "threads.get_by_id": {"thread_id": "thr_1"},
    "threads.list": {},
    "threads.sync_custom_action": {"thread_id": "thr_1", "action": {"type": "x"}},
    "threads.update": {"thread_id": "thr_1", "title": "Docks"},
    "threads.delete": {"thread_id": "thr_1"},
    "items.list": {"thread_id": "thr_1"},
    "items.feedback": {"thread_id": "thr_1", "item_ids": ["msg_1"], "kind": "positive"},
    "attachments.create": {"name": "a.png", "size": 1, "mime_type": "image/png"},
    "attachments.delete": {"attachment_id": "atc_1"},
    "input.transcribe": {"audio_base64": "", "mime_type": "audio/webm;codecs=opus"},
}
REQUIRED = [(op, field) for op, params in (STREAMING | SINGLE).items() for field in params]


def body(op: str, params: dict[str, Any], **envelope: Any) -> str:
    return json.dumps({"type": op, "params": params, **envelope})


@pytest.mark.parametrize("op", STREAMING)
def test_operations_answered_with_events_are_known_as_such(op: str) -> None:
    """protocol.md §2.2"""
    request = parse_request(body(op, STREAMING[op]))
    assert request.type == op
    assert is_streaming_req(request)


@pytest.mark.parametrize("op", SINGLE)
def test_operations_answered_with_one_object_are_known_as_such(op: str) -> None:
    """protocol.md §2.2"""
    request = parse_request(body(op, SINGLE[op]))
    assert request.type == op
    assert not is_streaming_req(request)


@pytest.mark.parametrize(("op", "field"), REQUIRED)
def test_a_missing_field_is_an_error(op: str, field: str) -> None:
    """S-1, protocol.md §2.3"""
    params = {name: value for name, value in (STREAMING | SINGLE)[op].items() if name != field}
    with pytest.raises(ValidationError, match=field):
        parse_request(body(op, params))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"type":"threads.explode","params":{}}', '{"params":{}}']
)
def test_what_is_no_request_is_an_error(text: str) -> None:
    """S-1, W-11"""
    with pytest.raises(ValidationError):
        parse_request(text)


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_a_body_may_be_text_or_bytes(kind: type[bytes | bytearray]) -> None:
    """python-sdk.md §7.3"""
    text = body("threads.list", {})
    assert parse_request(kind(text.encode())) == parse_request(text)


def test_null_means_absent_for_every_optional_field() -> None:
    """W-12"""
    bare = parse_request(body("threads.list", {}))
    nulls = {"limit": None, "order": None, "after": None}
    assert parse_request(body("threads.list", nulls, metadata=None, capabilities=None, client=None)) == bare
    submission = {"status": None, "answers": {"size": {"values": None, "skipped": None}}}
    request = parse_request(
        body("threads.add_structured_input", {"thread_id": "t", "item_id": "m", "input": submission})
    )
    assert isinstance(request, wire.ThreadsAddStructuredInputReq)
    assert request.params.input == wire.StructuredInputSubmission(
        status="answered", answers={"size": wire.StructuredInputAnswerSubmission()}
    )


def test_the_order_of_keys_means_nothing() -> None:
    """W-13"""
    text = body("threads.update", {"thread_id": "thr_1", "title": "x"})
    turned = json.dumps(dict(reversed(json.loads(text).items())))
    assert turned != text
    assert parse_request(turned) == parse_request(text)


def test_lists_start_with_the_newest_by_default() -> None:
    """protocol.md §2.3"""
    request = parse_request(body("items.list", {"thread_id": "thr_1"}))
    assert isinstance(request, wire.ItemsListReq)
    assert (request.params.limit, request.params.order, request.params.after) == (None, "desc", None)


def test_unknown_fields_are_ignored() -> None:
    """W-11"""
    request = parse_request(body("threads.delete", {"thread_id": "thr_1", "force": True}, later="x"))
    assert request == parse_request(body("threads.delete", {"thread_id": "thr_1"}))


def test_the_envelope_announces_what_the_client_can_do() -> None:
    """extensions.md §1, §2.1"""
    request = parse_request(
        body("threads.list", {}, capabilities=["resume", "?"], client="x/1.0.0", turn_id="u")
    )
    assert (request.capabilities, request.client, request.turn_id) == (["resume", "?"], "x/1.0.0", "u")


def test_an_empty_quote_is_kept() -> None:
    """W-12"""
    request = parse_request(body("threads.create", {"input": MESSAGE | {"quoted_text": ""}}))
    assert isinstance(request, wire.ThreadsCreateReq)
    assert request.params.input.quoted_text == ""


def test_a_tool_output_may_be_null_but_must_be_there() -> None:
    """protocol.md §2.3"""
    request = parse_request(body("threads.add_client_tool_output", {"thread_id": "thr_1", "result": None}))
    assert isinstance(request, wire.ThreadsAddClientToolOutputReq)
    assert request.params.result is None


def test_a_recording_knows_its_media_type() -> None:
    """S-33"""
    audio = wire.AudioInput(data=b"x", mime_type="audio/webm;codecs=opus")
    assert (audio.mime_type, audio.media_type) == ("audio/webm;codecs=opus", "audio/webm")
