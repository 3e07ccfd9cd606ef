"""Each row of the table of events (A-4), by events of the SDK's own types."""

from typing import Any

import pytest
from agents import AgentUpdatedStreamEvent, ItemHelpers, RunItemStreamEvent
from agents.items import MessageOutputItem
from openai.types.responses import (
    ResponseOutputRefusal,
    ResponseOutputTextAnnotationAddedEvent,
    ResponseReasoningSummaryTextDeltaEvent,
    ResponseReasoningSummaryTextDoneEvent,
)
from openai.types.responses.response_output_text import (
    AnnotationContainerFileCitation,
    AnnotationFileCitation,
    AnnotationFilePath,
    AnnotationURLCitation,
)

from chatkit.agents import ResponseStreamConverter
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    CustomTask,
    FileSource,
    ThoughtTask,
    ThreadItemUpdatedEvent,
    URLSource,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from tests.agents.scene import (
    a_context,
    added,
    completed,
    delta,
    done,
    events_of,
    function_call,
    item_of,
    kinds,
    message,
    part_added,
    reasoning,
    stored,
    text_done,
    text_of,
    words,
)


def thinks(text: str, item: str = "rs_1", summary: int = 0) -> ResponseReasoningSummaryTextDeltaEvent:
    return ResponseReasoningSummaryTextDeltaEvent(
        type="response.reasoning_summary_text.delta",
        item_id=item,
        output_index=0,
        summary_index=summary,
        delta=text,
        sequence_number=0,
    )


def thought(text: str, item: str = "rs_1", summary: int = 0) -> ResponseReasoningSummaryTextDoneEvent:
    return ResponseReasoningSummaryTextDoneEvent(
        type="response.reasoning_summary_text.done",
        item_id=item,
        output_index=0,
        summary_index=summary,
        text=text,
        sequence_number=0,
    )


@pytest.mark.parametrize(
    ("event", "update"),
    [
        (delta("m", "Hi"), AssistantMessageContentPartTextDelta(content_index=0, delta="Hi")),
        (
            part_added("m", words("")),
            AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text="")),
        ),
        (
            part_added("m", ResponseOutputRefusal(type="refusal", refusal="No")),
            AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text="No")),
        ),
        (
            text_done("m", "Hi"),
            AssistantMessageContentPartDone(content_index=0, content=AssistantMessageContent(text="Hi")),
        ),
    ],
    ids=["delta", "part", "refusal", "text done"],
)
async def test_an_event_of_a_message_becomes_its_update(event: Any, update: Any) -> None:
    """A-4: also alone, for a message whose beginning was never told."""
    context = await a_context()
    assert await events_of(context, event) == [ThreadItemUpdatedEvent(item_id="m", update=update)]


async def test_a_message_is_added_and_done_with_its_content() -> None:
    """A-4: and keeps the moment of its beginning, so that a reload shows the order that was seen."""
    events = await events_of(
        await a_context(), added(message("m", words("H"))), done(message("m", words("Hi"), words("!")))
    )
    assert kinds(events) == ["item.added", "item.done"]
    assert [text_of(item_of(event)) for event in events] == ["H", "Hi!"]
    assert item_of(events[0]).created_at == item_of(events[1]).created_at


@pytest.mark.parametrize(
    "event",
    [
        part_added("rs", {"type": "reasoning_text", "text": "hm"}),
        completed(),
        added(function_call()),
        done(function_call()),
        done(reasoning()),
    ],
    ids=["reasoning text", "completed", "call added", "call done", "reasoning done"],
)
async def test_any_other_event_of_the_model_shows_nothing(event: Any) -> None:
    """A-4"""
    assert await events_of(await a_context(), event) == []


async def test_events_that_are_not_the_models_show_nothing(agent: Any) -> None:
    """A-13"""
    talker = agent()
    said = RunItemStreamEvent(
        name="message_output_created", item=MessageOutputItem(agent=talker, raw_item=message("m", words("x")))
    )
    assert ItemHelpers.text_message_output(said.item) == "x"  # type: ignore[arg-type]
    unknown: Any = type("Later", (), {"type": "a_later_stream_event"})()
    events = await events_of(await a_context(), AgentUpdatedStreamEvent(new_agent=talker), said, unknown)
    assert events == []


