"""A reader who stops or goes: what is kept, whatever the moment (S-20…S-23, P1…P3)."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from chatkit.clock import now
from chatkit.errors import NotFoundError
from chatkit.server import StreamingResult
from chatkit.store import MemoryStore, Store
from chatkit.testing import collect_events
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartDone,
    ErrorEvent,
    GeneratedImageItem,
    SDKHiddenContextItem,
    ThreadItem,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    Workflow,
    WorkflowItem,
)
from tests.scripted import (
    ALICE,
    Events,
    Scripted,
    added,
    answer,
    beginning,
    create,
    delta,
    done,
    items_of,
    say,
    saying,
    silence,
    texts,
    types,
    updated,
    widget,
)

NOTE = "The user cancelled the stream. Stop responding to the prior request."


def hanging(*events: ThreadStreamEvent) -> Any:
    """Says this, then waits for ever."""

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        async with aclosing(saying(*events)(thread, message, context)) as said:
            async for event in said:
                yield event
        await asyncio.Event().wait()

    return script


class Slow(MemoryStore[str]):
    """Awaits in every write, as a database does: in memory alone, a lost save would stay hidden (P2)."""

    def __init__(self) -> None:
        super().__init__(owner=str)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        await super().add_thread_item(thread_id, item, context)

    async def save_thread(self, thread: ThreadMetadata, context: str) -> None:
        await asyncio.sleep(0)
        await super().save_thread(thread, context)


async def opened(server: Scripted, body: dict[str, Any] | None = None) -> AsyncGenerator[bytes, None]:
    result = await server.process(json.dumps(body or create("Hi")), ALICE)
    assert isinstance(result, StreamingResult)
    return result.json_events


async def reading(
    frames: AsyncGenerator[bytes, None], read: list[bytes], count: int, enough: asyncio.Event
) -> None:
    """Read on, and tell when there are so many frames."""
    async for frame in frames:
        read.append(frame)
        if len(read) == count:
            enough.set()


async def leave_by_cancelling(frames: AsyncGenerator[bytes, None], count: int) -> None:
    """Read some frames, then be cancelled while waiting for the next."""
    read, enough = list[bytes](), asyncio.Event()
    task = asyncio.ensure_future(reading(frames, read, count, enough))
    await enough.wait()
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def leave_by_closing(frames: AsyncGenerator[bytes, None], count: int) -> None:
    """Read some frames, then close the stream, as some servers do."""
    for _ in range(count):
        await frames.__anext__()
    await frames.aclose()


leaving = pytest.mark.parametrize("leave", [leave_by_cancelling, leave_by_closing])


@leaving
async def test_what_was_said_is_kept_with_a_note_behind_it(store: Store[str], leave: Any) -> None:
    """S-20, S-21, S-22, S-23"""
    message = answer("m", "Hello, ")
    server = Scripted(store, hanging(added(message), delta("m", "World!")))
    await leave(await opened(server), 5)
    items = await items_of(store, server.asked[0][0].id)
    assert texts(items) == ["Hi", "Hello, World!", "<sdk_hidden_context>"]
    note = items[-1]
    assert isinstance(note, SDKHiddenContextItem)
    assert note.content == NOTE
    assert note.id.startswith("shcx_")
    assert note.created_at >= items[1].created_at


@leaving
async def test_a_store_that_really_awaits_loses_nothing(leave: Any) -> None:
    """P2"""
    store = Slow()
    server = Scripted(store, hanging(*beginning("m", "t"), delta("m", "half")))
    await leave(await opened(server), 6)
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi", "half", "<sdk_hidden_context>"]


async def test_a_cancellation_that_the_responder_raises_is_one() -> None:
    """S-20"""
    store = Slow()

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        yield added(answer("m", "so far", thread.id))
        raise asyncio.CancelledError

    server = Scripted(store, script)
    with pytest.raises(asyncio.CancelledError):
        await collect_events(server, create("Hi"), ALICE)
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi", "so far", "<sdk_hidden_context>"]


@leaving
async def test_messages_that_say_nothing_are_not_kept(store: Store[str], leave: Any) -> None:
    """S-21"""
    empty, blank, spoken = answer("empty", ""), answer("blank", " "), answer("spoken", "x")
    server = Scripted(store, hanging(added(empty), added(blank), delta("blank", " \n"), added(spoken)))
    await leave(await opened(server), 7)
    thread = server.asked[0][0].id
    assert [item.id for item in await items_of(store, thread)][1:-1] == ["spoken"]
    for id in ("empty", "blank"):
        with pytest.raises(NotFoundError):
            await store.load_item(thread, id, ALICE)


@leaving
async def test_every_part_of_a_message_is_kept(store: Store[str], leave: Any) -> None:
    """S-21: in the order of the parts, whatever the order of the deltas"""
    part = AssistantMessageContentPartDone(content_index=0, content=AssistantMessageContent(text="First."))
    events = [
        added(answer("m", "")),
        delta("m", "Second", 1),
        delta("m", "Fir"),
        updated("m", part),
        delta("m", "!", 1),
    ]
    server = Scripted(store, hanging(*events))
    await leave(await opened(server), 3 + len(events))
    saved = await store.load_item(server.asked[0][0].id, "m", ALICE)
    assert saved.type == "assistant_message"
    assert [part.text for part in saved.content] == ["First.", "Second!"]


@leaving
async def test_pending_widgets_workflows_and_images_are_not_kept(store: Store[str], leave: Any) -> None:
    """S-21 (P3 is the business of `resume`)"""
    base: dict[str, Any] = {"thread_id": "t", "created_at": now()}
    pending = [
        widget("w"),
        WorkflowItem(id="wf", **base, workflow=Workflow(type="custom", tasks=[])),
        GeneratedImageItem(id="i", **base),
    ]
    server = Scripted(store, hanging(*map(added, pending)))
    await leave(await opened(server), 6)
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi", "<sdk_hidden_context>"]


@pytest.mark.parametrize("count", range(1, 8))
@leaving
async def test_leaving_after_any_frame_keeps_the_message_and_one_note(leave: Any, count: int) -> None:
    """S-22, S-23: also before the responder has started"""
    store = Slow()
    events = [*beginning("m", "t"), delta("m", "a"), delta("m", "b")]
    server = Scripted(store, hanging(*events))
    await leave(await opened(server), count)
    [thread] = (await store.load_threads(10, None, "asc", ALICE)).data
    kept = texts(await items_of(store, thread.id))
    assert (kept[0], kept[-1], kept.count("<sdk_hidden_context>")) == ("Hi", "<sdk_hidden_context>", 1)
    if leave is leave_by_closing:
        assert kept[1:-1] == [["a"], ["ab"]][count - 6] if count > 5 else kept[1:-1] == []


async def test_a_stream_that_is_over_leaves_no_note(store: Store[str]) -> None:
    """S-23"""
    server = Scripted(store)
    frames = await opened(server)
    assert len([frame async for frame in frames]) == 3
    await frames.aclose()
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi"]


async def test_a_stream_that_never_began_leaves_nothing(store: Store[str]) -> None:
    """S-2, S-23"""
    frames = await opened(Scripted(store))
    await frames.aclose()
    assert (await store.load_threads(10, None, "asc", ALICE)).data == []


@leaving
async def test_the_responder_is_closed_first_and_its_last_changes_are_saved(leave: Any) -> None:
    """S-15, S-20"""
    store = Slow()

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        try:
            yield added(answer("m", "so far", thread.id))
            await asyncio.Event().wait()
        finally:
            thread.metadata["closed"] = True

    server = Scripted(store, script)
    await leave(await opened(server), 4)
    assert (await store.load_thread(server.asked[0][0].id, ALICE)).metadata == {"closed": True}


async def test_a_time_limit_of_the_responders_own_is_a_failure_like_any_other() -> None:
    """S-20: it cancels what it limits, not the turn"""

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        yield added(answer("m", "so far", thread.id))
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)
        except asyncio.TimeoutError:
            raise LookupError("no answer in time") from None

    events = await collect_events(Scripted(Slow(), script), create("Hi"), ALICE)
    assert isinstance(events[-1], ErrorEvent)


@leaving
async def test_a_responder_that_fails_while_closing_changes_nothing(leave: Any) -> None:
    """S-20"""
    store = Slow()

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        try:
            yield added(answer("m", "so far", thread.id))
            await asyncio.Event().wait()
        finally:
            raise LookupError("model gone")

    server = Scripted(store, script)
    await leave(await opened(server), 4)
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi", "so far", "<sdk_hidden_context>"]


async def test_an_item_whose_saving_has_begun_is_saved() -> None:
    """P2: the reader goes while a finished message is on its way into the database"""
    store = Slow()

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        yield delta("nobody", "x")
        yield done(answer("m", "whole", thread.id))
        await asyncio.Event().wait()

    server = Scripted(store, script)
    frames = await opened(server)
    begun = asyncio.Event()
    task = asyncio.ensure_future(reading(frames, [], 4, begun))
    await begun.wait()
    await asyncio.sleep(0)
    task.cancel()  # the five pauses of the store are not over
    with pytest.raises(asyncio.CancelledError):
        await task
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi", "whole", "<sdk_hidden_context>"]


async def test_a_hook_of_the_app_gets_what_was_pending(store: Store[str]) -> None:
    """S-20: it is called positionally, with the live thread"""
    seen: list[Any] = []

    class Own(Scripted):
        async def handle_stream_cancelled(self, t: ThreadMetadata, i: list[ThreadItem], c: str) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
            seen.append((t, i, c))

    server = Own(store, hanging(added(answer("m", "a")), delta("m", "b")))
    await leave_by_closing(await opened(server), 5)
    [(thread, [item], context)] = seen
    assert (thread is server.asked[0][0], item.content[0].text, context) == (True, "ab", ALICE)


async def test_a_hook_that_fails_is_logged_and_the_stream_still_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """S-20"""

    class Failing(Scripted):
        async def handle_stream_cancelled(self, thread: Any, pending_items: Any, context: str) -> None:
            raise LookupError("disk full")

    await leave_by_cancelling(await opened(Failing(MemoryStore(owner=str), hanging())), 3)
    assert "could not be saved" in caplog.text


async def test_a_save_that_hangs_is_given_up_after_the_grace(caplog: pytest.LogCaptureFixture) -> None:
    """extensions.md §2.6"""

    class Hanging(Scripted):
        async def handle_stream_cancelled(self, thread: Any, pending_items: Any, context: str) -> None:
            await asyncio.Event().wait()

    server = Hanging(MemoryStore(owner=str), hanging(), grace=0.01)
    await leave_by_cancelling(await opened(server), 3)
    assert "took over 0.01 s" in caplog.text
    server.script = silence
    events = await collect_events(server, say(server.asked[0][0].id), ALICE)  # the thread is free again
    assert types(events) == ["item.done", "stream_options"]


async def test_no_task_is_left_behind() -> None:
    """STYLE: every task is owned and awaited"""
    before = asyncio.all_tasks()
    for leave in (leave_by_cancelling, leave_by_closing):
        await leave(await opened(Scripted(Slow(), hanging(added(answer("m", "x"))))), 4)
    assert asyncio.all_tasks() == before
