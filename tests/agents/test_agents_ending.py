"""How a run ends early: the reader leaves, the model fails, the connection breaks, the app's own code raises."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import pytest

from chatkit.agents import ResponseStreamConverter, stream_agent_response
from chatkit.types import (
    AssistantMessageItem,
    ErrorEvent,
    ProgressUpdateEvent,
    SDKHiddenContextItem,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from tests.agents.conftest import MakeAgent
from tests.agents.scene import (
    AgentServer,
    ByHand,
    a_context,
    added,
    by_hand,
    delta,
    done,
    kinds,
    message,
    picture,
    said,
    text_of,
)
from tests.modelserver import Breaks, Holds, ModelServer, Says

PATIENCE = 10


async def left(model: ModelServer) -> bool:
    """Whether the model server sees its client go."""
    return await asyncio.to_thread(model.seen[-1].left.wait, PATIENCE)


@pytest.mark.parametrize("way", ["cancelled", "closed"])
async def test_when_the_reader_leaves_the_request_to_the_model_is_closed(
    model: ModelServer, agent_by_api: MakeAgent, way: str
) -> None:
    """S-20, S-21, S-23: and what was said so far is kept."""
    model.will(Says(["Once ", "upon"]), Holds())
    server = AgentServer(agent_by_api())
    result: Any = await server.process(AgentServer.body(said("A story")), "ada")
    heard = asyncio.Event()

    async def read() -> None:
        async with aclosing(result.json_events) as frames:
            async for frame in frames:
                if b"upon" in frame:
                    heard.set()
                    if way == "closed":
                        return

    reading = asyncio.create_task(read())
    await heard.wait()
    if way == "cancelled":
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    else:
        await reading
    assert await left(model)
    _, answer, note = await server.kept()
    assert isinstance(answer, AssistantMessageItem)
    assert text_of(answer) == "Once upon"
    assert isinstance(note, SDKHiddenContextItem)


@pytest.mark.parametrize(
    ("status", "name"),
    [(401, "AuthenticationError"), (429, "RateLimitError"), (500, "InternalServerError")],
)
async def test_an_error_of_the_provider_reaches_the_app_as_its_own_exception(
    model: ModelServer, agent_by_api: MakeAgent, status: int, name: str
) -> None:
    """S-16: the app may catch it; else the reader sees the generic error, without the provider's words."""
    model.will_fail(status, "words of the provider")
    server = AgentServer(agent_by_api())
    events = await server.say("Hi")
    assert type(server.raised).__name__ == name
    assert events == [ErrorEvent(code=cast("Any", "stream.error"), allow_retry=True)]


async def test_a_stream_that_breaks_off_is_an_error_after_what_came(
    model: ModelServer, agent_by_api: MakeAgent
) -> None:
    """S-16"""
    heard = Holds()

    class Hearing(AgentServer):
        async def respond(
            self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
        ) -> AsyncGenerator[ThreadStreamEvent, None]:
            async for event in super().respond(thread, input_user_message, context):
                yield event
                if kinds([event]) == ["assistant_message.content_part.text_delta"]:
                    heard.until.set()

    # Early releases of the SDK forget what waits to be read when the model breaks off.
    model.will(Says("Half an"), heard, Breaks())
    events = await asyncio.wait_for(Hearing(agent_by_api()).say("Hi"), 6 * PATIENCE)
    assert "assistant_message.content_part.text_delta" in kinds(events)
    assert events[-1].type == "error"


async def test_an_exception_comes_after_everything_that_came_before_it() -> None:
    """A-2: the queue is drained first."""
    context = await a_context()

    async def stream() -> None:
        for word in ("a", "b"):
            await context.stream(ProgressUpdateEvent(text=word))

    events: list[Any] = []

    async def collect() -> None:
        async for event in stream_agent_response(context, by_hand(delta("m", "x"), stream, KeyError("end"))):
            events.append(event)

    with pytest.raises(KeyError, match="end"):
        await collect()
    assert [getattr(event, "text", event.type) for event in events] == ["thread.item.updated", "a", "b"]


async def test_events_of_the_app_do_not_wait_for_the_model() -> None:
    """A-2: and do not end the stream."""
    context = await a_context()
    go = asyncio.Event()
    run = by_hand(go.wait, delta("m", "x"))
    await context.stream(ProgressUpdateEvent(text="first"))
    async with aclosing(stream_agent_response(context, run)) as events:
        assert await anext(events) == ProgressUpdateEvent(text="first")
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        await context.stream(ProgressUpdateEvent(text="second"))
        assert await waiting == ProgressUpdateEvent(text="second")
        go.set()
        assert (await anext(events)).type == "thread.item.updated"
        with pytest.raises(StopAsyncIteration):
            await anext(events)


async def test_a_converter_that_raises_cancels_the_run() -> None:
    """The model does not go on for nobody."""

    class Failing(ResponseStreamConverter):
        async def base64_image_to_url(
            self, image_id: str, base64_image: str, partial_image_index: int | None = None
        ) -> str:
            raise OSError("the disk is full")

    run = ByHand(added(picture("ig", None)), done(picture("ig", "QQ==")), asyncio.Event().wait)
    with pytest.raises(OSError, match="disk"):
        async for _ in stream_agent_response(await a_context(), cast("Any", run), converter=Failing()):
            pass
    assert run.cancelled


async def test_a_run_is_read_one_event_ahead_at_most() -> None:
    """backend-speed.md, technique 7: a slow reader slows the model down, not the memory."""
    run = ByHand(added(message("m")), *[delta("m", "x")] * 50)
    async with aclosing(stream_agent_response(await a_context(), cast("Any", run))) as events:
        for taken in range(1, 20):
            await anext(events)
            for _ in range(5):
                await asyncio.sleep(0)
            assert run.read <= taken + 1


async def test_what_a_reader_has_left_unread_of_a_run_is_not_part_of_the_next() -> None:
    """A-2: of the same context."""
    context = await a_context()
    async with aclosing(stream_agent_response(context, by_hand(delta("m", "a"), delta("m", "b")))) as events:
        async for _ in events:
            break
    rest = [event async for event in stream_agent_response(context, by_hand(delta("n", "c")))]
    assert [cast("Any", event).update.delta for event in rest if event.type == "thread.item.updated"] == ["c"]
