"""From the responder to the reader: what is saved, sent, noticed and reported (S-12…S-19)."""

import asyncio
import json
import logging
from typing import Any

import pytest

from chatkit.clock import now
from chatkit.errors import CustomStreamError, ErrorCode, NotFoundError, StreamError
from chatkit.server import StreamingResult
from chatkit.store import MemoryStore, Store
from chatkit.testing import collect_events
from chatkit.types import (
    AssistantMessageItem,
    ErrorEvent,
    HiddenContextItem,
    SDKHiddenContextItem,
    StreamOptions,
    ThoughtTask,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
)
from tests.scripted import (
    ALICE,
    Events,
    Scripted,
    added,
    answer,
    create,
    delta,
    done,
    items_of,
    raw,
    say,
    saying,
    silence,
    texts,
    types,
    updated,
)


class Stoppable(Scripted):
    allowed = True

    def get_stream_options(self, thread: ThreadMetadata, context: str) -> StreamOptions:
        assert (thread.id, context) == (self.thread_id, ALICE)
        return StreamOptions(allow_cancel=self.allowed)

    thread_id = ""


@pytest.mark.parametrize("allowed", [True, False])
async def test_the_stream_options_are_the_servers(allowed: bool) -> None:
    """S-12"""
    store = MemoryStore[str](owner=str)
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=now()), ALICE)
    server = Stoppable(store, silence)
    server.allowed, server.thread_id = allowed, "thr_1"
    events = await collect_events(server, say("thr_1"), ALICE)
    assert events[1].type == "stream_options"
    assert events[1].stream_options.allow_cancel is allowed


async def test_the_loop_runs_once_before_the_responder_starts() -> None:
    """S-12: what was sent so far can leave"""
    order: list[str] = []

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        order.append("responder")
        for event in ():
            yield event

    server = Scripted(MemoryStore(owner=str), script)
    result = await server.process(json.dumps(create()), ALICE)
    assert isinstance(result, StreamingResult)
    frames = result.json_events
    for _ in range(2):
        await frames.__anext__()
    asyncio.get_running_loop().call_soon(order.append, "loop")
    assert [frame async for frame in frames]
    assert order == ["loop", "responder"]


async def test_each_event_is_saved_before_it_goes_out(store: Store[str]) -> None:
    """S-13"""
    server = Scripted(
        store,
        saying(
            done(answer("msg_1", "one")),
            done(answer("msg_2", "two")),
            ThreadItemRemovedEvent(item_id="msg_1"),
            ThreadItemReplacedEvent(item=answer("msg_2", "two, again")),
            added(answer("msg_3", "never done")),
        ),
    )
    result = await server.process(json.dumps(create("Hi")), ALICE)
    assert isinstance(result, StreamingResult)
    stored: list[list[str]] = []
    async for frame in result:
        if server.asked:
            stored.append(texts(await items_of(store, server.asked[0][0].id)))
        del frame
    one, both = ["Hi", "one"], ["Hi", "one", "two"]
    assert stored == [one, both, ["Hi", "two"], ["Hi", "two, again"], ["Hi", "two, again"]]


@pytest.mark.parametrize("kind", [HiddenContextItem, SDKHiddenContextItem])
async def test_hidden_context_is_stored_and_never_sent(store: Store[str], kind: Any) -> None:
    """S-14, W-9"""
    hidden = kind(id="hid_1", thread_id="t", created_at=now(), content="whisper")
    other = kind(id="msg_1", thread_id="t", created_at=now(), content="whisper too")
    server = Scripted(
        store,
        saying(
            added(hidden), done(hidden), done(answer("msg_1", "seen")), ThreadItemReplacedEvent(item=other)
        ),
    )
    events = await raw(server, create("Hi"))
    assert [event["type"] for event in events[3:]] == ["thread.item.done"]
    assert "whisper" not in json.dumps(events)
    assert {item.id: item.type for item in await items_of(store, server.asked[0][0].id)} | {} == {
        server.asked[0][1].id if server.asked[0][1] else "": "user_message",
        "hid_1": hidden.type,
        "msg_1": other.type,
    }


def failing(error: Exception, *events: ThreadStreamEvent) -> Any:
    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in events:
            yield event
        raise error

    return script


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (
            CustomStreamError("Zu spät", allow_retry=True),
            {"type": "error", "code": "custom", "message": "Zu spät", "allow_retry": True},
        ),
        (
            CustomStreamError("No."),
            {"type": "error", "code": "custom", "message": "No.", "allow_retry": False},
        ),
        (
            StreamError(ErrorCode.STREAM_ERROR),
            {"type": "error", "code": "stream.error", "allow_retry": True},
        ),
        (
            StreamError(ErrorCode.STREAM_ERROR, allow_retry=False),
            {"type": "error", "code": "stream.error", "allow_retry": False},
        ),
        (
            ZeroDivisionError("secret detail"),
            {"type": "error", "code": "stream.error", "allow_retry": True},
        ),
        (NotFoundError("secret"), {"type": "error", "code": "stream.error", "allow_retry": True}),
        (NotImplementedError("secret"), {"type": "error", "code": "stream.error", "allow_retry": True}),
    ],
)
@pytest.mark.parametrize("before", [(), (done(answer("a", "A")), delta("b", "x"))])
async def test_what_the_responder_raises_becomes_an_event(
    error: Exception, sent: dict[str, Any], before: tuple[ThreadStreamEvent, ...]
) -> None:
    """S-16"""
    events = await raw(Scripted(MemoryStore(owner=str), failing(error, *before)), create())
    assert events[-1] == sent
    assert len(events) == 3 + len(before) + 1


