"""Streams over HTTP: their bytes, their pace, and readers who leave (protocol.md §1.2, §1.3, §8; P1, P2)."""

import asyncio
import json
import re
from typing import Any

import anyio
import pytest
from hypothesis import given as made_up
from hypothesis import strategies as st

from chatkit.clock import now
from chatkit.store import MemoryStore, Store
from chatkit.store.ids import StoreItemType
from chatkit.store.sql import SQLStore
from chatkit.types import (
    ClientToolCallItem,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
)
from chatkit.web.app import create_app
from tests.scripted import (
    ALICE,
    Events,
    Scripted,
    answer,
    beginning,
    create,
    delta,
    done,
    items_of,
    request,
    say,
    saying,
    silence,
    texts,
    types,
    widget,
)
from tests.served import PATIENCE, served, who

NOTE = "<sdk_hidden_context>"


class Numbering(MemoryStore[str]):
    def __init__(self) -> None:
        super().__init__(owner=str)

    def generate_thread_id(self, context: str) -> str:
        return "thr_1"

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: str) -> str:
        return "msg_1"


TIME = re.compile(r'"created_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"')


async def test_a_stream_is_these_bytes() -> None:
    """W-1…W-6, W-8, W-10, protocol.md §1.2"""
    call = ClientToolCallItem(
        id="fc", thread_id="t", created_at=now(), call_id="c", name="pick", arguments={"a": None}
    )
    script = saying(*beginning("a", "thr_1"), delta("a", 'Grüße "🙂"\n'), done(widget("w", "x")), done(call))
    server = Scripted(Numbering(), script)
    tag = {"type": "input_tag", "id": "1", "text": "Dock", "data": {"k": None}, "group": None, "more": 1}
    body: dict[str, Any] = {
        "type": "threads.create",
        "unknown": True,
        "metadata": None,
        "params": {
            "input": {"content": [tag], "attachments": [], "quoted_text": "", "inference_options": {}}
        },
    }
    async with served(create_app(server, context=who)) as site:
        response = await site.post(body)
    lines = TIME.sub('"created_at":"NOW"', response.text).split("\n\n")
    common = '"thread_id":"thr_1","created_at":"NOW"'
    update = 'data: {"type":"thread.item.updated","item_id":"a","update":'
    assert lines == [
        'data: {"type":"thread.created","thread":{"id":"thr_1","created_at":"NOW","status":{"type":"active"},'
        '"metadata":{},"items":{"data":[],"has_more":false}}}',
        'data: {"type":"thread.item.done","item":{"id":"msg_1",'
        + common
        + ',"type":"user_message","content":'
        '[{"type":"input_tag","id":"1","text":"Dock","data":{"k":null},"interactive":false}],"attachments":[],'
        '"quoted_text":"","inference_options":{}}}',
        'data: {"type":"stream_options","stream_options":{"allow_cancel":true}}',
        'data: {"type":"thread.item.added","item":{"id":"a",'
        + common
        + ',"type":"assistant_message","content":[]}}',
        update + '{"type":"assistant_message.content_part.added","content_index":0,"content":'
        '{"type":"output_text","text":"","annotations":[]}}}',
        update + '{"type":"assistant_message.content_part.text_delta","content_index":0,'
        '"delta":"Grüße \\"🙂\\"\\n"}}',
        'data: {"type":"thread.item.done","item":{"id":"w",' + common + ',"type":"widget","widget":'
        '{"type":"Card","children":[{"id":"line","type":"Text","value":"x"}]},"copy_text":"x"}}',
        'data: {"type":"thread.item.done","item":{"id":"fc",' + common + ',"type":"client_tool_call",'
        '"status":"pending","call_id":"c","name":"pick","arguments":{"a":null}}}',
        "",
    ]


async def test_the_headers_of_a_stream_keep_it_flowing() -> None:
    """protocol.md §1.1"""
    async with served(create_app(Scripted(Numbering()), context=who)) as site:
        stream = await site.post(create())
        single = await site.post(request("threads.list"))
        nothing = await site.post(request("threads.delete", thread_id="thr_1"))
    assert stream.headers["content-type"] == "text/event-stream"
    assert stream.headers["cache-control"].startswith("no-store")
    assert stream.headers["x-accel-buffering"] == "no"
    assert "content-length" not in stream.headers
    assert single.headers["content-type"] == "application/json"
    assert nothing.content == b"{}"


async def test_a_retry_of_nothing_is_an_empty_stream() -> None:
    """S-44, protocol.md §7"""
    server = Scripted(Numbering())
    async with served(create_app(server, context=who)) as site:
        await site.post(create())
        response = await site.post(request("threads.retry_after_item", thread_id="thr_1", item_id="none"))
    assert (response.status_code, response.content) == (200, b"")


