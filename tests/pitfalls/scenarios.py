"""One scenario for each pitfall (demand.md §2) that code of an app can meet, written against the shared API alone.

The same file runs with upstream's package: `.make/upstream/bin/python tests/pitfalls/scenarios.py` (`make bench` makes
that environment). docs/decisions/0014-pitfalls.md has what came of it. So it is one file, its store and server
included: there, nothing of these tests can be imported.
"""

import asyncio
import copy
import json
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import anyio
from agents import RawResponsesStreamEvent
from openai.types.responses import ResponseInputTextParam, ResponseOutputItemDoneEvent, ResponseOutputMessage

from chatkit.agents import AgentContext, ThreadItemConverter, stream_agent_response
from chatkit.server import ChatKitServer, StreamingResult, diff_widget
from chatkit.store import NotFoundError, Store, default_generate_id
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    Attachment,
    ClientToolCallItem,
    FileAttachment,
    HiddenContextItem,
    InferenceOptions,
    Page,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
)
from chatkit.widgets import Card, Text

Scenario = Callable[[], Awaitable[None]]
Script = Callable[[ThreadMetadata], AsyncIterator[Any]]

SCENARIOS: dict[str, Scenario] = {}


def pitfall(name: str) -> Callable[[Scenario], Scenario]:
    def keep(scenario: Scenario) -> Scenario:
        SCENARIOS[name] = scenario
        return scenario

    return keep


class Shelf(Store[str]):
    """A store as apps write them: rows by id, and every call waits for something."""

    def __init__(self) -> None:
        self.threads: dict[str, ThreadMetadata] = {}
        self.items: dict[str, dict[str, ThreadItem]] = {}

    async def wait(self) -> None:
        """As for a database."""
        await asyncio.sleep(0)

    async def load_thread(self, thread_id: str, context: str) -> ThreadMetadata:
        await self.wait()
        if thread_id not in self.threads:
            raise NotFoundError(f"Thread {thread_id} not found")
        return copy.deepcopy(self.threads[thread_id])

    async def save_thread(self, thread: ThreadMetadata, context: str) -> None:
        await self.wait()
        self.threads[thread.id] = copy.deepcopy(thread)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: str
    ) -> Page[ThreadMetadata]:
        await self.wait()
        return Page(data=list(self.threads.values())[:limit])

    async def delete_thread(self, thread_id: str, context: str) -> None:
        await self.wait()
        self.threads.pop(thread_id, None)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: str
    ) -> Page[ThreadItem]:
        await self.wait()
        rows = list(self.items.get(thread_id, {}).values())
        rows = rows if order == "asc" else rows[::-1]
        ids = [row.id for row in rows]
        begin = ids.index(after) + 1 if after in ids else 0
        data = copy.deepcopy(rows[begin : begin + limit])
        more = begin + limit < len(rows)
        return Page(data=data, has_more=more, after=data[-1].id if more else None)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        await self.wait()
        self.items.setdefault(thread_id, {})[item.id] = copy.deepcopy(item)

    async def load_item(self, thread_id: str, item_id: str, context: str) -> ThreadItem:
        await self.wait()
        if item_id not in self.items.get(thread_id, {}):
            raise NotFoundError(f"Item {item_id} not found")
        return copy.deepcopy(self.items[thread_id][item_id])

    async def delete_thread_item(self, thread_id: str, item_id: str, context: str) -> None:
        await self.wait()
        self.items.get(thread_id, {}).pop(item_id, None)

    async def save_attachment(self, attachment: Attachment, context: str) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: str) -> Attachment:
        raise NotImplementedError

    async def delete_attachment(self, attachment_id: str, context: str) -> None:
        raise NotImplementedError

    def types(self) -> list[str]:
        return [item.type for rows in self.items.values() for item in rows.values()]


class Memory(Shelf):
    """One that waits for nothing, as in most samples."""

    async def wait(self) -> None:
        pass


class Server(ChatKitServer[str]):
    """Answers by a script."""

    def __init__(self, script: Script, shelf: Shelf | None = None) -> None:
        self.shelf = shelf or Shelf()
        super().__init__(self.shelf)
        self.script = script

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
    ) -> AsyncIterator[Any]:
        async for event in self.script(thread):
            yield event

    async def ask(self, type: str, **params: Any) -> list[dict[str, Any]]:
        """The events of an answer, or the one object, as a hand-written endpoint would send them."""
        result = await self.process(json.dumps({"type": type, "params": params}), "ada")
        if not isinstance(result, StreamingResult):
            return [json.loads(result.json)]
        return events_in(b"".join([frame async for frame in result]))

    async def say(self, text: str = "Hi", thread: str | None = None) -> list[dict[str, Any]]:
        said: dict[str, Any] = {
            "content": [{"type": "input_text", "text": text}],
            "attachments": [],
            "inference_options": {},
        }
        if thread is None:
            return await self.ask("threads.create", input=said)
        return await self.ask("threads.add_user_message", thread_id=thread, input=said)

    @property
    def thread(self) -> str:
        (one,) = self.shelf.threads
        return one


