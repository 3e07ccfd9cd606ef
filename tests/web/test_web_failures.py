"""What is answered when something is wrong: every row of protocol.md §1.4 that exists today."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from chatkit.clock import now
from chatkit.store import MemoryStore, Store
from chatkit.turns.places import OnBusy
from chatkit.types import ThreadMetadata, UserMessageItem
from chatkit.web.app import create_app
from tests.scripted import (
    ALICE,
    BOB,
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
    silence,
    texts,
    types,
)
from tests.served import PATIENCE, Site, served, who


def failure(response: httpx.Response, status: int, code: str | None = None) -> str:
    """Checks the shape of a failure and returns its message."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"type", "message", "code", "param"}
    kind = "invalid_request_error" if status < 500 else "server_error"
    assert (body["error"]["type"], body["error"]["code"], body["error"]["param"]) == (kind, code, None)
    assert body["error"]["message"]
    return body["error"]["message"]


async def given(store: Store[str], **options: Any) -> Scripted:
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=now()), ALICE)
    await store.add_thread_item("thr_1", answer("msg_1", "Hello"), ALICE)
    return Scripted(store, **options)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A server with one thread of Alice's, `thr_1`, and in it one message, `msg_1`."""
    async with served(create_app(await given(MemoryStore(owner=str)), context=who)) as site:
        yield site


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"[]", "the body"),
        (b"{}", "`type`"),
        (b'{"type":"threads.purge","params":{}}', "`type`"),
        (b'{"type":"threads.get_by_id"}', "params"),
        (b'{"type":"threads.get_by_id","params":{}}', "params.thread_id"),
        (b'{"type":"threads.create","params":{"input":{"content":[]}}}', "params.input.attachments"),
        (
            b'{"type":"items.feedback","params":{"thread_id":"t","item_ids":["i"],"kind":"meh"}}',
            "params.kind",
        ),
        (
            b'{"type":"input.transcribe","params":{"audio_base64":"*","mime_type":"audio/mp4"}}',
            "audio_base64",
        ),
    ],
)
async def test_a_body_that_is_no_request_is_answered_with_what_was_wrong(
    site: Site, body: bytes, says: str
) -> None:
    """protocol.md §1.4, P6"""
    assert says in failure(await site.post(body), 400)


async def test_what_was_sent_is_not_repeated_in_an_error(site: Site) -> None:
    """protocol.md §1.4: logs and pages show these messages"""
    body = {"type": "threads.create", "params": {"input": "my secret"}}
    assert "my secret" not in failure(await site.post(body), 400)


LARGE = json.dumps(create("x" * (2 << 20))).encode()


async def test_a_body_that_announces_too_much_is_too_large(site: Site) -> None:
    """protocol.md §1.4: at once, and not after it has come"""
    assert "1,048,576" in failure(await site.post(LARGE), 413)
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(b"POST /chatkit HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999\r\n\r\n{")
    with anyio.fail_after(PATIENCE):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_a_body_that_announces_nothing_is_too_large_when_it_is(site: Site) -> None:
    """protocol.md §1.4"""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(LARGE), 1 << 16):
            yield LARGE[start : start + (1 << 16)]

    failure(await site.client.post("/chatkit", content=pieces()), 413)
    failure(await site.post(request("threads.get_by_id", thread_id="thr_none")), 404)  # and it serves on


async def test_a_body_may_be_as_large_as_the_limit(store: Store[str]) -> None:
    """protocol.md §1.4"""
    body = json.dumps(request("threads.list")).encode()
    async with served(create_app(await given(store), context=who, max_body=len(body))) as site:
        assert (await site.post(body)).status_code == 200
        failure(await site.post(body + b" "), 413)


ACTION = {"type": "tap"}
INPUT = create()["params"]["input"]
NAMING_A_THREAD = [
    request("threads.get_by_id", thread_id="thr_1"),
    request("items.list", thread_id="thr_1"),
    request("threads.update", thread_id="thr_1", title="T"),
    request("threads.delete", thread_id="thr_1"),
    request("items.feedback", thread_id="thr_1", item_ids=["msg_1"], kind="positive"),
    request("threads.add_user_message", thread_id="thr_1", input=INPUT),
    request("threads.add_client_tool_output", thread_id="thr_1", result=1),
    request("threads.add_structured_input", thread_id="thr_1", item_id="msg_1", input={}),
    request("threads.retry_after_item", thread_id="thr_1", item_id="msg_1"),
    request("threads.custom_action", thread_id="thr_1", action=ACTION),
    request("threads.sync_custom_action", thread_id="thr_1", action=ACTION),
]


@pytest.mark.parametrize("body", NAMING_A_THREAD, ids=lambda body: body["type"])
async def test_absent_and_forbidden_look_alike(site: Site, body: dict[str, Any]) -> None:
    """protocol.md §1.4, P5, ST-10: 404 also for what streams, before its headers"""
    theirs = failure(await site.post(body, BOB), 404)
    absent = {**body, "params": {**body["params"], "thread_id": "thr_0"}}
    assert failure(await site.post(absent), 404) == theirs.replace("thr_1", "thr_0")


@pytest.mark.parametrize(
    "body",
    [
        request("threads.custom_action", thread_id="thr_1", item_id="none", action=ACTION),
        request("threads.sync_custom_action", thread_id="thr_1", item_id="none", action=ACTION),
        request("threads.add_structured_input", thread_id="thr_1", item_id="none", input={}),
    ],
    ids=lambda body: body["type"],
)
async def test_items_that_are_not_there_are_not_found(site: Site, body: Any) -> None:
    """protocol.md §1.4, P22"""
    failure(await site.post(body), 404)


