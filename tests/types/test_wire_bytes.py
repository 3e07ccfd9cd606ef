"""What the models write, against the examples of protocol.md §7, §14 and §20, byte rules W-1…W-7 and T-1…T-5.

The zone of `created_at` is the encoder's business (W-10), so the examples show the models' own naive times.
"""

import json
from datetime import datetime
from typing import Any

import pytest
from pydantic import AnyUrl, BaseModel, TypeAdapter, ValidationError

from chatkit import types as wire
from chatkit.types import parse_request
from chatkit.types.attachments import attachment_adapter
from chatkit.types.items import item_adapter

EVENTS = """
{"type":"thread.created","thread":{"id":"thr_0a1b2c3d","created_at":"2026-03-01T09:30:00.120000","status":{"type":"active"},"metadata":{},"items":{"data":[],"has_more":false}}}
{"type":"thread.item.done","item":{"id":"msg_11aa22bb","thread_id":"thr_0a1b2c3d","created_at":"2026-03-01T09:30:00.130000","type":"user_message","content":[{"type":"input_text","text":"Is dock 4 free on Monday?"}],"attachments":[],"inference_options":{}}}
{"type":"stream_options","stream_options":{"allow_cancel":true}}
{"type":"progress_update","icon":"calendar","text":"Checking the dock plan"}
{"type":"thread.item.added","item":{"id":"msg_77","thread_id":"thr_0a1b2c3d","created_at":"2026-03-01T09:30:01","type":"assistant_message","content":[]}}
{"type":"thread.item.updated","item_id":"msg_77","update":{"type":"assistant_message.content_part.added","content_index":0,"content":{"annotations":[],"text":"","type":"output_text"}}}
{"type":"thread.item.updated","item_id":"msg_77","update":{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"Dock 4 is free "}}
{"type":"thread.item.updated","item_id":"msg_77","update":{"type":"assistant_message.content_part.annotation_added","content_index":0,"annotation_index":0,"annotation":{"type":"annotation","source":{"title":"Dock plan","type":"file","filename":"docks.pdf"},"index":25}}}
{"type":"thread.item.updated","item_id":"msg_77","update":{"type":"assistant_message.content_part.done","content_index":0,"content":{"annotations":[],"text":"Dock 4 is free from 08:00.","type":"output_text"}}}
{"type":"thread.item.done","item":{"id":"msg_77","thread_id":"thr_0a1b2c3d","created_at":"2026-03-01T09:30:03","type":"assistant_message","content":[{"annotations":[{"type":"annotation","source":{"title":"Dock plan","type":"file","filename":"docks.pdf"},"index":25}],"text":"Dock 4 is free from 08:00.","type":"output_text"}]}}
{"type":"thread.updated","thread":{"title":"Dock 4 on Monday","id":"thr_0a1b2c3d","created_at":"2026-03-01T09:30:00.120000","status":{"type":"active"},"metadata":{},"items":{"data":[],"has_more":false}}}
{"type":"thread.item.added","item":{"id":"msg_w1","thread_id":"thr_1","created_at":"2026-03-01T10:00:00","type":"widget","widget":{"type":"Card","size":"sm","children":[{"id":"body","type":"Markdown","value":"","streaming":true}]},"copy_text":"Draft note"}}
{"type":"thread.item.updated","item_id":"msg_w1","update":{"type":"widget.streaming_text.value_delta","component_id":"body","delta":"Dear team,","done":false}}
{"type":"thread.item.updated","item_id":"msg_w1","update":{"type":"widget.root.updated","widget":{"type":"Card","size":"sm","children":[{"id":"body","type":"Markdown","value":"Dear team, see you at 9.","streaming":false}]}}}
{"type":"thread.item.updated","item_id":"msg_w1","update":{"type":"widget.component.updated","component_id":"body","component":{"id":"body","type":"Table","children":[{"type":"Table.Row"}]}}}
{"type":"thread.item.replaced","item":{"id":"msg_w1","thread_id":"thr_1","created_at":"2026-03-01T10:00:00","type":"widget","widget":{"type":"Card","size":"sm","children":[{"type":"Text","value":"Sent"}]}}}
{"type":"client_effect","name":"note_sent","data":{"id":"n-17","error":null}}
{"type":"thread.item.done","item":{"id":"fc_71","thread_id":"thr_1","created_at":"2026-03-01T10:01:00","type":"client_tool_call","status":"pending","call_id":"call_71","name":"read_selection","arguments":{"limit":5}}}
{"type":"thread.item.added","item":{"id":"wf_1","thread_id":"thr_1","created_at":"2026-03-01T10:02:00","type":"workflow","workflow":{"type":"reasoning","tasks":[],"expanded":false}}}
{"type":"thread.item.updated","item_id":"wf_1","update":{"type":"workflow.task.added","task_index":0,"task":{"status_indicator":"none","type":"thought","content":"Compare"}}}
{"type":"thread.item.updated","item_id":"wf_1","update":{"type":"workflow.task.updated","task_index":0,"task":{"status_indicator":"none","type":"thought","content":"Compare both routes first."}}}
{"type":"thread.item.done","item":{"id":"wf_1","thread_id":"thr_1","created_at":"2026-03-01T10:02:00","type":"workflow","workflow":{"type":"reasoning","tasks":[{"status_indicator":"none","type":"thought","content":"Compare both routes first."}],"summary":{"duration":4},"expanded":false}}}
{"type":"thread.item.added","item":{"id":"msg_i1","thread_id":"thr_1","created_at":"2026-03-01T10:03:00","type":"generated_image"}}
{"type":"thread.item.updated","item_id":"msg_i1","update":{"type":"generated_image.updated","image":{"id":"ig_1","url":"https://img.example.net/p1.png"},"progress":0.3333333333333333}}
{"type":"thread.item.done","item":{"id":"msg_i1","thread_id":"thr_1","created_at":"2026-03-01T10:03:00","type":"generated_image","image":{"id":"ig_1","url":"https://img.example.net/final.png"}}}
{"type":"thread.item.done","item":{"id":"msg_9","thread_id":"thr_1","created_at":"2026-03-01T10:04:00","type":"structured_input","status":"pending","inputs":[{"id":"size","question":"Which size?","type":"multiple_choice","options":[{"value":"Small"},{"value":"Large"}],"multiple":false},{"id":"notes","question":"Anything else?","type":"freeform","description":"Optional"}]}}
{"type":"thread.item.removed","item_id":"msg_77"}
{"type":"error","code":"custom","message":"The planner is closed for today.","allow_retry":false}
{"type":"error","code":"stream.error","allow_retry":true}
{"type":"notice","level":"warning","message":"You have **3** messages left. [Upgrade](https://example.net/plans)","title":"Almost there"}
{"type":"thread.updated","thread":{"id":"thr_1","created_at":"2026-03-01T09:00:00","status":{"type":"locked","reason":"Under review"},"metadata":{},"items":{"data":[],"has_more":false}}}
""".strip().splitlines()  # noqa: E501

