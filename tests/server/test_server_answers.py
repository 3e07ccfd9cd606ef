"""What a person or page gives back: removed and replaced items, tool output, forms (S-34…S-40)."""

import logging
from typing import Any

import pytest

from chatkit.clock import now
from chatkit.errors import ConflictError, NotFoundError
from chatkit.store import Store
from chatkit.testing import ask, collect_events
from chatkit.types import (
    ClientToolCallItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    StructuredInputAnswer,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
)
from tests.scripted import (
    ALICE,
    BOB,
    Scripted,
    answer,
    create,
    done,
    items_of,
    request,
    saying,
    texts,
    types,
    widget,
)


async def test_a_removed_item_is_gone_and_a_replaced_one_is_the_new_one(store: Store[str]) -> None:
    """S-34"""
    server = Scripted(store, saying(done(answer("a", "A")), done(widget("w", "old"))))
    await collect_events(server, create("Hi"), ALICE)
    thread, message, _ = server.asked[0]
    assert message is not None
    server.script = saying(
        ThreadItemRemovedEvent(item_id="a"),
        ThreadItemReplacedEvent(item=widget("w", "new")),
        ThreadItemReplacedEvent(item=answer(message.id, "now the assistant's")),
    )
    said = request("threads.add_user_message", thread_id=thread.id, input=create("Go")["params"]["input"])
    events = await collect_events(server, said, ALICE)
    assert types(events)[2:] == ["item.removed", "item.replaced", "item.replaced"]
    with pytest.raises(NotFoundError):
        await store.load_item(thread.id, "a", ALICE)
    changed = await store.load_item(thread.id, message.id, ALICE)
    assert changed.type == "assistant_message"
    listed = await ask(server, request("items.list", thread_id=thread.id, order="asc"), ALICE)
    shown = {item["id"]: item["type"] for item in listed["data"]}
    assert shown.pop(message.id) == "assistant_message"
    assert shown.pop("w") == "widget"
    assert list(shown.values()) == ["user_message"]
    fresh = await store.load_item(thread.id, "w", ALICE)
    assert fresh.type == "widget"
    assert fresh.copy_text == "new"


# --- client tools


def call(id: str, status: Any = "pending") -> ClientToolCallItem:
    return ClientToolCallItem(
        id=id,
        thread_id="thr_1",
        created_at=now(),
        status=status,
        call_id=f"c_{id}",
        name="pick",
        arguments={},
    )


def output(result: Any, thread_id: str = "thr_1") -> dict[str, Any]:
    return request("threads.add_client_tool_output", thread_id=thread_id, result=result)


async def given(store: Store[str], *items: Any) -> Scripted:
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=now()), ALICE)
    for item in items:
        await store.add_thread_item("thr_1", item, ALICE)
    return Scripted(store, saying(done(answer("next", "and on"))))


@pytest.mark.parametrize("result", [{"rows": [1, None]}, None, "text", 0, [], {"error": {"message": "no"}}])
async def test_an_output_completes_the_call_and_the_answer_goes_on(store: Store[str], result: Any) -> None:
    """S-35, W-3"""
    server = await given(store, answer("a", "Let me look"), call("fc"))
    events = await collect_events(server, output(result), ALICE)
    assert types(events) == ["stream_options", "item.done"]
    saved = await store.load_item("thr_1", "fc", ALICE)
    assert saved.type == "client_tool_call"
    assert (saved.status, saved.output) == ("completed", result)
    assert server.asked[0][1] is None
    assert texts(await items_of(store, "thr_1")) == ["Let me look", "<client_tool_call>", "and on"]


@pytest.mark.parametrize(
    "items",
    [
        [],
        [answer("a", "A")],
        [call("fc", "completed")],
        [call("fc"), answer("a", "A")],
    ],
    ids=["empty", "a message", "a completed call", "a call that is over"],
)
async def test_an_output_that_nobody_waits_for_is_a_conflict(store: Store[str], items: list[Any]) -> None:
    """S-35, P22: before any event, and nothing changes"""
    server = await given(store, *items)
    with pytest.raises(ValueError, match="does not wait") as caught:
        await collect_events(server, output({}), ALICE)
    assert isinstance(caught.value, ConflictError)
    assert await items_of(store, "thr_1") == items
    assert server.asked == []


async def test_a_repeated_output_changes_nothing(store: Store[str]) -> None:
    """P22"""
    server = await given(store, call("fc"))
    await collect_events(server, output({"first": True}), ALICE)
    kept = await items_of(store, "thr_1")
    for result in ({"first": True}, {"second": True}):
        with pytest.raises(ConflictError):
            await collect_events(server, output(result), ALICE)
    assert await items_of(store, "thr_1") == kept


async def test_hidden_context_behind_a_call_does_not_end_it(store: Store[str]) -> None:
    """protocol.md §10"""
    base: dict[str, Any] = {"thread_id": "thr_1", "created_at": now()}
    notes = [
        HiddenContextItem(id="h", content="x", **base),
        SDKHiddenContextItem(id="s", content="y", **base),
    ]
    server = await given(store, call("fc"), *notes)
    await collect_events(server, output(1), ALICE)
    saved = await store.load_item("thr_1", "fc", ALICE)
    assert saved.type == "client_tool_call"
    assert saved.status == "completed"


async def test_calls_that_were_never_answered_are_removed(
    store: Store[str], caplog: pytest.LogCaptureFixture
) -> None:
    """S-35, P8"""
    server = await given(
        store,
        *(call(f"far{n}") for n in range(2)),
        *(answer(f"m{n}", "x") for n in range(17)),
        call("near"),
        call("old", "completed"),
        call("fc"),
    )
    await collect_events(server, output(1), ALICE)
    kept = [item.id for item in await items_of(store, "thr_1") if item.type == "client_tool_call"]
    assert kept == ["far0", "far1", "old", "fc"]
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "near" in warnings[0]


