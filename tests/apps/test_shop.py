"""An app in upstream's style runs here as it is: its stores, its endpoint, its tools and widgets, over HTTP.

Ids like CS-2 are those of the sample apps that the mechanics come from.
"""

import base64
import json
from typing import Any

import pytest

from chatkit.testing import parse_events
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ClientEffectEvent,
    ClientToolCallItem,
    ErrorEvent,
    ProgressUpdateEvent,
    StreamOptionsEvent,
    ThreadCreatedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    WidgetItem,
    WidgetRootUpdated,
)
from tests.apps.conftest import Shop
from tests.files.chat import png
from tests.modelserver import Calls, Says
from tests.scripted import create, request, say, texts, types
from tests.served import Site

PATH = "/shop/chatkit"


# A string that an app copies into a URL field gets a warning of pydantic's when it is written, and no more than that.
URLS_AS_STRINGS = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")


async def events(site: Site, body: Any) -> list[ThreadStreamEvent]:
    response = await site.post(body, path=PATH)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    return parse_events(response.content)


async def ask(site: Site, type: str, **params: Any) -> Any:
    """A request that is answered with JSON."""
    response = await site.post(request(type, **params), path=PATH)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    return response.json()


def thread_of(stream: list[ThreadStreamEvent]) -> str:
    created = stream[0]
    assert isinstance(created, ThreadCreatedEvent)
    return created.thread.id


def done_of(stream: list[ThreadStreamEvent], kind: type[Any]) -> Any:
    """The one finished item of this kind."""
    (item,) = [e.item for e in stream if isinstance(e, ThreadItemDoneEvent) and isinstance(e.item, kind)]
    return item


def heard(shop: Shop) -> str:
    """All that the model was told last, as JSON."""
    return json.dumps(shop.model.seen[-1].input)


async def on_show(shop: Shop) -> tuple[str, WidgetItem]:
    """A thread in which the shelf is shown."""
    shop.model.will(Calls("show_shelf", json.dumps({"topic": "the sea"})))
    stream = await events(shop.site, create("Something about the sea"))
    return thread_of(stream), done_of(stream, WidgetItem)


async def items(site: Site, thread_id: str) -> list[dict[str, Any]]:
    """What a page that reloads the thread gets, oldest first."""
    return (await ask(site, "items.list", thread_id=thread_id, order="asc"))["data"]


async def test_an_agent_answers_through_the_apps_own_endpoint_and_store(shop: Shop) -> None:
    """apps.md, common; CL-1: parameters are renamed; CL-2: nothing may be cancelled"""
    shop.model.will(Says(["Good ", "day."]))
    stream = await events(shop.site, create("Hello"))
    (options,) = [event for event in stream if isinstance(event, StreamOptionsEvent)]
    assert options.stream_options.allow_cancel is False
    updates = [event.update for event in stream if isinstance(event, ThreadItemUpdatedEvent)]
    deltas = [up.delta for up in updates if isinstance(up, AssistantMessageContentPartTextDelta)]
    assert "".join(deltas) == "Good day."
    assert texts([done_of(stream, AssistantMessageItem)]) == ["Good day."]
    kept = await items(shop.site, thread_of(stream))
    assert [item["type"] for item in kept] == ["user_message", "assistant_message"]
    assert kept[1]["content"][0]["text"] == "Good day."


async def test_the_next_question_reads_what_was_said_before(shop: Shop) -> None:
    """apps.md, common: the newest items, the other way round, through the app's converter"""
    shop.model.will(Says("One."))
    shop.model.will(Says("Two."))
    thread = thread_of(await events(shop.site, create("First")))
    tag = {"type": "input_tag", "id": "b1", "text": "Boat", "data": {"blurb": "it sails"}, "group": None}
    content = [{"type": "input_text", "text": "Then "}, {**tag, "interactive": False}]
    await events(shop.site, say(thread, content=content))
    told = [part["text"] for turn in shop.model.seen[-1].input for part in turn["content"]]
    assert told[:3] == ["First", "One.", "Then @Boat"]
    assert told[-1] == "Boat: it sails"