class Step:
    """A responder that says one word each time it is asked to."""

    def __init__(self) -> None:
        self.asked = asyncio.Semaphore(0)

    async def script(self, thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in beginning("a", thread.id):
            yield event
        for number in range(1000):
            await self.asked.acquire()
            yield delta("a", f"<{number}>")


async def test_each_word_arrives_when_it_is_said(store: Store[str]) -> None:
    """protocol.md §1.2: no frame waits for the next"""
    step = Step()
    async with (
        served(create_app(Scripted(store, step.script), context=who)) as site,
        site.raw(create()) as reader,
    ):
        with anyio.fail_after(PATIENCE):
            for number in range(5):
                step.asked.release()
                await reader.readuntil(f"<{number}>".encode())


class Watched(Scripted):
    """Tells when a turn has been ended by its reader."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.saved = asyncio.Event()

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: str
    ) -> None:
        await super().handle_stream_cancelled(thread, pending_items, context)
        self.saved.set()


@pytest.mark.parametrize("words", [0, 1, 3])
async def test_a_reader_who_leaves_half_way_finds_what_was_said(store: Store[str], words: int) -> None:
    """P1, P2, S-21…S-23: over a real connection that is cut off"""
    step = Step()
    server = Watched(store, step.script)
    async with served(create_app(server, context=who)) as site:
        async with site.raw(create("Hi")) as reader:
            with anyio.fail_after(PATIENCE):
                await reader.readuntil(b"content_part.added")
                for number in range(words):
                    step.asked.release()
                    await reader.readuntil(f"<{number}>".encode())
        with anyio.fail_after(PATIENCE):
            await server.saved.wait()
        thread = server.asked[0][0].id
        said = "".join(f"<{number}>" for number in range(words))
        assert texts(await items_of(store, thread)) == ["Hi", *([said] if words else []), NOTE]
        server.script = silence
        assert types(await site.events(say(thread))) == ["item.done", "stream_options"]  # and it is free


async def test_a_stop_button_is_a_connection_that_is_closed(store: Store[str]) -> None:
    """protocol.md §8: properly closed, as a browser does with an aborted fetch"""
    step = Step()
    server = Watched(store, step.script)
    async with served(create_app(server, context=who)) as site:
        content = json.dumps(create("Hi"))
        async with site.client.stream("POST", "/chatkit", content=content) as response:
            step.asked.release()
            async for chunk in response.aiter_bytes():
                if b"<0>" in chunk:
                    break
        with anyio.fail_after(PATIENCE):
            await server.saved.wait()
    assert texts(await items_of(store, server.asked[0][0].id)) == ["Hi", "<0>", NOTE]


async def test_a_second_tab_ends_the_answer_of_one_that_sleeps(store: Store[str]) -> None:
    """extensions.md §2.4: a reader that no longer reads, behind full buffers, does not block the thread"""

    async def flood(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in beginning("a", thread.id):
            yield event
        while True:
            yield delta("a", "x" * 65536)
            await asyncio.sleep(0)

    server = Watched(store, flood, on_busy="cancel")
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=now()), ALICE)
    async with served(create_app(server, context=who)) as site, site.raw(say("thr_1", "one")) as asleep:
        with anyio.fail_after(PATIENCE):
            await asleep.readuntil(b"text_delta")
            server.script = silence
            assert types(await site.events(say("thr_1", "two"))) == ["item.done", "stream_options"]
    kept = texts(await items_of(store, "thr_1"))
    assert (kept[0], kept[1][:3], kept[2:]) == ("one", "xxx", [NOTE, "two"])


@pytest.mark.disconnect
@made_up(count=st.integers(0, 1600), closes=st.booleans())
async def test_leaving_after_any_byte_leaves_a_thread_that_is_whole(
    tmp_path_factory: pytest.TempPathFactory, count: int, closes: bool
) -> None:
    """P2, S-20…S-23: nothing that was accepted is lost, and there is one note, or the whole answer and none"""
    folder = tmp_path_factory.mktemp("disconnect")

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        yield done(widget("w", "kept", thread.id))
        for event in beginning("a", thread.id):
            yield event
        for number in range(5):
            await asyncio.sleep(0)
            yield delta("a", f"<{number}>")
        thread.title = "Named"
        yield done(answer("a", "whole", thread.id))
        if not finishes:
            await asyncio.Event().wait()

    finishes = not closes
    async with SQLStore[str](f"sqlite:///{folder / 'chat.db'}", owner=str) as store:
        server = Watched(store, script)
        async with served(create_app(server, context=who)) as site:
            async with site.raw(create("Hi"), "Connection: close") as reader:
                with anyio.fail_after(PATIENCE):
                    await reader.readexactly(count) if closes else await reader.read(count)
            if closes:
                with anyio.fail_after(PATIENCE):
                    await server.saved.wait()
        [thread] = (await store.load_threads(10, None, "asc", ALICE)).data
        kept = texts(await items_of(store, thread.id))
        assert kept[0] == "Hi"
        assert kept.count(NOTE) <= 1
        answers = [said for said in kept[1:] if said not in (NOTE, "<widget>")]
        assert answers in ([], ["whole"]) or re.fullmatch(r"(<\d>)+", answers[0])
        if closes:
            assert kept[-1] == NOTE
        if NOTE not in kept:
            assert kept[1:] == ["<widget>", "whole"]
            assert thread.title == "Named"


# --- straight at the ASGI app: what one write carries, and how far a turn runs ahead of its reader
