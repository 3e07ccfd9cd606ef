"""Client tools: the run stops, the page gets its call, the next turn reads its output (A-11, MM-3)."""

from typing import Any

import pytest
from agents import RunContextWrapper, StopAtTools, function_tool

from chatkit.agents import AgentContext, ClientToolCall
from chatkit.clock import now
from chatkit.relay.memory import MemoryRelay
from chatkit.store import MemoryStore
from chatkit.testing import collect_events
from chatkit.types import ClientToolCallItem, ThreadMetadata
from tests.agents.conftest import MakeAgent
from tests.agents.scene import AgentServer, done_items
from tests.modelserver import Calls, ModelServer, Says
from tests.scripted import create


@function_tool
def pick(ctx: RunContextWrapper[AgentContext[str]]) -> str:
    """Let the person pick."""
    ctx.context.client_tool_call = ClientToolCall(name="pick", arguments={"of": ["a", "b"]})
    return "waiting"


@function_tool
def look() -> str:
    """Look."""
    return "seen"


def picking(agent: MakeAgent) -> Any:
    return agent(tools=[pick, look], tool_use_behavior=StopAtTools(stop_at_tool_names=["pick"]))


async def test_the_page_runs_the_tool_and_the_model_reads_its_output(
    model: ModelServer, agent_by_api: MakeAgent
) -> None:
    """A-11, C-5, S-35"""
    model.will(Calls("pick", call_id="call_7"))
    model.will(Says("You chose b."))
    server = AgentServer(picking(agent_by_api))
    (call,) = done_items(await server.say("Choose"))
    assert isinstance(call, ClientToolCallItem)
    assert (call.status, call.call_id, call.name, call.arguments) == (
        "pending",
        "call_7",
        "pick",
        {"of": ["a", "b"]},
    )
    params = {"thread_id": call.thread_id, "result": {"picked": "b"}}
    answered = await collect_events(
        server, {"type": "threads.add_client_tool_output", "params": params}, "ada"
    )
    assert [item.type for item in done_items(answered)] == ["assistant_message"]
    assert '{"picked": "b"}' in str(model.seen[-1].input[-1])


async def test_among_parallel_calls_the_page_gets_the_id_of_its_own(
    model: ModelServer, agent_by_api: MakeAgent
) -> None:
    """A-11"""
    model.will(Calls("pick", call_id="call_pick"), Calls("look", call_id="call_look"))
    events = await AgentServer(picking(agent_by_api)).say("Choose")
    (call,) = done_items(events)
    assert isinstance(call, ClientToolCallItem)
    assert call.call_id == "call_pick"


@pytest.mark.parametrize("several", [True, False])
async def test_several_calls_of_one_run_are_all_handed_over(
    model: ModelServer, agent_by_api: MakeAgent, several: bool
) -> None:
    """extensions.md §3: assigning adds a call, reading gives the newest; who answers one at a time gets that"""
    model.will(
        Calls("pick", call_id="call_1"), Calls("pick", call_id="call_2"), Calls("look", call_id="call_3")
    )
    server = AgentServer(picking(agent_by_api))
    server.relay = MemoryRelay()
    body = create("Choose")
    events = await collect_events(server, {**body, "capabilities": ["calls"] if several else []}, "ada")
    calls = [item for item in done_items(events) if isinstance(item, ClientToolCallItem)]
    assert [call.call_id for call in calls] == (["call_1", "call_2"] if several else ["call_2"])
    assert len({call.id for call in calls}) == len(calls)


async def test_reading_the_call_gives_the_newest() -> None:
    store = MemoryStore[str](owner=str)
    first, second = (ClientToolCall(name=name, arguments={}) for name in ("first", "second"))
    context = AgentContext(
        thread=ThreadMetadata(id="thr_1", created_at=now()),
        store=store,
        request_context="ada",
        client_tool_call=first,
    )
    context.client_tool_call = second
    assert (context.client_tool_call, context.client_tool_calls) == (second, [first, second])
    context.client_tool_call = None
    assert context.client_tool_calls == []


@pytest.mark.parametrize("show", [False, True])
async def test_a_call_of_an_earlier_turn_is_not_overwritten(
    model: ModelServer, agent_by_api: MakeAgent, show: bool
) -> None:
    """A-11, P9: the provider calls every item the same."""
    server = AgentServer(picking(agent_by_api), show_tools=show)
    model.will(Calls("pick", id="fc_0"))
    model.will(Calls("pick", id="fc_0"))
    await server.say("Choose")
    await server.say("Again", (await server.only_thread()).id)
    calls = [item for item in await server.kept() if isinstance(item, ClientToolCallItem)]
    assert len(calls) == 2
    assert len({call.id for call in calls}) == 2
