"""The class an app subclasses, and what it works with."""

from typing import TYPE_CHECKING

from chatkit.lending import lends
from chatkit.server.base import DEFAULT_ERROR_MESSAGE, ChatKitServer
from chatkit.server.queries import DEFAULT_PAGE_SIZE
from chatkit.server.results import NonStreamingResult, StartedStream, StreamingResult
from chatkit.server.user_agent import agents_sdk_user_agent_override
from chatkit.turns.widget_stream import diff_widget, stream_widget

__all__ = [
    "DEFAULT_ERROR_MESSAGE",
    "DEFAULT_PAGE_SIZE",
    "ChatKitServer",
    "NonStreamingResult",
    "StartedStream",
    "StreamingResult",
    "agents_sdk_user_agent_override",
    "diff_widget",
    "stream_widget",
]

if not TYPE_CHECKING:
    __getattr__ = lends(__name__, "chatkit.types", "chatkit.widgets", "chatkit.store.base", "chatkit.errors")
