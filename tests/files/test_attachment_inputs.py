"""Attachments as the model gets them (C-1): over a real conversation, with the bytes from the attachment store."""

import base64
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from agents import (
    Agent,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    set_tracing_disabled,
)
from openai import AsyncOpenAI

from chatkit.agents.attachments import MAX_TEXT, AttachmentConverter, attachment_content
from chatkit.clock import now
from chatkit.store.objects import ObjectAttachmentStore
from chatkit.types import FileAttachment, InferenceOptions, UserMessageItem, UserMessageTextContent
from tests.files.chat import PDF, TEXT, Chat, png
from tests.modelserver import ModelServer, Says
from tests.scripted import ALICE, BOB


def a_file(name: str, mime_type: str) -> FileAttachment:
    return FileAttachment(id="atc_1", name=name, mime_type=mime_type)


def of(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def test_a_message_hands_its_files_to_the_model(chat: Chat) -> None:
    """C-1: the text, then the contents of the attachments"""
    ids: list[str] = []
    for name, data, kind in (
        ("dock.png", png(), "image/png"),
        ("plan.pdf", PDF, "application/pdf"),
        ("notes.md", "Größe: 4".encode(), "text/markdown"),
    ):
        ids.append((await chat.direct(name, data, kind)).json()["id"])
    sent = await chat.sent(*ids)
    item = await chat.store.load_item(sent.thread_id, sent.id, ALICE)
    [message] = await AttachmentConverter(chat.files, ALICE).to_agent_input(item)
    assert message == {
        "type": "message",
        "role": "user",
        "content": [
            {"type": "input_text", "text": "Hello"},
            {"type": "input_image", "detail": "auto", "image_url": f"data:image/png;base64,{of(png())}"},
            {
                "type": "input_file",
                "filename": "plan.pdf",
                "file_data": f"data:application/pdf;base64,{of(PDF)}",
            },
            {
                "type": "input_text",
                "text": "The attached file 'notes.md' (text/markdown) contains:\nGröße: 4",
            },
        ],
    }


async def test_a_file_that_cannot_be_handed_over_becomes_a_note(chat: Chat) -> None:
    """One file must not end every later turn of its thread."""
    attachment = await chat.files.add_upload("a.txt", "text/plain", _once(TEXT), ALICE)
    notes: list[Any] = [
        await converter.attachment_to_message_content(attachment)
        for converter in (
            AttachmentConverter(chat.files, ALICE, max_size=10),
            AttachmentConverter(chat.files, BOB),
        )
    ]
    assert [note["text"].partition(") ")[2] for note in notes] == [
        "is too large to be read by the assistant.",
        "is not there any more.",
    ]


@pytest.mark.parametrize(
    ("mime_type", "data", "text"),
    [
        ("application/json", b'{"a": 1}', 'contains:\n{"a": 1}'),
        ("text/plain", "\ufeffmarked".encode(), "contains:\nmarked"),
        ("text/plain", "wide".encode("utf-16"), "contains:\nwide"),
        ("text/plain", b"\xff bad", "contains:\n\ufffd bad"),
        ("application/zip", b"PK", "cannot be read by the assistant."),
        ("image/bmp", b"BM", "cannot be read by the assistant."),
    ],
)
def test_a_text_is_words_and_the_rest_is_named(mime_type: str, data: bytes, text: str) -> None:
    part = attachment_content(a_file("a", mime_type), data)
    assert part == {"type": "input_text", "text": f"The attached file 'a' ({mime_type}) {text}"}


def test_a_long_text_is_cut_and_says_so() -> None:
    part = attachment_content(a_file("a.txt", "text/plain"), b"x" * (MAX_TEXT + 1))
    assert part["text"].endswith("x\n… (the first 200,000 of 200,001 characters)")
    assert len(part["text"]) < MAX_TEXT + 200


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_what_the_agents_sdk_sends_holds_the_files(tmp_path: Path, api: str) -> None:
    """C-1: seen by a model server on loopback that speaks both APIs."""
    set_tracing_disabled(True)
    files = ObjectAttachmentStore[str](tmp_path, owner=str)
    attached = [
        await files.add_upload("dock.png", "image/png", _once(png()), ALICE),
        await files.add_upload("plan.pdf", "application/pdf", _once(PDF), ALICE),
    ]
    message = UserMessageItem(
        id="msg_1",
        thread_id="thr_1",
        created_at=now(),
        content=[UserMessageTextContent(text="What is this?")],
        attachments=attached,
        inference_options=InferenceOptions(),
    )
    given = await AttachmentConverter(files, ALICE).to_agent_input(message)
    with ModelServer() as models:
        models.will(Says("A dock."))
        async with AsyncOpenAI(base_url=models.base_url, api_key="none", max_retries=0) as client:
            kind = OpenAIResponsesModel if api == "responses" else OpenAIChatCompletionsModel
            agent = Agent[Any](name="a", model=kind("scripted", client))
            run = Runner.run_streamed(agent, given)
            async for _ in run.stream_events():
                pass
        assert run.final_output == "A dock."
        said = json.dumps(models.seen[-1].input[-1]["content"])
    for whole in (f"data:image/png;base64,{of(png())}", f"data:application/pdf;base64,{of(PDF)}", "plan.pdf"):
        assert whole in said


async def _once(data: bytes) -> AsyncGenerator[bytes]:
    yield data
