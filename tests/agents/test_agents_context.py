"""AgentContext: what tools see of a turn, and how they stream (python-sdk.md §8.2)."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Annotated, Any, cast

import pytest
from agents import RunContextWrapper, Runner, function_tool
from pydantic import Field

from chatkit.agents import AgentContext, ClientToolCall, stream_agent_response
from chatkit.clock import now
from chatkit.store import MemoryStore, Store, StoreItemType
from chatkit.types import (
    CustomSummary,
    CustomTask,
    DurationSummary,
    HiddenContextItem,
    ProgressUpdateEvent,
    ThoughtTask,
    Thread,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    WidgetItem,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import Card, Text, WidgetRoot
from tests.agents.conftest import MakeAgent
from tests.agents.scene import START, AgentServer, Context, a_context, events_of, item_of, kinds, stored
from tests.modelserver import Calls, ModelServer, Says

pytestmark = pytest.mark.filterwarnings("ignore:Building :DeprecationWarning")  # widgets built in Python


def queued(context: AgentContext[Any]) -> list[ThreadStreamEvent]:
    """What waits to be passed on."""
    return list(context._events.drain())  # pyright: ignore[reportPrivateUsage]  # the queue is what is tested


class NumberedStore(MemoryStore[str]):
    """Ids that tell what they were made for."""

    def generate_thread_id(self, context: str) -> str:
        return f"thread for {context}"

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: str) -> str:
        return f"{item_type} in {thread.id} for {context}"


async def numbered() -> Context:
    return await a_context(NumberedStore(owner=lambda who: who))


def test_a_context_can_be_made_without_a_loop_and_without_parameters() -> None:
    """AG-2"""
    thread = ThreadMetadata(id="thr_1", created_at=START)
    store = MemoryStore[Any](owner=lambda who: "ada")
    context = AgentContext(thread=thread, store=store, request_context={"any": "thing"})
    assert (context.thread, context.store, context.request_context) == (thread, store, {"any": "thing"})
    assert context.previous_response_id is context.client_tool_call is context.workflow_item is None


def test_the_thread_is_the_very_object() -> None:
    """AG-1: also when it is a new `Thread`."""
    thread = Thread(id="thr_1", created_at=START, items=cast("Any", {"data": []}))
    store = MemoryStore[str](owner=lambda who: who)
    assert AgentContext[str](thread=thread, store=store, request_context="ada").thread is thread


async def test_each_context_has_a_queue_of_its_own() -> None:
    """§8.2"""
    one, other = await a_context(), await a_context()
    await one.stream(ProgressUpdateEvent(text="x"))
    assert (len(queued(one)), len(queued(other))) == (1, 0)


async def test_ids_come_from_the_store() -> None:
    """§8.2, ST-12"""
    context = await numbered()
    other = ThreadMetadata(id="thr_2", created_at=START)
    assert context.generate_id("thread") == "thread for ada"
    assert context.generate_id("message") == "message in thr_1 for ada"
    assert context.generate_id("task", other) == "task in thr_2 for ada"


async def test_a_widget_is_streamed_with_an_id_of_the_store() -> None:
    """§8.2, SW-2"""
    context = await numbered()
    await context.stream_widget(Card(children=[Text(value="Hi")]), copy_text="Hi")
    (event,) = queued(context)
    item = item_of(event)
    assert isinstance(item, WidgetItem)
    assert (event.type, item.id, item.copy_text) == ("thread.item.done", "message in thr_1 for ada", "Hi")


async def test_states_of_a_widget_are_streamed_as_deltas() -> None:
    """§8.2, SW-4"""

    async def states() -> AsyncGenerator[WidgetRoot, None]:
        for value in ("", "Hel", "Hello"):
            yield Card(children=[Text(id="t", value=value)])

    context = await a_context()
    await context.stream_widget(states())
    value_delta = "widget.streaming_text.value_delta"
    assert kinds(queued(context)) == ["item.added", value_delta, value_delta, "item.done"]


async def test_a_workflow_that_is_not_reasoning_appears_with_its_first_task() -> None:
    """§8.2"""
    context = await numbered()
    await context.start_workflow(Workflow(type="custom", tasks=[]))
    assert queued(context) == []
    await context.add_workflow_task(CustomTask(title="One"))
    await context.add_workflow_task(CustomTask(title="Two"))
    first, second = queued(context)
    item = item_of(first)
    assert (first.type, item.id) == ("thread.item.added", "workflow in thr_1 for ada")
    assert item.workflow.tasks == [CustomTask(title="One")]
    assert second == ThreadItemUpdatedEvent(
        item_id=item.id, update=WorkflowTaskAdded(task=CustomTask(title="Two"), task_index=1)
    )


@pytest.mark.parametrize(
    "workflow",
    [Workflow(type="reasoning", tasks=[]), Workflow(type="custom", tasks=[CustomTask(title="One")])],
    ids=["reasoning", "with a task"],
)
async def test_other_workflows_appear_at_once(workflow: Workflow) -> None:
    """§8.2"""
    context = await a_context()
    await context.start_workflow(workflow)
    (event,) = queued(context)
    assert (event.type, item_of(event).workflow) == ("thread.item.added", workflow)


async def test_a_thought_is_added_to_reasoning_as_an_update() -> None:
    """§8.2"""
    context = await a_context()
    await context.start_workflow(Workflow(type="reasoning", tasks=[]))
    await context.add_workflow_task(ThoughtTask(content="hm"))
    assert kinds(queued(context)) == ["item.added", "workflow.task.added"]


async def test_a_task_without_a_workflow_begins_a_custom_one() -> None:
    """§8.2"""
    context = await a_context()
    await context.add_workflow_task(CustomTask(title="One"))
    assert context.workflow_item is not None
    assert context.workflow_item.workflow.type == "custom"
    assert kinds(queued(context)) == ["item.added"]


async def test_a_task_can_be_replaced_while_a_workflow_is_open() -> None:
    """§8.2"""
    context = await a_context()
    with pytest.raises(ValueError, match="no workflow is open"):
        await context.update_workflow_task(CustomTask(title="x"), 0)
    await context.add_workflow_task(CustomTask(title="One", status_indicator="loading"))
    done = CustomTask(title="One", status_indicator="complete")
    await context.update_workflow_task(done, 0)
    first, second = queued(context)
    assert item_of(first).workflow.tasks[0].status_indicator == "loading", "what waits does not change"
    assert second == ThreadItemUpdatedEvent(
        item_id=item_of(first).id, update=WorkflowTaskUpdated(task=done, task_index=0)
    )


@pytest.mark.parametrize("summary", [None, CustomSummary(title="All read")])
async def test_a_workflow_ends_with_its_summary_or_how_long_it_took(summary: CustomSummary | None) -> None:
    """§8.2"""
    context = await a_context()
    await context.end_workflow()
    assert queued(context) == []
    await context.add_workflow_task(CustomTask(title="One"))
    assert context.workflow_item is not None
    context.workflow_item.created_at = now() - timedelta(seconds=65.5)
    await context.end_workflow(summary, expanded=True)
    assert context.workflow_item is None
    event = queued(context)[-1]
    workflow = item_of(event).workflow
    assert event.type == "thread.item.done"
    assert workflow.expanded
    if summary is None:
        assert isinstance(workflow.summary, DurationSummary)
        assert 65 <= workflow.summary.duration < 600
    else:
        assert workflow.summary == summary


async def test_a_workflow_that_has_a_summary_keeps_it() -> None:
    """§8.2"""
    context = await a_context()
    summary = CustomSummary(title="Given")
    await context.start_workflow(Workflow(type="custom", tasks=[CustomTask(title="x")], summary=summary))
    await context.end_workflow()
    assert item_of(queued(context)[-1]).workflow.summary == summary


async def test_workflows_that_follow_one_another_are_each_whole() -> None:
    """A-3: begun, ended and begun again before anything is passed on."""
    context = await a_context()
    await context.add_workflow_task(CustomTask(title="first"))
    await context.end_workflow()
    await context.add_workflow_task(CustomTask(title="second"))
    await context.start_workflow(Workflow(type="custom", tasks=[CustomTask(title="third")]))
    await context.add_workflow_task(CustomTask(title="third, more"))
    events = await events_of(context)
    told = [
        (event.type.rpartition(".")[2], [task.title for task in event.item.workflow.tasks])
        for event in events
        if isinstance(event, ThreadItemAddedEvent | ThreadItemDoneEvent)
        and isinstance(event.item, WorkflowItem)
    ]
    assert told == [
        ("added", ["first"]),
        ("done", ["first"]),
        ("added", ["second"]),
        ("done", ["second"]),
        ("added", ["third"]),
    ]
    assert context.workflow_item is not None
    assert [task.title for task in context.workflow_item.workflow.tasks] == ["third", "third, more"]


async def test_what_a_tool_changes_in_the_thread_is_saved_and_sent(
    model: ModelServer, agent: MakeAgent
) -> None:
    """AG-1, CL-4"""

    @function_tool
    def rename(ctx: RunContextWrapper[AgentContext[str]], title: str) -> str:
        """Rename the thread."""
        ctx.context.thread.title = title
        return "done"

    model.will(Calls("rename", '{"title": "Plans"}'))
    model.will(Says("Renamed."))
    server = AgentServer(agent(tools=[rename]))
    events = await server.say("Rename it")
    assert [event.thread.title for event in events if isinstance(event, ThreadUpdatedEvent)] == ["Plans"]
    assert (await server.only_thread()).title == "Plans"


class OwnContext(AgentContext[str]):
    """As apps write it: excluded fields, and fields declared anew with other annotations."""

    store: Annotated[Store[str], Field(exclude=True)]  # type: ignore[assignment]
    request_context: Annotated[str, Field(exclude=True)]
    shelf: Annotated[dict[str, int], Field(exclude=True)]


async def test_a_subclass_with_fields_of_its_own_streams_from_tools(
    model: ModelServer, agent: MakeAgent
) -> None:
    """AG-2"""

    @function_tool
    async def take(ctx: RunContextWrapper[OwnContext], name: str) -> str:
        """Take something."""
        ctx.context.shelf[name] -= 1
        await ctx.context.stream(ProgressUpdateEvent(text=f"Taking {name}"))
        return "taken"

    plain = await a_context()
    context = OwnContext(thread=plain.thread, store=plain.store, request_context="ada", shelf={"cup": 3})
    model.will(Calls("take", '{"name": "cup"}'))
    model.will(Says("There."))
    run = Runner.run_streamed(agent(tools=[take]), "A cup", context=context)
    events = [event async for event in stream_agent_response(context, run)]
    assert ProgressUpdateEvent(text="Taking cup") in events
    assert context.shelf == {"cup": 2}
    assert "shelf" not in context.model_dump()


def test_a_client_tool_call_is_a_name_and_arguments() -> None:
    """§8.1"""
    assert ClientToolCall(name="pick", arguments={"n": 1}).model_dump() == {
        "name": "pick",
        "arguments": {"n": 1},
    }


async def test_hidden_context_is_stored_and_ends_no_workflow() -> None:
    """A-3"""
    context = await a_context()
    await context.add_workflow_task(CustomTask(title="x"))
    note = HiddenContextItem(id="h", thread_id="thr_1", created_at=START, content="note")
    await context.stream(ThreadItemDoneEvent(item=note))
    assert kinds(await events_of(context)) == ["item.added", "item.done"]
    assert [item.type for item in await stored(context)] == ["workflow"], "the bridge itself stores only that"