async def test_the_first_thought_streams_and_later_ones_come_whole() -> None:
    """A-4"""
    context = await a_context()
    events = await events_of(
        context,
        added(reasoning()),
        thinks("Let me "),
        thinks("think"),
        thought("Let me think."),
        thinks("And", summary=1),
        thought("And then", summary=1),
        added(reasoning("rs_2")),
        thinks("More", "rs_2"),
        thought("More.", "rs_2"),
    )
    first, *rest = events
    workflow = item_of(first)
    assert (workflow.workflow.type, workflow.workflow.tasks) == ("reasoning", [])
    assert rest == [
        ThreadItemUpdatedEvent(item_id=workflow.id, update=update)
        for update in (
            WorkflowTaskAdded(task=ThoughtTask(content="Let me "), task_index=0),
            WorkflowTaskUpdated(task=ThoughtTask(content="Let me think"), task_index=0),
            WorkflowTaskUpdated(task=ThoughtTask(content="Let me think."), task_index=0),
            WorkflowTaskAdded(task=ThoughtTask(content="And then"), task_index=1),
            WorkflowTaskAdded(task=ThoughtTask(content="More."), task_index=2),
        )
    ]
    (kept,) = await stored(context)
    assert [task.content for task in kept.workflow.tasks] == ["Let me think.", "And then", "More."]  # type: ignore[union-attr]


async def test_thoughts_of_a_provider_without_ids_are_told_apart() -> None:
    """A-4, P9"""
    events = await events_of(
        await a_context(),
        added(reasoning("__fake_id__")),
        thinks("a", "__fake_id__"),
        thought("a", "__fake_id__"),
        added(reasoning("__fake_id__")),
        thinks("b", "__fake_id__"),
        thought("b", "__fake_id__"),
    )
    assert [event.update.task_index for event in events[1:]] == [0, 0, 1]  # type: ignore[union-attr]


async def test_thoughts_join_the_work_of_tools_when_they_are_whole() -> None:
    """A-4: a custom workflow that a tool has begun takes them like any task"""
    context = await a_context()
    await context.add_workflow_task(CustomTask(title="Read the plan"))
    events = await events_of(context, added(reasoning()), thinks("Dock 4 "), thought("Dock 4 is free."))
    begun, told = events
    assert item_of(begun).workflow.type == "custom"
    task = ThoughtTask(content="Dock 4 is free.")
    assert told == ThreadItemUpdatedEvent(
        item_id=item_of(begun).id, update=WorkflowTaskAdded(task=task, task_index=1)
    )
    (kept,) = await stored(context)
    assert isinstance(kept, WorkflowItem)
    assert kept.workflow.tasks == [CustomTask(title="Read the plan"), task]


async def test_a_thought_brings_along_a_workflow_that_has_not_appeared() -> None:
    """A-4: an update of an item that nobody has heard of would be lost"""
    context = await a_context()
    await context.start_workflow(Workflow(type="custom", tasks=[]))
    events = await events_of(context, thought("One"), thought("Two", summary=1), added(message("m")))
    assert kinds(events) == ["item.added", "workflow.task.added", "item.done", "item.added"]
    assert item_of(events[0]).workflow.tasks == [ThoughtTask(content="One")]


async def test_a_task_that_takes_the_place_of_a_thought_stays_there() -> None:
    """A-4: the rest of the thought comes whole, beside it"""
    context = await a_context()
    note = CustomTask(title="Note")
    events = await events_of(
        context,
        added(reasoning()),
        thinks("Dock "),
        lambda: context.update_workflow_task(note, 0),
        thinks("4"),
        thought("Dock 4"),
    )
    assert kinds(events)[1:] == ["workflow.task.added", "workflow.task.updated", "workflow.task.added"]
    (kept,) = await stored(context)
    assert isinstance(kept, WorkflowItem)
    assert kept.workflow.tasks == [note, ThoughtTask(content="Dock 4")]


async def test_a_summary_without_a_workflow_shows_nothing() -> None:
    """A-4"""
    assert await events_of(await a_context(), thinks("x"), thought("x")) == []


URL = {"type": "url_citation", "url": "https://example.org", "title": "Ex", "start_index": 0, "end_index": 7}
FILE = {"type": "file_citation", "file_id": "f", "filename": "a.pdf", "index": 3}
CONTAINER = {
    "type": "container_file_citation",
    "container_id": "c",
    "file_id": "f",
    "filename": "b.csv",
    "start_index": 0,
    "end_index": 5,
}
PATH = {"type": "file_path", "file_id": "f", "index": 1}