async def test_an_attachment_that_is_not_there_is_not_found_and_told_from_the_thread(site: Site) -> None:
    """protocol.md §1.4, P22; the code is ours."""
    failure(await site.post(create(attachments=["atc_none"])), 404, "attachment_missing")


@pytest.mark.parametrize(
    "body",
    [
        request("threads.add_client_tool_output", thread_id="thr_1", result=1),
        request("threads.add_structured_input", thread_id="thr_1", item_id="msg_1", input={}),
        request("threads.retry_after_item", thread_id="thr_1", item_id="msg_1"),
        request("threads.sync_custom_action", thread_id="thr_1", item_id="msg_1", action=ACTION),
    ],
    ids=lambda body: body["type"],
)
async def test_what_is_not_in_a_state_for_it_is_a_conflict(site: Site, body: dict[str, Any]) -> None:
    """protocol.md §1.4, P22"""
    failure(await site.post(body), 409, "conflict")


@pytest.mark.parametrize(
    "body",
    [
        request("input.transcribe", audio_base64="", mime_type="audio/mp4"),
        request("threads.sync_custom_action", thread_id="thr_1", action=ACTION),
        request("attachments.create", name="a", size=1, mime_type="text/plain"),
        request("attachments.delete", attachment_id="atc_1"),
    ],
    ids=lambda body: body["type"],
)
async def test_hooks_that_an_app_lacks_are_not_implemented(site: Site, body: dict[str, Any]) -> None:
    """protocol.md §1.4"""
    failure(await site.post(body), 501)


async def test_an_action_that_an_app_lacks_is_told_in_the_stream(site: Site) -> None:
    """S-47"""
    events = await site.events(request("threads.custom_action", thread_id="thr_1", action=ACTION))
    assert types(events) == ["stream_options", "error"]


# --- busy threads


class Gate:
    def __init__(self) -> None:
        self.begun, self.open = asyncio.Event(), asyncio.Event()

    async def answer(self, thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in beginning("a", thread.id):
            yield event
        yield delta("a", "half")
        self.begun.set()
        await self.open.wait()
        yield done(answer("a", "whole", thread.id))


@pytest.mark.parametrize("on_busy", ["reject", "queue", "cancel"])
async def test_two_messages_at_once(store: Store[str], on_busy: OnBusy) -> None:
    """P7, protocol.md §1.4, extensions.md §2.4"""
    gate = Gate()
    server = await given(store, script=gate.answer, on_busy=on_busy)
    async with served(create_app(server, context=who)) as site:
        first = asyncio.ensure_future(site.events(say("thr_1", "one")))
        await gate.begun.wait()
        server.script = silence
        if on_busy == "queue":
            asyncio.get_running_loop().call_later(0.05, gate.open.set)
        second = await site.post(say("thr_1", "two"))
        gate.open.set()
        last = types(await first)[-1]
    said = texts(await items_of(store, "thr_1"))[1:]
    if on_busy == "reject":
        failure(second, 409, "thread_busy")
        assert (last, said) == ("item.done", ["one", "whole"])
    elif on_busy == "queue":
        assert second.status_code == 200
        assert (last, said) == ("item.done", ["one", "whole", "two"])
    else:
        assert second.status_code == 200
        assert (last, said) == ("item.updated", ["one", "half", "<sdk_hidden_context>", "two"])


async def test_many_messages_at_once_are_one_turn(store: Store[str]) -> None:
    """P7"""
    gate = Gate()
    server = await given(store, script=gate.answer)
    async with served(create_app(server, context=who)) as site:
        posts = [asyncio.ensure_future(site.post(say("thr_1", str(number)))) for number in range(8)]
        await gate.begun.wait()
        asyncio.get_running_loop().call_later(0.05, gate.open.set)
        statuses = sorted([(await post).status_code for post in posts])
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {200, 409}
    said = texts(await items_of(store, "thr_1"))[1:]
    assert len(said) == 1 + statuses.count(200)  # the one answer has the same id each time


# --- failing responders


# --- who is asking


async def test_an_app_turns_strangers_away(store: Store[str]) -> None:
    """P5: with the status and the headers that it chooses"""

    async def stranger(request: Request) -> str:
        raise HTTPException(401, "Sign in first.", headers={"WWW-Authenticate": "Bearer"})

    async with served(create_app(await given(store), context=stranger)) as site:
        response = await site.post(create())
    assert failure(response, 401) == "Sign in first."
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_context_that_cannot_be_made_is_a_500(store: Store[str]) -> None:
    """protocol.md §1.4"""

    def broken(request: Request) -> str:
        raise KeyError("secret header")

    async with served(create_app(await given(store), context=broken)) as site:
        assert "secret" not in failure(await site.post(create()), 500)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_the_endpoint_takes_posts_alone(site: Site, method: str) -> None:
    """protocol.md §1.1"""
    assert (await site.client.request(method, "/chatkit")).status_code == 405


@pytest.mark.parametrize(
    ("options", "error"),
    [({"path": "chatkit"}, "path"), ({"max_body": 0}, "max_body"), ({"max_body": -1}, "max_body")],
)
def test_options_that_mean_nothing_are_refused(options: Any, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        create_app(Scripted(MemoryStore(owner=str)), context=who, **options)