async def test_threads_are_listed_renamed_and_deleted_in_the_apps_store(shop: Shop) -> None:
    """ST-13: `threads.create` hands over a `Thread`; apps.md, common"""
    ids: list[str] = []
    for text in ("One", "Two", "Three"):
        shop.model.will(Says("Yes"))
        ids.append(thread_of(await events(shop.site, create(text))))
    first = await ask(shop.site, "threads.list", limit=2)
    rest = await ask(shop.site, "threads.list", limit=2, after=first["after"])
    assert [thread["id"] for thread in first["data"] + rest["data"]] == ids[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    await ask(shop.site, "threads.update", thread_id=ids[0], title="Mine")
    loaded = await ask(shop.site, "threads.get_by_id", thread_id=ids[0])
    assert (loaded["title"], len(loaded["items"]["data"])) == ("Mine", 2)
    await ask(shop.site, "threads.delete", thread_id=ids[0])
    left = await ask(shop.site, "threads.list")
    assert [thread["id"] for thread in left["data"]] == [ids[2], ids[1]]


async def test_a_tool_shows_a_widget_and_words_and_names_the_thread(shop: Shop) -> None:
    """CL-4, CL-5, NG-4: in order; the run stops at the tool, so that the model adds nothing"""
    shop.model.will(Calls("show_shelf", json.dumps({"topic": "the sea"})))
    stream = await events(shop.site, create("Something about the sea"))
    done = [e.item.type for e in stream if isinstance(e, ThreadItemDoneEvent)]
    assert done == ["user_message", "widget", "assistant_message"]
    (progress,) = [event for event in stream if isinstance(event, ProgressUpdateEvent)]
    assert (progress.text, progress.icon) == ("Looking for the sea", None)
    named = [event.thread.title for event in stream if isinstance(event, ThreadUpdatedEvent)]
    assert named[-1] == "Books about the sea"
    loaded = await ask(shop.site, "threads.get_by_id", thread_id=thread_of(stream))
    assert loaded["title"] == "Books about the sea"
    widget = next(item for item in loaded["items"]["data"] if item["type"] == "widget")
    assert widget["copy_text"] == 'The "Blue" Boat, Tides & Ties'
    row = widget["widget"]["children"][0]
    assert row["onClickAction"] == {"type": "book.pick", "payload": {"id": "b1"}}
    assert row["children"][0]["value"] == 'The "Blue" Boat'


async def test_an_action_replaces_its_widget_and_tells_the_page_and_the_model(shop: Shop) -> None:
    """CL-3, CL-7, MM-5: replaced, hidden context, a message, an effect whose null arrives as null"""
    thread, widget = await on_show(shop)
    action = {"type": "book.pick", "payload": {"id": "b2"}}
    body = request("threads.custom_action", thread_id=thread, item_id=widget.id, action=action)
    stream = await events(shop.site, body)
    assert types(stream) == ["stream_options", "item.replaced", "item.done", "client_effect"]
    replaced, effect = stream[1], stream[3]
    assert isinstance(replaced, ThreadItemReplacedEvent)
    assert isinstance(effect, ClientEffectEvent)
    assert replaced.item.id == widget.id
    assert (effect.name, effect.data) == ("basket/update", {"book": "b2", "flash": None})

    kept = await items(shop.site, thread)
    assert [item["type"] for item in kept] == [
        "user_message",
        "widget",
        "assistant_message",
        "assistant_message",
    ]
    rows = kept[1]["widget"]["children"]
    assert [row["children"][0]["weight"] for row in rows] == ["normal", "bold"]
    assert not any(row.get("onClickAction") for row in rows), "the rows are inert now"

    shop.model.will(Says("Gladly."))
    await events(shop.site, say(thread, "Wrap it"))
    told = [part["text"] for turn in shop.model.seen[-1].input for part in turn["content"]]
    assert "<PICKED>b2</PICKED>" in told, "as the bare string: the app overrides the converter"


async def test_an_action_updates_a_finished_widget_by_the_older_name(shop: Shop) -> None:
    """CS-8, NG-5: `ThreadItemUpdated` with a new root"""
    thread, widget = await on_show(shop)
    body = request(
        "threads.custom_action", thread_id=thread, item_id=widget.id, action={"type": "shelf.reset"}
    )
    stream = await events(shop.site, body)
    assert types(stream) == ["stream_options", "item.updated"]
    assert isinstance(stream[1], ThreadItemUpdatedEvent)
    assert stream[1].item_id == widget.id
    assert isinstance(stream[1].update, WidgetRootUpdated)
    assert stream[1].update.widget == widget.widget


async def test_an_action_that_nobody_knows_ends_in_silence(shop: Shop) -> None:
    """CL-7, CS-9: another type, a payload that does not fit, no sender"""
    thread, widget = await on_show(shop)
    for item_id, action in (
        (widget.id, {"type": "book.burn", "payload": {"id": "b1"}}),
        (widget.id, {"type": "book.pick", "payload": {"title": 3}}),
        (None, {"type": "book.pick", "payload": {"id": "b1"}}),
    ):
        body = request("threads.custom_action", thread_id=thread, item_id=item_id, action=action)
        assert types(await events(shop.site, body)) == ["stream_options"]


async def test_the_page_runs_a_tool_and_the_model_reads_its_result(shop: Shop) -> None:
    """MM-3: the run stops at the tool; the second stream goes on from the page's answer"""
    shop.model.will(Calls("find_place", call_id="call_7"))
    stream = await events(shop.site, create("What is near?"))
    (progress,) = [event for event in stream if isinstance(event, ProgressUpdateEvent)]
    assert progress.text == "Looking where you are"
    call = done_of(stream, ClientToolCallItem)
    assert (call.name, call.arguments, call.status) == ("get_place", {"precise": False}, "pending")

    shop.model.will(Says("A shop in Graz."))
    thread = thread_of(stream)
    answered = await events(
        shop.site, request("threads.add_client_tool_output", thread_id=thread, result={"town": "Graz"})
    )
    assert texts([done_of(answered, AssistantMessageItem)]) == ["A shop in Graz."]
    result = next(one for one in shop.model.seen[-1].input if one.get("type") == "function_call_output")
    assert (result["call_id"], json.loads(result["output"])) == ("call_7", {"town": "Graz"})
    stored = next(item for item in await items(shop.site, thread) if item["type"] == "client_tool_call")
    assert (stored["status"], stored["output"]) == ("completed", {"town": "Graz"})


async def registered(site: Site, name: str = "cover.png") -> dict[str, Any]:
    """The first phase of an upload."""
    return await ask(site, "attachments.create", name=name, size=len(png()), mime_type="image/png")


@URLS_AS_STRINGS
async def test_a_picture_is_uploaded_in_two_phases_and_seen_by_the_model(shop: Shop) -> None:
    """CS-1…4, S-8, S-29: multipart and POST; the preview is a data URL that no validation has seen"""
    attachment = await registered(shop.site)
    descriptor = attachment["upload_descriptor"]
    assert descriptor["method"] == "POST"
    assert descriptor["url"] == f"http://127.0.0.1:{shop.site.port}/shop/files/{attachment['id']}"
    assert attachment["preview_url"] == descriptor["url"]
    assert "metadata" not in attachment
    file = {"file": ("cover.png", png(), "image/png")}
    assert (await shop.site.client.post(descriptor["url"], files=file)).status_code == 200

    shop.model.will(Says("A fine cover."))
    stream = await events(shop.site, create("Look", attachments=[attachment["id"]]))
    assert not [event for event in stream if isinstance(event, ErrorEvent)]
    preview = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    assert {"type": "input_image", "detail": "auto", "image_url": preview} in shop.model.seen[-1].input[0][
        "content"
    ]
    (shown,) = (await items(shop.site, thread_of(stream)))[0]["attachments"]
    assert shown == {
        "id": attachment["id"],
        "type": "image",
        "name": "cover.png",
        "mime_type": "image/png",
        "preview_url": preview,
        "thread_id": thread_of(stream),
    }


@URLS_AS_STRINGS
async def test_a_raw_body_and_put_are_an_upload_too(shop: Shop) -> None:
    """CS-3"""
    attachment = await registered(shop.site)
    put = await shop.site.client.put(attachment["upload_descriptor"]["url"], content=png())
    assert put.status_code == 200
    shop.model.will(Says("Nice."))
    await events(shop.site, create("Look", attachments=[attachment["id"]]))
    assert base64.b64encode(png()).decode() in heard(shop)


async def test_what_the_app_refuses_reaches_the_browser_as_the_app_put_it(shop: Shop) -> None:
    """CS-2: an HTTPException from a hook goes through `process` to the framework"""
    for params, status, detail in (
        ({"name": "a.txt", "size": 1, "mime_type": "text/plain"}, 400, "Only pictures can be sent."),
        ({"name": "a.png", "size": 9999, "mime_type": "image/png"}, 413, "The picture is too large."),
    ):
        response = await shop.site.post(request("attachments.create", **params), path=PATH)
        assert (response.status_code, response.json()) == (status, {"detail": detail})
    missing = await shop.site.client.put("/shop/files/atc_none", content=b"x")
    assert missing.status_code == 404


async def test_a_picture_that_was_not_sent_after_all_is_deleted(shop: Shop) -> None:
    """S-30: in the app's attachment store, then in its store"""
    attachment = await registered(shop.site)
    url = attachment["upload_descriptor"]["url"]
    await shop.site.client.post(url, content=png())
    assert await ask(shop.site, "attachments.delete", attachment_id=attachment["id"]) == {}
    assert (await shop.site.client.post(url, content=png())).status_code == 404