async def test_the_output_of_a_stranger_finds_no_thread(store: Store[str]) -> None:
    """ST-10"""
    server = await given(store, call("fc"))
    with pytest.raises(NotFoundError):
        await collect_events(server, output(1), BOB)
    assert await store.load_item("thr_1", "fc", ALICE) == (await items_of(store, "thr_1"))[0]


# --- structured input


def form() -> StructuredInputItem:
    options = [
        StructuredInputMultipleChoiceOption(value="Small"),
        StructuredInputMultipleChoiceOption(value="Large"),
    ]
    return StructuredInputItem(
        id="q",
        thread_id="thr_1",
        created_at=now(),
        inputs=[
            StructuredInputMultipleChoice(id="size", question="Which size?", options=options),
            StructuredInputMultipleChoice(id="both", question="Which?", options=options, multiple=True),
            StructuredInputFreeform(id="notes", question="Anything else?"),
        ],
    )


def filled(item_id: str = "q", **submission: Any) -> dict[str, Any]:
    return request("threads.add_structured_input", thread_id="thr_1", item_id=item_id, input=submission)


SKIPPED = StructuredInputAnswer(values=[], skipped=True)


async def answers(server: Scripted, asked: dict[str, Any]) -> list[StructuredInputAnswer | None]:
    """What is sent, after checking that the same is stored."""
    events = await collect_events(server, asked, ALICE)
    assert types(events) == ["stream_options", "item.replaced", "item.done"]
    sent = events[1]
    assert sent.type == "thread.item.replaced"
    saved = await server.store.load_item("thr_1", "q", ALICE)
    assert isinstance(saved, StructuredInputItem)
    assert isinstance(sent.item, StructuredInputItem)
    assert (sent.item.status, sent.item.inputs) == (saved.status, saved.inputs)
    return [question.answer for question in saved.inputs]


def values(*values: str) -> StructuredInputAnswer:
    return StructuredInputAnswer(values=list(values))


async def test_answers_are_stored_sent_and_answered(store: Store[str]) -> None:
    """S-36: a value of one's own is fine"""
    server = await given(store, form())
    given_answers = {
        "size": {"values": ["Gigantic"]},
        "both": {"values": ["Small", "Large"]},
        "notes": {"values": ["soon"]},
    }
    assert await answers(server, filled(answers=given_answers)) == [
        values("Gigantic"),
        values("Small", "Large"),
        values("soon"),
    ]
    assert server.asked[0][1] is None
    assert texts(await items_of(store, "thr_1")) == ["<structured_input>", "and on"]


@pytest.mark.parametrize(
    "none", [{}, {"notes": {"skipped": True, "values": ["x"]}}, {"notes": {"values": []}}]
)
async def test_what_is_left_out_is_skipped(store: Store[str], none: Any) -> None:
    """S-37"""
    server = await given(store, form())
    assert await answers(server, filled(answers={"size": {"values": ["Small"]}, **none})) == [
        values("Small"),
        SKIPPED,
        SKIPPED,
    ]


async def test_a_skipped_form_has_no_answers(store: Store[str]) -> None:
    """S-37, protocol.md §11"""
    server = await given(store, form())
    submitted = filled(status="skipped", answers={"size": {"values": ["Small"]}})
    assert await answers(server, submitted) == [SKIPPED] * 3
    saved = await store.load_item("thr_1", "q", ALICE)
    assert saved.type == "structured_input"
    assert saved.status == "skipped"


async def test_answers_to_unknown_questions_are_ignored(
    store: Store[str], caplog: pytest.LogCaptureFixture
) -> None:
    """S-38"""
    server = await given(store, form())
    assert await answers(server, filled(answers={"colour": {"values": ["Red"]}})) == [SKIPPED] * 3
    assert "colour" in caplog.text


async def test_a_single_choice_keeps_the_first_value(store: Store[str]) -> None:
    """S-39"""
    server = await given(store, form())
    chosen = await answers(server, filled(answers={"size": {"values": ["Large", "Small"]}}))
    assert chosen[0] == values("Large")


@pytest.mark.parametrize("status", ["answered", "skipped"])
async def test_a_form_is_filled_in_once(store: Store[str], status: Any) -> None:
    """S-40, P22"""
    over = form().model_copy(update={"status": status})
    server = await given(store, over)
    with pytest.raises(ValueError, match="waits for answers") as caught:
        await collect_events(server, filled(answers={}), ALICE)
    assert isinstance(caught.value, ConflictError)
    assert await items_of(store, "thr_1") == [over]


async def test_only_a_form_can_be_filled_in(store: Store[str]) -> None:
    """S-40"""
    server = await given(store, form(), answer("a", "A"))
    with pytest.raises(ConflictError):
        await collect_events(server, filled("a"), ALICE)
    with pytest.raises(NotFoundError):
        await collect_events(server, filled("nothing"), ALICE)
    with pytest.raises(NotFoundError):
        await collect_events(server, filled(), BOB)
    assert server.asked == []


async def test_the_stored_form_is_copied_not_changed(store: Store[str]) -> None:
    """S-40"""
    item = form()

    server = await given(store, item)
    original = server.store.load_item

    async def the_very_object(thread_id: str, item_id: str, context: str) -> Any:
        return item if item_id == "q" else await original(thread_id, item_id, context)

    server.store.load_item = the_very_object  # as an app's own store in memory may do
    await collect_events(server, filled(answers={"size": {"values": ["Small"]}}), ALICE)
    assert item == form().model_copy(update={"created_at": item.created_at})
