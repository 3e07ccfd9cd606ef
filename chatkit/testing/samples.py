"""What the contract stores: threads, messages, attachments, and one item of every kind."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import AnyUrl

from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    ClientToolCallItem,
    CustomTask,
    DurationSummary,
    EndOfTurnItem,
    FileAttachment,
    GeneratedImage,
    GeneratedImageItem,
    HiddenContextItem,
    ImageAttachment,
    InferenceOptions,
    SDKHiddenContextItem,
    StructuredInputAnswer,
    StructuredInputFreeform,
    StructuredInputItem,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    ThreadMetadata,
    ToolChoice,
    URLSource,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import Card, Col, DynamicWidgetRoot, Row, Text

START = datetime(2026, 1, 2, 3, 4, 5, 678900)
"""When everything begins: naive local, as apps' own times are."""


def a_thread(id: str, minute: int = 0, title: str | None = None) -> ThreadMetadata:
    return ThreadMetadata(id=id, title=title, created_at=START + timedelta(minutes=minute))


def a_message(id: str, text: str, thread_id: str, created_at: datetime) -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(id=id, thread_id=thread_id, created_at=created_at, content=content)


def text_of(item: ThreadItem) -> str:
    """What an assistant message says."""
    assert isinstance(item, AssistantMessageItem)
    return "".join(part.text for part in item.content)


def two_attachments() -> list[Attachment]:
    return [
        FileAttachment(
            id="atc_1", name="plan.pdf", mime_type="application/pdf", metadata={"scan": {"clean": True}}
        ),
        ImageAttachment(
            id="atc_2",
            name="größe.png",
            mime_type="image/png",
            preview_url=AnyUrl("https://files.example/2?size=s&v=1"),
            thread_id="thr_1",
            metadata={"width": 640},
        ),
    ]


def every_kind_of_item(thread_id: str) -> list[ThreadItem]:
    """Items of every kind, one minute apart, with fields that are easily lost on the way through a database."""
    count = 0

    def base() -> dict[str, Any]:
        nonlocal count
        count += 1
        return {"id": f"item_{count}", "thread_id": thread_id, "created_at": START + timedelta(minutes=count)}

    source = URLSource(title="Source", url="https://example.org/?a=1&b=2", group="web")
    map_card = {"type": "Card", "theme": None, "children": [{"type": "Map", "at": {"lat": 1.5}, "zoom": 3}]}
    padded = Row(gap=2, padding={"x": 3, "top": "1px"}, children=[Text(value="left", size="sm", id="t")])
    return [
        UserMessageItem(
            **base(),
            content=[
                UserMessageTextContent(text="Look at  "),
                UserMessageTagContent(id="doc", text="Plan", data={"page": 3}, interactive=True),
            ],
            attachments=two_attachments(),
            quoted_text="“quoted”\n",
            inference_options=InferenceOptions(tool_choice=ToolChoice(id="search"), model="small"),
        ),
        AssistantMessageItem(
            **base(),
            content=[
                AssistantMessageContent(
                    text="Ünï **code** 🙂\n", annotations=[Annotation(source=source, index=3)]
                )
            ],
        ),
        WidgetItem(**base(), widget=Card(children=[padded, Col(flex=1, children=[])]), copy_text="left"),
        WidgetItem(**base(), widget=DynamicWidgetRoot.model_validate(map_card)),
        ClientToolCallItem(
            **base(), status="completed", call_id="call_1", name="pick", arguments={"n": [1, None]}, output=[]
        ),
        GeneratedImageItem(**base(), image=GeneratedImage(id="img_1", url="data:image/png;base64,AAAA")),
        StructuredInputItem(
            **base(),
            status="answered",
            inputs=[
                StructuredInputFreeform(id="q", question="Why?", answer=StructuredInputAnswer(values=["so"]))
            ],
        ),
        TaskItem(**base(), task=CustomTask(title="Read", icon="book-open", content="…")),
        WorkflowItem(
            **base(),
            workflow=Workflow(
                type="reasoning", tasks=[ThoughtTask(content="hm")], summary=DurationSummary(duration=4)
            ),
        ),
        EndOfTurnItem(**base()),
        HiddenContextItem(**base(), content={"seen": ["a", 1, None]}),
        SDKHiddenContextItem(**base(), content="note"),
    ]
