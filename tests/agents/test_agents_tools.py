"""Calls of server tools, shown as tasks of a workflow when the app asks for it."""

import re
from typing import Any

import pytest
from agents import RunContextWrapper, StopAtTools, WebSearchTool, function_tool

from chatkit.agents import AgentContext
from chatkit.types import (
    CustomTask,
    ProgressUpdateEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    WorkflowItem,
)
from tests.agents.conftest import MakeAgent
from tests.agents.scene import AgentServer, done_items, kinds
from tests.agents.test_agents_guardrails import a_message
from tests.modelserver import Calls, ModelServer, Says, Searches, Thinks

TIME = re.compile(r"\(\d+\.\d s\)")


@function_tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@function_tool
def break_down() -> str:
    """Fail."""
    raise RuntimeError("a secret of the server")


def workflows(server_items: list[Any]) -> list[WorkflowItem]:
    return [item for item in server_items if isinstance(item, WorkflowItem)]


def tasks(item: WorkflowItem) -> list[CustomTask]:
    return [task for task in item.workflow.tasks if isinstance(task, CustomTask)]


async def test_tool_calls_are_not_shown_unless_asked_for(model: ModelServer, agent_by_api: MakeAgent) -> None:
    """Off by default, as upstream: a task may show what not everybody should see."""
    model.will(Calls("add", '{"a": 1, "b": 2}'))
    model.will(Says("3"))
    events = await AgentServer(agent_by_api(tools=[add])).say("1 + 2?")
    assert [item.type for item in done_items(events)] == ["assistant_message"]


async def test_a_call_is_a_task_with_its_name_arguments_result_and_time(
    model: ModelServer, agent_by_api: MakeAgent
) -> None:
    """First loading, then complete; the workflow ends before the answer, and is stored as it was shown."""
    model.will(Calls("add", '{"a": 1, "b": 2}'))
    model.will(Says("3"))
    server = AgentServer(agent_by_api(tools=[add]), show_tools=True)
    events = await server.say("1 + 2?")
    assert kinds(events)[:4] == ["item.added", "workflow.task.updated", "item.done", "item.added"]
    (begun,) = tasks(getattr(events[0], "item"))  # noqa: B009
    assert (begun.title, begun.status_indicator) == ("add", "loading")
    assert begun.content == '**Arguments**\n\n```json\n{\n  "a": 1,\n  "b": 2\n}\n```'
    (shown,) = workflows(done_items(events))
    (task,) = tasks(shown)
    assert (task.title, task.status_indicator) == ("add", "complete")
    told = task.content or ""
    assert TIME.search(told)
    assert TIME.sub("(time)", told) == f"{begun.content}\n\n**Result** (time)\n\n```\n3\n```"
    assert workflows(await server.kept())[0].workflow == shown.workflow


async def test_a_tool_that_raises_is_a_task_with_an_error(
    model: ModelServer, agent_by_api: MakeAgent
) -> None:
    """The words are the SDK's, which the model reads too."""
    model.will(Calls("break_down"))
    model.will(Says("Sorry."))
    events = await AgentServer(agent_by_api(tools=[break_down]), show_tools=True).say("Fail")
    (task,) = tasks(workflows(done_items(events))[0])
    assert task.status_indicator == "complete"
    assert (task.content or "").startswith("**Error** (")


async def test_a_tool_whose_error_ends_the_run_is_shown_as_failed(
    model: ModelServer, agent_by_api: MakeAgent
) -> None:
    """And its words stay on the server."""

    @function_tool(failure_error_function=None)
    def fatal() -> str:
        """Fail for good."""
        raise RuntimeError("a secret of the server")

    model.will(Calls("fatal"))
    server = AgentServer(agent_by_api(tools=[fatal]), show_tools=True)
    events = await server.say("Fail")
    assert server.raised is not None
    (task,) = tasks(workflows(await server.kept())[0])
    assert (task.content or "").startswith("**Error** (")
    assert "secret" not in (task.content or "")
    assert events[-1].type == "error"


async def test_parallel_calls_are_tasks_of_one_workflow_each_with_its_own_result(
    model: ModelServer, agent_by_api: MakeAgent
) -> None:
    """Also when the provider gives all of them one id."""
    model.will(
        Calls("add", '{"a": 1, "b": 2}', id="fc", call_id="call_a"),
        Calls("add", '{"a": 10, "b": 20}', id="fc", call_id="call_b"),
        Calls("break_down", call_id="call_c"),
    )
    model.will(Says("Done."))
    server = AgentServer(agent_by_api(tools=[add, break_down]), show_tools=True)
    events = await server.say("Both")
    (shown,) = workflows(done_items(events))
    results = [(task.title, (task.content or "").rpartition("\n```\n")[2]) for task in tasks(shown)]
    assert [title for title, _ in results] == ["add", "add", "break_down"]
    contents = [task.content or "" for task in tasks(shown)]
    assert contents[0].endswith("```\n3\n```")
    assert contents[1].endswith("```\n30\n```")
    assert contents[2].startswith("**Error**")


async def test_long_arguments_and_results_are_cut(model: ModelServer, agent_by_api: MakeAgent) -> None:
    """A task is to be looked at."""

    @function_tool
    def repeat(text: str) -> str:
        """Say it twice."""
        return text * 2

    model.will(Calls("repeat", '{"text": "' + "x" * 5000 + '"}'))
    model.will(Says("Done."))
    events = await AgentServer(agent_by_api(tools=[repeat]), show_tools=True).say("Repeat")
    (task,) = tasks(workflows(done_items(events))[0])
    told = task.content or ""
    assert told.count("…") == 2
    assert 4000 < len(told) < 4200


