"""OpenAI Agents SDK ↔ ChatKit: runs of the SDK become events, items of a thread become model input."""

from chatkit.agents.accumulate import accumulate_text
from chatkit.agents.context import AgentContext, ClientToolCall
from chatkit.agents.inputs import ThreadItemConverter, simple_to_agent_input
from chatkit.agents.outputs import ResponseStreamConverter
from chatkit.agents.stream import stream_agent_response

__all__ = [
    "AgentContext",
    "ClientToolCall",
    "ResponseStreamConverter",
    "ThreadItemConverter",
    "accumulate_text",
    "simple_to_agent_input",
    "stream_agent_response",
]
