"""A scripted message, as every scripted turn of the demo has some."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

from chatkit.clock import now
from chatkit.store import Store
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)

C = TypeVar("C")


async def saying(
    words: AsyncIterator[str], thread: ThreadMetadata, store: Store[C], context: C
) -> AsyncGenerator[ThreadStreamEvent, None]:
    """A message whose words come piece by piece; what `words` raises ends it where it is."""
    item = AssistantMessageItem(
        id=store.generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=now(),
        content=[],
    )
    yield ThreadItemAddedEvent(item=item)
    empty = AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))
    yield ThreadItemUpdatedEvent(item_id=item.id, update=empty)
    text = ""
    async for piece in words:
        text += piece
        delta = AssistantMessageContentPartTextDelta(content_index=0, delta=piece)
        yield ThreadItemUpdatedEvent(item_id=item.id, update=delta)
    yield ThreadItemDoneEvent(item=item.model_copy(update={"content": [AssistantMessageContent(text=text)]}))
