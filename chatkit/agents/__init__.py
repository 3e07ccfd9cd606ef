"""OpenAI Agents SDK ↔ ChatKit: runs of the SDK become events, items of a thread become model input."""

from typing import TYPE_CHECKING

from chatkit.agents.accumulate import accumulate_text
from chatkit.agents.context import AgentContext, ClientToolCall
from chatkit.agents.inputs import ThreadItemConverter, simple_to_agent_input
from chatkit.agents.outputs import ResponseStreamConverter
from chatkit.agents.stream import stream_agent_response
from chatkit.lending import lends

__all__ = [
    "AgentContext",
    "ClientToolCall",
    "ResponseStreamConverter",
    "ThreadItemConverter",
    "accumulate_text",
    "simple_to_agent_input",
    "stream_agent_response",
]

if not TYPE_CHECKING:
    __getattr__ = lends(
        __name__, "chatkit.types", "chatkit.widgets", "chatkit.store.base", "chatkit.turns.widget_stream"
    )
