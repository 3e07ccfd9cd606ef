"""Guardrails: what the run produced is taken back, and the app is told (A-9)."""

import threading
from typing import Any

import anyio
import pytest
from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrailTripwireTriggered,
    OutputGuardrailTripwireTriggered,
    RunContextWrapper,
    function_tool,
    input_guardrail,
    output_guardrail,
)
from agents.items import ToolCallItem
from agents.stream_events import RunItemStreamEvent

from chatkit.agents import AgentContext, stream_agent_response
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomTask,
    ErrorEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadStreamEvent,
    UserMessageItem,
)
from tests.agents.conftest import MakeAgent
from tests.agents.scene import (
    START,
    AgentServer,
    Context,
    a_context,
    added,
    by_hand,
    done,
    function_call,
    item_of,
    message,
    picture,
    reasoning,
    said,
    words,
)
from tests.modelserver import Calls, Holds, ModelServer, Says, Thinks

BYSTANDER = Agent[Any](name="Bystander")

TRIPS = [InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered]


def tripped(kind: type[Exception]) -> Exception:
    """As the SDK raises it; its constructor wants results of guardrails, which nobody looks at here."""
    error = kind.__new__(kind)
    Exception.__init__(error, "tripped")
    return error


def a_message(id: str) -> AssistantMessageItem:
    content = [AssistantMessageContent(text="x")]
    return AssistantMessageItem(id=id, thread_id="thr_1", created_at=START, content=content)


async def events_until(context: Context, kind: type[Exception], *script: Any) -> list[ThreadStreamEvent]:
    events: list[ThreadStreamEvent] = []

    async def collect() -> None:
        async for event in stream_agent_response(context, by_hand(*script)):
            events.append(event)

    with pytest.raises(kind):
        await collect()
    return events


@pytest.mark.parametrize("kind", TRIPS)
async def test_everything_the_run_produced_is_removed(kind: type[Exception]) -> None:
    """A-9: messages, pictures, workflows, what the app streamed, and tool calls."""
    context = await a_context()
    await context.stream(ThreadItemDoneEvent(item=a_message("queued")))
    call = RunItemStreamEvent(
        name="tool_called",
        item=ToolCallItem(agent=BYSTANDER, raw_item=function_call("fc_9")),
    )
    events = await events_until(
        context,
        kind,
        added(reasoning()),
        added(message("m")),
        done(message("m", words("x"))),
        added(picture("ig", None)),
        call,
        tripped(kind),
    )
    shown = {item_of(event).id for event in events if isinstance(event, ThreadItemAddedEvent)}
    removed = [event.item_id for event in events if isinstance(event, ThreadItemRemovedEvent)]
    assert set(removed) == shown | {"queued", "fc_9"}
    assert len(removed) == len(set(removed))
    assert context.workflow_item is None


async def test_what_is_still_queued_is_discarded() -> None:
    """A-9"""
    context = await a_context()

    async def stream_two() -> None:
        await context.stream(ThreadItemDoneEvent(item=a_message("late")))
        await context.stream(ThreadItemDoneEvent(item=a_message("later")))

    events = await events_until(context, TRIPS[0], stream_two, tripped(TRIPS[0]))
    assert events == []


async def test_what_was_there_before_the_run_stays() -> None:
    """A-9, P9: a workflow of the turn before, and an older call that has the id of one of this run."""
    context = await a_context()
    await context.add_workflow_task(CustomTask(title="earlier"))
    earlier = context.workflow_item
    assert earlier is not None
    old = ClientToolCallItem(
        id="fc_1", thread_id="thr_1", created_at=START, call_id="c", name="n", arguments={}
    )
    for item in (earlier, old):
        await context.store.add_thread_item("thr_1", item, "ada")
    fresh = await a_context(context.store, context.thread)  # type: ignore[arg-type]
    call = RunItemStreamEvent(
        name="tool_called",
        item=ToolCallItem(agent=BYSTANDER, raw_item=function_call("fc_1")),
    )
    events = await events_until(fresh, TRIPS[0], call, added(message("m")), tripped(TRIPS[0]))
    removed = [event.item_id for event in events if isinstance(event, ThreadItemRemovedEvent)]
    assert removed == ["m"]


async def test_an_answer_that_an_output_guardrail_refuses_leaves_nothing(
    model: ModelServer, agent: MakeAgent
) -> None:
    """A-9: end to end, after a tool has streamed a message of its own."""

    @function_tool
    async def show(ctx: RunContextWrapper[AgentContext[str]]) -> str:
        """Show something."""
        await ctx.context.stream(ThreadItemDoneEvent(item=a_message("shown")))
        return "shown"

    @output_guardrail
    async def never(context: Any, agent: Any, output: Any) -> GuardrailFunctionOutput:
        return GuardrailFunctionOutput(output_info=None, tripwire_triggered=True)

    model.will(Thinks([["hm"]]), Calls("show"))
    model.will(Says("Secret."))
    server = AgentServer(agent(tools=[show], output_guardrails=[never]))
    events = await server.say("Tell me")
    assert isinstance(server.raised, OutputGuardrailTripwireTriggered)
    produced = {
        item_of(event).id for event in events if event.type in ("thread.item.added", "thread.item.done")
    }
    removed = {event.item_id for event in events if isinstance(event, ThreadItemRemovedEvent)}
    assert produced <= removed
    assert isinstance(events[-1], ErrorEvent)
    assert [type(item) for item in await server.kept()] == [UserMessageItem]


async def test_an_input_guardrail_that_trips_while_the_model_speaks_takes_its_words_back(
    model: ModelServer, agent: MakeAgent
) -> None:
    """A-9: the guardrail runs beside the model."""
    heard = threading.Event()

    @input_guardrail
    async def late(context: Any, agent: Any, input: Any) -> GuardrailFunctionOutput:
        while not heard.is_set():  # noqa: ASYNC110
            await anyio.sleep(0.005)
        return GuardrailFunctionOutput(output_info=None, tripwire_triggered=True)

    hold = Holds()
    model.will(Says(["Well", ", "]), hold, Says("more"))
    server = AgentServer(agent(input_guardrails=[late]))
    shown: list[bytes] = []
    result: Any = await server.process(AgentServer.body(said("Tell me")), "ada")
    async for frame in result:
        shown.append(frame)
        if b"text_delta" in frame:
            heard.set()
            hold.until.set()  # the SDK lets the model finish before it raises
    assert isinstance(server.raised, InputGuardrailTripwireTriggered)
    assert any(b"thread.item.removed" in frame for frame in shown)
    assert [type(item) for item in await server.kept()] == [UserMessageItem]
