"""Text of a run as states of a widget (python-sdk.md §8.5)."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

from agents import StreamEvent

from chatkit.agents.shape import kind, read
from chatkit.widgets import Markdown, Text

W = TypeVar("W", Text, Markdown)


async def accumulate_text(events: AsyncIterator[StreamEvent], base_widget: W) -> AsyncIterator[W]:
    """The widget, then a copy with a longer `value` for each text delta, then one that no longer streams.

    Args:
        events: The events of a run; closed on every way out.
        base_widget: What to begin with; give it an `id`, so that the text goes out as deltas.
    """
    text = ""
    try:
        yield base_widget
        async for event in events:
            data = read(event, "data") if kind(event) == "raw_response_event" else None
            if kind(data) == "response.output_text.delta":
                text += read(data, "delta")
                yield base_widget.model_copy(update={"value": text})
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
    yield base_widget.model_copy(update={"value": text, "streaming": False})
