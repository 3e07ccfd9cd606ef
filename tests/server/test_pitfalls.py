"""Mistakes of upstream that are not repeated here, where no other test is the place for them (demand.md §2)."""

import json
import re
from datetime import datetime, timedelta

import pytest
from pydantic import TypeAdapter

from chatkit.server import StreamingResult
from chatkit.store import MemoryStore, Store
from chatkit.store.base import StoreItemType
from chatkit.store.ids import default_generate_id
from chatkit.testing import collect_events
from chatkit.types import (
    Attachment,
    ClientToolCallItem,
    ErrorEvent,
    FileAttachment,
    HiddenContextItem,
    ThreadMetadata,
    UserMessageItem,
)
from tests.scripted import ALICE, Events, Scripted, answer, create, done, items_of, request, saying, texts


async def test_a_retry_that_fails_can_be_tried_again(store: Store[str]) -> None:
    """P4: upstream's contract (S-41) deletes the old answer first; the question stays, and so does the way back"""
    server = Scripted(store, saying(done(answer("a", "first"))))
    await collect_events(server, create("Hi"), ALICE)
    thread, message, _ = server.asked[0]
    assert message is not None
    again = request("threads.retry_after_item", thread_id=thread.id, item_id=message.id)

    async def broken(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in ():
            yield event
        raise RuntimeError("no model")

    server.script = broken
    [_, error] = await collect_events(server, again, ALICE)
    assert isinstance(error, ErrorEvent)
    assert error.allow_retry
    server.script = saying(done(answer("b", "second")))
    await collect_events(server, again, ALICE)
    assert texts(await items_of(store, thread.id)) == ["Hi", "second"]


async def test_a_tool_output_finds_its_call_behind_hidden_context(store: Store[str]) -> None:
    """P8: without call ids on the wire, at least hidden context may come between call and output"""
    call = ClientToolCallItem(
        id="fc_1", thread_id="?", created_at=datetime.now(), call_id="call_1", name="look", arguments={}
    )
    hidden = HiddenContextItem(id="h", thread_id="?", created_at=datetime.now(), content="noted")
    server = Scripted(store, saying(done(call), done(hidden)))
    await collect_events(server, create("Hi"), ALICE)
    thread = server.asked[0][0].id
    server.script = saying(done(answer("b", "thanks")))
    output = request("threads.add_client_tool_output", thread_id=thread, result={"seen": 1})
    await collect_events(server, output, ALICE)
    kept = await store.load_item(thread, "fc_1", ALICE)
    assert isinstance(kept, ClientToolCallItem)
    assert (kept.status, kept.output) == ("completed", {"seen": 1})


@pytest.mark.parametrize("kind", ["thread", "message", "tool_call", "task", "workflow", "attachment"])
def test_ids_are_long_unguessable_and_in_order(kind: StoreItemType) -> None:
    """P10: eight hexadecimal digits collide within an ordinary database"""
    ids = [default_generate_id(kind) for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+_[0-9a-f]{32}", one) for one in ids)
    assert [one[:-16] for one in ids] == sorted(one[:-16] for one in ids)


async def test_every_time_on_the_wire_has_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """P11: a browser elsewhere would misread a time without one"""
    server = Scripted(MemoryStore[str](owner=str), saying(done(answer("a", "hello"))))
    result = await server.process(json.dumps(create("Hi")), ALICE)
    assert isinstance(result, StreamingResult)
    frames = b"".join([frame async for frame in result])
    times = re.findall(rb'"created_at":"([^"]+)"', frames)
    assert len(times) >= 3
    for time in times:
        moment = datetime.fromisoformat(time.decode().replace("Z", "+00:00"))
        assert moment.utcoffset() == timedelta(0)


def test_what_older_versions_stored_can_still_be_read() -> None:
    """P16: `upload_url` went from attachments in a minor version; records that have it load"""
    stored = {
        "type": "file",
        "id": "atc_1",
        "name": "a.txt",
        "mime_type": "text/plain",
        "upload_url": "https://x/u",
    }
    read = TypeAdapter[Attachment](Attachment).validate_python(stored)
    assert read == FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain")
