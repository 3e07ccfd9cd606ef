"""A scripted turn that asks something back, and the one that goes on with the answers: a notice, words, a widget."""

from collections.abc import AsyncGenerator
from typing import TypeVar

from chatkit.clock import now
from chatkit.demo.saying import saying
from chatkit.demo.showcase import pieces
from chatkit.store import Store
from chatkit.types import (
    NoticeEvent,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
)
from chatkit.widgets import Card, Markdown

C = TypeVar("C")
Events = AsyncGenerator[ThreadStreamEvent, None]

FIRST = "Before a lamp can be lit, three things must be known. You may skip any of them."
SKIPPED = "left to the keeper"


def questions() -> list[StructuredInputMultipleChoice | StructuredInputFreeform]:
    """One answer, several answers, words."""

    def options(*values: str) -> list[StructuredInputMultipleChoiceOption]:
        return [StructuredInputMultipleChoiceOption(value=value) for value in values]

    return [
        StructuredInputMultipleChoice(
            id="lamp", question="Which lamp?", options=options("Oil", "Gas", "Electric")
        ),
        StructuredInputMultipleChoice(
            id="nights",
            question="On which nights?",
            options=options("Clear ones", "Foggy ones", "Stormy ones"),
            multiple=True,
        ),
        StructuredInputFreeform(
            id="ships", question="For which ships?", description="Names, or what they carry"
        ),
    ]


async def asking(thread: ThreadMetadata, store: Store[C], context: C) -> Events:
    """Some words, then the questions."""
    async for event in saying(pieces(FIRST), thread, store, context):
        yield event
    item = StructuredInputItem(
        id=store.generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=now(),
        inputs=questions(),
    )
    yield ThreadItemDoneEvent(item=item)


async def answered(item: StructuredInputItem, thread: ThreadMetadata, store: Store[C], context: C) -> Events:
    """What follows the answers, or that there are none."""
    if item.status == "skipped":
        async for event in saying(pieces("Nothing was asked of you, then."), thread, store, context):
            yield event
        return
    yield NoticeEvent(level="info", message="This is a **notice**: it stands until it is dismissed.")
    async for event in saying(pieces("So be it. This card is a widget, in words:"), thread, store, context):
        yield event
    said = {
        one.id: ", ".join(one.answer.values) if one.answer and one.answer.values else SKIPPED
        for one in item.inputs
    }
    order = f"**Lamp:** {said['lamp']}\n**Nights:** {said['nights']}\n**Ships:** {said['ships']}"
    yield ThreadItemDoneEvent(
        item=WidgetItem(
            id=store.generate_item_id("message", thread, context),
            thread_id=thread.id,
            created_at=now(),
            widget=Card(children=[Markdown(value=order)]),
            copy_text=order,
        )
    )
