"""Uploads as browsers do them: in one step or in two, over HTTP (protocol.md §14)."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import anyio
import httpx
import pytest

from chatkit.errors import NotFoundError
from chatkit.store import FilingStore, MemoryStore
from chatkit.types import ImageAttachment, UserMessageItem
from tests.files.chat import PDF, TEXT, Chat, chatting, png
from tests.scripted import ALICE, BOB


async def test_a_direct_upload_answers_with_the_attachment_and_saves_its_record(chat: Chat) -> None:
    """protocol.md §14.1"""
    answer = await chat.direct("Plan of dock 4.pdf", PDF, "application/pdf")
    assert answer.status_code == 200
    made = answer.json()
    assert {**made, "id": "x"} == {
        "type": "file",
        "id": "x",
        "name": "Plan of dock 4.pdf",
        "mime_type": "application/pdf",
    }
    saved = await chat.store.load_attachment(made["id"], ALICE)
    assert (saved.name, saved.metadata) == ("Plan of dock 4.pdf", {"size": len(PDF)})
    got = await chat.http.get(await chat.link_to(made["id"]))
    assert (got.status_code, got.content) == (200, PDF)


async def test_two_phases_announce_upload_and_send(chat: Chat) -> None:
    """S-29, S-32, protocol.md §14.2, §14.3"""
    picture = png()
    made = await chat.announce("dock.png", len(picture), "image/png")
    assert made["type"] == "image"
    assert made["preview_url"].startswith(f"{chat.url}/attachments/{made['id']}/preview?")
    assert made["upload_descriptor"]["url"].startswith(f"{chat.url}/attachments/{made['id']}?")
    assert (made["upload_descriptor"]["method"], made["upload_descriptor"]["headers"]) == ("PUT", {})
    assert "metadata" not in made

    assert (await chat.put(made, picture)).status_code == 204
    message = await chat.sent(made["id"])
    [shown] = message.attachments
    assert isinstance(shown, ImageAttachment)
    assert (shown.id, shown.thread_id, shown.upload_descriptor) == (made["id"], message.thread_id, None)
    assert shown.metadata is None  # S-32: not on the wire
    assert (await chat.http.get(str(shown.preview_url))).status_code == 200
    saved = await chat.store.load_attachment(made["id"], ALICE)
    assert (saved.upload_descriptor, saved.thread_id) == (None, message.thread_id)
    assert saved.metadata == {"size": len(picture)}


async def test_nothing_that_is_stored_holds_a_signed_link(chat: Chat) -> None:
    """DESIGN decision 7: previews in old threads keep working"""
    made = await chat.announce("dock.png", len(png()), "image/png")
    before = await chat.store.load_attachment(made["id"], ALICE)
    await chat.put(made, png())
    message = await chat.sent(made["id"])
    after = await chat.store.load_attachment(made["id"], ALICE)
    item = await chat.store.load_item(message.thread_id, message.id, ALICE)
    for stored in (before, after, item):
        assert "token=" not in stored.model_dump_json()
        assert "http" not in stored.model_dump_json()

    chat.clock.now += 30 * 24 * 3600
    listed = (await chat.ask("items.list", thread_id=message.thread_id)).json()["data"]
    shown = listed[0]["attachments"][0]
    assert (await chat.http.get(shown["preview_url"])).status_code == 200
    assert "metadata" not in shown  # S-32
    assert (await chat.http.get(preview_of(message))).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("form", [True, False])
async def test_the_second_phase_takes_both_methods_and_both_bodies(
    chat: Chat, method: str, form: bool
) -> None:
    """protocol.md §14.2, CS-3"""
    made = await chat.announce("notes.txt", len(TEXT), "text/plain")
    url = made["upload_descriptor"]["url"]
    body: dict[str, Any] = (
        {"files": {"file": ("notes.txt", TEXT, "text/plain")}} if form else {"content": TEXT}
    )
    assert (await chat.http.request(method, url, **body)).status_code == 204
    got = await chat.http.get(await chat.link_to(made["id"]))
    assert got.content == TEXT


async def test_a_page_of_another_origin_may_upload_without_credentials(chat: Chat) -> None:
    """CS-3"""
    made = await chat.announce("notes.txt", len(TEXT), "text/plain")
    url = made["upload_descriptor"]["url"]
    asked = {"origin": "https://elsewhere.example", "access-control-request-method": "PUT"}
    preflight = await chat.http.options(url, headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    done = await chat.http.put(url, content=TEXT, headers={"origin": "https://elsewhere.example"})
    assert (done.status_code, done.headers["access-control-allow-origin"]) == (204, "*")
    refused = await chat.http.put(url + "x", content=TEXT)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (403, "*")


async def test_a_large_file_goes_through_unchanged(chat: Chat) -> None:
    """protocol.md §14.1: more than one part of a put"""
    data = PDF + bytes(range(256)) * 12_000
    made = (await chat.direct("large.pdf", data, "application/pdf")).json()
    assert (await chat.http.get(await chat.link_to(made["id"]))).content == data


async def test_an_empty_text_is_a_file(chat: Chat) -> None:
    made = (await chat.direct("empty.txt", b"", "text/plain")).json()
    got = await chat.http.get(await chat.link_to(made["id"]))
    assert (got.status_code, got.content) == (200, b"")


async def test_the_same_upload_twice_leaves_one_file_until_it_is_sent(chat: Chat) -> None:
    """A browser that lost the answer repeats the upload; a sent file is never replaced."""
    made = await chat.announce("notes.txt", len(TEXT), "text/plain")
    for _ in range(2):
        assert (await chat.put(made, TEXT)).status_code == 204
    assert await chat.keys() == [f"announced/{made['id']}", f"incoming/{made['id']}"]
    await chat.sent(made["id"])
    assert await chat.keys() == [f"kept/{made['id']}"]
    again = await chat.put(made, TEXT.replace(b"4", b"5"))
    assert again.status_code == 404
    assert "sent" in again.json()["error"]["message"]
    assert await chat.keys() == [f"kept/{made['id']}"]
    assert (await chat.http.get(await chat.link_to(made["id"]))).content == TEXT


async def test_an_attachment_may_be_sent_again_in_another_thread(chat: Chat) -> None:
    made = (await chat.direct("notes.txt", TEXT, "text/plain")).json()
    first = await chat.sent(made["id"])
    second = await chat.sent(made["id"])
    await chat.ask("threads.delete", thread_id=first.thread_id)
    assert (await chat.http.get(await chat.link_to(made["id"]))).content == TEXT
    await chat.ask("threads.delete", thread_id=second.thread_id)
    assert await chat.keys() == []


async def test_a_file_that_was_never_uploaded_cannot_be_sent(chat: Chat) -> None:
    """protocol.md §14.3: said before anything is saved"""
    made = await chat.announce("notes.txt", len(TEXT), "text/plain")
    answer = await chat.send(made["id"])
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "attachment_missing"
    assert made["id"] in error["message"]
    assert "has not been uploaded" in error["message"]
    assert (await chat.ask("threads.list")).json()["data"] == []


async def test_a_file_that_is_gone_cannot_be_sent_and_is_told_from_a_thread_that_is(chat: Chat) -> None:
    """protocol.md §1.4"""
    answer = await chat.send("atc_gone")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "attachment_missing"
    assert "atc_gone" in answer.json()["error"]["message"]
    assert (await chat.ask("threads.list")).json()["data"] == []


async def test_removing_a_chip_deletes_bytes_and_record(chat: Chat) -> None:
    """S-30"""
    announced = await chat.announce("dock.png", len(png()), "image/png")
    uploaded = (await chat.direct("dock.png", png(), "image/png")).json()
    assert (
        await chat.http.get(uploaded["preview_url"])
    ).status_code == 200  # a preview is made, and goes too
    for made in (announced, uploaded):
        answer = await chat.ask("attachments.delete", attachment_id=made["id"])
        assert (answer.status_code, answer.json()) == (200, {})
        with pytest.raises(NotFoundError):
            await chat.store.load_attachment(made["id"], ALICE)
    assert await chat.keys() == []
    assert (await chat.http.get(uploaded["preview_url"])).status_code == 404


async def test_an_upload_after_its_deletion_is_refused_and_leaves_nothing(chat: Chat) -> None:
    made = await chat.announce("notes.txt", len(TEXT), "text/plain")
    await chat.ask("attachments.delete", attachment_id=made["id"])
    answer = await chat.put(made, TEXT)
    assert answer.status_code == 404
    assert "deleted" in answer.json()["error"]["message"]
    assert await chat.keys() == []


async def test_deleting_a_thread_deletes_the_files_of_its_messages(chat: Chat) -> None:
    sent = [(await chat.direct(f"{n}.png", png(), "image/png")).json() for n in range(2)]
    other = (await chat.direct("other.txt", TEXT, "text/plain")).json()
    message = await chat.sent(sent[0]["id"])
    later = await chat.sent(sent[1]["id"], thread=message.thread_id)
    assert (await chat.http.get(preview_of(later))).status_code == 200
    await chat.sent(other["id"])
    answer = await chat.ask("threads.delete", thread_id=message.thread_id)
    assert answer.status_code == 200
    assert await chat.keys() == [f"kept/{other['id']}"]


async def test_files_of_messages_that_a_retry_removed_go_with_the_thread_too(chat: Chat) -> None:
    """S-41: their records still name the thread"""
    first = await chat.sent()
    later = (await chat.direct("later.txt", TEXT, "text/plain")).json()
    await chat.sent(later["id"], thread=first.thread_id)
    retried = await chat.ask("threads.retry_after_item", thread_id=first.thread_id, item_id=first.id)
    assert retried.status_code == 200
    assert await chat.keys() == [f"kept/{later['id']}"]
    await chat.ask("threads.delete", thread_id=first.thread_id)
    assert await chat.keys() == []


class Unlisted(MemoryStore[str]):
    """Stands for an app's own store: it cannot list a thread's attachments."""

    attachments_of: Any = None


async def test_a_store_that_lists_no_attachments_is_searched_for_them() -> None:
    async with chatting("memory://", store=Unlisted(owner=str)) as chat:
        assert not isinstance(chat.store, FilingStore)
        made = [(await chat.direct(f"{n}.txt", TEXT, "text/plain")).json()["id"] for n in range(3)]
        message = await chat.sent(made[0], made[1])
        await chat.sent(made[2], thread=message.thread_id)
        elsewhere = await chat.sent(made[1])  # now this one belongs to another thread
        await chat.ask("threads.delete", thread_id=message.thread_id)
        assert await chat.keys() == [f"kept/{made[1]}"]
        await chat.ask("threads.delete", thread_id=elsewhere.thread_id)
        assert await chat.keys() == []


async def test_a_file_deleted_while_it_arrives_is_not_there_afterwards(chat: Chat) -> None:
    made = await chat.announce("notes.txt", 3 << 20, "text/plain")
    halfway, deleted = anyio.Event(), anyio.Event()

    async def slowly() -> AsyncGenerator[bytes]:
        yield b"x" * (2 << 20)
        halfway.set()
        await deleted.wait()
        yield b"x" * (1 << 20)

    answers: list[httpx.Response] = []

    async def upload() -> None:
        answers.append(await chat.put(made, slowly()))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(upload)
        await halfway.wait()
        assert (await chat.ask("attachments.delete", attachment_id=made["id"])).status_code == 200
        deleted.set()
    assert answers[0].status_code == 404
    assert await chat.keys() == []


async def test_a_file_sent_while_it_arrives_again_stays_as_it_was_sent(chat: Chat) -> None:
    made = await chat.announce("notes.txt", len(TEXT), "text/plain")
    await chat.put(made, TEXT)
    halfway, sent = anyio.Event(), anyio.Event()

    async def slowly() -> AsyncGenerator[bytes]:
        yield b"x"
        halfway.set()
        await sent.wait()
        yield b"x" * (len(TEXT) - 1)

    answers: list[httpx.Response] = []

    async def upload() -> None:
        answers.append(await chat.put(made, slowly()))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(upload)
        await halfway.wait()
        await chat.sent(made["id"])
        sent.set()
    assert answers[0].status_code == 404
    assert await chat.keys() == [f"kept/{made['id']}"]
    assert (await chat.http.get(await chat.link_to(made["id"]))).content == TEXT


async def test_what_is_anothers_does_not_exist(chat: Chat) -> None:
    """protocol.md §1.4"""
    made = (await chat.direct("notes.txt", TEXT, "text/plain")).json()
    for answer in (
        await chat.ask("attachments.delete", BOB, attachment_id=made["id"]),
        await chat.ask("attachments.delete", BOB, attachment_id="atc_none"),
        await chat.send(made["id"], who=BOB),
        await chat.send("atc_none", who=BOB),
    ):
        assert answer.status_code == 404
    record = await chat.store.load_attachment(made["id"], ALICE)
    with pytest.raises(NotFoundError):
        await chat.files.read_attachment(record, BOB)
    with pytest.raises(NotFoundError):
        await chat.files.delete_attachment(made["id"], BOB)
    assert await chat.files.read_attachment(record, ALICE) == TEXT


async def test_who_may_not_ask_may_not_upload(chat: Chat) -> None:
    answer = await chat.http.post(f"{chat.url}/attachments", files={"file": ("a.txt", b"x", "text/plain")})
    assert (answer.status_code, answer.json()["error"]["message"]) == (401, "say who you are")
    assert await chat.keys() == []


async def test_an_endpoint_of_the_apps_own_names_where_its_files_are(tmp_path: Any) -> None:
    """docs/backend/attachments.md: `server.process()` in a route of one's own"""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Mount, Route

    from chatkit.server import NonStreamingResult
    from chatkit.store.objects import ObjectAttachmentStore
    from chatkit.web.app import create_app
    from tests.files.chat import person, served
    from tests.scripted import Scripted, request

    files = ObjectAttachmentStore[str](tmp_path, owner=str, public_url="https://app.example.com/up/chatkit")
    server = Scripted(MemoryStore(owner=str), attachment_store=files)

    async def own(got: Request) -> Response:
        result = await server.process(await got.body(), person(got))
        assert isinstance(result, NonStreamingResult)
        return Response(result.json, media_type="application/json")

    routes = [Route("/own", own, methods=["POST"]), Mount("/up", create_app(server, context=person))]
    async with served(Starlette(routes=routes)) as (url, _), httpx.AsyncClient() as http:
        asked = request("attachments.create", name="a.png", size=len(png()), mime_type="image/png")
        made = (await http.post(f"{url}/own", json=asked, headers={"x-person": ALICE})).json()
        there = made["upload_descriptor"]["url"].replace("https://app.example.com", url)
        assert (await http.put(there, content=png())).status_code == 204
        shown = made["preview_url"].replace("https://app.example.com", url)
        assert (await http.get(shown)).status_code == 200


