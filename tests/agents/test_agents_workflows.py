"""Workflows of a run: continued, ended by what follows, kept for the next turn (A-1, A-3, A-6, A-10)."""

import pytest

from chatkit.types import (
    ClientToolCallItem,
    CustomSummary,
    CustomTask,
    DurationSummary,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import Card, Text
from tests.agents.conftest import MakeAgent
from tests.agents.scene import (
    START,
    AgentServer,
    a_context,
    added,
    done,
    done_items,
    events_of,
    item_of,
    kinds,
    message,
    reasoning,
    stored,
    words,
)
from tests.modelserver import ModelServer, Says, Thinks

pytestmark = pytest.mark.filterwarnings("ignore:Building :DeprecationWarning")  # widgets built in Python


def a_workflow(id: str = "wf_1", summary: CustomSummary | None = None) -> WorkflowItem:
    workflow = Workflow(type="custom", tasks=[CustomTask(title="x")], summary=summary)
    return WorkflowItem(id=id, thread_id="thr_1", created_at=START, workflow=workflow)


def a_call() -> ClientToolCallItem:
    return ClientToolCallItem(
        id="tc_1", thread_id="thr_1", created_at=START, call_id="call_1", name="pick", arguments={}
    )


@pytest.mark.parametrize("then", [[], [a_call()]], ids=["newest", "before a client tool call"])
async def test_a_workflow_left_open_goes_on(then: list[ClientToolCallItem]) -> None:
    """A-1"""
    context = await a_context()
    for item in [a_workflow(), *then]:
        await context.store.add_thread_item("thr_1", item, "ada")
    events = await events_of(context, done(message("m", words("x"))))
    assert [item.id for item in done_items(events)] == ["wf_1", "m"]


async def test_an_older_workflow_does_not_go_on() -> None:
    """A-1"""
    context = await a_context()
    for item in (a_workflow(), a_call(), a_call().model_copy(update={"id": "tc_2"})):
        await context.store.add_thread_item("thr_1", item, "ada")
    assert [item.id for item in done_items(await events_of(context, done(message("m"))))] == ["m"]


async def test_a_message_of_the_model_ends_the_workflow_first() -> None:
    """A-4, A-6"""
    context = await a_context()
    events = await events_of(context, added(reasoning()), added(message("m")), done(message("m")))
    assert kinds(events) == ["item.added", "item.done", "item.added", "item.done"]
    workflow = item_of(events[1]).workflow
    assert isinstance(workflow.summary, DurationSummary)
    assert not workflow.expanded
    assert context.workflow_item is None
    assert await stored(context) == []


async def test_a_summary_that_is_there_is_kept() -> None:
    """A-6: also on a workflow that the app has set itself."""
    context = await a_context()
    summary = CustomSummary(title="Read everything")
    context.workflow_item = a_workflow(summary=summary)
    events = await events_of(context, added(message("m")))
    assert item_of(events[0]).workflow.summary == summary
    assert kinds(events) == ["item.done", "item.added"]


async def test_a_widget_of_the_app_ends_the_workflow_first() -> None:
    """A-3"""
    context = await a_context()
    await context.add_workflow_task(CustomTask(title="Read"))
    await context.stream_widget(Card(children=[Text(value="Here")]))
    events = await events_of(context)
    assert [(event.type, item_of(event).type) for event in events] == [
        ("thread.item.added", "workflow"),
        ("thread.item.done", "workflow"),
        ("thread.item.done", "widget"),
    ]


async def test_a_client_tool_call_of_the_app_ends_no_workflow() -> None:
    """A-3"""
    context = await a_context()
    await context.add_workflow_task(CustomTask(title="Read"))
    await context.stream(ThreadItemDoneEvent(item=a_call()))
    assert kinds(await events_of(context)) == ["item.added", "item.done"]
    assert context.workflow_item is not None


async def test_a_workflow_that_the_app_adds_itself_becomes_the_open_one() -> None:
    """A-3: and ends the one before it."""
    context = await a_context()
    await context.add_workflow_task(CustomTask(title="mine"))
    await context.stream(ThreadItemAddedEvent(item=a_workflow("wf_own")))
    await context.add_workflow_task(CustomTask(title="y"))
    events = await events_of(context, added(message("m")))
    own = [
        item_of(event) for event in events if getattr(event, "item", None) and item_of(event).id == "wf_own"
    ]
    assert [[task.title for task in item.workflow.tasks] for item in own] == [["x"], ["x", "y"]]
    assert kinds(events) == [
        "item.added",
        "item.done",
        "item.added",
        "workflow.task.added",
        "item.done",
        "item.added",
    ]


async def test_a_workflow_that_the_app_ends_itself_is_over() -> None:
    """A-3"""
    context = await a_context()
    await context.stream(ThreadItemAddedEvent(item=a_workflow()))
    await context.stream(ThreadItemDoneEvent(item=a_workflow()))
    assert context.workflow_item is None
    assert kinds(await events_of(context, added(message("m")))) == ["item.added", "item.done", "item.added"]


async def test_an_open_workflow_is_kept_for_the_next_turn() -> None:
    """A-10: stored, without an event."""
    context = await a_context()
    events = await events_of(context, added(reasoning()))
    assert kinds(events) == ["item.added"]
    assert await stored(context) == [context.workflow_item]


async def test_a_workflow_that_never_appeared_is_not_kept() -> None:
    """A-10: begun, but without a task."""
    context = await a_context()
    await context.start_workflow(Workflow(type="custom", tasks=[]))
    assert await events_of(context, added(message("m")), done(message("m"))) != []
    assert await stored(context) == []


async def test_reasoning_of_the_real_sdk_is_a_workflow_before_the_answer(
    model: ModelServer, agent_by_api: MakeAgent, api: str
) -> None:
    """A-4: end to end, by either API; what is stored is what was shown."""
    model.will(Thinks([["Let me ", "see"]]), Says("It is so."))
    server = AgentServer(agent_by_api())
    events = await server.say("Why?")
    workflow, answer = done_items(events)
    assert isinstance(workflow, WorkflowItem)
    shown = [getattr(task, "content", "") for task in workflow.workflow.tasks]
    assert shown == ["Let me see"]
    assert [item.id for item in (await server.kept())[1:]] == [workflow.id, answer.id]
