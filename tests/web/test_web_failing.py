"""Responders and servers that fail, before the headers and after them (protocol.md §1.4)."""

import asyncio
from typing import Any

import anyio
import pytest

from chatkit.errors import TooManyRequestsError, UnavailableError
from chatkit.store import MemoryStore, Store
from chatkit.types import Page, ThreadItem, ThreadMetadata, UserMessageItem
from chatkit.web.app import create_app
from tests.scripted import (
    Events,
    answer,
    beginning,
    create,
    delta,
    done,
    request,
    say,
    types,
)
from tests.served import PATIENCE, served, who
from tests.web.test_web_failures import Gate, failure, given


def raising(count: int) -> Any:
    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        if count:
            for event in beginning("a", thread.id):
                yield event
        for number in range(count):
            yield delta("a", str(number))
        raise LookupError("secret detail")

    return script


@pytest.mark.parametrize("count", [0, 3])
async def test_a_responder_that_raises_ends_its_stream_with_an_error(store: Store[str], count: int) -> None:
    """S-16: at once, or after three deltas; never a torn stream"""
    server = await given(store, script=raising(count))
    async with served(create_app(server, context=who)) as site:
        response = await site.post(say("thr_1"))
    assert response.status_code == 200
    assert response.content.endswith(b'data: {"type":"error","code":"stream.error","allow_retry":true}\n\n')
    assert response.text.count("text_delta") == count
    assert "secret" not in response.text


async def test_a_responder_that_never_says_anything_keeps_nobody_from_reading(store: Store[str]) -> None:
    """S-9, P2: what the server says comes at once; when the reader goes, the turn ends"""
    ended = asyncio.Event()

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        try:
            await asyncio.Event().wait()
            yield delta("a", "never")
        finally:
            ended.set()

    server = await given(store, script=script)
    async with served(create_app(server, context=who)) as site:
        async with site.raw(say("thr_1")) as reader:
            with anyio.fail_after(PATIENCE):
                assert b"allow_cancel" in await reader.readuntil(
                    b'"stream_options":{"allow_cancel":true}}\n\n'
                )
        with anyio.fail_after(PATIENCE):
            await ended.wait()


# --- failing servers


class Broken(MemoryStore[str]):
    """Fails where it is told to."""

    error: Exception | None = None

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: str
    ) -> Page[ThreadMetadata]:
        raise self.error or LookupError

    async def load_thread(self, thread_id: str, context: str) -> ThreadMetadata:
        if self.error:
            raise self.error
        return await super().load_thread(thread_id, context)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        if self.error:
            raise self.error
        await super().add_thread_item(thread_id, item, context)


@pytest.mark.parametrize("body", [request("threads.list"), say("thr_1"), create()], ids=lambda b: b["type"])
async def test_a_surprise_is_a_500_that_tells_nothing(body: Any, caplog: pytest.LogCaptureFixture) -> None:
    """protocol.md §1.4, S-2, S-4: also in what streams, while there is a status to give"""
    store = Broken(owner=str)
    server = await given(store)
    store.error = LookupError("secret: SELECT password")
    async with served(create_app(server, context=who)) as site:
        assert "secret" not in failure(await site.post(body), 500)
    assert "secret: SELECT password" in caplog.text


@pytest.mark.parametrize("body", [request("threads.list"), say("thr_1"), create()], ids=lambda b: b["type"])
async def test_a_database_that_is_away_is_a_503_that_tells_nothing(
    body: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """protocol.md §1.4"""
    store = Broken(owner=str)
    server = await given(store)
    store.error = UnavailableError("cannot connect: [SQL: SELECT secret] (db.internal)", retry_after=2.1)
    async with served(create_app(server, context=who)) as site:
        response = await site.post(body)
    message = failure(response, 503)
    assert "secret" not in message
    assert "db.internal" not in message
    assert response.headers["retry-after"] == "3"
    assert "[SQL: SELECT secret]" in caplog.text


async def test_a_limit_says_when_to_come_back() -> None:
    """protocol.md §1.4"""
    store = Broken(owner=str)
    server = await given(store)
    store.error = TooManyRequestsError("10 messages a minute", retry_after=30)
    async with served(create_app(server, context=who)) as site:
        response = await site.post(request("threads.list"))
    failure(response, 429)
    assert response.headers["retry-after"] == "30"


async def test_a_failure_after_the_headers_is_an_error_event(caplog: pytest.LogCaptureFixture) -> None:
    """protocol.md §1.4, S-4: the last word of the stream, which still ends properly"""

    class Forgetful(MemoryStore[str]):
        async def save_thread(self, thread: ThreadMetadata, context: str) -> None:
            if thread.title:
                raise LookupError("secret: disk full")
            await super().save_thread(thread, context)

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        yield done(answer("a", "A", thread.id))
        thread.title = "Named"

    server = await given(Forgetful(owner=str), script=script)
    async with served(create_app(server, context=who)) as site:
        response = await site.post(say("thr_1"))
    assert response.status_code == 200
    assert response.content.endswith(
        b'\n\ndata: {"type":"error","code":"stream.error","allow_retry":false}\n\n'
    )
    assert "secret" not in response.text
    assert "secret: disk full" in caplog.text


async def test_a_server_that_is_ending_answers_503_and_serves_who_is_there(store: Store[str]) -> None:
    """protocol.md §1.4, extensions.md §2.6"""
    gate = Gate()
    server = await given(store, script=gate.answer)
    async with served(create_app(server, context=who)) as site:
        first = asyncio.ensure_future(site.events(say("thr_1", "one")))
        await gate.begun.wait()
        ending = asyncio.ensure_future(server.__aexit__(None, None, None))
        await asyncio.sleep(0)
        response = await site.post(create("two"))
        failure(response, 503)
        assert int(response.headers["retry-after"]) >= 1
        assert (await site.post(request("threads.get_by_id", thread_id="thr_1"))).status_code == 200
        gate.open.set()
        assert types(await first)[-1] == "item.done"
        await ending