@pytest.mark.parametrize("owner", ["../../etc", "a/b", "Zoë 🙂", ".", "", "x" * 500, "nul\0"])
async def test_an_owner_may_be_any_text(chat: Chat, owner: str) -> None:
    """Keys hold it hashed, so it can neither leave the folder nor meet another."""
    made = await chat.files.add_upload("a.txt", "text/plain", _once(TEXT), owner)
    assert await chat.files.read_attachment(made, owner) == TEXT
    with pytest.raises(NotFoundError):
        await chat.files.read_attachment(made, owner + "x")
    assert await chat.keys() == [f"incoming/{made.id}"]


@pytest.mark.parametrize("id", ["../../passwd", "a/b", "..", "atc_1#1", "ä", "x" * 300])
async def test_an_id_of_the_apps_own_may_be_any_text(
    chat: Chat, id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given(mime_type: str, context: str) -> str:
        return id

    monkeypatch.setattr(chat.files, "generate_attachment_id", given)
    made = await chat.files.add_upload("a.txt", "text/plain", _once(TEXT), ALICE)
    assert await chat.files.read_attachment(made, ALICE) == TEXT
    assert len(await chat.keys()) == 1


async def test_a_fastapi_router_serves_attachments_too(tmp_path: Any) -> None:
    """DESIGN decision 8"""
    from fastapi import FastAPI

    from chatkit.store.objects import ObjectAttachmentStore
    from chatkit.web.fastapi import create_router
    from tests.files.chat import person, served
    from tests.scripted import Scripted, request

    files = ObjectAttachmentStore[str](tmp_path, owner=str)
    server = Scripted(MemoryStore(owner=str), attachment_store=files)
    app = FastAPI()
    app.include_router(create_router(server, context=person), prefix="/api")
    async with served(app) as (url, _), httpx.AsyncClient(headers={"x-person": ALICE}) as http:
        form = {"file": ("dock.png", png(), "image/png")}
        direct = (await http.post(f"{url}/api/chatkit/attachments", files=form)).json()
        assert (await http.get(direct["preview_url"])).status_code == 200
        params = {"name": "a.txt", "size": len(TEXT), "mime_type": "text/plain"}
        made = (await http.post(f"{url}/api/chatkit", json=request("attachments.create", **params))).json()
        assert (await http.put(made["upload_descriptor"]["url"], content=TEXT)).status_code == 204


async def test_a_mounted_app_makes_links_that_lead_to_itself(tmp_path: Any) -> None:
    """DESIGN decision 8: the lifespan of a mounted app does not run"""
    from starlette.applications import Starlette
    from starlette.routing import Mount

    from chatkit.store.objects import ObjectAttachmentStore
    from chatkit.web.app import create_app
    from tests.files.chat import person, served
    from tests.scripted import Scripted, create

    files = ObjectAttachmentStore[str](tmp_path, owner=str)
    server = Scripted(MemoryStore(owner=str), attachment_store=files)
    outer = Starlette(routes=[Mount("/support", create_app(server, context=person, path="/chat"))])
    async with served(outer) as (url, _), httpx.AsyncClient(headers={"x-person": ALICE}) as http:
        form = {"file": ("dock.png", png(), "image/png")}
        made = (await http.post(f"{url}/support/chat/attachments", files=form)).json()
        assert made["preview_url"].startswith(f"{url}/support/chat/attachments/")
        assert (await http.get(made["preview_url"])).status_code == 200
        said = await http.post(f"{url}/support/chat", json=create(attachments=[made["id"]]))
        frames = [json.loads(line[6:]) for line in said.text.splitlines() if line.startswith("data: ")]
        [shown] = [one["item"]["attachments"][0] for one in frames if one["type"] == "thread.item.done"]
        assert (await http.get(shown["preview_url"])).status_code == 200


async def test_behind_a_proxy_that_takes_a_prefix_off_links_have_it(tmp_path: Any) -> None:
    """DESIGN decision 7: `--root-path`, and what the proxy says of host and scheme, are part of every link"""
    from chatkit.store.objects import ObjectAttachmentStore
    from chatkit.web.app import create_app
    from tests.files.chat import person, served
    from tests.scripted import Scripted

    files = ObjectAttachmentStore[str](tmp_path, owner=str)
    app = create_app(Scripted(MemoryStore(owner=str), attachment_store=files), context=person)
    told = {"x-person": ALICE, "host": "chat.example:8443", "x-forwarded-proto": "https"}
    async with served(app, root_path="/support") as (url, _), httpx.AsyncClient(trust_env=False) as http:
        form = {"file": ("dock.png", png(), "image/png")}
        made = (await http.post(f"{url}/chatkit/attachments", files=form, headers=told)).json()
        prefix = "https://chat.example:8443/support/chatkit/attachments/"
        assert made["preview_url"].startswith(prefix)
        inside = f"{url}/chatkit/attachments/{made['preview_url'].removeprefix(prefix)}"
        assert (await http.get(inside)).status_code == 200


def preview_of(message: UserMessageItem) -> str:
    """Where the picture of a message is."""
    [picture] = message.attachments
    assert isinstance(picture, ImageAttachment)
    return str(picture.preview_url)


async def _once(data: bytes) -> AsyncGenerator[bytes]:
    yield data
