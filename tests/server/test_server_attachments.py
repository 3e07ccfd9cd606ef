"""Attachments and dictation, without bytes: what the server asks of the hooks (S-29…S-33)."""

import base64
from typing import Any

import pytest
from pydantic import AnyUrl

from chatkit.errors import InvalidRequestError, NotFoundError, NotSupportedError
from chatkit.store import AttachmentStore, MemoryStore, Store
from chatkit.testing import ask, collect_events
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    AudioInput,
    FileAttachment,
    ImageAttachment,
    TranscriptionResult,
)
from tests.scripted import ALICE, Scripted, create, items_of, request

CREATE = request("attachments.create", name="plan.png", size=20480, mime_type="image/png")


class Shelf(AttachmentStore[str]):
    """Registers uploads and signs each URL that goes out; keeps no bytes."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    async def create_attachment(self, input: AttachmentCreateParams, context: str) -> Attachment:
        self.calls.append((input.name, input.size, input.mime_type, context))
        return ImageAttachment(
            id="atc_1",
            name=input.name,
            mime_type=input.mime_type,
            preview_url=AnyUrl("https://blobs.example.net/p/1"),
            upload_descriptor=AttachmentUploadDescriptor(
                url=AnyUrl("https://blobs.example.net/u/1"), method="PUT", headers={"x-scope": "chat"}
            ),
            metadata={"bucket": "secret"},
        )

    async def delete_attachment(self, attachment_id: str, context: str) -> None:
        self.calls.append((attachment_id, context))

    async def present(self, attachment: Attachment, context: str) -> Attachment:
        if not isinstance(attachment, ImageAttachment):
            return attachment
        return attachment.model_copy(
            update={"preview_url": AnyUrl(f"{attachment.preview_url}?for={context}")}
        )


async def test_an_upload_is_registered_and_saved(store: Store[str]) -> None:
    """S-29, W-7"""
    shelf = Shelf()
    reply = await ask(Scripted(store, attachment_store=shelf), CREATE, ALICE)
    assert shelf.calls == [("plan.png", 20480, "image/png", ALICE)]
    assert reply == {
        "type": "image",
        "id": "atc_1",
        "name": "plan.png",
        "mime_type": "image/png",
        "preview_url": "https://blobs.example.net/p/1?for=alice",
        "upload_descriptor": {
            "url": "https://blobs.example.net/u/1",
            "method": "PUT",
            "headers": {"x-scope": "chat"},
        },
    }
    saved = await store.load_attachment("atc_1", ALICE)
    assert saved.metadata == {"bucket": "secret"}


async def test_a_signed_url_is_sent_and_never_stored(store: Store[str]) -> None:
    """DESIGN decision 7: previews in old threads keep working"""
    server = Scripted(store, attachment_store=Shelf())
    await ask(server, CREATE, ALICE)
    events = await collect_events(server, create(attachments=["atc_1"]), ALICE)
    assert events[1].type == "thread.item.done"
    assert events[1].item.type == "user_message"
    sent = events[1].item.attachments[0]
    assert isinstance(sent, ImageAttachment)
    assert str(sent.preview_url).endswith("?for=alice")
    thread = server.asked[0][0].id
    read = await ask(server, request("items.list", thread_id=thread), ALICE)
    assert read["data"][0]["attachments"][0]["preview_url"].endswith("?for=alice")
    for item in await items_of(store, thread):
        assert "?for=" not in item.model_dump_json()
    assert "?for=" not in (await store.load_attachment("atc_1", ALICE)).model_dump_json()


async def test_an_attachment_is_deleted_from_the_shelf_then_from_the_store() -> None:
    """S-30"""
    order: list[str] = []

    class Noting(MemoryStore[str]):
        async def delete_attachment(self, attachment_id: str, context: str) -> None:
            order.append("store")
            await super().delete_attachment(attachment_id, context)

    class Telling(Shelf):
        async def delete_attachment(self, attachment_id: str, context: str) -> None:
            order.append("shelf")

    store = Noting(owner=str)
    await store.save_attachment(FileAttachment(id="atc_1", name="a", mime_type="text/plain"), ALICE)
    server = Scripted(store, attachment_store=Telling())
    assert await ask(server, request("attachments.delete", attachment_id="atc_1"), ALICE) == {}
    assert order == ["shelf", "store"]
    with pytest.raises(NotFoundError):
        await store.load_attachment("atc_1", ALICE)


@pytest.mark.parametrize("asked", [CREATE, request("attachments.delete", attachment_id="atc_1")])
async def test_without_an_attachment_store_there_are_no_attachments(asked: dict[str, Any]) -> None:
    """S-31"""
    with pytest.raises(RuntimeError) as caught:
        await ask(Scripted(MemoryStore(owner=str)), asked, ALICE)
    assert isinstance(caught.value, NotSupportedError)
    assert "attachment store" in str(caught.value)


async def test_the_attachment_store_may_be_set_later(store: Store[str]) -> None:
    """python-sdk.md §7.3"""
    server = Scripted(store)
    server.attachment_store = Shelf()
    assert (await ask(server, CREATE, ALICE))["id"] == "atc_1"


class Hearing(Scripted):
    heard: AudioInput | None = None

    async def transcribe(self, audio_input: AudioInput, context: str) -> TranscriptionResult:
        self.heard = audio_input
        return TranscriptionResult(text="à demain")


async def test_a_recording_becomes_text() -> None:
    """S-33"""
    server = Hearing(MemoryStore(owner=str))
    sound = bytes(range(256))
    asked = request(
        "input.transcribe", audio_base64=base64.b64encode(sound).decode(), mime_type="audio/webm;codecs=opus"
    )
    assert await ask(server, asked, ALICE) == {"text": "à demain"}
    assert server.heard is not None
    assert server.heard.data == sound
    assert (server.heard.mime_type, server.heard.media_type) == ("audio/webm;codecs=opus", "audio/webm")


@pytest.mark.parametrize("text", ["a", "*", "YWJj\n", "YW-_", "é"])
async def test_a_recording_that_is_not_base64_is_an_invalid_request(text: str) -> None:
    """S-33"""
    server = Hearing(MemoryStore(owner=str))
    with pytest.raises(InvalidRequestError, match="audio_base64"):
        await ask(server, request("input.transcribe", audio_base64=text, mime_type="audio/mp4"), ALICE)
    assert server.heard is None


async def test_dictation_that_is_not_supported_says_so() -> None:
    """python-sdk.md §7.3"""
    with pytest.raises(NotImplementedError, match="transcribe"):
        await ask(
            Scripted(MemoryStore(owner=str)),
            request("input.transcribe", audio_base64="", mime_type="audio/mp4"),
            ALICE,
        )
