"""A scripted turn that shows what is not words: thinking, a search, a picture, an answer that names its sources."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator
from typing import TypeVar

from chatkit.clock import now
from chatkit.demo.showcase import pieces
from chatkit.store import Store
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    DurationSummary,
    EntitySource,
    FileSource,
    FileTask,
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    ProgressUpdateEvent,
    SearchTask,
    Task,
    ThoughtTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    URLSource,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

C = TypeVar("C")

STEP = 0.6
"""Seconds that each step of the work takes."""

PAGES = [
    URLSource(
        title="How a lighthouse lens works",
        url="https://example.com/lens",
        attribution="Example Encyclopaedia",
        description="A Fresnel lens bends the light of one lamp into a beam that is seen for thirty miles.",
    ),
    URLSource(title="Keepers of the coast", url="https://www.example.org/keepers"),
]
LOG = FileSource(title="Keeper's log, 1887", filename="log-1887.pdf")
LAMP = EntitySource(
    id="lamp-7", title="Lamp no. 7", icon="lightbulb", label="Your inventory", interactive=True
)

SAID = (
    "A single lamp is enough, because the lens gathers its light into beams.",
    " The keeper of 1887 trimmed it twice a night",
    ", as the one in ",
    " still is today.",
)

NIGHT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">
<rect width="400" height="400" fill="#16213a"/><circle cx="310" cy="80" r="26" fill="#f4ecd0"/>
<path d="M0 330q100-30 200 0t200 0v70H0z" fill="#0c1426"/>{more}</svg>"""
TOWER = """<path d="M170 330l14-170h32l14 170z" fill="#e8e4da"/><path d="M176 262h48l3 34h-54z" fill="#b5483a"/>
<rect x="180" y="132" width="40" height="28" fill="#f7d774"/><path d="M174 132l26-24 26 24z" fill="#b5483a"/>
<path d="M220 146l180-50v100z" fill="#f7d774" opacity=".25"/>"""


def picture(*, whole: bool) -> GeneratedImage:
    """A lighthouse at night, drawn here; only the night while it is not whole."""
    drawn = NIGHT.format(more=TOWER if whole else "")
    return GeneratedImage(
        id="lighthouse", url="data:image/svg+xml;base64," + b64encode(drawn.encode()).decode()
    )


async def staged(
    thread: ThreadMetadata, store: Store[C], context: C
) -> AsyncGenerator[ThreadStreamEvent, None]:
    """The whole turn, at a pace that can be watched."""
    yield ProgressUpdateEvent(icon="search", text="Looking for lighthouses…")
    await asyncio.sleep(STEP)

    thought = ThoughtTask(
        title="Weighing the question", content="A lamp, a lens, a keeper: **what is needed, what is not?**"
    )
    search = SearchTask(title_query="lighthouse lens", queries=["lighthouse lens", "lighthouse keeper 1887"])
    files = FileTask(title="Read the keeper's log", sources=[LOG])
    work = WorkflowItem(
        id=store.generate_item_id("workflow", thread, context),
        thread_id=thread.id,
        created_at=now(),
        workflow=Workflow(type="reasoning", tasks=[], expanded=False),
    )
    yield ThreadItemAddedEvent(item=work)
    tasks: list[Task] = [thought, search, files]
    for place, task in enumerate(tasks):
        running = task.model_copy(update={"status_indicator": "loading"})
        yield ThreadItemUpdatedEvent(
            item_id=work.id, update=WorkflowTaskAdded(task_index=place, task=running)
        )
        await asyncio.sleep(STEP)
        found = {"status_indicator": "complete"} | ({"sources": PAGES} if task is search else {})
        tasks[place] = done = task.model_copy(update=found)
        yield ThreadItemUpdatedEvent(item_id=work.id, update=WorkflowTaskUpdated(task_index=place, task=done))
    summary = DurationSummary(duration=3)
    whole = Workflow(type="reasoning", tasks=tasks, summary=summary, expanded=False)
    yield ThreadItemDoneEvent(item=work.model_copy(update={"workflow": whole}))

    image = GeneratedImageItem(
        id=store.generate_item_id("message", thread, context), thread_id=thread.id, created_at=now()
    )
    yield ThreadItemAddedEvent(item=image)
    for progress in (0.2, 0.5, 0.8):
        partial = GeneratedImageUpdated(image=picture(whole=False), progress=progress)
        yield ThreadItemUpdatedEvent(item_id=image.id, update=partial)
        await asyncio.sleep(STEP)
    yield ThreadItemDoneEvent(item=image.model_copy(update={"image": picture(whole=True)}))

    answer = AssistantMessageItem(
        id=store.generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=now(),
        content=[],
    )
    yield ThreadItemAddedEvent(item=answer)
    empty = AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))
    yield ThreadItemUpdatedEvent(item_id=answer.id, update=empty)
    async for piece in pieces("".join(SAID)):
        delta = AssistantMessageContentPartTextDelta(content_index=0, delta=piece)
        yield ThreadItemUpdatedEvent(item_id=answer.id, update=delta)
    first = len(SAID[0])
    second = first + len(SAID[1])
    annotations = [
        Annotation(source=PAGES[0], index=first),
        Annotation(source=PAGES[1], index=first),
        Annotation(source=LOG, index=second),
        Annotation(source=LAMP, index=second + len(SAID[2])),
        Annotation(source=PAGES[0], index=None),
    ]
    content = [AssistantMessageContent(text="".join(SAID), annotations=annotations)]
    yield ThreadItemDoneEvent(item=answer.model_copy(update={"content": content}))
