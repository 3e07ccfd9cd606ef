"""What `process()` takes and gives, whatever the operation (S-1…S-5)."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from pydantic import ValidationError

from chatkit.errors import NotFoundError, NotSupportedError
from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.store import MemoryStore, Store
from chatkit.testing import ask, collect_events
from chatkit.types import (
    Action,
    AudioInput,
    FeedbackKind,
    SyncCustomActionResponse,
    ThreadItem,
    ThreadMetadata,
    ThreadStreamEvent,
    TranscriptionResult,
    UserMessageItem,
    WidgetItem,
)
from tests.scripted import Events, Scripted, answer, create, done, request, saying, types


def as_text(body: bytes) -> str:
    return body.decode("utf-8", "replace")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"threads.list"',
        b"\xff\xfe",
        b'{"type":"threads.list"}',
        b'{"params":{}}',
        b'{"type":"threads.purge","params":{}}',
        b'{"type":"threads.get_by_id","params":{}}',
        b'{"type":"threads.list","params":{"order":"sideways"}}',
        b'{"type":"threads.list","params":{"limit":"many"}}',
    ],
)
@pytest.mark.parametrize("kind", [bytes, bytearray, as_text])
async def test_a_body_that_is_no_request_is_a_validation_error(body: bytes, kind: Any) -> None:
    """S-1"""
    with pytest.raises(ValidationError):
        await Scripted(MemoryStore(owner=str)).process(kind(body), "alice")


class Plain(ChatKitServer[str]):
    """An app that sets its store itself, and calls no `__init__` but its own."""

    def __init__(self, store: Store[str]) -> None:  # the store is all that upstream's class needs
        self.store = store

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
    ) -> AsyncIterator[ThreadStreamEvent]:
        yield done(answer("msg_1", "Yes", thread.id))


async def test_an_app_that_only_sets_its_store_is_served() -> None:
    """python-sdk.md §7.3: `store` and `attachment_store` may be set at any time"""
    server = Plain(MemoryStore(owner=str))
    assert types(await collect_events(server, create("Hi"), "alice"))[-1] == "item.done"
    assert len((await ask(server, request("threads.list"), "alice"))["data"]) == 1
    with pytest.raises(NotSupportedError, match="attachment store"):
        await ask(server, request("attachments.delete", attachment_id="atc_1"), "alice")


class Stamping(Scripted):
    """An app that wraps what goes out, in results that it makes itself."""

    async def process(
        self, request: str | bytes | bytearray, context: str
    ) -> StreamingResult | NonStreamingResult:
        result = await super().process(request, context)
        if isinstance(result, NonStreamingResult):
            return NonStreamingResult(result.json + b"\n")
        return StreamingResult(self._stamped(result.json_events))

    async def _stamped(self, frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        async with aclosing(frames):
            async for frame in frames:
                yield frame.replace(b"{", b'{"stamp":7,', 1)


async def test_an_app_makes_results_of_its_own() -> None:
    """python-sdk.md §7.2: a result is made of what it gives"""
    server = Stamping(MemoryStore(owner=str), saying(done(answer("msg_1", "Yes"))))
    for start in (False, True):  # iterated by a hand-written endpoint, and by ours
        result = await server.process(json.dumps(create("Hi")), "alice")
        assert isinstance(result, StreamingResult)
        frames = [frame async for frame in (await result.start() if start else result)]
        assert len(frames) == 4
        assert {json.loads(frame.removeprefix(b"data: "))["stamp"] for frame in frames} == {7}
    listed = await server.process(json.dumps(request("threads.list")), "alice")
    assert isinstance(listed, NonStreamingResult)
    assert listed.json.endswith(b"\n")


async def test_the_operation_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """S-1"""
    with caplog.at_level(logging.INFO):
        await ask(Scripted(MemoryStore(owner=str)), request("threads.list"), "alice")
    assert [record.getMessage() for record in caplog.records] == ["threads.list"]


async def test_what_is_said_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """S-1"""
    with caplog.at_level(logging.DEBUG, logger="chatkit"):
        await collect_events(Scripted(MemoryStore(owner=str)), create("my secret"), "alice")
    assert "my secret" not in caplog.text


async def test_an_operation_that_does_not_stream_is_done_when_process_returns() -> None:
    """S-2"""
    server = Scripted(MemoryStore(owner=str))
    result = await server.process(json.dumps(request("threads.list")), "alice")
    assert isinstance(result, NonStreamingResult)
    assert json.loads(result.json) == {"data": [], "has_more": False}
    with pytest.raises(NotFoundError):
        await server.process(json.dumps(request("threads.get_by_id", thread_id="thr_none")), "alice")


async def test_an_operation_that_streams_works_when_it_is_iterated() -> None:
    """S-2"""
    store = MemoryStore[str](owner=str)
    result = await Scripted(store).process(json.dumps(create()), "alice")
    assert isinstance(result, StreamingResult)
    assert (await store.load_threads(10, None, "asc", "alice")).data == []
    assert len([frame async for frame in result]) == 3
    assert len((await store.load_threads(10, None, "asc", "alice")).data) == 1


async def test_a_frame_is_data_json_and_a_blank_line() -> None:
    """S-3, W-2, W-5"""
    server = Scripted(MemoryStore(owner=str), saying(done(answer("msg_1", "Grüße\n\nan »alle« 🙂"))))
    result = await server.process(json.dumps(create()), "alice")
    assert isinstance(result, StreamingResult)
    frames = [frame async for frame in result.json_events]
    for frame in frames:
        assert frame.startswith(b'data: {"type":"')
        assert (frame.count(b"\n"), frame[-2:]) == (2, b"\n\n")
        assert b"null" not in frame
    assert frames[2] == b'data: {"type":"stream_options","stream_options":{"allow_cancel":true}}\n\n'
    assert "Grüße\\n\\nan »alle« 🙂".encode() in frames[3]
    assert b'"annotations":[]' in frames[3]


class Breaking(MemoryStore[str]):
    """Cannot keep messages."""

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        raise LookupError("disk full")


async def test_a_failure_outside_the_responder_is_logged_and_raised(caplog: pytest.LogCaptureFixture) -> None:
    """S-4"""
    with pytest.raises(LookupError, match="disk full"):
        await collect_events(Scripted(Breaking(owner=str)), create(), "alice")
    assert [record.exc_info is not None for record in caplog.records if record.levelname == "ERROR"] == [True]


async def test_a_cancellation_is_raised_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """S-4"""

    class Waiting(MemoryStore[str]):
        async def load_thread(self, thread_id: str, context: str) -> ThreadMetadata:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await collect_events(
            Scripted(Waiting(owner=str)), request("threads.retry_after_item", thread_id="t", item_id="i"), "a"
        )
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


class Person:
    """A context that equals no other."""

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return id(self)


class Hooked(Scripted):
    """Keeps the context that each hook was given."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.seen: list[tuple[str, Any]] = []

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: Any
    ) -> None:
        self.seen.append(("add_feedback", context))

    async def transcribe(self, audio_input: AudioInput, context: Any) -> TranscriptionResult:
        self.seen.append(("transcribe", context))
        return TranscriptionResult(text="")

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Any
    ) -> Events:
        self.seen.append(("action", context))
        for event in ():
            yield event

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Any
    ) -> SyncCustomActionResponse:
        self.seen.append(("sync_action", context))
        return SyncCustomActionResponse()


async def test_the_very_context_reaches_every_hook_and_the_store() -> None:
    """S-5"""
    owners: list[Any] = []

    def owner(context: Any) -> str:
        owners.append(context)
        return "me"

    me: Any = Person()
    server = Hooked(MemoryStore[Any](owner=owner))
    events = await collect_events(server, create(), me)
    assert types(events)[0] == "created"
    thread = server.asked[0][0].id
    action = {"type": "tap"}
    await ask(server, request("items.feedback", thread_id=thread, item_ids=["m"], kind="positive"), me)
    await ask(server, request("input.transcribe", audio_base64="", mime_type="audio/mp4"), me)
    await collect_events(server, request("threads.custom_action", thread_id=thread, action=action), me)
    await ask(server, request("threads.sync_custom_action", thread_id=thread, action=action), me)
    assert [hook for hook, _ in server.seen] == ["add_feedback", "transcribe", "action", "sync_action"]
    for context in [server.asked[0][2], *(context for _, context in server.seen), *owners]:
        assert context is me