def annotated(annotation: Any, index: int = 0, content: int = 0) -> Any:
    return ResponseOutputTextAnnotationAddedEvent.model_construct(
        type="response.output_text.annotation.added",
        item_id="m",
        output_index=0,
        content_index=content,
        annotation_index=index,
        annotation=annotation,
        sequence_number=0,
    )


def typed(annotation: dict[str, Any]) -> Any:
    classes: dict[str, Any] = {
        "url_citation": AnnotationURLCitation,
        "file_citation": AnnotationFileCitation,
        "container_file_citation": AnnotationContainerFileCitation,
        "file_path": AnnotationFilePath,
    }
    return classes[annotation["type"]](**annotation)


@pytest.mark.parametrize("shape", [dict, typed], ids=["dict", "typed"])
async def test_citations_are_converted_by_kind_and_counted_per_part(shape: Any) -> None:
    """A-4, A-5"""
    nameless = {**FILE, "filename": ""}
    citations = [URL, PATH, nameless, FILE, CONTAINER]
    events = await events_of(
        await a_context(),
        added(message("m")),
        *[annotated(shape(one), place) for place, one in enumerate(citations)],
        annotated(shape(FILE), 0, content=1),
        done(message("m", words("cited", [shape(one) for one in citations]))),
    )
    updates: list[Any] = [event.update for event in events if isinstance(event, ThreadItemUpdatedEvent)]
    found = [(up.content_index, up.annotation_index, up.annotation.source.title) for up in updates]
    assert found == [(0, 0, "Ex"), (0, 1, "a.pdf"), (0, 2, "b.csv"), (1, 0, "a.pdf")]
    full = item_of(events[-1]).content[0].annotations
    assert [(note.source.type, note.index) for note in full] == [("url", 7), ("file", 3), ("file", 5)]


async def test_a_web_page_without_a_title_is_called_by_its_address() -> None:
    """A-5, P20"""
    bare = {**URL, "title": None}
    events = await events_of(await a_context(), done(message("m", words("x", [bare, {**URL, "url": ""}]))))
    assert [note.source.title for note in item_of(events[0]).content[0].annotations] == [
        "https://example.org"
    ]


async def test_an_apps_converter_is_used_while_streaming_and_at_the_end() -> None:
    """A-8"""

    class Own(ResponseStreamConverter):
        async def file_citation_to_annotation(self, file_citation: Any) -> Any:
            made = await super().file_citation_to_annotation(file_citation)
            return made and made.model_copy(update={"index": 99})

    events = await events_of(
        await a_context(),
        added(message("m")),
        annotated(FILE),
        done(message("m", words("cited", [FILE]))),
        converter=Own(),
    )
    assert events[1].update.annotation.index == 99  # type: ignore[union-attr]
    assert item_of(events[2]).content[0].annotations[0].index == 99


@pytest.mark.parametrize("shape", [dict, typed], ids=["dict", "typed"])
async def test_an_apps_converter_reads_citations_by_their_attributes(shape: Any) -> None:
    """A-8: as upstream's hands them over, whatever the client makes of them while an answer streams"""

    class Own(ResponseStreamConverter):
        async def url_citation_to_annotation(self, url_citation: AnnotationURLCitation) -> Annotation:
            source = URLSource(url=url_citation.url, title=f"Web: {url_citation.title}")
            return Annotation(source=source, index=url_citation.start_index)

        async def file_citation_to_annotation(self, file_citation: AnnotationFileCitation) -> Annotation:
            source = FileSource(filename=file_citation.filename, title=file_citation.file_id)
            return Annotation(source=source, index=file_citation.index)

        async def container_file_citation_to_annotation(
            self, container_file_citation: AnnotationContainerFileCitation
        ) -> Annotation:
            title = f"{container_file_citation.container_id}/{container_file_citation.filename}"
            return Annotation(source=FileSource(filename=title, title=title))

    cited = [shape(one) for one in (URL, FILE, CONTAINER)]
    events = await events_of(
        await a_context(),
        added(message("m")),
        *map(annotated, cited),
        done(message("m", words("cited", cited))),
        converter=Own(),
    )
    updates: list[Any] = [event.update for event in events if isinstance(event, ThreadItemUpdatedEvent)]
    assert [one.annotation.source.title for one in updates] == ["Web: Ex", "f", "c/b.csv"]
    full = item_of(events[-1]).content[0].annotations
    assert [(note.source.title, note.index) for note in full] == [
        *(("Web: Ex", 0), ("f", 3), ("c/b.csv", None))
    ]