async def test_only_surprises_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """S-16"""
    for error in (CustomStreamError("told"), StreamError(ErrorCode.STREAM_ERROR), ZeroDivisionError("bug")):
        await raw(Scripted(MemoryStore(owner=str), failing(error)), create())
    logged = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.exc_info and record.exc_info[0] for record in logged] == [ZeroDivisionError]


async def test_a_respond_that_is_a_plain_function_and_raises_is_answered_too() -> None:
    """S-16: at once, before there is anything to iterate"""

    class Plain(Scripted):
        def respond(self, thread: ThreadMetadata, input_user_message: Any, context: str) -> Any:
            raise CustomStreamError("not today")

    events = await raw(Plain(MemoryStore(owner=str)), create())
    assert [event["type"] for event in events[2:]] == ["stream_options", "error"]


async def test_an_error_event_does_not_stop_the_responder(store: Store[str]) -> None:
    """S-17"""
    script = saying(ErrorEvent(code="custom", message="a hiccup"), done(answer("a", "went on")))
    server = Scripted(store, script)
    assert types(await collect_events(server, create("Hi"), ALICE))[3:] == ["error", "item.done"]
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi", "went on"]


async def test_the_responders_own_objects_are_never_changed(store: Store[str]) -> None:
    """S-18"""

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        workflow = Workflow(type="reasoning", tasks=[])
        item = WorkflowItem(id="wf_1", thread_id=thread.id, created_at=now(), workflow=workflow)
        yield added(item)
        task = ThoughtTask(content="hm")
        yield updated("wf_1", WorkflowTaskAdded(task_index=0, task=task))
        assert item.workflow.tasks == []
        item.workflow.tasks.append(task)
        yield done(item)

    server = Scripted(store, script)
    events = await collect_events(server, create(), ALICE)
    last = events[-1]
    assert last.type == "thread.item.done"
    assert last.item.type == "workflow"
    assert last.item.workflow.tasks == [ThoughtTask(content="hm")]
    saved = await store.load_item(server.asked[0][0].id, "wf_1", ALICE)
    assert saved.type == "workflow"
    assert saved.workflow.tasks == [ThoughtTask(content="hm")]


async def test_a_pending_copy_is_not_changed_by_the_responder(store: Store[str]) -> None:
    """S-18: the copy is deep, of the item and of what is added to it"""
    seen: list[Any] = []

    class Looking(Scripted):
        async def handle_stream_cancelled(
            self, thread: ThreadMetadata, pending_items: list[Any], context: str
        ) -> None:
            seen.extend(pending_items)

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        item = answer("m", "as it was", thread.id)
        workflow = Workflow(type="custom", tasks=[])
        steps = WorkflowItem(id="wf", thread_id=thread.id, created_at=now(), workflow=workflow)
        task = ThoughtTask(content="as it was")
        yield added(item)
        yield added(steps)
        yield updated("wf", WorkflowTaskAdded(task_index=0, task=task))
        item.content[0].text = task.content = "changed"
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await collect_events(Looking(store, script), create(), ALICE)
    assert seen[0].content[0].text == "as it was"
    assert seen[1].workflow.tasks == [ThoughtTask(content="as it was")]


async def test_what_is_done_removed_or_replaced_is_pending_no_more(store: Store[str]) -> None:
    """S-19"""
    seen: list[str] = []

    class Looking(Scripted):
        async def handle_stream_cancelled(
            self, thread: ThreadMetadata, pending_items: list[Any], context: str
        ) -> None:
            seen.extend(item.id for item in pending_items)

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for id in "abcd":
            yield added(answer(id, id, thread.id))
        yield done(answer("a", "a", thread.id))
        yield ThreadItemRemovedEvent(item_id="b")
        yield ThreadItemReplacedEvent(item=answer("c", "c", thread.id))
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await collect_events(Looking(store, script), create(), ALICE)
    assert seen == ["d"]


@pytest.mark.parametrize("where", ["respond", "store"])
async def test_the_responder_is_closed_when_its_turn_ends_early(where: str) -> None:
    """S-16: what it holds (a stream of a model) is let go before the turn ends, not when memory is swept"""
    closed: list[str] = []

    class Failing(MemoryStore[str]):
        async def add_thread_item(self, thread_id: str, item: Any, context: str) -> None:
            if isinstance(item, AssistantMessageItem):
                raise LookupError("disk full")
            await super().add_thread_item(thread_id, item, context)

    class Bare(Scripted):
        async def respond(self, thread: Any, input_user_message: Any, context: str) -> Events:
            try:
                yield done(answer("a", "A", thread.id)) if where == "store" else delta("a", "x")
                raise LookupError("model gone")
            finally:
                await asyncio.sleep(0)
                closed.append("closed")

    events = await raw(Bare(Failing(owner=str)), create())
    assert events[-1] == {"type": "error", "code": "stream.error", "allow_retry": True}
    assert closed == ["closed"]