async def test_a_result_with_fences_stays_inside_its_own(model: ModelServer, agent: MakeAgent) -> None:
    """What a tool returns is text, whatever it looks like."""

    @function_tool
    def markdown() -> str:
        """Some Markdown."""
        return "```\n# not a heading\n```"

    model.will(Calls("markdown"))
    model.will(Says("Done."))
    events = await AgentServer(agent(tools=[markdown]), show_tools=True).say("Show")
    (task,) = tasks(workflows(done_items(events))[0])
    assert (task.content or "").endswith("\n\n````\n```\n# not a heading\n```\n````")


async def test_calls_join_the_reasoning_that_made_them(model: ModelServer, agent_by_api: MakeAgent) -> None:
    """One workflow before one answer."""
    model.will(Thinks([["I will add."]]), Calls("add", '{"a": 1, "b": 2}'))
    model.will(Thinks([["Three."]]), Says("3"))
    events = await AgentServer(agent_by_api(tools=[add]), show_tools=True).say("1 + 2?")
    (shown,) = workflows(done_items(events))
    assert shown.workflow.type == "reasoning"
    assert [task.type for task in shown.workflow.tasks] == ["thought", "custom", "thought"]


async def test_only_the_named_tools_are_shown(model: ModelServer, agent: MakeAgent) -> None:
    """`show_tools` takes names."""
    model.will(Calls("add", '{"a": 1, "b": 2}'), Calls("break_down"))
    model.will(Says("3"))
    events = await AgentServer(agent(tools=[add, break_down]), show_tools={"add"}).say("Both")
    assert [task.title for task in tasks(workflows(done_items(events))[0])] == ["add"]


async def test_a_tool_that_shows_something_of_its_own_still_gets_its_result(
    model: ModelServer, agent: MakeAgent
) -> None:
    """A-3 ends the workflow at what the tool shows; the stored workflow takes the result all the same."""

    @function_tool
    async def show(ctx: RunContextWrapper[AgentContext[str]]) -> str:
        """Show something."""
        await ctx.context.stream(ProgressUpdateEvent(text="Showing"))
        await ctx.context.stream(ThreadItemDoneEvent(item=a_message("shown")))
        return "it was shown"

    model.will(Calls("show"))
    model.will(Says("There."))
    server = AgentServer(agent(tools=[show]), show_tools=True)
    events = await server.say("Show me")
    (replaced,) = [event for event in events if isinstance(event, ThreadItemReplacedEvent)]
    (kept,) = workflows(await server.kept())
    assert isinstance(replaced.item, WorkflowItem)
    assert (replaced.item.id, replaced.item.workflow) == (kept.id, kept.workflow)
    (task,) = tasks(kept)
    assert task.status_indicator == "complete"
    assert "it was shown" in (task.content or "")


async def test_a_run_that_stops_at_a_tool_ends_the_workflow(model: ModelServer, agent: MakeAgent) -> None:
    """Nothing spins for ever when no answer follows."""
    model.will(Calls("add", '{"a": 1, "b": 2}'))
    behavior = StopAtTools(stop_at_tool_names=["add"])
    events = await AgentServer(agent(tools=[add], tool_use_behavior=behavior), show_tools=True).say("1 + 2?")
    (shown,) = workflows(done_items(events))
    assert tasks(shown)[0].status_indicator == "complete"


async def test_what_the_provider_runs_itself_is_a_task_that_is_done(
    model: ModelServer, agent: MakeAgent
) -> None:
    """A web search, for example."""
    model.will(Searches("weather in Ulm"), Says("Sunny."))
    events = await AgentServer(agent(tools=[WebSearchTool()]), show_tools=True).say("Weather?")
    (shown,) = workflows(done_items(events))
    (task,) = tasks(shown)
    assert (task.title, task.status_indicator) == ("web_search", "complete")
    assert "weather in Ulm" in (task.content or "")


async def test_a_nested_agent_is_a_task_and_its_own_events_come_through(
    model: ModelServer, agent: MakeAgent
) -> None:
    """NG-3: an agent used as a tool streams through the same context."""

    @function_tool
    async def look_up(ctx: RunContextWrapper[AgentContext[str]]) -> str:
        """Look something up."""
        await ctx.context.stream(ProgressUpdateEvent(text="Looking"))
        return "found"

    researcher = agent(name="Researcher", tools=[look_up])
    tool = researcher.as_tool("research", "Research a question.")
    model.will(Calls("research", '{"input": "cats"}'))
    model.will(Calls("look_up"))
    model.will(Says("Cats purr."))
    model.will(Says("I learnt that cats purr."))
    server = AgentServer(agent(tools=[tool]), show_tools=True)
    events = await server.say("Cats?")
    assert ProgressUpdateEvent(text="Looking") in events
    workflow, answer = done_items(events)
    assert isinstance(workflow, WorkflowItem)
    assert [task.title for task in tasks(workflow)] == ["research"]
    assert "Cats purr." in (tasks(workflow)[0].content or "")
    assert answer.type == "assistant_message"
    assert len([event for event in events if event.type == "thread.item.added"]) == 2


@pytest.mark.parametrize("show", [False, True])
async def test_tools_work_the_same_whether_shown_or_not(
    model: ModelServer, agent_by_api: MakeAgent, show: bool
) -> None:
    """The option shows; it changes nothing of what the model reads."""
    model.will(Calls("add", '{"a": 1, "b": 2}', call_id="call_1"))
    model.will(Says("3"))
    await AgentServer(agent_by_api(tools=[add]), show_tools=show).say("1 + 2?")
    last = model.seen[-1].input[-1]
    assert str(last.get("output", last.get("content"))) == "3"