def events_in(frames: bytes) -> list[dict[str, Any]]:
    return [json.loads(frame.removeprefix(b"data: ")) for frame in frames.split(b"\n\n") if frame.strip()]


def base(thread: ThreadMetadata, id: str) -> dict[str, Any]:
    return {"id": id, "thread_id": thread.id, "created_at": datetime.now()}


def message(thread: ThreadMetadata, id: str, text: str) -> AssistantMessageItem:
    return AssistantMessageItem(**base(thread, id), content=[AssistantMessageContent(text=text)])


async def one_answer(thread: ThreadMetadata) -> AsyncIterator[Any]:
    yield ThreadItemDoneEvent(item=message(thread, default_generate_id("message"), "Hello"))


async def half_an_answer(thread: ThreadMetadata) -> AsyncIterator[Any]:
    yield ThreadItemAddedEvent(item=message(thread, "half", ""))
    delta = AssistantMessageContentPartTextDelta(content_index=0, delta="Half of it")
    yield ThreadItemUpdatedEvent(item_id="half", update=delta)
    await asyncio.sleep(60)


async def left(server: Server) -> None:
    """A reader who gets half of an answer and goes: the edge's scope cancels its task, again at every await."""
    said: dict[str, Any] = {"content": [], "attachments": [], "inference_options": {}}
    body = json.dumps({"type": "threads.create", "params": {"input": said}})
    async with anyio.create_task_group() as connection:

        async def read() -> None:
            result = cast("StreamingResult", await server.process(body, "ada"))
            async for frame in result:
                if b"Half of it" in frame:
                    connection.cancel_scope.cancel()

        connection.start_soon(read)
    await asyncio.sleep(0.05)


@pitfall("P1")
async def leaving_is_not_stopping() -> None:
    """A reader who leaves has not told the model to stop: no hidden note says so."""
    server = Server(half_an_answer, Memory())
    await left(server)
    assert "sdk_hidden_context" not in server.shelf.types()


@pitfall("P2")
async def what_was_said_is_kept() -> None:
    """The part of an answer that was sent is stored, also by a store that awaits."""
    server = Server(half_an_answer)
    await left(server)
    assert "assistant_message" in server.shelf.types()


@pitfall("P4")
async def a_failing_retry_keeps_the_old_answer() -> None:
    server = Server(one_answer)
    await server.say()
    question = next(iter(server.shelf.items[server.thread]))

    async def failing(thread: ThreadMetadata) -> AsyncIterator[Any]:
        raise RuntimeError("no model")
        yield

    server.script = failing
    await server.ask("threads.retry_after_item", thread_id=server.thread, item_id=question)
    assert "assistant_message" in server.shelf.types()


@pitfall("P5")
async def a_failure_before_the_first_event_is_an_event() -> None:
    [event] = await Server(one_answer).say(thread="nowhere")
    assert event["type"] == "error"


@pitfall("P7")
async def one_turn_at_a_time() -> None:
    running = most = 0

    async def slow(thread: ThreadMetadata) -> AsyncIterator[Any]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            for _ in range(50):
                await asyncio.sleep(0)
            yield ThreadItemDoneEvent(item=message(thread, default_generate_id("message"), "Hello"))
        finally:
            running -= 1

    server = Server(slow)
    await server.say()
    await asyncio.gather(*[server.say(thread=server.thread) for _ in range(2)])
    assert most == 1


async def calling(thread: ThreadMetadata) -> AsyncIterator[Any]:
    yield ThreadItemDoneEvent(
        item=ClientToolCallItem(**base(thread, "fc"), call_id="c", name="look", arguments={})
    )


@pitfall("P8")
async def an_output_finds_its_call_behind_a_note() -> None:
    async def noting(thread: ThreadMetadata) -> AsyncIterator[Any]:
        async for event in calling(thread):
            yield event
        yield ThreadItemDoneEvent(item=HiddenContextItem(**base(thread, "h"), content="noted"))

    server = Server(noting)
    await server.say()
    server.script = one_answer
    await server.ask("threads.add_client_tool_output", thread_id=server.thread, result={"seen": 1})
    call: Any = server.shelf.items[server.thread]["fc"]
    assert (call.status, call.output) == ("completed", {"seen": 1})


async def told(thread: ThreadMetadata, store: Store[str], *events: Any) -> AsyncIterator[Any]:
    """What the bridge makes of events of a model."""

    async def stream() -> AsyncIterator[Any]:
        for event in events:
            yield RawResponsesStreamEvent(data=event)

    context = AgentContext[str](thread=thread, store=store, request_context="ada")
    run: Any = SimpleNamespace(stream_events=stream, cancel=lambda: None, is_complete=True)
    async for event in stream_agent_response(context, run):
        yield event


def telling(store: Store[str], *events: Any) -> Script:
    return lambda thread: told(thread, store, *events)


def finished(id: str, text: str) -> Any:
    part: Any = {"type": "output_text", "text": text, "annotations": []}
    item = ResponseOutputMessage(id=id, type="message", role="assistant", status="completed", content=[part])
    return ResponseOutputItemDoneEvent(
        type="response.output_item.done", item=item, output_index=0, sequence_number=1
    )