TAGGED = '{"type":"threads.add_user_message","params":{"thread_id":"thr_1","input":{"content":[{"type":"input_text","text":"Compare "},{"type":"input_tag","id":"dock-4","text":"Dock 4","data":{"kind":"dock"},"group":"Docks","interactive":true},{"type":"input_text","text":" with the quoted one"}],"attachments":["atc_5f00aa11"],"quoted_text":"Dock 2 closes at noon.","inference_options":{"tool_choice":{"id":"planner"},"model":"fast"}}}}'  # noqa: E501

EVENT: TypeAdapter[wire.ThreadStreamEvent] = TypeAdapter(wire.ThreadStreamEvent)
AT = datetime(2026, 3, 1, 10)


def sent(model: BaseModel) -> Any:
    """What a client gets (S-3)."""
    return json.loads(
        model.model_dump_json(by_alias=True, exclude_none=True, context={"exclude_metadata": True})
    )


def picture(**fields: Any) -> wire.ImageAttachment:
    base: dict[str, Any] = {
        "id": "atc_1",
        "name": "a.png",
        "mime_type": "image/png",
        "preview_url": "https://x.test",
    }
    return wire.ImageAttachment(**(base | fields))


@pytest.mark.parametrize("line", EVENTS)
def test_an_event_of_the_protocol_is_written_as_it_was_read(line: str) -> None:
    """protocol.md §7, §20"""
    assert sent(EVENT.validate_json(line)) == json.loads(line)


