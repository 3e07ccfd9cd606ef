"""A run of the Agents SDK as events of a turn (python-sdk.md §8.4)."""

from collections.abc import AsyncGenerator, Collection
from typing import Any

from agents import InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered, RunResultStreaming

from chatkit.agents.context import AgentContext
from chatkit.agents.merge import Merged
from chatkit.agents.outputs import ResponseStreamConverter
from chatkit.agents.run import Run
from chatkit.agents.shape import kind, read
from chatkit.agents.tools import ToolTasks
from chatkit.logger import logger
from chatkit.types import ThreadItemRemovedEvent, ThreadStreamEvent

GUARDRAILS = (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered)

_DEFAULT = ResponseStreamConverter()


async def stream_agent_response(
    context: AgentContext[Any],
    result: RunResultStreaming,
    *,
    converter: ResponseStreamConverter = _DEFAULT,
    show_tools: bool | Collection[str] = False,
) -> AsyncGenerator[ThreadStreamEvent, None]:
    """The events of a run and those that its tools stream, in order of arrival.

    Items have the provider's ids only where these are new in the thread; else ids from the store. When the reader
    leaves, the run is cancelled, and with it the request to the model.

    With `show_tools`, each call of a server tool is a task in a workflow: loading while it runs, then complete with
    its result (or error) and how long it took, as far as the SDK tells: outputs of parallel calls come together. A
    workflow that is open, such as one of reasoning, takes the tasks; else a custom one begins. Long arguments and
    results are cut. Only failures that the SDK words itself, and those that end the run, are shown as errors: what
    a tool's own `failure_error_function` says is its result. Everybody who may read the thread sees what is shown.

    Args:
        context: The context the run was started with.
        result: The run, from `Runner.run_streamed`.
        converter: Converts citations and pictures.
        show_tools: True to show all tool calls, or the names of the tools to show.

    Raises:
        InputGuardrailTripwireTriggered: After everything the run produced has been removed (A-9).
        OutputGuardrailTripwireTriggered: The same.
        Exception: Whatever ends the run, after everything that came before it.
    """
    run = Run(context, converter)
    tools: ToolTasks | None = None
    if show_tools is not False:
        tools = ToolTasks(context, None if show_tools is True else show_tools)
    await run.adopt_workflow()
    queue = context._events  # pyright: ignore[reportPrivateUsage]  # the other half of this room
    items = queue.items
    merging = Merged(result.stream_events(), queue, abandon=result.cancel, discard_on=GUARDRAILS)
    try:
        async with merging as merged:
            while await merged.more():
                while items:
                    item = items.popleft()
                    if not isinstance(item, tuple):
                        for made in run.queued(item):
                            yield made
                        continue
                    value = item[0]
                    what = getattr(value, "type", None)
                    if what == "raw_response_event":
                        data = value.data
                        said = getattr(data, "type", None) == "response.output_text.delta"
                        if said and (delta := run.text(data)) is not None:
                            yield delta
                        else:
                            for made in await run.response(data):
                                yield made
                    elif what == "run_item_stream_event":
                        await _take_run_item(run, tools, value)
                    merged.done_with_one()
    except GUARDRAILS:
        logger.info("a guardrail stopped the run in thread %s", context.thread.id)
        queue.items.clear()
        context.workflow_item = None
        for id in await run.to_remove():
            yield ThreadItemRemovedEvent(item_id=id)
        raise
    except Exception as error:
        if tools is not None:
            await tools.raised(error)
            for event in queue.drain():
                for made in run.queued(event):
                    yield made
        raise
    if tools is not None:
        await tools.over()
        for event in queue.drain():
            for made in run.queued(event):
                yield made
    for last in await run.leave():
        yield last


async def _take_run_item(run: Run, tools: ToolTasks | None, event: Any) -> None:
    item = read(event, "item")
    match kind(item):
        case "tool_call_item":
            run.note_call(item)
            if tools is not None:
                await tools.called(item)
        case "tool_call_output_item" if tools is not None:
            await tools.returned(item)
        case _:
            pass  # messages have come as events of the model; what else there is, nobody sees
