"""Tool calls of a run as tasks of a workflow: what was called, with what, what came of it, how long it took."""

import json
import re
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from agents import RunContextWrapper, default_tool_error_function
from pydantic_core import to_json

from chatkit.agents.context import AgentContext
from chatkit.agents.shape import kind, read
from chatkit.agents.workflows import snapshot
from chatkit.types import CustomTask, ThreadItemReplacedEvent, WorkflowItem

LIMIT = 2000
"""Characters shown of arguments, and of a result. The rest is cut: a task is to be looked at, not to be worked with."""

NOT_SHOWN = ("image_generation_call",)
"""Calls that have an item of their own."""


@dataclass
class _Call:
    """A call that is running."""

    name: str
    arguments: str
    began: float
    workflow: WorkflowItem
    index: int


class ToolTasks:
    """Shows the calls of one run, by the workflow methods of its context.

    Args:
        context: The context the run was started with.
        names: The tools to show; None for all.
    """

    def __init__(self, context: AgentContext[Any], names: Collection[str] | None = None) -> None:
        self._context = context
        self._names = names
        self._running: dict[str, list[_Call]] = {}
        self._own: set[str] = set()
        self._failed = _words_of_failure()

    async def called(self, item: Any) -> None:
        """The model has called a tool, or its provider has run one."""
        raw = read(item, "raw_item")
        what = kind(raw)
        name = read(raw, "name") or what.removesuffix("_call")
        if what in NOT_SHOWN or (self._names is not None and name not in self._names):
            return
        arguments = _pretty(read(raw, "arguments"))
        context = self._context
        if what == "function_call":
            begins = context.workflow_item is None
            await context.add_workflow_task(_task(name, arguments))
            workflow = context.workflow_item
            assert workflow is not None
            if begins:
                self._own.add(workflow.id)
            index = len(workflow.workflow.tasks) - 1
            call = _Call(name, arguments, time.monotonic(), workflow, index)
            # Providers that give every call one id: the outputs come in the order of the calls.
            self._running.setdefault(str(read(raw, "call_id")), []).append(call)
            return
        if context.workflow_item is None:  # the provider ran it: it is over when we hear of it
            await context.add_workflow_task(_finished_task(raw, name, arguments))
            self._own.update({context.workflow_item.id} if context.workflow_item else ())
        else:
            await context.add_workflow_task(_finished_task(raw, name, arguments))

    async def returned(self, item: Any) -> None:
        """A tool has given its output."""
        calls = self._running.get(str(read(read(item, "raw_item"), "call_id")))
        if not calls:
            return
        output = read(item, "output")
        failed = isinstance(output, str) and bool(self._failed) and output.startswith(self._failed)
        await self._end(calls.pop(0), output, failed=failed)

    async def raised(self, error: Exception) -> None:
        """The run is over by an error: what was running has failed with it. Its words stay in the server's log."""
        for calls in self._running.values():
            for call in calls:
                await self._end(call, type(error).__name__, failed=True)
        self._running.clear()
        await self.over()

    async def over(self) -> None:
        """The run is over: a workflow of nothing but its tools ends too, unless the page still has a call to answer."""
        context = self._context
        if (
            context.workflow_item is not None
            and context.workflow_item.id in self._own
            and context.client_tool_call is None
        ):
            await context.end_workflow()

    async def _end(self, call: _Call, output: Any, *, failed: bool) -> None:
        task = _task(call.name, call.arguments, _pretty(output), time.monotonic() - call.began, failed=failed)
        live = self._context.workflow_item
        if live is not None and live.id == call.workflow.id:
            await self._context.update_workflow_task(task, call.index)
            return
        # The tool showed something of its own, and that ended the workflow: the stored item takes the result.
        call.workflow.workflow.tasks[call.index] = task
        await self._context.stream(ThreadItemReplacedEvent(item=snapshot(call.workflow)))


def _finished_task(raw: Any, name: str, arguments: str) -> CustomTask:
    error, output = read(raw, "error"), read(raw, "output")
    query = read(read(raw, "action"), "query")
    if query and not arguments:
        arguments = _pretty({"query": query})
    return _task(name, arguments, _pretty(error or output), failed=bool(error), finished=True)


def _task(
    name: str,
    arguments: str,
    result: str = "",
    seconds: float | None = None,
    *,
    failed: bool = False,
    finished: bool = False,
) -> CustomTask:
    """A task that says it all in Markdown."""
    parts: list[str] = []
    if arguments not in ("", "{}"):
        parts += ["**Arguments**", _fenced(arguments, "json")]
    over = finished or seconds is not None
    if over and (result or seconds is not None):
        heading = "**Error**" if failed else "**Result**"
        parts.append(heading if seconds is None else f"{heading} ({seconds:.1f} s)")
        parts += [_fenced(result)] if result else []
    return CustomTask(
        title=name,
        icon="info" if failed else "square-code",
        content="\n\n".join(parts) or None,
        status_indicator="complete" if over else "loading",
    )


def _pretty(value: Any) -> str:
    """A value as text that can be read, cut to `LIMIT`."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else to_json(value, fallback=str, indent=2).decode()
    if isinstance(value, str) and value[:1] in ("{", "["):
        with suppress(ValueError):  # only looks like JSON, or is not whole
            text = json.dumps(json.loads(value), indent=2, ensure_ascii=False)
    return text if len(text) <= LIMIT else text[:LIMIT] + "…"


def _fenced(text: str, language: str = "") -> str:
    """A code block whose fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _words_of_failure() -> str:
    """How the output of a tool begins that has raised: the SDK has no other sign of it, and its words change."""
    try:
        return default_tool_error_function(RunContextWrapper(None), Exception(""))
    except Exception:  # a release in which it needs more: failures are then shown as results
        return ""
