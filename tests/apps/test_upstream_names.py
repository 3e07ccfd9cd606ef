"""What apps for upstream import from the bridge (python-sdk.md §8), and that the bookshop needs no name but upstream's.

Taken from the specification, so a name cannot get lost unseen.
"""

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

from chatkit import agents
from tests.test_public_api import NAMES

BRIDGE = """
    ClientToolCall AgentContext ResponseStreamConverter stream_agent_response accumulate_text
    ThreadItemConverter simple_to_agent_input"""

PARAMETERS = {
    "AgentContext.generate_id": "type thread=None",
    "AgentContext.stream": "event",
    "AgentContext.stream_widget": "widget copy_text=None",
    "AgentContext.start_workflow": "workflow",
    "AgentContext.add_workflow_task": "task",
    "AgentContext.update_workflow_task": "task task_index",
    "AgentContext.end_workflow": "summary=None expanded=False",
    "ResponseStreamConverter.__init__": "*partial_images=None",
    "ResponseStreamConverter.base64_image_to_url": "image_id base64_image partial_image_index=None",
    "ResponseStreamConverter.partial_image_index_to_progress": "",
    "ResponseStreamConverter.file_citation_to_annotation": "",
    "ResponseStreamConverter.container_file_citation_to_annotation": "",
    "ResponseStreamConverter.url_citation_to_annotation": "",
    "ThreadItemConverter.to_agent_input": "",
    "ThreadItemConverter.attachment_to_message_content": "attachment",
    "ThreadItemConverter.tag_to_message_content": "tag",
    "ThreadItemConverter.user_message_to_input": "item is_last_message=True",
    "ThreadItemConverter.assistant_message_to_input": "item",
    "ThreadItemConverter.client_tool_call_to_input": "item",
    "ThreadItemConverter.widget_to_input": "item",
    "ThreadItemConverter.task_to_input": "item",
    "ThreadItemConverter.workflow_to_input": "item",
    "ThreadItemConverter.structured_input_to_input": "item",
    "ThreadItemConverter.generated_image_to_input": "item",
    "ThreadItemConverter.hidden_context_to_input": "item",
    "ThreadItemConverter.sdk_hidden_context_to_input": "item",
    "ThreadItemConverter.end_of_turn_to_input": "item",
}
"""The names that the specification gives; without any, it only says that there is one argument."""

PLAIN = {"generate_id", "__init__", "partial_image_index_to_progress"}
"""What is not async."""


@pytest.mark.parametrize("name", BRIDGE.split())
def test_a_name_of_the_bridge_can_be_imported(name: str) -> None:
    """python-sdk.md §8"""
    assert hasattr(agents, name)
    assert name in agents.__all__


@pytest.mark.parametrize(("method", "named"), PARAMETERS.items())
def test_a_method_of_the_bridge_is_called_as_the_specification_says(method: str, named: str) -> None:
    """python-sdk.md §8.2, §8.3, §8.6"""
    owner, name = method.split(".")
    found: Any = getattr(getattr(agents, owner), name)
    assert inspect.iscoroutinefunction(found) is (name not in PLAIN)
    _, *given = inspect.signature(found).parameters.values()
    if not named:
        assert len(given) == 1
        assert given[0].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        return
    written = [
        ("*" if one.kind is inspect.Parameter.KEYWORD_ONLY else "")
        + one.name
        + ("" if one.default is inspect.Parameter.empty else f"={one.default}")
        for one in given
    ]
    assert written == named.split()


def test_a_client_tool_call_and_a_context_have_their_fields() -> None:
    """python-sdk.md §8.1, §8.2"""
    assert list(agents.ClientToolCall.model_fields) == ["name", "arguments"]
    context = agents.AgentContext.model_fields
    assert list(context) == [
        "thread",
        "store",
        "request_context",
        "previous_response_id",
        "client_tool_call",
        "workflow_item",
        "generated_image_item",
    ]
    assert [name for name, field in context.items() if field.is_required()] == list(context)[:3]


def test_a_run_is_streamed_with_or_without_a_converter() -> None:
    """python-sdk.md §8.4, §8.5"""
    streamed = inspect.signature(agents.stream_agent_response).parameters
    assert list(streamed)[:2] == ["context", "result"]
    assert streamed["converter"].kind is inspect.Parameter.KEYWORD_ONLY
    assert streamed["converter"].default is not inspect.Parameter.empty
    assert list(inspect.signature(agents.accumulate_text).parameters) == ["events", "base_widget"]


def test_the_bookshop_uses_nothing_but_upstreams_names() -> None:
    """apps.md: an app runs unchanged, so what it imports is what upstream has"""
    known = {f"{module}.{name}" for module, names in NAMES.items() for name in names.split()}
    known |= {f"chatkit.agents.{name}" for name in BRIDGE.split()}
    used: set[str] = set()
    for file in Path(__file__).parent.glob("shop*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                used |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                used |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = {name for name in used if name.split(".")[0] == "chatkit"}
    assert {"chatkit.agents.stream_agent_response", "chatkit.store.AttachmentStore"} <= ours
    assert ours - known == set()