@pitfall("P9")
async def a_constant_id_overwrites_nothing() -> None:
    server = Server(one_answer)
    server.script = telling(server.shelf, finished("__fake_id__", "one"))
    await server.say()
    server.script = telling(server.shelf, finished("__fake_id__", "two"))
    await server.say(thread=server.thread)
    assert server.shelf.types().count("assistant_message") == 2


@pitfall("P10")
async def ids_are_long() -> None:
    assert re.fullmatch(r"msg_[0-9a-f]{32}", default_generate_id("message"))


@pitfall("P11")
async def times_have_a_zone() -> None:
    [created, *_] = await Server(one_answer).say()
    assert datetime.fromisoformat(created["thread"]["created_at"].replace("Z", "+00:00")).tzinfo


@pitfall("P12")
async def hidden_items_do_not_shorten_a_page() -> None:
    server = Server(one_answer)
    await server.say()
    thread = server.shelf.threads[server.thread]
    for number in range(3):
        note = HiddenContextItem(**base(thread, f"h{number}"), content="noted")
        await server.shelf.add_thread_item(thread.id, note, "ada")
    [page] = await server.ask("items.list", thread_id=thread.id, limit=2, order="desc")
    assert len(page["data"]) == 2


@pitfall("P14")
async def what_is_saved_is_metadata() -> None:
    server = Server(one_answer)
    await server.say()
    assert not hasattr(server.shelf.threads[server.thread], "items")


@pitfall("P16")
async def older_attachments_load() -> None:
    stored = {"type": "file", "id": "a", "name": "a", "mime_type": "text/plain", "upload_url": "https://x/u"}
    assert FileAttachment.model_validate(stored).id == "a"


@pitfall("P17")
async def tags_keep_their_place() -> None:
    class Converter(ThreadItemConverter):
        async def tag_to_message_content(self, tag: UserMessageTagContent) -> ResponseInputTextParam:
            return ResponseInputTextParam(type="input_text", text=f"<tag:{tag.text}>")

    thread = ThreadMetadata(id="thr", created_at=datetime.now())
    parts = [
        UserMessageTextContent(text="Ask "),
        UserMessageTagContent(id="t", text="Ada", data={}),
        UserMessageTextContent(text=" now"),
    ]
    said = UserMessageItem(
        **base(thread, "m"), content=parts, attachments=[], inference_options=InferenceOptions()
    )
    words = json.dumps(await Converter().to_agent_input(said))
    assert -1 < words.index("Ask") < words.index("Ada") < words.index("now")
    assert "<tag:Ada>" in words


@pitfall("P18")
async def text_that_grows_without_an_id_is_sent() -> None:
    before, after = (Card(children=[Text(value=value)]) for value in ("a", "ab"))
    assert diff_widget(before, after)


@pitfall("P20")
async def a_citation_does_not_break_the_turn() -> None:
    from openai.types.responses import ResponseOutputTextAnnotationAddedEvent as Added

    note = {"type": "url_citation", "url": "https://e.org", "title": "E", "start_index": 0, "end_index": 1}
    event = Added.model_validate(
        {
            "type": "response.output_text.annotation.added",
            "annotation": note,
            "annotation_index": 0,
            "content_index": 0,
            "item_id": "m",
            "output_index": 0,
            "sequence_number": 1,
        }
    )
    server = Server(one_answer)
    server.script = telling(server.shelf, event, finished("m", "cited"))
    assert "error" not in [event["type"] for event in await server.say()]
    assert "assistant_message" in server.shelf.types()


@pitfall("P21")
async def a_thread_saved_in_its_first_turn_can_be_read() -> None:
    server = Server(one_answer)

    async def saving(thread: ThreadMetadata) -> AsyncIterator[Any]:
        thread.title = "Mine"
        await server.shelf.save_thread(thread, "ada")
        async for event in one_answer(thread):
            yield event

    server.script = saving
    await server.say()
    [read] = await server.ask("threads.get_by_id", thread_id=server.thread)
    assert (read["title"], len(read["items"]["data"])) == ("Mine", 2)


@pitfall("P22")
async def repeats_do_not_tear_the_stream() -> None:
    server = Server(calling)
    await server.say()
    server.script = one_answer
    for _ in range(2):
        events = await server.ask(
            "threads.add_client_tool_output", thread_id=server.thread, result={"seen": 1}
        )
    action: dict[str, Any] = {"type": "press", "payload": {}}
    events = await server.ask(
        "threads.custom_action", thread_id=server.thread, item_id="nothing", action=action
    )
    assert [event["type"] for event in events] == ["error"]


async def show() -> None:
    import importlib.metadata
    import logging

    logging.disable(logging.CRITICAL)
    lines: list[str] = []
    for name in ("chatkit", "openai-chatkit", "openai-agents", "openai", "pydantic"):
        try:
            lines.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    for name, scenario in SCENARIOS.items():
        try:
            await asyncio.wait_for(scenario(), 20)
        except Exception as error:
            lines.append(f"{name:4} shown  {type(error).__name__}: {str(error).splitlines()[:1]}")
        else:
            lines.append(f"{name:4} holds")
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    asyncio.run(show())