def test_every_kind_of_event_and_update_is_among_the_examples() -> None:
    """protocol.md §4"""
    shown = [json.loads(line) for line in EVENTS]
    schema = EVENT.json_schema()["discriminator"]["mapping"]
    assert {event["type"] for event in shown} == set(schema)
    updates = TypeAdapter[Any](wire.ThreadItemUpdate).json_schema()["discriminator"]["mapping"]
    assert {event["update"]["type"] for event in shown if "update" in event} == set(updates)


def test_a_message_with_everything_is_read_in_full() -> None:
    """protocol.md §20, P17: the order of text and tags is kept"""
    request = parse_request(TAGGED)
    assert sent(request)["params"] == json.loads(TAGGED)["params"]


def test_a_page_of_threads_is_written_as_in_the_protocol() -> None:
    """protocol.md §20"""
    text = '{"data":[{"title":"Dock 4 on Monday","id":"thr_0a1b2c3d","created_at":"2026-03-01T09:30:00.120000","status":{"type":"active"},"metadata":{},"items":{"data":[],"has_more":false}}],"has_more":true,"after":"thr_0a1b2c3d"}'  # noqa: E501
    assert sent(wire.Page[wire.Thread].model_validate_json(text)) == json.loads(text)


def test_an_attachment_is_written_with_its_upload_descriptor() -> None:
    """protocol.md §14.2"""
    text = '{"id":"atc_5f00aa11","name":"plan.png","mime_type":"image/png","upload_descriptor":{"url":"https://blobs.example.net/u/5f00","method":"PUT","headers":{"x-scope":"chat"}},"type":"image","preview_url":"https://blobs.example.net/p/5f00"}'
    assert sent(attachment_adapter().validate_json(text)) == json.loads(text)


def test_a_sync_action_answers_with_an_item_or_with_nothing() -> None:
    """protocol.md §12, §20"""
    text = '{"updated_item":{"id":"msg_w1","thread_id":"thr_1","created_at":"2026-03-01T10:00:00","type":"widget","widget":{"type":"Card","children":[{"type":"Text","value":"Liked"}]}}}'  # noqa: E501
    assert sent(wire.SyncCustomActionResponse.model_validate_json(text)) == json.loads(text)
    assert sent(wire.SyncCustomActionResponse()) == {}


def test_nulls_of_free_form_json_are_kept() -> None:
    """W-3"""
    call = wire.ClientToolCallItem(
        id="fc",
        thread_id="t",
        created_at=AT,
        call_id="c",
        name="n",
        arguments={"a": None},
        output={"b": [None]},
    )
    assert sent(call)["arguments"] == {"a": None}
    assert sent(call)["output"] == {"b": [None]}
    tag = wire.UserMessageTagContent(id="1", text="Dock", data={"kind": None})
    assert sent(tag) == {
        "type": "input_tag",
        "id": "1",
        "text": "Dock",
        "data": {"kind": None},
        "interactive": False,
    }


def test_defaults_are_written() -> None:
    """W-5"""
    thread = wire.Thread(id="t", created_at=AT, items=wire.Page())
    assert sent(thread) == {
        "id": "t",
        "created_at": "2026-03-01T10:00:00",
        "status": {"type": "active"},
        "metadata": {},
        "items": {"data": [], "has_more": False},
    }
    assert sent(wire.EntitySource(id="e", title="E")) == {
        "type": "entity",
        "id": "e",
        "title": "E",
        "interactive": False,
        "data": {},
    }


