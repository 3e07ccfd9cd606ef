"""Text of a run as states of a widget (python-sdk.md §8.5)."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from itertools import pairwise
from typing import Any, TypeVar, cast

import pytest
from agents import Agent, AgentUpdatedStreamEvent, RunItemStreamEvent, Runner, StreamEvent, function_tool
from agents.items import ToolCallItem

from chatkit.agents import accumulate_text
from chatkit.server import stream_widget
from chatkit.types import ThreadItemDoneEvent, ThreadItemUpdatedEvent, WidgetStreamingTextValueDelta
from chatkit.widgets import DynamicWidgetRoot, Markdown, Text, WidgetRoot
from tests.agents.conftest import MakeAgent
from tests.agents.scene import (
    a_context,
    added,
    completed,
    delta,
    done,
    function_call,
    kinds,
    message,
    raw,
    text_done,
    words,
)
from tests.modelserver import Calls, ModelServer, Says, Thinks

W = TypeVar("W", Text, Markdown)

HELLO = [raw(delta("m", "Hello, ")), raw(delta("m", "world!"))]


def empty(kind: type[W], **props: Any) -> W:
    return kind.model_validate({"id": "line", "value": "", "streaming": True, **props})


async def stream(*events: StreamEvent) -> AsyncIterator[StreamEvent]:
    for event in events:
        yield event


async def states(events: AsyncIterator[StreamEvent], base: W) -> list[tuple[str, bool | None]]:
    return [(state.value, state.streaming) async for state in accumulate_text(events, base)]


@pytest.mark.parametrize("kind", [Text, Markdown])
async def test_the_text_grows_and_then_no_longer_streams(kind: Any) -> None:
    """python-sdk.md §8.5"""
    base = empty(kind)
    made = [state async for state in accumulate_text(stream(*HELLO), base)]
    assert made[0] is base
    assert [(state.value, state.streaming) for state in made] == [
        ("", True),
        ("Hello, ", True),
        ("Hello, world!", True),
        ("Hello, world!", False),
    ]
    assert all(type(state) is kind and state.id == "line" for state in made)
    assert (base.value, base.streaming) == ("", True), "each state is a copy"


async def test_the_look_of_the_base_is_kept() -> None:
    """python-sdk.md §8.5"""
    base = empty(Text, size="lg", color="secondary")
    *_, last = [state async for state in accumulate_text(stream(*HELLO), base)]
    expected = {"type": "Text", "id": "line", "value": "Hello, world!", "streaming": False}
    assert last.model_dump(exclude_none=True) == {**expected, "size": "lg", "color": "secondary"}


async def test_only_deltas_of_text_count() -> None:
    """python-sdk.md §8.5: what else a run tells is no state"""
    agent = Agent[Any](name="Bystander")
    called = RunItemStreamEvent(name="tool_called", item=ToolCallItem(agent=agent, raw_item=function_call()))
    events = stream(
        AgentUpdatedStreamEvent(new_agent=agent),
        raw(added(message("m"))),
        HELLO[0],
        called,
        HELLO[1],
        raw(text_done("m", "Hello, world!")),
        raw(done(message("m", words("Hello, world!")))),
        raw(completed()),
    )
    expected = [("", True), ("Hello, ", True), ("Hello, world!", True), ("Hello, world!", False)]
    assert await states(events, empty(Text)) == expected


async def test_a_run_without_text_ends_empty() -> None:
    """python-sdk.md §8.5"""
    assert await states(stream(raw(completed())), empty(Markdown)) == [("", True), ("", False)]


async def test_the_states_go_out_as_deltas_of_a_widget() -> None:
    """python-sdk.md §8.5, SW-3: what it is for"""

    async def cards() -> AsyncGenerator[WidgetRoot, None]:
        async for state in accumulate_text(stream(*HELLO), empty(Text)):
            yield DynamicWidgetRoot.model_validate({"type": "Card", "children": [state.model_dump()]})

    context = await a_context()
    events = [event async for event in stream_widget(context.thread, cards())]
    updates = [event.update for event in events if isinstance(event, ThreadItemUpdatedEvent)]
    grown = [update.delta for update in updates if isinstance(update, WidgetStreamingTextValueDelta)]
    assert grown == ["Hello, ", "world!"]
    assert kinds(events) == [
        "item.added",
        "widget.streaming_text.value_delta",
        "widget.streaming_text.value_delta",
        "widget.root.updated",
        "item.done",
    ]
    assert isinstance(events[-1], ThreadItemDoneEvent)
    widget = events[-1].item.model_dump(exclude_none=True)["widget"]
    assert (widget["children"][0]["value"], widget["children"][0]["streaming"]) == ("Hello, world!", False)


async def test_it_reads_a_run_of_the_real_sdk(model: ModelServer, agent_by_api: MakeAgent) -> None:
    """python-sdk.md §8.5: by either API, across a call of a tool"""

    @function_tool
    def look() -> str:
        """Look."""
        return "seen"

    model.will(Says(["Let me ", "see. "]), Calls("look"))
    model.will(Thinks([["hm"]]), Says(["It is ", "fine."]))
    run = Runner.run_streamed(agent_by_api(tools=[look]), "How is it?")
    made = await states(run.stream_events(), empty(Text))
    values = [value for value, _ in made]
    assert values[0] == ""
    assert values[-1] == "Let me see. It is fine."
    assert all(later.startswith(value) for value, later in pairwise(values))
    assert [streaming for _, streaming in made] == [True] * (len(made) - 1) + [False]


async def test_a_reader_that_leaves_closes_the_run() -> None:
    """STYLE, habits: whoever iterates a generator closes it; here at once, not when it is collected"""
    closed: list[bool] = []

    async def events() -> AsyncIterator[StreamEvent]:
        try:
            for event in HELLO:
                yield event
        finally:
            closed.append(True)

    made = cast("AsyncGenerator[Text, None]", accumulate_text(events(), empty(Text)))
    async with aclosing(made) as reading:
        assert [(await anext(reading)).value for _ in range(2)] == ["", "Hello, "]
    assert closed == [True]


async def test_an_error_of_the_run_is_the_readers() -> None:
    """python-sdk.md §8.5: a text that broke off is not shown as a finished one"""

    async def events() -> AsyncIterator[StreamEvent]:
        yield HELLO[0]
        raise RuntimeError("torn")

    made: list[Text] = []

    async def collect() -> None:
        async for state in accumulate_text(events(), empty(Text)):
            made.append(state)

    with pytest.raises(RuntimeError, match="torn"):
        await collect()
    assert [(state.value, state.streaming) for state in made] == [("", True), ("Hello, ", True)]