def test_concrete_models_need_no_type() -> None:
    """T-1"""
    message = wire.AssistantMessageItem(
        id="m", thread_id="t", created_at=AT, content=[wire.AssistantMessageContent(text="Hi")]
    )
    assert wire.ThreadItemDoneEvent(item=message).type == "thread.item.done"
    assert wire.UserMessageTextContent(text="Hi").type == "input_text"
    assert wire.ThreadItemUpdated is wire.ThreadItemUpdatedEvent


def test_attachment_metadata_stays_on_the_server() -> None:
    """T-2, W-7, S-32"""
    file = wire.FileAttachment(id="a", name="a.txt", mime_type="text/plain", metadata={"path": "x"})
    message = wire.UserMessageItem(
        id="m",
        thread_id="t",
        created_at=AT,
        content=[],
        attachments=[file, picture(metadata={"k": 1})],
        inference_options=wire.InferenceOptions(),
    )
    assert ["metadata" in part for part in sent(message)["attachments"]] == [False, False]
    kept = json.loads(message.model_dump_json())["attachments"]
    assert [part["metadata"] for part in kept] == [{"path": "x"}, {"k": 1}]
    assert file.model_dump(context={"exclude_metadata": False})["metadata"] == {"path": "x"}
    assert "metadata" not in file.model_dump(context={"exclude_metadata": True})


def test_attachments_survive_a_store() -> None:
    """ST-4"""
    image = picture(metadata={"k": [1]}, thread_id="t")
    assert attachment_adapter().validate_json(image.model_dump_json()) == image


def test_urls_are_normalised_and_may_be_given_as_text() -> None:
    """T-5, protocol.md §3.5"""
    assert picture().preview_url == AnyUrl("https://x.test/")
    assert sent(picture())["preview_url"] == "https://x.test/"
    with pytest.raises(ValidationError):
        picture(preview_url="not a url")


def test_thread_metadata_is_the_apps_to_change() -> None:
    """T-3"""
    one, other = (wire.ThreadMetadata(id=name, created_at=AT) for name in "ab")
    one.metadata["previous_response_id"] = "resp_1"
    assert wire.ThreadMetadata.model_validate_json(one.model_dump_json()) == one
    assert other.metadata == {}


def test_an_entitys_preview_still_works_and_is_deprecated() -> None:
    """python-sdk.md §9"""
    source = wire.EntitySource(id="e", title="E", preview="lazy")
    with pytest.warns(DeprecationWarning, match="preview"):
        assert source.preview == "lazy"


def test_a_summary_is_told_by_its_keys() -> None:
    """protocol.md §3.6"""
    workflow: dict[str, Any] = {"type": "custom", "tasks": []}
    assert wire.Workflow.model_validate(
        workflow | {"summary": {"duration": 4}}
    ).summary == wire.DurationSummary(duration=4)
    assert wire.Workflow.model_validate(
        workflow | {"summary": {"title": "Done"}}
    ).summary == wire.CustomSummary(title="Done")


def test_items_of_an_unknown_kind_are_refused() -> None:
    """protocol.md §3.3"""
    with pytest.raises(ValidationError):
        item_adapter().validate_python({"type": "hologram", "id": "m", "thread_id": "t", "created_at": AT})


@pytest.mark.parametrize(
    "item",
    [
        wire.EndOfTurnItem(id="m", thread_id="t", created_at=AT),
        wire.HiddenContextItem(id="m", thread_id="t", created_at=AT, content={"a": None}),
        wire.SDKHiddenContextItem(id="m", thread_id="t", created_at=AT, content="x"),
        wire.TaskItem(
            id="m",
            thread_id="t",
            created_at=AT,
            task=wire.SearchTask(sources=[wire.URLSource(url="https://x.test", title="X")]),
        ),
    ],
)
def test_items_survive_a_store(item: wire.ThreadItem) -> None:
    """ST-3"""
    assert item_adapter().validate_json(item.model_dump_json()) == item
